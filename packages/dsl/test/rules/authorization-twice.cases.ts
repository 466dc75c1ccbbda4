// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectFinding, expectNothing } from "../source";

const endpoint = (more: string) => `endpoint: { adapter: http, url: https://x.org, ${more} }`;
const bearer = "auth: { type: bearer, token: '${secret:a}' }";
const key = (where: string, name: string) =>
  `auth: { type: apiKey, in: ${where}, name: ${name}, value: '\${secret:a}' }`;

test("an Authorization header beside endpoint.auth is found, whatever the case of its letters", () => {
  expectFinding("authorization-twice", endpoint(`headers: { ~~~authorization~~~: '\${secret:b}' }, ${bearer}`), {
    message: "the one of endpoint.auth (bearer)",
  });
});

test("it is found in an operation's headers too", () => {
  const operations = "operations: { a: { path: /x, headers: { ~~~Authorization~~~: '${secret:b}' } } }";
  expectFinding("authorization-twice", `${endpoint("auth: { type: basic, username: '${secret:a}' }")}\n${operations}`);
});

test("the header that an API key is in is found", () => {
  expectFinding(
    "authorization-twice",
    endpoint(`headers: { ~~~X-Api-Key~~~: '\${secret:b}' }, ${key("header", "x-api-key")}`),
  );
});

test("the query parameter that an API key is in is found in a path, as a variable and as it stands", () => {
  const file = (path: string) => `${endpoint(key("query", "key"))}\noperations: { a: { path: "${path}" } }`;
  expectFinding("authorization-twice", file("/x{?q,~~~key~~~}"));
  expectFinding("authorization-twice", file("/x?~~~key~~~=1"));
  expectFinding("authorization-twice", file("/x?q=1&~~~key~~~={q}"));
  expectFinding("authorization-twice", file("/x?q=1{&~~~key~~~*}"));
});

test("the same word elsewhere in the path is good", () => {
  const file = (path: string) => `${endpoint(key("query", "key"))}\noperations: { a: { path: "${path}" } }`;
  expectNothing("authorization-twice", file("/key/{key}{?keys,q}"));
  expectNothing("authorization-twice", file("/x?q=key&Key=1"));
});

test("another header, or no auth, is good", () => {
  expectNothing("authorization-twice", endpoint(`headers: { X-Api-Key: '\${secret:b}' }, ${bearer}`));
  expectNothing("authorization-twice", endpoint("headers: { Authorization: '${secret:b}' }"));
  expectNothing("authorization-twice", endpoint(`headers: { key: x }, ${key("query", "key")}`));
  const mtls = "auth: { type: mtls, certificate: '${secret:a#c}', key: '${secret:a#k}' }";
  expectNothing("authorization-twice", endpoint(`headers: { Authorization: '\${secret:b}' }, ${mtls}`));
});

test("an environment's auth beside the file's header is found there", () => {
  const file = endpoint("headers: { Authorization: '${secret:b}' }");
  expectFinding("authorization-twice", `${file}\nenvironments: { ~~~a~~~: { endpoint: { ${bearer} } } }`);
});
