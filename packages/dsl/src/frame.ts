import type { Finding } from "./findings";

/** Colours a piece of a frame; a printer hands one in, and without one the text stays plain. */
export type Paint = (text: string, as: "error" | "warning" | "dim" | "strong") => string;

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset. A byte order mark takes no column, and `\r\n` is one line break. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const mark = lineStart === 0 && text.startsWith(BYTE_ORDER_MARK) && offset > 0 ? 1 : 0;
  return { line: before.split("\n").length, column: offset - lineStart - mark + 1 };
}

/** Where a finding begins and ends, for those who print or list it. */
export function spanOf(finding: Finding, text: string): { readonly start: Position; readonly end: Position } {
  return { start: positionOf(text, finding.range[0]), end: positionOf(text, finding.range[1]) };
}

/** Of a log or a file, which has no width of its own. */
const WIDTH = 100;

/**
 * A finding as people read it: where, the user's own line with a caret under it, what, why, and how to mend it.
 *
 * @param text the file in which it was found
 * @param width characters that fit side by side: of a line that is longer only the part around the caret is shown
 * @see STYLE.md, section 6
 */
export function renderFrame(finding: Finding, text: string, paint: Paint = plain, width = WIDTH): string {
  const { start, end } = spanOf(finding, text);
  const { severity } = finding;
  const whole = lineAt(text, start.line);
  const number = String(start.line);
  const to = end.line === start.line ? end.column - 1 : whole.length;
  const shown = aroundCaret(whole, start.column - 1, to, width - number.length - BAR.length);
  // Tabs stay tabs, so that the caret stands under its text however wide they are shown.
  const indent = shown.line.slice(0, shown.from).replace(/[^\t]/g, " ");
  const caret = "^".repeat(Math.max(1, shown.to - shown.from));
  const bar = (label: string) => paint(label.padStart(number.length) + BAR.trimEnd(), "dim");
  return [
    `${paint(`${finding.file}:${start.line}:${start.column}`, "strong")}  ${paint(severity, severity)}  ${finding.rule} ${finding.name}`,
    `${bar(number)} ${withoutControls(shown.line)}`.trimEnd(),
    `${bar("")} ${indent}${paint(`${caret} ${finding.what ?? ""}`.trimEnd(), severity)}`,
    finding.why ?? finding.message,
    finding.hint,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** Between a line's number and its text. */
const BAR = " | ";

/** A line as it is shown, and the range in it that is underlined. */
interface Shown {
  readonly line: string;
  readonly from: number;
  readonly to: number;
}

/** The line whole where there is room for it, else a window of it that begins a third before the caret. */
function aroundCaret(line: string, from: number, to: number, room: number): Shown {
  if (line.length <= room) return { line, from, to: Math.min(to, line.length) };
  const start = Math.max(0, Math.min(from - Math.floor(room / 3), line.length - room));
  const end = Math.min(start + room, line.length);
  // One character at each end gives way to the ellipsis, and with it the half of a pair that it would leave.
  const first = start === 0 ? 0 : unsplit(line, start + 1);
  const last = end === line.length ? end : unsplit(line, end - 1);
  const [before, after] = [first === 0 ? "" : "…".padStart(first - start), last === end ? "" : "…"];
  const window = `${before}${line.slice(first, last)}${after}`;
  return { line: window, from: from - start, to: Math.min(to - start, window.length) };
}

/** This place in the text, or the next one where it lies in the middle of a surrogate pair. */
const unsplit = (text: string, at: number): number =>
  /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1)) ? at + 1 : at;

/** Some would move the cursor of a terminal, or colour what follows. */
const withoutControls = (line: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  line.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "\uFFFD");

const BYTE_ORDER_MARK = "\uFEFF";
const plain: Paint = (text) => text;

function lineAt(text: string, line: number): string {
  const whole = text.split("\n")[line - 1] ?? "";
  return whole.replace(/\r$/, "").replace(BYTE_ORDER_MARK, "");
}
