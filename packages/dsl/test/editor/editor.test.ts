import { wholeFile } from "../source";
import { type LanguageServer, startLanguageServer } from "./language-server";

let server: LanguageServer;
beforeAll(async () => {
  server = await startLanguageServer();
});
afterAll(() => server.close());

test.each([
  ["tiers: [{ name: A, time|out: 1m }]", "at most 13 days", "2m"],
  ["jit|ter: 50ms", "Default: the larger of 20 ms and 1 % of the window", "50ms"],
  ["concur|rency: 4", "Most calls open at the target at once", "4"],
])("over %s an editor shows what it means, with an example", async (snippet, meaning, example) => {
  const shown = await server.hover(wholeFile(snippet));
  expect(shown).toContain(meaning);
  expect(shown).toContain(`\`\`\`yaml\n${example}\n\`\`\``);
});

test("over a key of sluice.yaml an editor shows what it means", async () => {
  const drawn = "version: 1\nenvironments: { production: { reg|ion: eu-west-2 } }";
  expect(await server.hover(drawn, "sluice.yaml")).toContain("The AWS region that the environment is in.");
});

test.each([
  ["the keys of a gateway", "version: 1\n|\n", ["name", "rateLimit", "tiers", "endpoint", "operations", "instances"]],
  ["the adapters", "endpoint:\n  adapter: |\n", ["http", "soap", "sql", "lambda", "module"]],
  ["the keys of the chosen adapter", "endpoint:\n  adapter: http\n  |\n", ["url", "headers", "auth"]],
  ["the keys of the chosen auth", "endpoint:\n  adapter: http\n  auth:\n    type: basic\n    |\n", ["username"]],
  ["the methods", "operations:\n  a:\n    method: |\n", ["GET", "POST", "DELETE"]],
])("an editor offers %s", async (_, drawn, labels) => {
  expect(await server.complete(drawn)).toEqual(expect.arrayContaining(labels));
});

test("of another adapter or another auth an editor offers nothing", async () => {
  expect(await server.complete("endpoint:\n  adapter: http\n  |\n")).not.toContain("wsdl");
  const auth = await server.complete("endpoint:\n  adapter: http\n  auth:\n    type: basic\n    |\n");
  expect(auth).not.toContain("token");
});

test.each([
  ["jitter: 50 ms", "50 ms", "a duration with its unit, like 50ms"],
  ["rateLimit: five", "five", "calls/window, like 5/s or 600/5m"],
  ["ratelimitt: 5/s", "ratelimitt", "Property ratelimitt is not allowed."],
  ["endpoint: { adapter: http, url: https://x.org, auth: { type: basic } }", "auth", 'Missing property "username".'],
  ["operations: { read: { method: GET } }", "read", 'Missing property "path".'],
])("in %s an editor underlines one place and says what is wrong there", async (snippet, text, message) => {
  expect(await server.diagnose(wholeFile(snippet))).toEqual([{ text, message }]);
});

test("a mistyped adapter is one diagnostic, not one for each kind of endpoint", async () => {
  const found = await server.diagnose(wholeFile("endpoint: { adapter: htp, url: https://x.org }"));
  expect(found.map(({ text }) => text)).toEqual(["htp"]);
});

test("in a right file nothing is underlined", async () => {
  expect(await server.diagnose(wholeFile(""))).toEqual([]);
});
