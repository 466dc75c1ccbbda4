// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { lintGateways, parseGateway, plansOf, resolveSpec } from "@sluice/dsl";
import { wholeFile } from "./source";

const FILE = wholeFile(`endpoint:
  adapter: http
  url: https://api.example.org
  auth: { type: basic, username: "\${secret:test#key}" }
instances:
  - { name: acme, endpoint: { auth: { username: "\${secret:test/acme#key}" } } }
  - { name: globex, rateLimit: 1/s }
environments: { staging: { rateLimit: 2/s } }`);

const lint = (text: string, environment?: string) =>
  lintGateways([{ file: "gateways/test.yaml", text }], { environment });

test("a file with instances makes a gateway of each, named after both, and none of itself", () => {
  const { findings, specs } = lint(FILE);
  expect(findings).toEqual([]);
  expect(specs.map(({ instance, spec }) => [instance, spec.name, spec.rateLimit?.text, spec.endpoint.auth])).toEqual([
    ["acme", "test-acme", "5/s", { type: "basic", username: "${secret:test/acme#key}" }],
    ["globex", "test-globex", "1/s", { type: "basic", username: "${secret:test#key}" }],
  ]);
});

test("an instance says more than the environment that it is in", () => {
  const { specs } = lint(FILE, "staging");
  expect(specs.map(({ spec }) => [spec.name, spec.environment, spec.rateLimit?.text])).toEqual([
    ["test-acme", "staging", "2/s"],
    ["test-globex", "staging", "1/s"],
  ]);
});

test("what is wrong in an instance's patch is found there, once for all environments", () => {
  const text = FILE.replace("rateLimit: 1/s", "rateLimit: 400/s");
  const { findings, specs } = lint(text);
  expect(findings.map(({ name, what, range }) => [name, what, text.slice(range[0], range[1])])).toEqual([
    ["rate-too-fast", "400/s is 400 calls a second", "400/s"],
  ]);
  expect(specs).toEqual([]);
});

test("what is wrong only as an instance makes the file says which one", () => {
  const text = FILE.replace("rateLimit: 1/s", "rateLimit: 1/5m");
  const { findings } = lint(text);
  expect(findings.map(({ name, what }) => [name, what])).toContainEqual([
    "timeout-below-interval",
    expect.stringMatching(/^in instance globex, no request of tier HIGH/),
  ]);
});

test("an instance and another file cannot make the same gateway", () => {
  const other = { file: "gateways/test-acme.yaml", text: wholeFile("name: test-acme") };
  const { findings } = lintGateways([{ file: "gateways/test.yaml", text: FILE }, other]);
  expect(findings.filter(({ name }) => name === "duplicate-name").map(({ file }) => file)).toEqual([
    "gateways/test.yaml",
    "gateways/test-acme.yaml",
  ]);
});

test.each(["version: 1", "environments: { a: {} }", "instances: [{ name: b }]"])(
  "an instance cannot hold %s",
  (line) => {
    const { findings } = lint(wholeFile(`instances: [{ name: acme, ${line} }]`));
    expect(findings.map(({ name, path }) => [name, path])).toContainEqual([
      "fixed-key",
      ["instances", 0, line.split(":")[0]],
    ]);
  },
);

test("plans are made of each instance in each environment", () => {
  const plans = plansOf(parseGateway(FILE, "gateways/test.yaml"));
  expect(plans.map(({ name, environment }) => [name, environment])).toEqual([
    ["test-acme", undefined],
    ["test-globex", undefined],
    ["test-acme", "staging"],
    ["test-globex", "staging"],
  ]);
});

test("an instance resolved once more with a patch stays itself", () => {
  const document = parseGateway(FILE, "gateways/test.yaml");
  const { spec } = resolveSpec(document, { instance: "globex", patch: { endpoint: { url: "http://127.0.0.1:1" } } });
  expect(spec).toMatchObject({ name: "test-globex", endpoint: { url: "http://127.0.0.1:1" } });
});

test.each(["instances: [{ name: __proto__ }]", "instances: [{ name: 5 }, { name: a }, 7]", "instances: {}"])(
  "%s is found and makes nothing",
  (line) => {
    const { findings, specs } = lint(wholeFile(line));
    expect(findings.length).toBeGreaterThan(0);
    expect(specs).toEqual([]);
  },
);
