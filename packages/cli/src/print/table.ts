import Table from "cli-table3";
import type { Colors } from "../io";
import { lengthOf } from "./words";

/** A row's cells, already in colour. */
export type Row = readonly string[];

export interface TableOptions {
  readonly head: Row;
  readonly rows: readonly Row[];
  /** Columns of figures, counted from 0. */
  readonly rightAligned?: readonly number[];
  /**
   * Cells wrap between words so that a line has at most so many characters. Only addresses are cut; where the words do not
   * leave it at that, lines are longer. Left out: nothing wraps.
   */
  readonly width?: number;
}

/** Columns apart by two spaces and nothing drawn, so that the figures are what one sees. */
export function renderTable({ head, rows, rightAligned = [], width }: TableOptions, colors: Colors): string {
  const colWidths = width === undefined ? undefined : widths([head, ...rows.map((row) => row.map(bound))], width);
  const table = new Table({
    head: head.map((title) => colors.dim(title)),
    colAligns: head.map((_, column) => (rightAligned.includes(column) ? "right" : "left")),
    ...(colWidths && { colWidths, wordWrap: true }),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: NOTHING_DRAWN,
  });
  for (const row of rows) table.push(row.map((cell, column) => breakable(bound(cell), colWidths?.[column])));
  return table
    .toString()
    .replaceAll(BOUND, " ")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Stands for the space between a number and its unit while cells wrap. Of private use, so that it is in no text. */
const BOUND = "\ue000";

/** A number and its unit stay on one line: `18 min 30 s` wraps before the 30. */
const bound = (cell: string): string => cell.replace(/(?<=\d) (?=[a-z%])/gi, BOUND);

/** What is longer than its column is broken anywhere: cut off, it could not be read. Only addresses ever are. */
const breakable = (cell: string, width = Number.POSITIVE_INFINITY): string =>
  cell.replace(/\S+/g, (word) =>
    lengthOf(word) <= width ? word : (word.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n"),
  );

const GAP = "  ";

const NOTHING_DRAWN = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};

/** Narrower than this nothing can be read. */
const MIN_COLUMN = 8;
/** An address is cut into pieces no shorter than this. */
const MIN_PIECE = 24;

/** Addresses, ARNs, and what is longer than any word. */
const isCuttable = (word: string): boolean => /\/|^arn:/.test(word) || lengthOf(word) > 40;

/** The least width of a cell: that of its longest word. */
const leastOf = (cell: string): number =>
  Math.max(
    0,
    ...cell.split(/\s+/).map((word) => (isCuttable(word) ? Math.min(lengthOf(word), MIN_PIECE) : lengthOf(word))),
  );

/** Each column as wide as its longest cell; where that is too much in all, the widest ones that can give way do. */
function widths(rows: readonly Row[], width: number): number[] {
  const widest = (measure: (cell: string) => number) =>
    (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => measure(row[column] ?? ""))));
  const columns = widest(lengthOf);
  const least = widest(leastOf).map((words, column) => Math.max(words, Math.min(MIN_COLUMN, columns[column] ?? 0)));
  const slack = (column: number): number => (columns[column] ?? 0) - (least[column] ?? 0);
  const room = width - GAP.length * (columns.length - 1);
  for (let excess = columns.reduce((sum, one) => sum + one, 0) - room; excess > 0; excess--) {
    const giving = columns.filter((_, column) => slack(column) > 0);
    if (giving.length === 0) break;
    const column = columns.findIndex((one, index) => slack(index) > 0 && one === Math.max(...giving));
    columns[column] = (columns[column] ?? 0) - 1;
  }
  return columns;
}
