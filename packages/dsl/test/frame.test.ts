import { type Finding, positionOf, renderFrame } from "@sluice/dsl";
import { lint, wholeFile } from "./source";

function frames(text: string): string[] {
  return lint(text, { file: "gateways/companies-house.yaml" })
    .filter(({ name }) => name !== "name-not-file")
    .map((finding) => renderFrame(finding, text));
}

test("a finding shows the user's line, a caret, what, why and how to mend it", () => {
  expect(frames(wholeFile("jitter: 50"))).toEqual([
    [
      "gateways/companies-house.yaml:1:9  error  SL004 bare-number",
      "1 | jitter: 50",
      "  |         ^^ a duration needs a unit",
      "50 could be 50 ms or 50 s, and the gateway's timing is computed from it.",
      "Write 50ms or 50s. Units: ms, s, m, h, d.",
    ].join("\n"),
  ]);
});

test("line breaks of Windows, a byte order mark and tabs leave the caret under its text", () => {
  const text = `\uFEFFjitter:\t50\r\n${wholeFile("owner: x").replace("jitter", "")}`;
  expect(frames(text)[0]?.split("\n").slice(0, 3)).toEqual([
    "gateways/companies-house.yaml:1:9  error  SL004 bare-number",
    "1 | jitter:\t50",
    "  |        \t^^ a duration needs a unit",
  ]);
});

test("a range of several lines is underlined to the end of its first", () => {
  const text = wholeFile("concurrency:\n  - one\n  - two");
  expect(frames(text)[0]?.split("\n").slice(1, 3)).toEqual([
    "2 |   - one",
    "  |   ^^^^^ concurrency must be a whole number from 1 to 200",
  ]);
});

const LONG = "0123456789".repeat(1_000);
/** The line and its caret, without number and bar. */
const shownOf = (text: string, width: number): string[] => {
  const [finding] = lint(text, { file: "gateways/test.yaml" }).filter(({ name }) => name === "bare-number");
  const frame = finding ? renderFrame(finding, text, undefined, width) : "";
  return frame.split("\n").slice(1, 3);
};

test.each([
  ["at its end", `{ owner: "${LONG}", jitter: 50 }`, /^1 \| ….*jitter: 50 \}$/],
  ["at its beginning", `{ jitter: 50, owner: "${LONG}" }`, /^1 \| \{ jitter: 50, owner: "0.*…$/],
  ["in the middle", `{ owner: "${LONG}", jitter: 50, description: "${LONG}" }`, /^1 \| ….*jitter: 50.*…$/],
])("of a line of thousands of characters with its fault %s the part around the caret is shown", (_, line, whole) => {
  for (const width of [60, 100, 140]) {
    const [shown = "", caret = ""] = shownOf(line, width);
    expect(shown).toMatch(whole);
    expect(shown.length).toBe(width);
    expect(shown.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("50");
  }
});

test("a range longer than the window is underlined to the window's end", () => {
  const text = wholeFile(`name: ${LONG}`);
  const [frame = ""] = frames(text);
  const [, line = "", caret = ""] = frame.split("\n");
  expect(line).toMatch(/^1 \| name: 0123.*…$/);
  expect(line.length).toBe(100);
  expect(caret.lastIndexOf("^")).toBe(99);
});

test("a message quotes no more than the beginning of a word that has thousands of characters", () => {
  const text = wholeFile(`environments: { "${LONG}": {} }`);
  const longest = Math.max(...frames(text).flatMap((frame) => frame.split("\n").map((line) => line.length)));
  expect(longest).toBeLessThan(500);
});

test("a window never ends in half a character", () => {
  for (const shift of ["", "a", "ab", "abc"]) {
    const line = `{ owner: "${shift}${"😀".repeat(400)}", jitter: 50, description: "${shift}${"😀".repeat(400)}" }`;
    const [shown = "", caret = ""] = shownOf(line, 100);
    expect(shown).not.toMatch(/(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    expect(shown.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("50");
  }
});

test("a control character of the file does nothing to the terminal", () => {
  expect(frames(wholeFile("jitter: 50 # \u001b[31mred"))[0]).toContain("| jitter: 50 # \uFFFD[31mred");
});

test("colours are the printer's: each piece is handed to it with its meaning", () => {
  const text = wholeFile("jitter: 50");
  const [finding] = lint(text);
  const painted = finding && renderFrame(finding, text, (piece, as) => `<${as}>${piece}</${as}>`);
  expect(painted).toContain("<strong>gateways/test.yaml:1:9</strong>  <error>error</error>  SL004 bare-number");
  expect(painted).toContain("<error>^^ a duration needs a unit</error>");
});

test("a finding without a short text shows its message", () => {
  const finding: Finding = {
    file: "a",
    range: [0, 1],
    path: [],
    rule: "SL999",
    name: "x",
    severity: "warning",
    message: "All of it.",
    hint: "",
  };
  expect(renderFrame(finding, "abc")).toBe("a:1:1  warning  SL999 x\n1 | abc\n  | ^\nAll of it.");
});

test("lines and columns start at 1", () => {
  expect(positionOf("ab\ncd", 0)).toEqual({ line: 1, column: 1 });
  expect(positionOf("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
  expect(positionOf("ab\r\ncd", 4)).toEqual({ line: 2, column: 1 });
});
