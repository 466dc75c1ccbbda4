// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectFinding, expectNothing } from "../source";

const header = (value: string) => `endpoint: { adapter: http, url: https://x.org, headers: { X-Token: "${value}" } }`;

test.each([
  "~~~${secret:}~~~",
  "~~~${secrets:a}~~~",
  "a ~~~${secret:a b}~~~",
  "~~~${secret:a#}~~~",
  "~~~${env:A}~~~",
  "~~~${secret:a~~~",
])("%s is no reference, and would be sent as it stands", (drawn) => {
  expectFinding("bad-secret-reference", header(drawn), { hint: "${secret:NAME#FIELD}" });
});

test("a secret in a URL is found, since URLs end up in logs", () => {
  expectFinding("bad-secret-reference", "endpoint: { adapter: http, url: 'https://~~~${secret:a}~~~@x.org' }", {
    hint: "endpoint.auth",
  });
  expectFinding("bad-secret-reference", "operations: { read: { path: '/x?key=~~~${secret:a#b}~~~' } }");
});

test("names with slashes and fields are good", () => {
  expectNothing("bad-secret-reference", header("Bearer ${secret:acme/prod/api#access_token}"));
});
