import type { Json } from "./units";

/** A document of plain YAML. */
export interface PlainDocument {
  readonly value: Json;
}

/**
 * Reads the YAML that nearly all gateway files are written in: maps and lists in block style, collections in braces and
 * brackets on one line, texts on one line. It exists because it needs a twentieth of the time that the parser needs, which
 * also keeps the place of everything.
 *
 * What it reads is what the parser reads; a test holds the two together. It knows no faults: whatever is wrong, unusual
 * or could be read in two ways is left to the parser.
 *
 * @returns undefined where the parser has to look
 */
export function readPlainYaml(text: string): PlainDocument | undefined {
  if (text.length > MAX_CHARS || CONTROLS.test(text)) return undefined;
  try {
    return { value: new BlockReader(linesOf(text)).readAll() };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** So short a text cannot hold more values than the parser allows. */
const MAX_CHARS = 100_000;
/** Half of what the parser allows: how the two count is then of no matter. */
const MAX_DEPTH = 50;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\r(?!\n)/;

/** One for all: whoever catches it looks at nothing in it, and a stack trace costs more than the reading. */
class NotPlain extends Error {}
const NOT_PLAIN = new NotPlain("not plain YAML");

/** A line that is neither empty nor a comment. */
interface Line {
  indent: number;
  /** Where the rest of it begins; moved on behind a dash. */
  at: number;
  readonly text: string;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split("\n")) {
    const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
    const indent = bare.search(/[^ ]/);
    if (indent >= 0 && bare.charAt(indent) !== "#") lines.push({ indent, at: indent, text: bare });
  }
  return lines;
}

/** Behind a value: nothing, or a comment. */
const REST = / *$| +#/y;
/** A key without quotes, its colon, and the spaces behind it. */
const KEY = /([A-Za-z$][\w$./-]{0,99}): */y;
const QUOTED_KEY = /("[^"\\\r]{1,99}"|'[^'\r]{1,99}'): */y;
const DOUBLE = /"(?:[^"\\\r]|\\["\\/bnrt])*"/y;
const SINGLE = /'(?:[^'\r]|'')*'/y;
/** Words of a text without quotes: a colon only within a word, a # not at its start. */
const BLOCK_WORDS = /(?:[^\s:#]|:(?=\S))(?:[^\s:]|:(?=\S))*(?: +(?:[^\s:#]|:(?=\S))(?:[^\s:]|:(?=\S))*)*/y;
/** The same within braces and brackets, which end it. */
const FLOW_WORDS = /(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}]))+(?: +(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}]))+)*/y;
/** How a text without quotes may begin: not with what means something to YAML. */
const FIRST = /[A-Za-z0-9_./$+(^~]|-[0-9.]/y;

/** What stands at a position, or undefined. */
function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function test(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Reads maps and lists that are told by their indentation. */
class BlockReader {
  private next = 0;

  constructor(private readonly lines: readonly Line[]) {}

  readAll(): Json {
    const [first] = this.lines;
    if (first?.indent !== 0 || isItem(first)) throw NOT_PLAIN;
    const value = this.readMap(0, 0);
    if (this.next < this.lines.length) throw NOT_PLAIN;
    return value;
  }

  /** The map whose keys begin at a column. */
  private readMap(indent: number, depth: number): Json {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    const map: { [key: string]: Json } = {};
    for (let line = this.lines[this.next]; line?.indent === indent; line = this.lines[this.next]) {
      if (isItem(line)) break;
      const { name, end } = readKey(line.text, line.at);
      put(map, name, this.readValue(line, end, depth));
    }
    return map;
  }

  private readList(indent: number, depth: number): Json {
    if (depth > MAX_DEPTH) throw NOT_PLAIN;
    const list: Json[] = [];
    for (let line = this.lines[this.next]; line?.indent === indent && isItem(line); line = this.lines[this.next]) {
      const start = line.text.slice(line.at + 1).search(/[^ ]/) + line.at + 1;
      if (start === line.at || line.text.charAt(start) === "#") throw NOT_PLAIN;
      list.push(this.readItem(line, start, depth));
    }
    return list;
  }

  /** What stands behind a dash: a map whose first key is there, or a value of one line. */
  private readItem(line: Line, start: number, depth: number): Json {
    const isMap = test(KEY, line.text, start) || test(QUOTED_KEY, line.text, start);
    if (!isMap) return this.readLine(line, start, depth + 1);
    line.indent = start;
    line.at = start;
    return this.readMap(start, depth + 1);
  }

  /** What stands behind a key: in its line, or in the lines below. */
  private readValue(line: Line, at: number, depth: number): Json {
    if (!test(REST, line.text, at) && line.text.charAt(at) !== "#") return this.readLine(line, at, depth + 1);
    if (line.text.charAt(at) === "#" && line.text.charAt(at - 1) !== " ") throw NOT_PLAIN;
    this.next++;
    const below = this.lines[this.next];
    if (below === undefined || below.indent < line.indent) throw NOT_PLAIN;
    if (isItem(below)) return this.readList(below.indent, depth + 1);
    // A key with nothing behind it, which is seldom meant.
    if (below.indent === line.indent) throw NOT_PLAIN;
    return this.readMap(below.indent, depth + 1);
  }

  /** A value that ends with its line. */
  private readLine({ text, indent }: Line, at: number, depth: number): Json {
    const { value, end } = readInline(text, at, BLOCK_WORDS, depth);
    if (!test(REST, text, end)) throw NOT_PLAIN;
    this.next++;
    // Indented deeper, the next line continues this one.
    if ((this.lines[this.next]?.indent ?? 0) > indent) throw NOT_PLAIN;
    return value;
  }
}

const isItem = ({ text, at }: Line): boolean =>
  text.charAt(at) === "-" && (text.charAt(at + 1) === " " || text.length === at + 1);

/** A value, and where it ends. */
interface Read {
  readonly value: Json;
  readonly end: number;
}

/** @param words what a text without quotes is made of */
function readInline(text: string, at: number, words: RegExp, depth: number): Read {
  switch (text.charAt(at)) {
    case "{":
      return readFlowMap(text, at, depth);
    case "[":
      return readFlowList(text, at, depth);
    case '"':
    case "'":
      return readQuoted(text, at);
    default: {
      const found = test(FIRST, text, at) ? match(words, text, at) : undefined;
      if (!found) throw NOT_PLAIN;
      return { value: meaningOf(found[0]), end: at + found[0].length };
    }
  }
}

function readFlowMap(text: string, open: number, depth: number): Read {
  if (depth > MAX_DEPTH) throw NOT_PLAIN;
  const map: { [key: string]: Json } = {};
  let at = skipSpaces(text, open + 1);
  if (text.charAt(at) === "}") return { value: map, end: at + 1 };
  for (;;) {
    const { name, end } = readKey(text, at);
    // Without a space behind it, the colon of a key without quotes is a part of it.
    if (text.charAt(end - 1) !== " ") throw NOT_PLAIN;
    const read = readInline(text, end, FLOW_WORDS, depth + 1);
    put(map, name, read.value);
    at = skipSpaces(text, read.end);
    if (text.charAt(at) === "}") return { value: map, end: at + 1 };
    if (text.charAt(at) !== ",") throw NOT_PLAIN;
    at = skipSpaces(text, at + 1);
  }
}

function readFlowList(text: string, open: number, depth: number): Read {
  if (depth > MAX_DEPTH) throw NOT_PLAIN;
  const list: Json[] = [];
  let at = skipSpaces(text, open + 1);
  if (text.charAt(at) === "]") return { value: list, end: at + 1 };
  for (;;) {
    const read = readInline(text, at, FLOW_WORDS, depth + 1);
    list.push(read.value);
    at = skipSpaces(text, read.end);
    if (text.charAt(at) === "]") return { value: list, end: at + 1 };
    if (text.charAt(at) !== ",") throw NOT_PLAIN;
    at = skipSpaces(text, at + 1);
  }
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charAt(at) === " ") at++;
  return at;
}

/** A key's name, and where what stands behind its colon begins. */
function readKey(text: string, at: number): { readonly name: string; readonly end: number } {
  const plain = match(KEY, text, at);
  const found = plain ?? match(QUOTED_KEY, text, at);
  if (!found?.[1]) throw NOT_PLAIN;
  const end = at + found[0].length;
  // A colon that nothing sets apart belongs to the word.
  if (!found[0].endsWith(" ") && end < text.length) throw NOT_PLAIN;
  const name = plain ? found[1] : found[1].slice(1, -1);
  // A key that means something else than text is left to the parser.
  if (plain && meaningOf(name) !== name) throw NOT_PLAIN;
  return { name, end };
}

function readQuoted(text: string, at: number): Read {
  const isDouble = text.charAt(at) === '"';
  const found = match(isDouble ? DOUBLE : SINGLE, text, at)?.[0];
  if (found === undefined) throw NOT_PLAIN;
  const value = isDouble ? fromDouble(found) : found.slice(1, -1).replaceAll("''", "'");
  return { value, end: at + found.length };
}

/** Of the escapes only those are let through that JSON has too. */
function fromDouble(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

function put(map: { [key: string]: Json }, name: string, value: Json): void {
  if (name === "__proto__" || name === "<<" || Object.hasOwn(map, name)) throw NOT_PLAIN;
  map[name] = value;
}

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);
const NULL = /^(?:~|null|Null|NULL)$/;
const NUMBER = /^[-+]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$/;
/** Octal, hexadecimal, with an exponent, infinite: numbers that are left to the parser. And some texts. */
const PERHAPS_NUMBER = /^[-+.0-9][-+.0-9a-fxoin]*$/i;

/** What a text without quotes means to YAML. */
function meaningOf(text: string): Json {
  const first = text.charCodeAt(0);
  if (first < 58) {
    if (NUMBER.test(text)) return Number(text);
    if (PERHAPS_NUMBER.test(text)) throw NOT_PLAIN;
    return text;
  }
  if (NULL.test(text)) throw NOT_PLAIN;
  return WORDS.get(text) ?? text;
}
