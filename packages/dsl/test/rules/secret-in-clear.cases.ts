// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectFinding, expectNothing } from "../source";

const endpoint = (more: string) => `endpoint: { adapter: http, url: https://x.org, ${more} }`;

test("a password is found, and the reference to write instead", () => {
  const auth = "auth: { type: basic, username: app, password: ~~~hunter2~~~ }";
  expectFinding("secret-in-clear", endpoint(auth), { hint: "${secret:test#password}" });
});

test("a user name that is the key, with an empty password, is found", () => {
  expectFinding("secret-in-clear", endpoint('auth: { type: basic, username: ~~~abc123~~~, password: "" }'));
});

test("a bearer token is found", () => {
  expectFinding("secret-in-clear", endpoint("auth: { type: bearer, token: ~~~abc123~~~ }"));
});

test("an API key's value is found", () => {
  expectFinding("secret-in-clear", endpoint("auth: { type: apiKey, in: query, name: key, value: ~~~abc123~~~ }"));
});

test("an Authorization header is found, in an operation too", () => {
  expectFinding("secret-in-clear", endpoint("headers: { Authorization: ~~~Bearer abc~~~ }"));
  expectFinding("secret-in-clear", "operations: { read: { path: /x, headers: { X-Api-Key: ~~~abc~~~ } } }");
});

test("a user and a password in the url are found", () => {
  expectFinding("secret-in-clear", "endpoint: { adapter: http, url: https://~~~app:hunter2~~~@x.org }");
});

test("a key in a path's query is found", () => {
  expectFinding("secret-in-clear", 'operations: { read: { path: "/x?api_key=~~~abc123~~~&y=1" } }');
});

test("a secret in an environment is found in its patch", () => {
  const base = endpoint("auth: { type: bearer, token: '${secret:a}' }");
  expectFinding("secret-in-clear", `${base}\nenvironments: { staging: { endpoint: { auth: { token: ~~~abc~~~ } } } }`);
});

test("references and ordinary headers are no secrets", () => {
  expectNothing("secret-in-clear", endpoint("auth: { type: basic, username: app, password: '${secret:a#b}' }"));
  expectNothing("secret-in-clear", endpoint("headers: { Authorization: 'Token ${secret:a}', Accept: text/plain }"));
  expectNothing("secret-in-clear", "operations: { read: { path: '/x{?api_key}', headers: { Idempotency-Key: x } } }");
});
