import { type Path, parseGateway } from "@sluice/dsl";

/** The text at a path's key or value. */
function at(text: string, path: Path, part: "key" | "value" = "value"): string {
  const document = parseGateway(text, "a.yaml");
  const [start, end] = document.rangeOf(path, part);
  return text.slice(start, end);
}

test("keys and values stand where the user wrote them, in block and in flow style", () => {
  const text = "tiers:\n  - name: HIGH\n    timeout: 2m\n  - { name: LOW, timeout: 1h }\n";
  expect(at(text, ["tiers", 0, "timeout"])).toBe("2m");
  expect(at(text, ["tiers", 0, "timeout"], "key")).toBe("timeout");
  expect(at(text, ["tiers", 1, "name"])).toBe("LOW");
  expect(at(text, ["tiers", 1])).toBe("{ name: LOW, timeout: 1h }");
  expect(at(text, ["tiers", 0])).toBe("name: HIGH\n    timeout: 2m");
});

test("what is not there stands at the nearest key above it", () => {
  const text = "timeouts: { response: 1s }\n";
  expect(at(text, ["timeouts", "connect"])).toBe("timeouts");
  expect(at(text, ["endpoint", "url"])).toBe("timeouts");
});

test("a value left empty stands at its key", () => {
  expect(at("timeouts:\nname: a\n", ["timeouts"])).toBe("timeouts");
});

test("line breaks of Windows and a byte order mark shift nothing", () => {
  const text = "\uFEFFname: a\r\njitter: 50\r\ntiers:\r\n  - name: A\r\n";
  expect(parseGateway(text, "a.yaml").value).toEqual({ name: "a", jitter: 50, tiers: [{ name: "A" }] });
  expect(at(text, ["jitter"])).toBe("50");
  expect(at(text, ["tiers", 0, "name"])).toBe("A");
});

test("an alias stands where it is used, what is inside of it where its anchor is", () => {
  const text = "a: &x { b: 1 }\nc: *x\n";
  expect(parseGateway(text, "a.yaml").value).toEqual({ a: { b: 1 }, c: { b: 1 } });
  expect(at(text, ["c"])).toBe("*x");
  expect(at(text, ["c", "b"])).toBe("1");
});

test("a part of a value stands inside of it where the value is written as it is", () => {
  const inside = (text: string) => {
    const [start, end] = parseGateway(text, "a.yaml").rangeInside(["path"], 1, 4);
    return text.slice(start, end);
  };
  expect(inside("path: /abcd")).toBe("abc");
  expect(inside('path: "/abcd"')).toBe("abc");
  expect(inside("path: '/abcd'")).toBe("abc");
  expect(inside('path: "/\\x61bcd"')).toBe('"/\\x61bcd"');
});

test("numbers as keys are read as their text", () => {
  expect(parseGateway("a: { 200: x }", "a.yaml").value).toEqual({ a: { "200": "x" } });
  expect(at("a: { 200: x }", ["a", "200"])).toBe("x");
});

test("a key that could reach an object's prototype is refused", () => {
  expect(parseGateway("__proto__: { a: 1 }", "a.yaml").faults.map(({ code }) => code)).toEqual(["key"]);
});

test("every fault of the text is found, not the first alone", () => {
  const faults = parseGateway("a: 1\na: 2\nb: 3\nb: 4\n", "a.yaml").faults;
  expect(faults.map(({ code, text }) => [code, text])).toEqual([
    ["duplicate-key", "a"],
    ["duplicate-key", "b"],
  ]);
});

test.each([
  ['owner: "acme\nrateLimit: 5/s\ntiers: [{ name: A }]\n', "unclosed", 'owner: "acme'],
  ["timeouts: { connect: 2s\nname: a\ndescription: b\nowner: c\n", "indentation", "name: a"],
  ["a:\n  b: 1\n   c: 2\n  d: 3\n", "plain-text", "  b: 1"],
  ["a:\n    b: 1\n  c: 2\n", "indentation", "  c: 2"],
  ["a: }\nb: 1\nc: { d: 2 }\ne: [1, 2]\n", "broken", "a: }"],
])("one slip is one fault, however much the parser misreads behind it: %j", (text, code, line) => {
  const { faults } = parseGateway(text, "a.yaml");
  expect(faults.map((fault) => fault.code)).toEqual([code]);
  expect(text.slice(0, faults[0]?.range[0]).split("\n").length).toBe(text.split("\n").indexOf(line) + 1);
});

test("every tab that indents is found", () => {
  const { faults } = parseGateway("a:\n\tb: 1\nc:\n\td: 2\n", "a.yaml");
  expect(faults.map(({ code, range }) => [code, range[0]])).toEqual([
    ["tab", 3],
    ["tab", 12],
  ]);
});
