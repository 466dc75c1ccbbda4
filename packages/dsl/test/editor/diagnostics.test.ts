import { readSamples } from "../samples";
import { readDrawing, wholeFile } from "../source";
import { type LanguageServer, startLanguageServer } from "./language-server";

let editor: LanguageServer;
beforeAll(async () => {
  editor = await startLanguageServer();
});
afterAll(() => editor.close());

/** Exactly the drawn range is marked, with exactly this sentence. */
async function expectMark(drawn: string, message: string): Promise<void> {
  const { text, start, end } = readDrawing(drawn);
  expect(await editor.diagnose(wholeFile(text))).toEqual([{ message, at: text.slice(start, end) }]);
}

test("nothing is marked in the sample gateways", async () => {
  for (const { text, file } of readSamples())
    expect({ file, marked: await editor.diagnose(text) }).toEqual({ file, marked: [] });
});

test.each([
  ["a duration", "timeouts: { response: ~~~10~~~ }", "response must be a duration with its unit, like 10s."],
  ["a duration", "jitter: ~~~50 ms~~~", "jitter must be a duration with its unit, like 50ms."],
  ["a rate", "rateLimit: ~~~600~~~", "rateLimit must be calls/window, like 5/s or 600/5m, or a list of them."],
  ["a rate", "rateLimit: ~~~5 per second~~~", "rateLimit must be calls/window, like 5/s or 600/5m, or a list of them."],
  ["a rate of a list", "rateLimit: [5/s, ~~~600~~~]", "An item of rateLimit must be calls/window, like 5/s or 600/5m."],
  ["a share", "alarms: { failureRate: ~~~5~~~ }", "failureRate must be a percentage, like 5%."],
  [
    "a duration by name",
    "alarms: { age: { HIGH: ~~~1~~~ } }",
    "A value of age must be a duration with its unit, like 1m.",
  ],
  [
    "hours",
    "hours: ~~~Mon-Fri~~~",
    "hours must be days, times and a zone, like Mon-Fri 06:00-22:00 Europe/London, or a list of them.",
  ],
  [
    "the gateway's name",
    "name: ~~~Companies House~~~",
    "name must be lower-case words joined by hyphens, at most 40 letters.",
  ],
  [
    "an operation's name",
    "operations: { ~~~1st~~~: { path: / } }",
    "A key of operations must be a name of letters, digits and hyphens, at most 40.",
  ],
  [
    "an expression",
    "operations: { read: { path: /, body: ~~~$request~~~ } }",
    "body must be a JSONata expression in {% %}.",
  ],
  ["a whole number", "concurrency: ~~~many~~~", "concurrency must be a whole number from 1 to 200."],
  ["text", "description: ~~~2024~~~", "description must be text, in quotes where YAML reads something else."],
  [
    "one of a few words",
    "operations: { read: { path: /, method: ~~~get~~~ } }",
    "method must be one of GET, HEAD, PUT, DELETE, POST, PATCH, OPTIONS.",
  ],
  [
    "a word or a map",
    "operations: { read: { path: /, onUnknown: ~~~probe~~~ } }",
    "onUnknown must be one of fail, retry, or a map of keys and values.",
  ],
  ["a list or a map", "outcomes: { rejected: ~~~404~~~ }", "rejected must be a list, or a map of keys and values."],
  ["a map", "timeouts: ~~~10s~~~", "timeouts must be a map of keys and values."],
  ["the language's version", "version: ~~~2~~~", "version must be 1."],
])("%s that is wrong is named, and what to write is said: %s", (_, drawn, message) => expectMark(drawn, message));

test.each([
  ["of the root", "~~~ratelimit~~~: 5/s", "ratelimit"],
  ["of a nested map", "timeouts: { ~~~respons~~~: 10s }", "respons"],
  ["of the adapter's endpoint", "endpoint: { adapter: http, url: https://x.org, ~~~wsdl~~~: a.wsdl }", "wsdl"],
  ["of a probe", "operations: { read: { path: /, onUnknown: { probe: read, ~~~setle~~~: 1s } } }", "setle"],
])("an unknown key %s is named", (_, drawn, key) => expectMark(drawn, `Property ${key} is not allowed.`));

test.each([
  ["of the adapter's endpoint", "~~~endpoint~~~: { adapter: http }", "url"],
  ["of an operation of the adapter", "operations: { ~~~read~~~: { method: GET } }", "path"],
  [
    "of the way of authenticating",
    "endpoint: { adapter: http, url: https://x.org, ~~~auth~~~: { type: basic } }",
    "username",
  ],
  ["that tells the adapter", "~~~endpoint~~~: { url: https://x.org, wsdl: a.wsdl, host: b }", "adapter"],
  ["of a probe", "operations: { read: { path: /, ~~~onUnknown~~~: { settle: 1s } } }", "probe"],
])("a missing key %s is named", (_, drawn, key) => expectMark(drawn, `Missing property "${key}".`));

test("of an adapter that there is not only the adapter is marked", () =>
  expectMark(
    "endpoint: { adapter: ~~~ftp~~~, url: x, host: y, auth: { type: basic } }",
    "adapter must be one of http, soap, sql, lambda, module.",
  ));

test("of a way of authenticating that there is not only its type is marked", () =>
  expectMark(
    "endpoint: { adapter: http, url: https://x.org, auth: { type: ~~~basik~~~, user: a, password: b } }",
    "type must be one of basic, bearer, apiKey, oauth2, mtls.",
  ));

test("an endpoint that is no map is told what it is to be", () =>
  expectMark(
    "endpoint: ~~~https://x.org~~~",
    "endpoint must be a map whose adapter is one of http, soap, sql, lambda, module.",
  ));

test("keys of another way of authenticating are judged by the one that is chosen", async () => {
  const text = "endpoint: { adapter: http, url: https://x.org, auth: { type: bearer, username: a, password: b } }";
  expect((await editor.diagnose(wholeFile(text))).map(({ message }) => message)).toEqual([
    'Missing property "token".',
    "Property username is not allowed.",
    "Property password is not allowed.",
  ]);
});

test("sluice.yaml is marked by its own schema", async () => {
  const text = "version: 1\npolicy: { owner: always }\nenvironments: { production: { region: London } }\n";
  expect(await editor.diagnose(text, "project")).toEqual([
    { message: "owner must be one of required, optional.", at: "always" },
    { message: "region must be a region, like eu-west-2.", at: "London" },
  ]);
});

test.each([
  ["gateway.schema.json", "adapter: soap", "Property adapter is not allowed."],
  ["sluice.schema.json", "adapter: soap", "Property adapter is not allowed."],
])("a comment in the file names its schema, %s, wherever the file is", async (schema, key, message) => {
  expect(await editor.diagnose(`version: 1\n${key}\n`, "elsewhere")).toEqual([]);
  const text = `# yaml-language-server: $schema=../schemas/${schema}\nversion: 1\n${key}\n`;
  expect((await editor.diagnose(text, "elsewhere")).map((one) => one.message)).toContain(message);
});
