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

/**
 * A finding as people read it: where, the user's own line with a caret under it, what, why, and how to mend it.
 *
 * @param text the file in which it was found
 * @see STYLE.md, section 6
 */
export function renderFrame(finding: Finding, text: string, paint: Paint = plain): string {
  const { start, end } = spanOf(finding, text);
  const { severity } = finding;
  const lineText = lineAt(text, start.line);
  const number = String(start.line);
  const from = start.column - 1;
  const to = end.line === start.line ? end.column - 1 : lineText.length;
  // Tabs stay tabs, so that the caret stands under its text however wide they are shown.
  const indent = lineText.slice(0, from).replace(/[^\t]/g, " ");
  const caret = "^".repeat(Math.max(1, Math.min(to, lineText.length) - from));
  const bar = (label: string) => paint(`${label.padStart(number.length)} |`, "dim");
  return [
    `${paint(`${finding.file}:${start.line}:${start.column}`, "strong")}  ${paint(severity, severity)}  ${finding.rule} ${finding.name}`,
    `${bar(number)} ${lineText}`.trimEnd(),
    `${bar("")} ${indent}${paint(`${caret} ${finding.what ?? ""}`.trimEnd(), severity)}`,
    finding.why ?? finding.message,
    finding.hint,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

const BYTE_ORDER_MARK = "\uFEFF";
const plain: Paint = (text) => text;

function lineAt(text: string, line: number): string {
  const whole = text.split("\n")[line - 1] ?? "";
  return whole.replace(/\r$/, "").replace(BYTE_ORDER_MARK, "");
}
