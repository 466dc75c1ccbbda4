import { gatewayJsonSchema, type Json } from "@sluice/dsl";
import { parse } from "yaml";
import { type LanguageServer, type Offer, startLanguageServer } from "./language-server";

let editor: LanguageServer;
beforeAll(async () => {
  editor = await startLanguageServer();
});
afterAll(() => editor.close());

const labels = (offers: readonly Offer[]): string[] => offers.map(({ label }) => label);

/** The text after the offer of this name was taken, read as YAML. */
const taken = (offers: readonly Offer[], label: string): Json => {
  const offer = offers.find((one) => one.label === label);
  if (!offer) throw new Error(`${label} is not among ${labels(offers).join(", ")}`);
  return parse(offer.text);
};

const HTTP = "endpoint:\n  adapter: http\n  url: https://api.example.org\n";

test("an empty file is offered every key of the root", async () => {
  const offered = labels(await editor.complete("|"));
  expect(offered).toEqual(expect.arrayContaining(Object.keys(gatewayJsonSchema().properties as object)));
});

test("a key that is there is not offered again", async () => {
  expect(labels(await editor.complete("version: 1\nrateLimit: 5/s\n|"))).not.toContain("rateLimit");
});

test.each([
  ["timeouts", "timeouts:\n  |", ["connect", "response"]],
  ["worker", "worker:\n  |", ["memory", "dispatch", "slots", "provisioned"]],
  ["a tier", "tiers:\n  - |", ["name", "timeout", "share", "burst", "reserve", "maxReceives"]],
  ["an operation", "operations:\n  read:\n    |", ["method", "path", "request", "answer", "onUnknown"]],
  ["a probe", "operations:\n  read:\n    path: /\n    onUnknown:\n      |", ["probe", "settle", "done"]],
  [
    "a rule of an outcome",
    "outcomes:\n  throttled:\n    |",
    ["status", "header", "fault", "when", "pause", "maxPause"],
  ],
])("inside of %s its keys are offered", async (_, drawn, keys) => {
  expect(labels(await editor.complete(drawn))).toEqual(expect.arrayContaining(keys));
});

test.each([
  ["adapter", "endpoint:\n  adapter: |", ["http", "soap", "sql", "lambda", "module"]],
  ["method", "operations:\n  a:\n    method: |", ["GET", "HEAD", "PUT", "DELETE", "POST", "PATCH", "OPTIONS"]],
  ["type of auth", `${HTTP}  auth:\n    type: |`, ["basic", "bearer", "apiKey", "oauth2", "mtls"]],
  ["dispatch", "worker:\n  dispatch: |", ["doorbell", "deferral"]],
  ["in of an API key", `${HTTP}  auth:\n    type: apiKey\n    in: |`, ["header", "query"]],
  ["engine", "endpoint:\n  adapter: sql\n  engine: |", ["postgres", "mysql", "sqlserver", "oracle"]],
])("%s is offered its words and nothing else", async (_, drawn, words) => {
  expect(labels(await editor.complete(drawn)).sort()).toEqual([...words].sort());
});

test("onUnknown is offered its words, and a probe", async () => {
  const offers = await editor.complete("operations:\n  a:\n    onUnknown: |");
  expect(labels(offers)).toEqual(["fail", "retry", "{ probe: filing-status, settle: 30s }"]);
  expect(taken(offers, "{ probe: filing-status, settle: 30s }")).toEqual({
    operations: { a: { onUnknown: { probe: "filing-status", settle: "30s" } } },
  });
});

test("each word is offered with what it means", async () => {
  const offers = await editor.complete("endpoint:\n  adapter: |");
  expect(offers.find(({ label }) => label === "sql")?.documentation).toBe("A database; an operation is a statement.");
});

test("an endpoint is first offered its adapter", async () => {
  const offered = labels(await editor.complete("endpoint:\n  |"));
  expect(offered).toContain("adapter");
  for (const key of ["url", "wsdl", "host", "function", "file"]) expect(offered).not.toContain(key);
});

test.each([
  ["http", ["url", "headers", "auth", "ca", "proxy", "vpc"], ["wsdl", "engine", "function", "file"]],
  ["soap", ["wsdl", "url", "version", "auth"], ["engine", "function", "file"]],
  ["sql", ["engine", "host", "port", "database", "auth"], ["url", "wsdl", "function", "file"]],
  ["lambda", ["function", "qualifier"], ["url", "auth", "wsdl", "file"]],
  ["module", ["file", "settings", "vpc"], ["url", "auth", "wsdl", "function"]],
])("an endpoint by %s is offered its own keys and no other's", async (adapter, own, others) => {
  const offered = labels(await editor.complete(`endpoint:\n  adapter: ${adapter}\n  |`));
  expect(offered).toEqual(expect.arrayContaining(own));
  for (const key of others) expect(offered).not.toContain(key);
});

test.each([
  ["basic", ["username", "password"], ["token", "in", "tokenUrl", "certificate"]],
  ["bearer", ["token"], ["username", "in", "tokenUrl", "certificate"]],
  ["apiKey", ["in", "name", "value"], ["username", "token", "tokenUrl", "certificate"]],
  ["oauth2", ["tokenUrl", "clientId", "clientSecret", "scopes", "counts"], ["username", "token", "in"]],
  ["mtls", ["certificate", "key"], ["username", "token", "in", "tokenUrl"]],
])("authentication by %s is offered its own keys and no other's", async (type, own, others) => {
  const offered = labels(await editor.complete(`${HTTP}  auth:\n    type: ${type}\n    |`));
  expect(offered).toEqual(expect.arrayContaining(own));
  for (const key of others) expect(offered).not.toContain(key);
});

test("the keys that an adapter needs are offered at once", async () => {
  expect(taken(await editor.complete("endpoint:\n  adapter: soap\n  |"), "endpoint, adapter soap")).toEqual({
    endpoint: { adapter: "soap", wsdl: "./quotes.wsdl" },
  });
});

test("timeouts come with the defaults", async () => {
  expect(taken(await editor.complete("|"), "timeouts")).toEqual({ timeouts: { connect: "2s", response: "10s" } });
});

test("an expression and a secret are offered as YAML that reads as they are", async () => {
  const offers = await editor.complete("operations:\n  read:\n    path: /\n    |");
  expect(taken(offers, "parameters")).toEqual({
    operations: { read: { path: "/", parameters: { id: "{% $request.id %}" } } },
  });
  expect(taken(await editor.complete(`${HTTP}  |`), "ca")).toMatchObject({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own braces
    endpoint: { ca: "${secret:companies-house#key}" },
  });
});

test.each([
  "|",
  "version: |",
  "rateLimit: |",
  "rateLimit:\n  - |",
  "quota: |",
  "quota:\n  |",
  "hours: |",
  "tiers: |",
  "tiers:\n  - |",
  "timeouts:\n  connect: |",
  "endpoint: |",
  "endpoint:\n  |",
  "endpoint:\n  adapter: http\n  |",
  "endpoint:\n  adapter: http\n  auth:\n    |",
  "endpoint:\n  adapter: http\n  auth:\n    type: oauth2\n    |",
  "endpoint:\n  adapter: http\n  headers:\n    |",
  "operations:\n  |",
  "operations:\n  read:\n    |",
  "outcomes:\n  |",
  "outcomes:\n  rejected: |",
  "outcomes:\n  rejected:\n    |",
  "outcomes:\n  rejected:\n    - |",
  "retries:\n  throttled:\n    |",
  "alarms:\n  |",
  "worker:\n  |",
  "instances:\n  - |",
  "environments:\n  |",
])("whatever is offered at %j is YAML without faults", async (drawn) => {
  for (const { label, text } of await editor.complete(drawn)) {
    expect({ label, isWhole: !/undefined|\[object/.test(`${label}${text}`) }).toEqual({ label, isWhole: true });
    expect(() => parse(text)).not.toThrow();
  }
});

test("what is offered for a value is a value that the editor takes", async () => {
  for (const key of ["rateLimit", "hours", "quota", "concurrency", "jitter", "defaultTier", "worker", "overflow"]) {
    const drawn = `version: 1\nname: test\nendpoint: { adapter: http, url: https://x.org }\noperations: { a: { path: / } }\n${key}: |`;
    const offers = await editor.complete(drawn);
    expect(offers.length).toBeGreaterThan(0);
    for (const { text } of offers) expect({ text, marked: await editor.diagnose(text) }).toEqual({ text, marked: [] });
  }
});

test("sluice.yaml is offered its own keys and words", async () => {
  expect(labels(await editor.complete("version: 1\n|", "project"))).toEqual(
    expect.arrayContaining(["defaults", "environments", "policy"]),
  );
  expect(labels(await editor.complete("policy:\n  owner: |", "project")).sort()).toEqual(["optional", "required"]);
});
