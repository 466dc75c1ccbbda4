import { Lexer } from "yaml";
import type { Finding } from "./findings";
import type { Range } from "./parse";

/** A comment that answers findings: `# sluice-ignore NAME: reason`, behind a line, or above the next one. */
export interface Suppression {
  /** Of the comment. */
  readonly range: Range;
  /** The rule that it names, as it is written: its name or its number. */
  readonly rule: string;
  readonly ruleRange: Range;
  /** Why; undefined where none is given, and then it answers nothing. */
  readonly reason: string | undefined;
  /** The line that it speaks of, from 1; undefined: the whole file. */
  readonly line: number | undefined;
}

const WORD = "sluice-ignore";
const COMMENT = /^#+\s*sluice-ignore(-file)?\b[ \t]*([^\s:]*)[ \t]*:?[ \t]*(.*)$/;

/** The comments of a text that answer findings, in its order. */
export function suppressionsIn(text: string): Suppression[] {
  // Comments have no place in the parsed document, and reading them costs a second pass: most files have none.
  if (!text.includes(WORD)) return [];
  const lines = linesOf(text);
  return commentsIn(text).flatMap(({ start, source }) => {
    const found = COMMENT.exec(source);
    if (!found) return [];
    const [, wholeFile, rule = "", reason = ""] = found;
    const at = start + (rule === "" ? 0 : source.indexOf(rule, source.indexOf(WORD) + WORD.length));
    return [
      {
        range: [start, start + source.length],
        rule,
        ruleRange: [at, at + (rule === "" ? source.length : rule.length)],
        reason: reason.trim() === "" ? undefined : reason.trim(),
        line: wholeFile === undefined ? lineSpokenOf(lines, start) : undefined,
      },
    ];
  });
}

/** Whether a comment speaks of a finding: of its rule, and of the line where it begins. */
export function answers({ rule, line }: Suppression, finding: Finding, text: string): boolean {
  const isNamed = rule === finding.name || rule === finding.rule;
  return isNamed && (line === undefined || line === lineAt(text, finding.range[0]));
}

/** What begins with # and is a comment to YAML: not within quotes, and not within a block of text. */
function commentsIn(text: string): { readonly start: number; readonly source: string }[] {
  const comments: { start: number; source: string }[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (CONTROLS.has(lexeme)) continue;
    if (lexeme.startsWith("#")) comments.push({ start: offset, source: lexeme.trimEnd() });
    offset += lexeme.length;
  }
  return comments;
}

/** What the lexer says between the pieces of the text, and which is no part of it. */
const CONTROLS: ReadonlySet<string> = new Set(["\x02", "\x18", "\x1f"]);

interface Line {
  /** Offset of its first character. */
  readonly start: number;
  /** Nothing but a comment. */
  readonly isComment: boolean;
  readonly isEmpty: boolean;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const bare = line.replace("\uFEFF", "").trim();
    const found = { start, isComment: bare.startsWith("#"), isEmpty: bare === "" };
    start += line.length + 1;
    return found;
  });
}

/** A comment behind something speaks of its own line; one alone, of the next line that is no comment. */
function lineSpokenOf(lines: readonly Line[], offset: number): number {
  const own = lineIndexAt(lines, offset);
  if (!lines[own]?.isComment) return own + 1;
  let next = own + 1;
  while (lines[next]?.isComment || lines[next]?.isEmpty) next += 1;
  return next < lines.length ? next + 1 : own + 1;
}

/** By halves: a text of thousands of lines may have as many comments. */
function lineIndexAt(lines: readonly Line[], offset: number): number {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;
