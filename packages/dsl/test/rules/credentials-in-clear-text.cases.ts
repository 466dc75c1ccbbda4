// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { expectFinding, expectNothing } from "../source";

const bearer = "auth: { type: bearer, token: '${secret:a}' }";
const endpoint = (url: string, more: string) => `endpoint: { adapter: http, url: "${url}", ${more} }`;

test("a token over http is a warning at the scheme", () => {
  const finding = expectFinding("credentials-in-clear-text", endpoint("~~~http~~~://x.org/v1", bearer), {
    message: "each call to x.org carries the token",
  });
  expect(finding.severity).toBe("warning");
});

test("a secret in a header is named by it, in an operation too", () => {
  const headers = "headers: { X-Key: '${secret:a}' }";
  expectFinding("credentials-in-clear-text", endpoint("~~~http~~~://x.org", headers), {
    message: "the secret in X-Key",
  });
  const operations = `operations: { a: { path: /x, ${headers} } }`;
  expectFinding("credentials-in-clear-text", `${endpoint("~~~http~~~://x.org", "")}\n${operations}`);
});

test("a token that is fetched over http shows the client's secret", () => {
  const auth = "type: oauth2, tokenUrl: ~~~http~~~://l.org, clientId: '${secret:a}', clientSecret: '${secret:b}'";
  expectFinding("credentials-in-clear-text", endpoint("https://x.org", `auth: { ${auth} }`), {
    message: "the client's secret",
  });
});

test("https, this machine, and calls without credentials are good", () => {
  expectNothing("credentials-in-clear-text", endpoint("https://x.org", bearer));
  for (const host of ["localhost:80", "127.0.0.1", "[::1]:8080", "target.localhost"])
    expectNothing("credentials-in-clear-text", endpoint(`http://${host}`, bearer));
  expectNothing("credentials-in-clear-text", endpoint("http://x.org", "headers: { Accept: text/plain }"));
});

test("an environment without TLS is found in its patch", () => {
  const file = endpoint("https://x.org", bearer);
  expectFinding(
    "credentials-in-clear-text",
    `${file}\nenvironments: { a: { endpoint: { url: "~~~http~~~://y.org" } } }`,
  );
});
