import { expectFinding, expectNothing } from "../source";

const url = (text: string) => `endpoint: { adapter: http, url: "${text}" }`;

test.each(["~~~api.example.org~~~", "~~~ftp://example.org~~~", "~~~https://~~~", "~~~https://a b~~~"])(
  "%s is no address of HTTP",
  (drawn) => {
    const [, text = ""] = drawn.split("~~~");
    expectFinding("bad-url", `endpoint: { adapter: http, url: ~~~"${text}"~~~ }`, {
      hint: "https://api.example.org/v1",
    });
  },
);

test("a query would end up before the operations' paths", () => {
  expectFinding("bad-url", url("https://x.org/v1~~~?format=json~~~"), { hint: "in: query" });
});

test("a path and a port are good", () => {
  expectNothing("bad-url", url("http://localhost:8080/v1/"));
});
