import { colorsOf } from "../../src/io";
import { renderTable } from "../../src/print/table";

const colors = colorsOf({ write: () => undefined }, {});
const WHY = "from the first byte sent to the last received";
const URL = "https://services.nvd.nist.gov/rest/json/cves/2.0{?cveId,lastModStartDate,lastModEndDate,startIndex}";

const lines = (rows: string[][], width: number): string[] =>
  renderTable({ head: rows[0]?.map((_, column) => `h${column}`) ?? [], rows, width }, colors).split("\n");

test("cells wrap between words, and the line keeps the width", () => {
  const text = lines([["response timeout", "30 s", WHY]], 40);
  expect(Math.max(...text.map(({ length }) => length))).toBeLessThanOrEqual(40);
  for (const word of ["response", "timeout", ...WHY.split(" ")])
    expect(text.join("\n")).toMatch(new RegExp(`\\b${word}\\b`));
});

test("a word is never cut: where the words do not fit, the line is longer", () => {
  const text = lines([["companies-house", "microseconds", "acknowledgement"]], 30);
  expect(text[1]).toBe("companies-house  microseconds  acknowledgement");
});

test("an address is cut to keep the width, into pieces from which it can be put together", () => {
  const text = lines([["cves", URL, WHY]], 80);
  expect(Math.max(...text.map(({ length }) => length))).toBeLessThanOrEqual(80);
  const from = text[0]?.indexOf("h1") ?? 0;
  const to = text[0]?.indexOf("h2") ?? 0;
  expect(
    text
      .slice(1)
      .map((line) => line.slice(from, to).trim())
      .join(""),
  ).toBe(URL);
});

test("a short address gives way before a line is longer than the width", () => {
  const text = lines([["acknowledgements", "http://127.0.0.1:36789/forecast"]], 44);
  expect(text.slice(1)).toEqual(["acknowledgements  http://127.0.0.1:36789/for", "                  ecast"]);
});

test("a number and its unit stay on one line", () => {
  expect(lines([["BATCH", "18 min 30 s", "−1 min 5 s (−74.1 %)"]], 28).slice(1)).toEqual([
    "BATCH  18 min     −1 min 5 s",
    "       30 s       (−74.1 %)",
  ]);
});
