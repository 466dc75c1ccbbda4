import { lintGateways, parseGateway, planGateway, resolveSpec } from "@sluice/dsl";
import { expectClean, lint, wholeFile } from "./source";

test("all findings come at once, in the order of the file, whatever rule made them", () => {
  const text = wholeFile(
    "concurrency: many\njitter: 1ms\noperations:\n  read: { path: '/{x', answer: $body }\nenvironments: { a: { jitter: 7 } }\nowner: 1",
  );
  expect(lint(text).map(({ name, range }) => [name, text.slice(...range)])).toEqual([
    ["wrong-type", "many"],
    ["jitter-too-small", "1ms"],
    ["bad-template", "{"],
    ["bad-expression", "$body"],
    ["bare-number", "7"],
    ["wrong-type", "1"],
  ]);
});

test("what is wrong in the file is not said again for each environment", () => {
  const text = wholeFile("jitter: 50\nenvironments: { a: {}, b: { rateLimit: 1/s } }");
  expect(lint(text).map(({ name }) => name)).toEqual(["bare-number"]);
});

test("a file with a warning alone has a specification, one with an error has none", () => {
  const text = (snippet: string) => wholeFile(snippet);
  const files = [
    { file: "other.yaml", text: text("name: a") },
    { file: "b.yaml", text: text("name: b\njitter: 5\nendpoint: { adapter: http, url: https://b.org }") },
  ];
  const { specs, findings } = lintGateways(files);
  expect(findings.map(({ severity }) => severity)).toEqual(["warning", "error"]);
  expect(specs.map(({ spec }) => spec.name)).toEqual(["a"]);
});

test("the environment that was asked for is in the specification", () => {
  const text = wholeFile(
    "environments: { staging: { rateLimit: 1/s, endpoint: { url: https://sandbox.example.org } } }",
  );
  const { specs } = lintGateways([{ file: "test.yaml", text }], { environment: "staging" });
  expect(specs[0]?.spec).toMatchObject({
    environment: "staging",
    rateLimit: { text: "1/s" },
    endpoint: { adapter: "http", url: "https://sandbox.example.org" },
  });
});

test("a patch changes a file before it is resolved, after the environment", () => {
  const document = parseGateway(wholeFile("environments: { fast: { rateLimit: 50/s } }"), "test.yaml");
  const { spec } = resolveSpec(document, {
    environment: "fast",
    patch: { rateLimit: "20/10s", endpoint: { url: "http://localhost:1" } },
  });
  expect(spec && planGateway(spec)).toMatchObject({
    environment: "fast",
    limit: { rate: { calls: 20, windowUs: 10_000_000 } },
    endpoint: { url: "http://localhost:1" },
  });
});

test("a patch that breaks the file gives findings, not a specification", () => {
  const document = parseGateway(wholeFile("description: x"), "test.yaml");
  const { spec, findings } = resolveSpec(document, { patch: { rateLimit: "fast" } });
  expect(spec).toBeUndefined();
  expect(findings.map(({ name }) => name)).toEqual(["wrong-type"]);
});

test("an environment that does not exist gives a finding, not the file as it is", () => {
  const { spec, findings } = resolveSpec(parseGateway(wholeFile("description: x"), "test.yaml"), {
    environment: "prod",
  });
  expect(spec).toBeUndefined();
  expect(findings.map(({ name }) => name)).toEqual(["unknown-environment"]);
});

test("everything that the language of this version has lints clean together", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
  const secret = "${secret:test#key}";
  expectClean(`description: everything
owner: "@acme/team"
rateLimit: 100/10s
concurrency: 20
jitter: 200ms
tiers:
  - { name: URGENT, timeout: 30s }
  - { name: LATER, timeout: 1d, share: 10% }
defaultTier: LATER
timeouts: { connect: 1s, response: 5s }
endpoint:
  adapter: http
  url: https://api.example.org/v1
  headers: { Accept: application/json, X-Trace: "${secret}" }
  auth: { type: apiKey, in: query, name: key, value: "${secret}" }
operations:
  read:
    description: reads
    path: /items/{id}{?page}
    latency: 100ms
    request: { type: object, required: [id], properties: { id: { type: string }, page: { type: integer } } }
    answer: "{% $body.items[0] %}"
  write:
    method: POST
    path: /items
    headers: { X-Kind: item }
    body: "{% $merge([$request, { 'execution': $context.execution }]) %}"
    onUnknown: fail
    idempotency: { header: Idempotency-Key }
outcomes:
  success: [200, 201, 202]
  rejected: { status: [400], when: "{% $body.code != 'BUSY' %}" }
  throttled: { status: [403, 429], pause: 10s, maxPause: 5m }
  unavailable: [502]
  unknown: { when: "{% $status = 500 %}" }
retries:
  throttled: { attempts: 5, backoff: 2s, max: 10s }
  unavailable: { attempts: 2 }
  unknown: { attempts: 1 }
environments:
  staging: { rateLimit: 1/s, jitter: null }`);
});
