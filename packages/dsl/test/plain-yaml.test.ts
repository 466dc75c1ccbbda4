import { parseGateway } from "@sluice/dsl";
import fc from "fast-check";
import { readPlainYaml } from "../src/plain-yaml";
import { mutatedFile } from "./mutations";
import { runs } from "./runs";
import { readSamples } from "./samples";

/** The same file as the parser alone reads it: what begins with a byte order mark is none of the plain reader's. */
const asParsed = (text: string) => parseGateway(`\uFEFF${text}`, "any.yaml");

/** Wherever the plain reader gives a value, the parser finds no fault and the same value, its keys in the same order. */
function expectAgreement(text: string): void {
  const plain = readPlainYaml(text);
  if (plain === undefined) return;
  const { value, faults } = asParsed(text);
  expect({ text, faults, value: JSON.stringify(value) }).toEqual({
    text,
    faults: [],
    value: JSON.stringify(plain.value),
  });
}

test("the files that people write are read without the parser", () => {
  for (const { text } of readSamples()) expect(readPlainYaml(text)).toEqual({ value: asParsed(text).value });
});

test("lists at their key's own column, maps behind a dash, quotes, comments and CRLF are plain", () => {
  const text = `# first\r
name: "a \\"b\\" c"   # why\r
tiers:\r
- name: HIGH\r
  timeout: 2m\r
- { name: 'it''s', n: [-1, 2.50, true, 00:00 Europe/London], none: {} }\r
rates: [30/s, "x, y"]\r
url: https://a.b/c?d=e#f\r
`;
  expect(readPlainYaml(text)?.value).toEqual({
    name: 'a "b" c',
    tiers: [
      { name: "HIGH", timeout: "2m" },
      { name: "it's", n: [-1, 2.5, true, "00:00 Europe/London"], none: {} },
    ],
    rates: ["30/s", "x, y"],
    url: "https://a.b/c?d=e#f",
  });
  expectAgreement(text);
});

test.each([
  ["an anchor", "a: &b c"],
  ["an alias", "a: *b"],
  ["a tag", "a: !b c"],
  ["a merge key", '"<<": { a: 1 }'],
  ["a block of text", "a: |\n  b"],
  ["a text of two lines", "a: b\n  c"],
  ["quotes over two lines", 'a: "b\n  c"'],
  ["braces over two lines", "a: { b: 1,\n  c: 2 }"],
  ["a comma too many", "a: [b, ]"],
  ["a key twice", "a: 1\na: 2"],
  ["a key twice in braces", "a: { b: 1, b: 2 }"],
  ["a key without a value", "a:\nb: 1"],
  ["null", "a: null"],
  ["a hexadecimal number", "a: 0x1F"],
  ["no number", "a: .nan"],
  ["an escape of YAML alone", 'a: "\\x41"'],
  ["a tab", "a:\tb"],
  ["a document's mark", "---\na: b"],
  ["another document", "a: b\n---\nc: d"],
  ["a comment without a space", 'a: "b"#c'],
  ["a colon that is none", "a:b"],
  ["a text with a colon", "a: b: c"],
  ["a list for a document", "- a"],
  ["an indentation that fits nothing", "a:\n    b: 1\n  c: 2"],
])("%s is left to the parser", (_, text) => {
  expect(readPlainYaml(text)).toBeUndefined();
});

/** Pieces of YAML that say something, so that of the texts made from them many are nearly right. */
const LINES = fc.tuple(
  fc.constantFrom("", "  ", "    ", "- ", "  - ", "- - ", " "),
  fc.constantFrom("a: ", "b: ", "c:", '"d": ', "'e': ", "a : ", "? ", "", "true: ", "5: ", "- ", "{a: 1}: ", "a:b: "),
  fc.constantFrom(
    ...[
      "",
      "x",
      "x y",
      "it's",
      "5",
      "-1",
      "1.50",
      "1e3",
      "0o17",
      "0x1F",
      ".5",
      "5.",
      "+1",
      "-",
      "1_0",
      "-.inf",
      ".nan",
    ],
    ...[
      "~",
      "null",
      "True",
      "2020-01-01",
      "1:30",
      "a:b",
      "a: b",
      "x#y",
      "@x",
      "%x",
      "`x`",
      "=",
      "x,",
      "$x",
      "|",
      "> -",
    ],
    ...["[]", "{}", "[1, a b, 'c']", "[a,b]", "[a, ]", "{a: 1, b: {c: [2]}}", "{a: 1, a: 2}", "{a:1}", "{a}", "[a: 1]"],
    ...[
      '"q"',
      '"q\\n\\u0041"',
      '"q',
      "'q''r'",
      "'q",
      '"a" b',
      "{ 'a': 1, \"b\" : 2 }",
      "[",
      "]",
      "{",
      "}",
      "é😀",
      "\u00a0",
    ],
    ...[
      "&a x",
      "*a",
      "!t x",
      "<<",
      "__proto__",
      "\\",
      "...",
      "---",
      "x\ty",
      "\u0085",
      "{ a: b c, d: e:f }",
      "[[1], [2]]",
    ],
  ),
  fc.constantFrom("", "", "", " ", " # c", "#c", " #", "\r", ","),
);

test("whatever the plain reader gives, the parser gives too", () => {
  const text = fc
    .array(LINES, { minLength: 1, maxLength: 7 })
    .map((lines) => lines.map((parts) => parts.join("")).join("\n"));
  fc.assert(fc.property(text, expectAgreement), runs(5_000));
});

test("no mutation of a real file is read otherwise by the plain reader than by the parser", () => {
  fc.assert(
    fc.property(mutatedFile, ({ text }) => expectAgreement(text)),
    runs(500),
  );
});
