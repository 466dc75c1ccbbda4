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
  ["naming: {}", "unknown-key", "naming"],
])("%s is found in sluice.yaml, and nothing is resolved", (line, name, text) => {
  const { found, specs } = lint(`version: 1\n${line}\n`);
  expect(found).toEqual([{ file: "sluice.yaml", name, text }]);
  expect(specs).toEqual([]);
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
