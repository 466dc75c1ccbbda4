import Table from "cli-table3";
import type { Colors } from "../io";

/** A row's cells, already in colour. */
export type Row = readonly string[];

export interface TableOptions {
  readonly head: Row;
  readonly rows: readonly Row[];
  /** Columns of figures, counted from 0. */
  readonly rightAligned?: readonly number[];
  /** Cells wrap so that a line has at most so many characters; left out: nothing wraps. */
  readonly width?: number;
}

/** Columns apart by two spaces and nothing drawn, so that the figures are what one sees. */
export function renderTable({ head, rows, rightAligned = [], width }: TableOptions, colors: Colors): string {
  const colWidths = width === undefined ? undefined : widths([head, ...rows], width);
  const table = new Table({
    head: head.map((title) => colors.dim(title)),
    colAligns: head.map((_, column) => (rightAligned.includes(column) ? "right" : "left")),
    ...(colWidths && { colWidths, wordWrap: true }),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: NOTHING_DRAWN,
  });
  for (const row of rows) table.push(row.map((cell, column) => breakable(cell, colWidths?.[column])));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** An address longer than its column is broken anywhere: cut off, it could not be read. */
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

/** Each column as wide as its longest cell; where that is too much in all, the widest ones give way. */
function widths(rows: readonly Row[], width: number): number[] {
  const columns = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column] ?? ""))));
  const room = width - GAP.length * (columns.length - 1);
  for (let excess = columns.reduce((sum, one) => sum + one, 0) - room; excess > 0; excess--) {
    const widest = columns.indexOf(Math.max(...columns));
    if ((columns[widest] ?? 0) <= MIN_COLUMN) break;
    columns[widest] = (columns[widest] ?? 0) - 1;
  }
  return columns;
}

/** Characters that are seen: colours take none. */
const lengthOf = (cell: string): number =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  cell.replace(/\u001b\[[0-9;]*m/g, "").length;
