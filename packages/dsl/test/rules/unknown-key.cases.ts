// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectFinding, expectNothing } from "../source";

test("a mistyped key is found, and the right one named", () => {
  expectFinding("unknown-key", "~~~ratelimit~~~: 5/s", { hint: "Did you mean rateLimit?" });
});

test("a key of a tier is looked for among the keys of a tier", () => {
  expectFinding("unknown-key", "tiers: [{ name: HIGH, ~~~timout~~~: 2m, timeout: 2m }]", {
    message: "in item 1 of tiers",
    hint: "Did you mean timeout?",
  });
});

test("a key that resembles none gets the list of those that exist", () => {
  expectFinding("unknown-key", "timeouts: { ~~~idle~~~: 4s }", { hint: "connect, response" });
});

test("a key in the form of authentication that its type chose is looked for among that form's keys", () => {
  const auth = "auth: { type: bearer, ~~~tokn~~~: x, token: '${secret:a}' }";
  expectFinding("unknown-key", `endpoint: { adapter: http, url: https://x.org, ${auth} }`, {
    hint: "Did you mean token?",
  });
});

test("an unknown key of an environment is found in its patch", () => {
  expectFinding("unknown-key", "environments: { staging: { ~~~ratelimit~~~: 1/s } }", { hint: "rateLimit" });
});

test("the names of operations and headers are free", () => {
  expectNothing("unknown-key", "operations: { anything: { path: /x, headers: { X-Any: y } } }");
});

test.each([
  ["~~~openapi~~~: 3.0.3", "an OpenAPI document", "sluice import openapi FILE"],
  ["~~~swagger~~~: '2.0'", "an OpenAPI document", "sluice import openapi FILE"],
  ["~~~arrivals~~~: 5/s", "a load file", "sluice simulate GATEWAY --load FILE"],
])("%s is known for a file of another kind, with what to do with it", (text, kind, hint) => {
  expectFinding("unknown-key", text, { message: `It belongs into ${kind}.`, hint });
});
