import { lineHashes } from "../../src/print/line-hashes";

test("lines are known by the hashes that GitHub's upload action computes", () => {
  // As `hash` of github/codeql-action, src/fingerprints.ts, gives them.
  expect(lineHashes("name: a\n  - b\n\n  - b\n")).toEqual([
    "3db4e5c9c7c7a631:1",
    "161868d8982a2003:1",
    "a2db5ea7d1cfd0ce:1",
    "9194883b53e89b5c:1",
    "c129715d7a2bc9a3:1",
  ]);
  expect(lineHashes("")).toEqual(["c129715d7a2bc9a3:1"]);
});

test("white space and the kind of line break change no hash", () => {
  expect(lineHashes("a: 1\r\n\tb: 2\rc: 3")).toEqual(lineHashes("a:1\n b : 2\nc: 3"));
});

test("lines that begin with the same hundred characters are counted", () => {
  const long = "x".repeat(100);
  const [first, second] = lineHashes(`${long}1\n${long}2\n`);
  expect(first).toMatch(/:1$/);
  expect(second).toBe(first?.replace(/:1$/, ":2"));
});
