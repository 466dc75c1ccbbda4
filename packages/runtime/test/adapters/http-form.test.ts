// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces of the gateway file's language
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Json, type OperationPlan, seconds } from "@sluice/dsl";
import { call, closeAll, context, type EndpointParts, endpointFor, httpTarget, operation, prepare } from "./loopback";

afterEach(closeAll);

/** What the target gets of one call. */
async function sent(parts: EndpointParts, changes: Partial<OperationPlan> = {}, request: Json = { id: "7" }) {
  const bodies: Buffer[] = [];
  const target = await httpTarget((incoming, response) => {
    incoming.on("data", (chunk: Buffer) => bodies.push(chunk)).on("end", () => response.end());
  });
  const { endpoint } = endpointFor(target.url, parts);
  expect(await call(endpoint, changes, request)).toMatchObject({ kind: "answer" });
  const [incoming] = target.requests as [IncomingMessage];
  return {
    headers: incoming.headers,
    method: incoming.method,
    url: incoming.url,
    body: Buffer.concat(bodies).toString(),
  };
}

/** Why a request cannot be sent; it needs no target. */
const refusal = (parts: EndpointParts, changes: Partial<OperationPlan> = {}, request: Json = { id: "7" }) =>
  endpointFor("http://127.0.0.1:9/base", parts)
    .endpoint.form(operation(changes), request, context)
    .then(
      () => "was formed",
      ({ reason, message }) => `${reason}: ${message}`,
    );

test("values stand in the path percent-encoded", async () => {
  const { url } = await sent({}, { path: "/things/{id}/parts{?q,page}" }, { id: "a/b ?#%ü'", q: "x&y=z", page: 2 });
  expect(url).toBe("/things/a%2Fb%20%3F%23%25%C3%BC%27/parts?q=x%26y%3Dz&page=2");
});

test("what a query lacks is left out of it", async () => {
  expect((await sent({}, { path: "/search{?q,page}" }, { q: "x" })).url).toBe("/search?q=x");
  expect((await sent({}, { path: "/search{?q,page}" }, null)).url).toBe("/search");
});

test("a list in a query is written once for each item where the file says so", async () => {
  expect((await sent({}, { path: "/search{?id*}" }, { id: ["a", "b"] })).url).toBe("/search?id=a&id=b");
});

test("the operation's path is joined to the path of the url", async () => {
  const target = await httpTarget((_, response) => response.end());
  await call(endpointFor(`${target.url}/base/v1/`).endpoint);
  expect(target.requests[0]?.url).toBe("/base/v1/things/7");
});

test.each<[string, Json, string]>([
  [
    "a part of the path is missing",
    {},
    "id is missing in the request, and operations.read.path (/things/{id}) needs it.",
  ],
  [
    "a part of the path is empty",
    { id: "" },
    "id is empty in the request, and operations.read.path (/things/{id}) needs it.",
  ],
  ["there is no request", null, "id is missing in the request, and operations.read.path (/things/{id}) needs it."],
  [
    "a value would lead to another path",
    { id: ".." },
    "a value of the request makes .. a step of operations.read.path (/things/{id}), which would lead elsewhere.",
  ],
  [
    "a value holds maps of its own",
    { id: [{ a: 1 }] },
    "id holds lists or maps of its own, which operations.read.path cannot carry.",
  ],
  ["a value is no Unicode", { id: "\ud800" }, "a value of the request for operations.read.path is no valid Unicode."],
])("a request is invalid when %s", async (_name, request, message) => {
  expect(await refusal({}, {}, request)).toBe(`invalidRequest: ${message}`);
});

test("a variable is the request's own and never JavaScript's", async () => {
  expect(await refusal({}, { path: "/{constructor}" }, {})).toMatch(/^invalidRequest: constructor is missing/);
  expect((await sent({}, { path: "/search{?toString}" }, {})).url).toBe("/search");
});

test("line breaks in a request reach neither the head nor the path", async () => {
  const { url, headers } = await sent({}, {}, { id: "7 HTTP/1.1\r\nX-Evil: 1\r\n\r\n" });
  expect(url).toBe("/things/7%20HTTP%2F1.1%0D%0AX-Evil%3A%201%0D%0A%0D%0A");
  expect(headers["x-evil"]).toBeUndefined();
});

test("a body is the expression's value as JSON", async () => {
  const order = { method: "POST", path: "/orders", body: "{ 'item': $request.item, 'tier': $context.tier }" } as const;
  const { body, headers, method } = await sent({}, order, { item: "ü" });
  expect([method, body]).toEqual(["POST", '{"item":"ü","tier":"HIGH"}']);
  expect(headers).toMatchObject({ "content-type": "application/json", "content-length": "27" });
});

test("a body that is text is sent as it is, with the content type of the file", async () => {
  const order = { method: "POST", path: "/orders", body: "'<n/>'", headers: { "Content-Type": "text/xml" } } as const;
  const { body, headers } = await sent({}, order);
  expect([body, headers["content-type"]]).toEqual(["<n/>", "text/xml"]);
});

test("a POST without a body says that it has none", async () => {
  const { headers } = await sent({}, { method: "POST" });
  expect(headers).toMatchObject({ "content-length": "0" });
  expect(headers["content-type"]).toBeUndefined();
});

test.each([
  ["gives nothing", "$request.none", /^invalidRequest: operations\.read\.body gives nothing for this request\.$/],
  [
    "fails",
    "$number($request.id)",
    /^invalidRequest: operations\.read\.body could not be formed from the request: Unable to cast/,
  ],
])("a request for which the body's expression %s is invalid", async (_name, body, message) => {
  expect(await refusal({}, { body, path: "/" }, { id: "x" })).toMatch(message);
});

test("the operation's headers replace the endpoint's, whatever their case", async () => {
  const { headers } = await sent(
    { headers: { Accept: "text/xml", "X-A": "1" } },
    { headers: { ACCEPT: "application/json" } },
  );
  expect(headers).toMatchObject({ accept: "application/json", "x-a": "1" });
});

test("how a call is framed is not the file's to say", async () => {
  const framing = {
    "Transfer-Encoding": "chunked",
    "Content-Length": "5",
    Connection: "close",
    Expect: "100-continue",
  };
  const { headers, body } = await sent({ headers: framing }, { method: "POST", body: "'hello world'" });
  expect([headers["transfer-encoding"], headers.expect, headers["content-length"], body]).toEqual([
    undefined,
    undefined,
    "11",
    "hello world",
  ]);
});

test("the target is told the execution, the attempt and a trace, and no body is asked for in a packed form", async () => {
  const { headers } = await sent({});
  expect(headers).toMatchObject({
    "x-sluice-execution": context.execution,
    "x-sluice-attempt": "0",
    "accept-encoding": "identity",
    "user-agent": "sluice/1 (register)",
    traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  });
});

test("the name of an execution may hold letters that no header can", async () => {
  const target = await httpTarget((_, response) => response.end());
  const { endpoint } = endpointFor(target.url);
  await (await prepare(endpoint, {}, { id: "7" }, { ...context, execution: "arn:é😀" })).start().ended;
  expect(target.requests[0]?.headers["x-sluice-execution"]).toBe("arn:%C3%A9%F0%9F%98%80");
});

test("an idempotency key goes into the header that the file names", async () => {
  const { headers } = await sent({}, { idempotencyHeader: "Idempotency-Key" });
  expect(headers["idempotency-key"]).toBe("key-of-one");
});

const SECRETS = {
  plain: "s3cret-value",
  map: '{ "user": "ann", "key": "k-12345", "pin": 42 }',
  broken: "s3cret-value\n",
};

test.each<[string, EndpointParts, Record<string, string>, string]>([
  [
    "basic, with the key as user",
    { auth: { type: "basic", username: "${secret:map#key}" } },
    { authorization: `Basic ${Buffer.from("k-12345:").toString("base64")}` },
    "/things/7",
  ],
  [
    "basic, with user and password",
    { auth: { type: "basic", username: "${secret:map#user}", password: "${secret:map#pin}" } },
    { authorization: `Basic ${Buffer.from("ann:42").toString("base64")}` },
    "/things/7",
  ],
  [
    "bearer",
    { auth: { type: "bearer", token: "${secret:plain}" } },
    { authorization: "Bearer s3cret-value" },
    "/things/7",
  ],
  [
    "a key in a header",
    { auth: { type: "apiKey", in: "header", name: "apiKey", value: "${secret:plain}" } },
    { apikey: "s3cret-value" },
    "/things/7",
  ],
  [
    "a key in the query",
    { auth: { type: "apiKey", in: "query", name: "api_key", value: "a b&${secret:plain}" } },
    {},
    "/things/7?api_key=a%20b%26s3cret-value",
  ],
  [
    "headers of the file",
    { headers: { "X-Keys": "${secret:map#user}/${secret:plain}" } },
    { "x-keys": "ann/s3cret-value" },
    "/things/7",
  ],
])("secrets are filled in: %s", async (_name, parts, headers, url) => {
  const seen = await sent({ ...parts, secrets: SECRETS });
  expect(seen.headers).toMatchObject(headers);
  expect(seen.url).toBe(url);
});

test("a key in the query follows a query that the path has already", async () => {
  const auth = { type: "apiKey", in: "query", name: "k", value: "v" } as const;
  expect((await sent({ auth }, { path: "/search{?q}" }, { q: "x" })).url).toBe("/search?q=x&k=v");
});

test.each([
  ["does not exist", "${secret:none}", "unavailable: the secret none does not exist. Create it in Secrets Manager."],
  [
    "lacks a field",
    "${secret:map#none}",
    "unavailable: the secret map has no such field, and the field none of it is asked for.",
  ],
  [
    "is no map",
    "${secret:plain#key}",
    "unavailable: the secret plain is no JSON map, and the field key of it is asked for.",
  ],
  [
    "ends with a line break",
    "${secret:broken}",
    "unavailable: the header authorization has a line break at its character 20. Mend its secret or its value.",
  ],
])("a secret that %s makes the target unavailable, without showing a value", async (_name, token, message) => {
  const refused = await refusal({ auth: { type: "bearer", token }, secrets: SECRETS });
  expect(refused).toBe(message);
  expect(refused).not.toContain("s3cret");
});

test("a refused key is read again before the next call, once it is half a minute old", async () => {
  const target = await httpTarget((_, response) => response.writeHead(401).end());
  const parts = { auth: { type: "bearer", token: "${secret:plain}" } as const, secrets: SECRETS };
  const { endpoint, asked, putClockForward } = endpointFor(target.url, parts);
  await call(endpoint);
  await call(endpoint);
  expect(asked).toEqual(["plain"]);
  putClockForward(seconds(31));
  await call(endpoint);
  await call(endpoint);
  expect(asked).toEqual(["plain", "plain"]);
});

test("two calls of one request differ in nothing but their traces", async () => {
  const hash = (value: Json) => createHash("sha256").update(JSON.stringify(value)).digest("hex");
  const target = await httpTarget((_, response) => response.end());
  const { endpoint } = endpointFor(target.url);
  await call(endpoint);
  await call(endpoint);
  const [one, two] = target.requests.map(({ headers }) => {
    const { traceparent, ...rest } = headers;
    return { traceparent, rest: hash(rest as Json) };
  });
  expect(one?.rest).toBe(two?.rest);
  expect(one?.traceparent).not.toBe(two?.traceparent);
});
