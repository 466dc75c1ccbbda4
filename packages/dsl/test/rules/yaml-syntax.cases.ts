import { expectFinding, expectNothing, lint } from "../source";

test("an empty file is told what to begin with", () => {
  expectFinding("yaml-syntax", "~~~#~~~ nothing but a comment", { whole: true, hint: "version: 1" });
});

test("a second document is refused at its beginning", () => {
  expectFinding("yaml-syntax", "name: a\n~~~---~~~\nname: b\n", { whole: true, message: "second document" });
});

test("a key that is there twice is found at its second place", () => {
  expectFinding("yaml-syntax", "rateLimit: 5/s\n~~~rateLimit~~~: 6/s", { message: "rateLimit is here twice" });
});

test("a tab that indents is refused", () => {
  expectFinding("yaml-syntax", "timeouts:\n~~~\t~~~response: 1s\n", { whole: true, message: "tab" });
});

test("a merge key is refused, since YAML 1.2 has none", () => {
  expectFinding("yaml-syntax", "timeouts:\n  ~~~<<~~~: { response: 1s }", { message: "Merge keys" });
});

test("an alias without an anchor is found", () => {
  expectFinding("yaml-syntax", "jitter: ~~~*nowhere~~~", { message: "has no anchor" });
});

test("an alias inside of its own anchor is found", () => {
  expectFinding("yaml-syntax", "retries: &r { throttled: ~~~*r~~~ }", {
    message: "stands inside of what it stands for",
  });
});

test("a small text of aliases of aliases that stands for millions is refused", () => {
  const levels = Array.from({ length: 8 }, (_, n) => `x${n + 1}: &x${n + 1} [${Array(10).fill(`*x${n}`).join(", ")}]`);
  const text = `x0: &x0 [1]\n${levels.join("\n")}`;
  const found = lint(text).filter(({ name }) => name === "yaml-syntax");
  expect(found.map(({ message }) => message)).toEqual([expect.stringContaining("100,000 values")]);
});

test("ten thousand brackets are too deep, not a crash", () => {
  expect(lint(`a: ${"[".repeat(10_000)}`)[0]?.name).toBe("yaml-syntax");
  expect(lint(`a: ${"[".repeat(500)}${"]".repeat(500)}`)[0]?.message).toContain("100 levels");
});

test("braces as a key, as from a value without quotes, are told to want quotes", () => {
  expectFinding("yaml-syntax", "owner:\n  ~~~{ a: b }~~~: x", { hint: "quotes" });
});

test("infinity is no number of JSON", () => {
  expectFinding("yaml-syntax", "concurrency: ~~~.inf~~~", { message: "not a number of JSON" });
});

test("a tag is refused", () => {
  expectFinding("yaml-syntax", "owner: ~~~!env OWNER~~~", { message: "not part of the language" });
});

test("a quote that is not closed is found", () => {
  expectFinding("yaml-syntax", 'name: test\nowner: ~~~"acme~~~\n', { whole: true, hint: "Close the quote" });
});

test("text that holds a colon is told to want quotes", () => {
  expectFinding("yaml-syntax", "name: test\ndescription: ~~~one: two~~~\n", { whole: true, hint: "quotes" });
});

test("an anchor and its alias are one value", () => {
  expectNothing("yaml-syntax", "timeouts: { connect: &t 2s, response: *t }");
});

test("a file that is longer than any gateway is refused unread", () => {
  const long = (count: number) => `${"# no gateway at all\n".repeat(count)}name: test\n`;
  expectFinding("yaml-syntax", `~~~#~~~${long(25_000).slice(1)}`, { whole: true, message: "500,000 characters" });
  expectNothing("yaml-syntax", long(24_000), { whole: true });
});
