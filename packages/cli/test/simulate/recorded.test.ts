import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayNames, positionOf } from "@sluice/dsl";
import { isCsv, readCsv } from "../../src/simulate/recorded/csv";
import { isExecutions, readExecutions } from "../../src/simulate/recorded/executions";
import type { ReadRecording } from "../../src/simulate/recorded/recording";

const NAMES: GatewayNames = { gateway: "shop", tiers: ["HIGH", "BATCH"], operations: ["order", "price"] };

const startsOf = ({ recording, findings }: ReadRecording) => {
  expect(findings).toBeUndefined();
  return recording?.starts.map(({ atUs, tier, operation }) => [atUs / 1e6, tier, operation]);
};

/** What is found, each with line and column and the text under the caret. */
const foundIn = (text: string, { findings = [] }: ReadRecording) =>
  findings.map(({ name, range, hint }) => {
    const { line, column } = positionOf(text, range[0]);
    return { name, at: `${line}:${column}`, text: text.slice(...range), hint };
  });

test("a table of starts is put in order and counted from the first", () => {
  const text = "time,tier,operation\n2026-01-05T06:00:02Z,BATCH,price\n2026-01-05 06:00:00.5,HIGH,\n";
  expect(isCsv(text)).toBe(true);
  expect(startsOf(readCsv(text, "starts.csv", NAMES))).toEqual([
    [0, "HIGH", undefined],
    [1.5, "BATCH", "price"],
  ]);
});

test.each([
  ["no titles", "1767592800,HIGH,order\n1767592801.5,BATCH,price\n"],
  [
    "other titles in another order",
    "Operation;Priority;Timestamp\norder;HIGH;1767592800000\nprice;BATCH;1767592801500\n",
  ],
  [
    "quotes, a byte order mark and comments",
    '\uFEFF# exported\n"@timestamp",tier,operation\n"2026-01-05T06:00:00Z","HIGH",order\n"2026-01-05T07:00:01.5+01:00","BATCH","price"\n',
  ],
  ["times after the start", "0s\tHIGH\torder\n1500ms\tBATCH\tprice\n"],
])("a table with %s is read", (_, text) => {
  expect(isCsv(text)).toBe(true);
  expect(startsOf(readCsv(text, "starts.csv", NAMES))).toEqual([
    [0, "HIGH", "order"],
    [1.5, "BATCH", "price"],
  ]);
});

test("what is wrong in a table is told with line and column, all at once", () => {
  const text =
    'time,tier,operation\nyesterday,HIGH,order\n2026-01-05T06:00:00Z,HIHG,order\n2026-01-05T06:00:01Z,"BATCH",prise\n12,HIGH,\n';
  expect(foundIn(text, readCsv(text, "starts.csv", NAMES))).toEqual([
    { name: "no-time", at: "2:1", text: "yesterday", hint: expect.stringContaining("2026-01-05T06:00:00Z") },
    { name: "unknown-tier", at: "3:22", text: "HIHG", hint: "Did you mean HIGH?" },
    { name: "unknown-operation", at: "4:30", text: "prise", hint: "Did you mean price?" },
    { name: "no-time", at: "5:1", text: "12", hint: "Write all times in one way." },
  ]);
});

test.each([
  ["a mistyped column", "time,teir\n2026-01-05T06:00:00Z,HIGH\n", "unknown-column", "1:6", "teir"],
  ["no column of times", "when,tier\nx,HIGH\n", "unknown-column", "1:1", "when"],
  [
    "a quote that does not end",
    'time,tier\n2026-01-05T06:00:00Z,"HIGH\n',
    "broken-recording",
    "2:1",
    '2026-01-05T06:00:00Z,"HIGH',
  ],
  [
    "a quote that ends in none of the lines below it",
    'time,tier\r\n2026-01-05T06:00:00Z,"HIGH\r\n2026-01-05T06:00:01Z,HIGH\r\n2026-01-05T06:00:02Z,HIGH\r\n',
    "broken-recording",
    "2:1",
    '2026-01-05T06:00:00Z,"HIGH',
  ],
  ...["\n", "\r\n"].map((newLine): [string, string, string, string, string] => [
    `such a quote below empty lines and a comment, with ${JSON.stringify(newLine)},`,
    ["\uFEFFtime,tier", "12,HIGH", "", "# from here on", "", '13,"HIGH', "14,HIGH", ""].join(newLine),
    "broken-recording",
    "6:1",
    '13,"HIGH',
  ]),
  [
    "such a quote in the only line",
    '2026-01-05T06:00:00Z,"HIGH',
    "broken-recording",
    "1:1",
    '2026-01-05T06:00:00Z,"HIGH',
  ],
  [
    "a quote in the middle of a field",
    'time,tier\r\n12,HIGH\r\n13,HI"GH\r\n14,HIGH\r\n',
    "broken-recording",
    "3:1",
    '13,HI"GH',
  ],
  ["titles alone", "time,tier\n", "empty-recording", "1:1", "time,tier"],
])("%s is found where it stands", (_, text, name, at, marked) => {
  expect(foundIn(text, readCsv(text, "starts.csv", NAMES))).toMatchObject([{ name, at, text: marked }]);
});

test("columns that are not read are told", () => {
  const { recording } = readCsv("time,tier,customer\n2026-01-05T06:00:00Z,HIGH,acme\n", "starts.csv", NAMES);
  expect(recording?.notes).toEqual(["Columns that are not read: customer."]);
});

const listed = (...dates: (string | number)[]) =>
  JSON.stringify({ executions: dates.map((startDate) => ({ executionArn: "arn", startDate })) }, null, 2);

const described = (startDate: string, input: object) =>
  JSON.stringify({ executionArn: "arn", startDate, input: JSON.stringify(input) }, null, 2);

test("what list-executions prints is read, and that it tells no tier is said", () => {
  const text = listed("2026-01-05T06:00:02.500000+00:00", "2026-01-05T06:00:00+00:00");
  expect(isExecutions(text)).toBe(true);
  const read = readExecutions(text, "list.json", NAMES);
  expect(startsOf(read)).toEqual([
    [0, undefined, undefined],
    [2.5, undefined, undefined],
  ]);
  expect(read.recording?.notes).toEqual([expect.stringContaining("tells no input")]);
  expect(startsOf(readExecutions(listed(1767592800.25, 1767592800), "list.json", NAMES))).toEqual([
    [0, undefined, undefined],
    [0.25, undefined, undefined],
  ]);
});

test("what describe-execution prints, one behind the other, tells tier, operation and request", () => {
  const text = `${described("2026-01-05T06:00:01Z", { tier: "HIGH", operation: "price", request: { item: "a}" } })}\n${described("2026-01-05T06:00:00Z", {})}\n`;
  const read = readExecutions(text, "described.json", NAMES);
  expect(startsOf(read)).toEqual([
    [0, undefined, undefined],
    [1, "HIGH", "price"],
  ]);
  expect(read.recording?.starts[1]?.request).toEqual({ item: "a}" });
});

test("what is wrong in executions is told with line and column", () => {
  const noTime = listed("2026-01-05T06:00:00Z", "soon");
  expect(foundIn(noTime, readExecutions(noTime, "list.json", NAMES))).toMatchObject([
    { name: "no-time", at: "9:20", text: '"soon"' },
  ]);
  const wrongTier = described("2026-01-05T06:00:00Z", { tier: "HIHG" });
  expect(foundIn(wrongTier, readExecutions(wrongTier, "one.json", NAMES))).toMatchObject([
    { name: "unknown-tier", at: "4:12", hint: "Did you mean HIGH?" },
  ]);
  const cut = listed("2026-01-05T06:00:00Z").slice(0, -8);
  expect(foundIn(cut, readExecutions(cut, "cut.json", NAMES))).toMatchObject([{ name: "broken-recording" }]);
  expect(readExecutions('{ "executions": [] }', "none.json", NAMES).findings).toMatchObject([
    { name: "empty-recording" },
  ]);
});

test("a load file is taken for neither", () => {
  for (const text of [
    "arrivals: 5/s\n",
    "# time, tier\narrivals: [{ rate: 1/s, tier: HIGH }]\n",
    '{ "arrivals": "5/s" }',
  ]) {
    expect(isCsv(text)).toBe(false);
    expect(isExecutions(text)).toBe(false);
  }
});

const LOADS = join(__dirname, "..", "..", "..", "..", "loads");

test("the recordings of loads/ are read", () => {
  const names = { ...NAMES, tiers: ["HIGH", "NORMAL", "BATCH"] };
  const csv = readFileSync(join(LOADS, "recorded.csv"), "utf8");
  expect(readCsv(csv, "recorded.csv", names).recording?.starts).toHaveLength(8);
  const json = readFileSync(join(LOADS, "executions.json"), "utf8");
  expect(readExecutions(json, "executions.json", names).recording?.starts.map(({ atUs }) => atUs)).toEqual([
    0, 11_509_000,
  ]);
});
