import { type LintOptions, lintGateways, parseGateway, readProject, resolveSpec } from "@sluice/dsl";
import { wholeFile } from "./source";

const GATEWAY = { file: "gateways/test.yaml", text: wholeFile("owner: '@acme/own'") };

function lint(project: string, { text = GATEWAY.text, ...options }: LintOptions & { text?: string } = {}) {
  const read = readProject(project, "sluice.yaml");
  const result = lintGateways([{ ...GATEWAY, text }], { ...options, project: read });
  const found = result.findings.map(({ file, name, range }) => ({
    file,
    name,
    text: (file === "sluice.yaml" ? project : text).slice(range[0], range[1]),
  }));
  return { ...result, found };
}

test("defaults lie under every gateway file, and its own keys win", () => {
  const { specs, found } = lint("version: 1\ndefaults: { owner: '@acme/all', timeouts: { response: 20s } }\n");
  expect(found).toEqual([]);
  expect(specs[0]?.spec).toMatchObject({ owner: "@acme/own", timeouts: { response: 20_000_000 } });
});

test("what is wrong in a default is found where it is written, once for all gateways", () => {
  const project = "version: 1\ndefaults:\n  timeouts: { response: 20 }\n";
  const read = readProject(project, "sluice.yaml");
  const files = ["a", "b"].map((name) => ({
    file: `gateways/${name}.yaml`,
    text: wholeFile(`name: ${name}\nendpoint: { adapter: http, url: https://${name}.example.org }`),
  }));
  const { findings, specs } = lintGateways(files, { project: read });
  expect(findings.map(({ file, name, range }) => [file, name, project.slice(range[0], range[1])])).toEqual([
    ["sluice.yaml", "bare-number", "20"],
  ]);
  expect(specs).toEqual([]);
});

test("what a gateway file says over a default is found in the gateway file", () => {
  const text = wholeFile("jitter: 1ms");
  expect(lint("version: 1\ndefaults: { jitter: 50ms }\n", { text }).found).toEqual([
    { file: "gateways/test.yaml", name: "jitter-too-small", text: "1ms" },
  ]);
});

test("an environment of the project needs no entry in a gateway file", () => {
  const { specs, found } = lint("version: 1\nenvironments: { production: { region: eu-west-2 } }\n", {
    environment: "production",
  });
  expect(found).toEqual([]);
  expect(specs.map(({ spec }) => spec.environment)).toEqual(["production"]);
});

test("an environment that neither names is found, with the likely one", () => {
  const { findings, specs } = lint("version: 1\nenvironments: { production: {} }\n", { environment: "prodution" });
  expect(findings.map(({ name, hint }) => [name, hint])).toEqual([
    ["unknown-environment", expect.stringContaining("Ask for production")],
  ]);
  expect(specs).toEqual([]);
});

test.each([
  ["environments: { production: { acount: '1' } }", "unknown-key", "acount"],
  ["environments: { production: { account: 123456789012 } }", "wrong-type", "123456789012"],
  ["environments: { production: { region: London } }", "wrong-type", "London"],
  ["policy: { owner: yes-please }", "wrong-type", "yes-please"],
  ["budgets: {}", "unknown-key", "budgets"],
  ["defaults: { name: all }", "fixed-key", "name"],
  ["defaults: { environments: { staging: { rateLimit: 1/s } } }", "fixed-key", "environments"],
])("%s is found in sluice.yaml, and nothing is resolved", (line, name, text) => {
  const { found, specs } = lint(`version: 1\n${line}\n`);
  expect(found).toEqual([{ file: "sluice.yaml", name, text }]);
  expect(specs).toEqual([]);
});

test("an account without quotes is shown how to write it with them", () => {
  const { findings } = lint("version: 1\nenvironments: { production: { account: 123456789012 } }\n");
  expect(findings.map(({ hint }) => hint)).toEqual(['Write for example "123456789012".']);
});

const GET_WITH_BODY = "a: { path: /a, method: GET, body: '{% $request %}' }";

test("a comment in a gateway file does not answer what stands in the same line of sluice.yaml", () => {
  const project = `version: 1\ndefaults:\n  operations:\n    ${GET_WITH_BODY}\n`;
  const text = wholeFile("owner: '@acme/own'\n\n\n# sluice-ignore body-on-get: because");
  for (const comment of ["body-on-get: because", "body-on-get"]) {
    const { found, suppressed } = lint(project, { text: text.replace("body-on-get: because", comment) });
    expect(found.filter(({ name }) => name === "body-on-get")).toEqual([
      { file: "sluice.yaml", name: "body-on-get", text: "body" },
    ]);
    expect(suppressed).toEqual([]);
  }
  expect(lint(project, { text }).found).toContainEqual({
    file: "gateways/test.yaml",
    name: "bad-suppression",
    text: "body-on-get",
  });
});

test("a comment in sluice.yaml answers what is found there, once for all gateways", () => {
  const project = `version: 1\ndefaults:\n  operations:\n    ${GET_WITH_BODY} # sluice-ignore body-on-get: they want it\n`;
  const { found, suppressed } = lint(project);
  expect(found).toEqual([]);
  expect(suppressed.map(({ finding, reason }) => [finding.file, finding.name, reason])).toEqual([
    ["sluice.yaml", "body-on-get", "they want it"],
  ]);
});

test("a comment in sluice.yaml that answers nothing is told so", () => {
  expect(lint("version: 1\n# sluice-ignore body-on-get: why\n").found).toEqual([
    { file: "sluice.yaml", name: "bad-suppression", text: "body-on-get" },
  ]);
});

test("a sluice.yaml that is no YAML is told so, and does not throw", () => {
  expect(lint("version: [").found.map(({ file, name }) => [file, name])).toEqual([["sluice.yaml", "yaml-syntax"]]);
});

test("a gateway resolved once more with a patch keeps the project's defaults", () => {
  const project = readProject("version: 1\ndefaults: { timeouts: { response: 20s } }\n", "sluice.yaml");
  const document = parseGateway(GATEWAY.text, GATEWAY.file);
  const { spec } = resolveSpec(document, { project, patch: { endpoint: { url: "http://127.0.0.1:1" } } });
  expect(spec).toMatchObject({ timeouts: { response: 20_000_000 }, endpoint: { url: "http://127.0.0.1:1" } });
});

test.each([
  ["acme-{gateway}-{environment}", []],
  ["{environment}-{gateway}", []],
  ["{gateway}", ["wrong-type"]],
  ["acme-{gateway}-{environment}-{gateway}", ["wrong-type"]],
  ["acme_{gateway}-{environment}", ["wrong-type"]],
  ["1-{gateway}-{environment}", ["wrong-type"]],
  ["{gateway}-{env}-{environment}", ["wrong-type"]],
])("naming %s: %j", (naming, names) => {
  expect(lint(`version: 1\nnaming: "${naming}"\n`).found.map(({ name }) => name)).toEqual(names);
});
