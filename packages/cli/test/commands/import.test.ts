import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "@sluice/dsl";
import { parse } from "yaml";
import { HARBOUR_2_0, LIBRARY_3_0, METER_3_1 } from "../import-documents";
import { type Ended, newSession, type Session } from "../session";

type Map = { [key: string]: Json };
interface Operation {
  readonly description?: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Map;
  readonly body?: string;
  readonly idempotency?: Map;
  readonly request?: { readonly required?: string[]; readonly properties: { [key: string]: Map } };
}
interface Gateway {
  readonly name: string;
  readonly rateLimit: string;
  readonly endpoint: { readonly url: string; readonly auth?: Map; readonly headers?: Map };
  readonly operations: { readonly [name: string]: Operation };
}

let session: Session;
beforeEach(async () => {
  session = newSession();
  await session.write("harbour.yaml", HARBOUR_2_0);
  await session.write("library.yaml", LIBRARY_3_0);
  await session.write("meter.yaml", METER_3_1);
});
afterEach(() => session.close());

/** The gateway file that an import prints. */
async function imported(words: string): Promise<Gateway & Ended> {
  const ended = await session.run(`import openapi ${words}`);
  expect(ended).toMatchObject({ code: 0 });
  return { ...parse(ended.stdout), ...ended };
}

const operationOf = (gateway: Gateway, name: string): Operation => {
  const operation = gateway.operations[name];
  if (operation === undefined) throw new Error(`no ${name} in ${Object.keys(gateway.operations).join(", ")}`);
  return operation;
};

test.each(["harbour", "library", "meter"])(
  "of what is imported from %s lint asks what only a person knows, and nothing else",
  async (name) => {
    await session.run(`import openapi ${name}.yaml --out gateways/${name}.yaml`);
    const { code, stdout } = await session.run("lint --format json");
    expect(code).toBe(1);
    const found = JSON.parse(stdout).findings.map((finding: { name: string; path: string[] }) => ({
      name: finding.name,
      key: finding.path.at(-1),
    }));
    const questions = [{ name: "unanswered-question", key: "rateLimit" }];
    if (name === "meter") questions.push({ name: "unanswered-question", key: "url" });
    expect(found).toEqual(questions);
  },
);

test("the limit is a question, and what the document says of one is a hint beside it", async () => {
  const { rateLimit, stdout } = await imported("harbour.yaml");
  expect(rateLimit).toBe("?");
  expect(stdout).toContain('#   info.description: "Clients may make up to 300 requests per 5 minutes."\n');
  expect(stdout).toMatch(/^rateLimit: "\?" # ask: /m);
  expect((await imported("library.yaml")).stdout).toContain("header X-RateLimit-Limit: Calls that are left");
  expect((await imported("meter.yaml")).stdout).toContain("# The document says nothing of a limit.");
});

test("the address comes from host and basePath, or from servers with their variables filled", async () => {
  expect((await imported("harbour.yaml")).endpoint.url).toBe("https://api.harbour.example/office");
  expect((await imported("library.yaml")).endpoint.url).toBe("https://eu.library.example/v2");
});

test("an address that is none is a question that says what the document has instead", async () => {
  const { endpoint, stdout, stderr } = await imported("meter.yaml");
  expect(endpoint.url).toBe("?");
  expect(stdout).toContain('url: "?" # ask: where is the target? The document names only /api.');
  expect(stderr).toContain("Left to you: rateLimit and url.");
});

test("keys and tokens become references to secrets; a way that is not supported is told", async () => {
  const harbour = await imported("harbour.yaml");
  expect(harbour.endpoint.auth).toEqual({
    type: "apiKey",
    in: "header",
    name: "X-Harbour-Key",
    value: "$" + "{secret:harbour-office-api#key}",
  });
  expect(harbour.stderr).toMatch(/1 {2}a way to authenticate is not supported yet.*\n +portal \(oauth2\)/);
  const library = await imported("library.yaml --name books");
  expect(library.endpoint.auth).toEqual({ type: "bearer", token: "$" + "{secret:books#token}" });
  expect(library.endpoint.headers).toEqual({ "X-App-Id": "$" + "{secret:books#x-app-id}" });
});

test("names come from ids or from method and path, each once and at most 40 characters", async () => {
  expect(Object.keys((await imported("harbour.yaml")).operations)).toEqual([
    "get-berth-by-id",
    "put-berth",
    "get-ships",
  ]);
  expect(Object.keys((await imported("library.yaml")).operations)).toEqual(["create-loan", "create-loan-2"]);
  const [name = ""] = Object.keys((await imported("meter.yaml")).operations);
  expect(name).toBe("an-operation-whose-name-is-much-longer");
});

test("paths and queries become templates; names that none can write are keys of a map", async () => {
  const harbour = await imported("harbour.yaml");
  expect(operationOf(harbour, "get-berth-by-id").path).toBe("/berths/{berth_id}");
  const ships = operationOf(harbour, "get-ships");
  expect(ships.path).toBe("/ships{?page,flags*,ids,classes,query*}");
  expect(ships.request?.required).toEqual(["query"]);
  expect(ships.request?.properties).toMatchObject({
    page: { exclusiveMinimum: 0 },
    classes: { type: "string", description: "Several values are joined by |." },
    query: { required: ["per-page"], properties: { "filter[name]": { type: "string" } } },
  });
  expect(operationOf(await imported("library.yaml"), "create-loan-2").path).toBe("/loans/search{?lang,tags*,sort}");
});

test("a body is what the request has under body, with its schema written out in today's words", async () => {
  const put = operationOf(await imported("harbour.yaml"), "put-berth");
  expect(put.body).toBe("{% $request.body %}");
  expect(put.request?.required).toEqual(["berth_id", "body"]);
  expect(put.request?.properties.body).toEqual({
    type: "object",
    required: ["name"],
    properties: {
      id: { type: "string" },
      name: { type: ["string", "null"], examples: ["North 4"] },
      neighbour: { description: "Cut: Berth again, and nothing below is checked." },
    },
  });
  const loan = operationOf(await imported("library.yaml"), "create-loan");
  expect(loan.request?.properties.body).toEqual({
    type: "object",
    properties: {
      days: { type: "integer", minimum: 1, exclusiveMaximum: 60 },
      note: { anyOf: [{ allOf: [{ type: "string" }] }, { type: "null" }] },
      state: {},
    },
  });
  expect(loan.description).toBe("Lends a book.");
});

test("null stands among the words that a value may be where it may be null", async () => {
  const search = operationOf(await imported("library.yaml"), "create-loan-2");
  expect(search.request?.properties.lang).toEqual({ type: ["string", "null"], enum: ["de", "en", null] });
});

test("words of 3.1 stay as they are, and what is no regular expression goes and is told", async () => {
  const { operations, stderr } = await imported("meter.yaml");
  expect(Object.values(operations)[0]?.request?.properties.body).toEqual({
    type: ["object", "null"],
    required: ["at"],
    properties: {
      at: { type: "string", format: "date-time", examples: ["2026-11-24T12:00:00Z"] },
      value: { type: "number", exclusiveMinimum: 0 },
      pair: { type: "array", prefixItems: [{ type: "string" }, true], items: false },
      odd: { type: "string" },
    },
  });
  expect(stderr).toContain("a part of a request's schema that Sluice refuses was left out");
});

test("headers with one value are written, a key that makes repeats harmless is idempotency, the rest is told", async () => {
  const harbour = await imported("harbour.yaml");
  expect(operationOf(harbour, "put-berth").headers).toEqual({ "X-Version": "2024-01" });
  expect(harbour.stderr).toContain("put-berth (If-Match, required)");
  expect(harbour.stderr).not.toContain("x-harbour-key"); // the auth sends it
  expect(operationOf(await imported("library.yaml"), "create-loan").idempotency).toEqual({ header: "Idempotency-Key" });
});

test("nothing is dropped in silence: each kind of note is counted, with its places", async () => {
  const { stderr } = await imported("library.yaml");
  for (const note of [
    /1 {2}another server is named.*\n +https:\/\/mirror\.library\.example/,
    /1 {2}an operation was left out: it is at another server.*\n.*files\.library\.example/,
    /1 {2}an operation was left out: it sends application\/xml.*\n.*POST \/import/,
    /1 {2}an operation was left out: its method is TRACE\n.*TRACE \/ping/,
    /1 {2}an operation is deprecated\n +create-loan\n/,
    /1 {2}a cookie was left out\n +create-loan \(session\)/,
    /1 {2}a query parameter was left out.*\n +create-loan-2 \(range\)/,
    /1 {2}a reference leads nowhere.*\n +create-loan \(#\/components\/schemas\/Nowhere\)/,
  ])
    expect(stderr).toMatch(note);
  expect(stderr).toMatch(/^8 notes on what was not carried over:\n/);
  expect(stderr).toMatch(/\n2 of 5 operations\. Left to you: rateLimit\.\n$/);
  expect((await imported("harbour.yaml")).stderr).toContain("a schema holds itself");
});

test("operations are chosen by name or id, by tag and by the beginning of the path", async () => {
  const namesFor = async (words: string) => Object.keys((await imported(`harbour.yaml ${words}`)).operations);
  expect(await namesFor("--operations get-ships,putBerth")).toEqual(["put-berth", "get-ships"]);
  expect(await namesFor("--tag ships")).toEqual(["get-ships"]);
  expect(await namesFor("--tag ships --tag berths")).toHaveLength(3);
  expect(await namesFor("--path-prefix /berths")).toEqual(["get-berth-by-id", "put-berth"]);
  expect(Object.keys((await imported("library.yaml --operations create-loan-2")).operations)).toEqual([
    "create-loan-2",
  ]);
});

test.each([
  ["--operations get-shps", "The document has no operation get-shps. Did you mean get-ships?"],
  ["--tag boats", "The document has no tag boats. It has berths, ships."],
  [
    "--path-prefix /boats",
    "None of the 4 operations is chosen by what you gave. Their paths look like /berths/{berth-id}.",
  ],
])("%s fits nothing: one sentence and exit 2", async (words, sentence) => {
  expect(await session.run(`import openapi harbour.yaml ${words}`)).toEqual({
    code: 2,
    stdout: "",
    stderr: `sluice: ${sentence}\n`,
  });
});

test("--out writes the file in a folder that it makes, and never over another one without --force", async () => {
  await session.write("schemas/gateway.schema.json", "{}");
  const first = await session.run("import openapi meter.yaml --out gateways/deep/meter.yaml");
  expect(first).toMatchObject({ code: 0, stdout: "" });
  expect(first.stderr).toContain("1 of 1 operation in gateways/deep/meter.yaml.");
  const text = () => readFileSync(join(session.cwd, "gateways/deep/meter.yaml"), "utf8");
  expect(text()).toMatch(/^# yaml-language-server: \$schema=\.\.\/\.\.\/schemas\/gateway\.schema\.json\n/);
  expect(text()).toContain("\nname: meter\n");
  const again = await session.run("import openapi meter.yaml --name other --out gateways/deep/meter.yaml");
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("Replace it with --force") });
  expect(text()).toContain("\nname: meter\n");
  expect(
    (await session.run("import openapi harbour.yaml --name meter --out gateways/deep/meter.yaml --force")).code,
  ).toBe(0);
  expect(text()).toContain("harbour.example");
});

test("a name that is none is a finding, and nothing is written", async () => {
  const { code, stdout, stderr } = await session.run("import openapi harbour.yaml --name Harbour");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("name must be lower-case words joined by hyphens");
  expect(stderr).toContain("Nothing was written.");
});

test("- reads standard input, and JSON is read as well as YAML", async () => {
  const stdin = JSON.stringify(parse(METER_3_1));
  const { code, stdout } = await session.run("import openapi -", { stdin });
  expect({ code, name: parse(stdout).name }).toEqual({ code: 0, name: "api-42-meters" });
  expect(stdout).toContain("from standard input (OpenAPI 3.1.0, version 1)");
});

test("a document in several files is read as one, and nothing is read from the network", async () => {
  await session.write(
    "split/api.yaml",
    METER_3_1.replace(/paths:[\s\S]*/, "paths:\n  /a/{x}: { $ref: ./parts/a.yaml }\n"),
  );
  await session.write(
    "split/parts/a.yaml",
    'get:\n  parameters: [{ name: x, in: path, required: true, schema: { $ref: "types.yaml#/x" } }]\n  responses: { "200": { description: OK } }\n',
  );
  await session.write("split/parts/types.yaml", "x: { type: integer }\n");
  const { operations } = await imported("split/api.yaml");
  expect(operations["get-a-x"]?.request?.properties.x).toEqual({ type: "integer" });
  await session.write(
    "far.yaml",
    METER_3_1.replace(/paths:[\s\S]*/, 'paths: { /a: { $ref: "http://127.0.0.1:9/a.yaml" } }\n'),
  );
  expect(await session.run("import openapi far.yaml")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("its paths are at http://127.0.0.1:9/a.yaml, and nothing is read from the network"),
  });
});

test.each([
  ["version: 1\nname: x\n", "neither openapi nor swagger stands at its top level"],
  ['openapi: "4.0.0"\n', "its version is 4.0.0"],
  ["a: [1\n", "it is neither YAML nor JSON"],
  ["- 1\n", "it holds no map"],
  ['openapi: 3.0.0\ninfo: { title: x, version: "1" }\npaths: {}\n', "bad.yaml has no operations"],
])("what is no document is one sentence and exit 2: %j", async (text, sentence) => {
  await session.write("bad.yaml", text);
  const { code, stdout, stderr } = await session.run("import openapi bad.yaml");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain("bug in sluice");
});

/** Each of ten lists holds the one before it ten times. */
const LAUGHS = Array.from({ length: 10 }, (_, i) => `l${i}: &l${i} [${Array(10).fill(i === 0 ? "ha" : `*l${i - 1}`)}]`);

test.each([
  [
    "lists in lists without end, as JSON",
    `{"openapi":"3.0.3","x":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
    "nested too deeply",
  ],
  [
    "lists in lists without end, as YAML",
    `openapi: 3.0.3\nx: ${"[".repeat(9_000)}${"]".repeat(9_000)}`,
    "nested too deeply",
  ],
  [
    "aliases that stand for ten thousand million words",
    `openapi: 3.0.3\n${LAUGHS.join("\n")}\n`,
    "aliases stand for more",
  ],
  ["a list that holds itself", "openapi: 3.0.3\nx: &x [*x]\n", "an anchor in it holds itself"],
])("%s are refused in words", async (_, text, sentence) => {
  await session.write("odd.yaml", text);
  const { code, stdout, stderr } = await session.run("import openapi odd.yaml");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^sluice: odd\.yaml is no OpenAPI document: /);
  expect(stderr).toContain(sentence);
});

test("where no operation can be carried over nothing is written: the reasons and exit 1", async () => {
  const { code, stdout, stderr } = await session.run("import openapi library.yaml --path-prefix /import");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("it sends application/xml");
  expect(stderr).toContain("No operation could be carried over");
});

test("standard input that is no text is refused, as a file would be", async () => {
  const { code, stderr } = await session.run("import openapi -", { stdin: Buffer.from([0x6f, 0xff, 0xfe, 0x0a]) });
  expect({ code, stderr }).toEqual({ code: 2, stderr: "sluice: Standard input is not UTF-8, and was not read.\n" });
});

test("import without a kind, or with one that is not there, is exit 2", async () => {
  expect((await session.run("import")).code).toBe(2);
  expect((await session.run("import openap library.yaml")).stderr).toContain("Did you mean openapi?");
  expect((await session.run("import library.yaml")).stderr).toBe(
    "sluice: library.yaml is no kind of description that is known. Did you mean openapi? Write: sluice import openapi library.yaml\n",
  );
  expect((await session.run("import openapi --help")).stdout).toMatch(/Examples:\n {2}\$ sluice import openapi /);
});
