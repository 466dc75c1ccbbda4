// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
import { lintGateways } from "@sluice/dsl";
import { expectNothing, wholeFile } from "../source";

/** Where the rule finds something in files `a`, `b`, …: the file and the text. */
function findings(...snippets: string[]) {
  const names = ["a", "b", "c"];
  const files = snippets.map((snippet, index) => ({
    file: `${names[index]}.yaml`,
    text: wholeFile(`name: ${names[index]}\n${snippet}`),
  }));
  const textOf = (file: string) => files.find((one) => one.file === file)?.text ?? "";
  return lintGateways(files)
    .findings.filter(({ name }) => name === "shared-target")
    .map((finding) => ({ ...finding, text: textOf(finding.file).slice(...finding.range) }));
}

const target = (url: string) => `endpoint: { adapter: http, url: "${url}" }`;
const places = (...snippets: string[]) => findings(...snippets).map(({ file, text }) => [file, text]);

test("two gateways with one host are a warning in both, each naming the other", () => {
  const found = findings(target("https://x.org/a"), target("https://X.org:443/b"), target("https://y.org"));
  expect(found.map(({ file, text, what, severity }) => [file, text, what, severity])).toEqual([
    ["a.yaml", "x.org", "x.org is also the target of b.yaml", "warning"],
    ["b.yaml", "X.org", "x.org is also the target of a.yaml", "warning"],
  ]);
});

test("another port is another target", () => {
  expect(places(target("https://x.org"), target("https://x.org:8443"))).toEqual([]);
  expect(places(target("http://x.org"), target("http://x.org:80"))).toHaveLength(2);
});

test("a SOAP service on the same host is found too", () => {
  const soap = 'endpoint: { adapter: soap, wsdl: ./x.wsdl, url: "https://x.org/soap" }';
  expect(places(target("https://x.org"), soap)).toEqual([
    ["a.yaml", "x.org"],
    ["b.yaml", "x.org"],
  ]);
});

test("two whose environments of one name share a target are found there", () => {
  const staging = (url: string) => `environments: { staging: { endpoint: { url: "${url}" } } }`;
  const one = `${target("https://x.org")}\n${staging("https://sandbox.org")}`;
  const other = `${target("https://y.org")}\n${staging("https://sandbox.org")}`;
  const found = findings(one, other);
  expect(found.map(({ file, text }) => [file, text])).toEqual([
    ["a.yaml", "sandbox.org"],
    ["b.yaml", "sandbox.org"],
  ]);
  expect(
    places(one, `${target("https://y.org")}\nenvironments: { other: { endpoint: { url: "https://sandbox.org" } } }`),
  ).toEqual([]);
});

test("what is said of the files is not said again for an environment that changes no target", () => {
  const file = `${target("https://x.org")}\nenvironments: { staging: { rateLimit: 1/s } }`;
  expect(places(file, file)).toHaveLength(2);
});

test("a host that an environment alone makes the other's is found on both sides", () => {
  const moved = `${target("https://y.org")}\nenvironments: { staging: { endpoint: { url: "https://x.org" } } }`;
  const found = findings(`${target("https://x.org")}\nenvironments: { staging: {} }`, moved);
  expect(found.map(({ file, text }) => [file, text])).toEqual([
    ["a.yaml", "staging"],
    ["b.yaml", "x.org"],
  ]);
  expect(found[0]?.message).toContain("In environment staging, x.org is also the target of b.yaml");
});

test("nothing is said of a stand-in on this machine, of a reference, or of a url that is none", () => {
  expect(places(target("http://localhost:1"), target("http://localhost:1"))).toEqual([]);
  expect(places(target("https://x.org/${secret:a}"), target("https://x.org"))).toEqual([]);
  expect(places(target("https://"), target("https://"))).toEqual([]);
});

test("of two gateways of one name duplicate-name speaks", () => {
  const text = wholeFile(target("https://x.org"));
  const { findings: found } = lintGateways(["a.yaml", "b.yaml"].map((file) => ({ file, text })));
  expect(found.map(({ name }) => name)).not.toContain("shared-target");
});

test("a gateway shares its target with nobody else", () => {
  expectNothing("shared-target", target("https://x.org"));
});
