// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectClean, expectFinding, expectNothing, lint, wholeFile } from "../source";

test.each([
  "~~~quota~~~: { calls: 5000/d }",
  '~~~hours~~~: "Mon-Fri 06:00-22:00 Europe/London"',
  "~~~circuit~~~: { after: 3 }",
  "~~~overflow~~~: s3",
  "~~~alarms~~~: { failureRate: 5% }",
  "worker: { memory: ~~~1024MB~~~ }",
  "rateLimit: ~~~[600/m, 5000/h]~~~",
  "tiers: [{ name: HIGH, timeout: 2m, ~~~burst~~~: 60 }]",
  "operations: { read: { path: /x, cost: ~~~2~~~ } }",
  "operations: { read: { path: /x, ~~~rateLimit~~~: 1/s } }",
  "operations: { read: { path: /x, ~~~batch~~~: { max: 10 } } }",
  "operations: { read: { path: /x, ~~~coalesce~~~: true } }",
  "~~~fairness~~~: { by: '{% $request.customer %}' }",
  "operations: { read: { path: /x, onUnknown: ~~~retry~~~ } }",
  "operations: { read: { path: /x, onUnknown: ~~~{ probe: y, settle: 30s }~~~ } }",
  "endpoint: { adapter: ~~~soap~~~, wsdl: x }",
  "endpoint: { adapter: http, url: https://x.org, auth: { type: ~~~oauth2~~~, tokenUrl: x } }",
  "endpoint: { adapter: http, url: https://x.org, ~~~proxy~~~: x }",
  "endpoint: { adapter: http, url: https://x.org, headers: { X-K: '~~~${ssm:~~~/a}' } }",
])("%s is refused at its place, not ignored", (drawn) => {
  expectFinding("not-yet", drawn, { message: "is part of the language but this version's worker does not do it yet" });
});

test.each([
  "worker: { dispatch: doorbell, memory: auto }",
  "rateLimit: [5/s]",
  "operations: { read: { path: /x, cost: 1 } }",
  "operations: { read: { path: /x, onUnknown: fail } }",
])("%s asks for nothing that is not there", (snippet) => {
  expectClean(snippet);
});

test("what belongs to an adapter that is not there yet is not called unknown or missing", () => {
  const soap = "endpoint: { adapter: soap, wsdl: x }\noperations: { quote: { action: GetQuote } }";
  expectNothing("unknown-key", soap);
  expectNothing("missing-key", soap);
});

test.each([
  ["rateLimit: [a, { b: 1 }]", ["wrong-type", "wrong-type"]],
  ["rateLimit: [5/s, 7]", ["bare-number"]],
  ["worker: { memory: 5 }", ["wrong-type"]],
  ["operations: { read: { path: /x, cost: -1 } }", ["wrong-type"]],
  ["quota: 5", ["not-yet"]],
  ["quota:", ["not-yet"]],
  ["tiers: [{ name: HIGH, timeout: 2m, burst: x }]", ["not-yet"]],
])("%s is one finding a fault", (snippet, names) => {
  expect(lint(wholeFile(snippet)).map(({ name }) => name)).toEqual(names);
});
