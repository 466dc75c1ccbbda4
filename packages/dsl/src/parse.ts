import {
  type Alias,
  type Document,
  isAlias,
  isPair,
  isScalar,
  isSeq,
  isMap as isYamlMap,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import { readPlainYaml } from "./plain-yaml";
import type { Json } from "./units";

/** Half-open range of UTF-16 offsets into a file's text. */
export type Range = readonly [start: number, end: number];

/** Where in a document: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** A path as people say it: `endpoint.auth`, `item 3 of tiers`. */
export function showPath(path: Path): string {
  const last = path.at(-1);
  return typeof last === "number" ? `item ${last + 1} of ${showPath(path.slice(0, -1))}` : path.join(".");
}

/** Why a text is no document of the language. A closed set; the words for people are in rules/yaml-syntax.ts. */
export type SyntaxCode =
  | "empty"
  | "several-documents"
  | "duplicate-key"
  | "tab"
  | "merge-key"
  | "alias"
  | "alias-cycle"
  | "too-long"
  | "too-large"
  | "too-deep"
  | "key"
  | "number"
  | "tag"
  | "indentation"
  | "unclosed"
  | "plain-text"
  | "reference"
  | "broken";

/** One place where a text is no document of the language. */
export interface SyntaxFault {
  readonly code: SyntaxCode;
  readonly range: Range;
  /** The user's own text at the range, shortened. */
  readonly text: string;
}

/** A gateway file, parsed, with the place of everything in it. */
export interface GatewayDocument {
  /** As the user gave it. */
  readonly file: string;
  readonly text: string;
  /** What the file says, as JSON; undefined when it could not be read. */
  readonly value: Json | undefined;
  readonly faults: readonly SyntaxFault[];
  /**
   * Where the key or the value at a path stands. Where nothing does, the nearest key above it.
   * An alias's own place is where it is used; what is inside of it stands where the anchor is.
   */
  rangeOf(path: Path, part: "key" | "value"): Range;
  /** Whether something stands at a path itself: written there, not by way of an alias, and not under a tag. */
  isWritten(path: Path): boolean;
  /** Where characters `start` to `end` of the string at a path stand; the whole value when it is written with escapes. */
  rangeInside(path: Path, start: number, end: number): Range;
}

/** A YAML text as a document with ranges. Never throws: what is wrong is in `faults`. */
export function parseGateway(text: string, file: string): GatewayDocument {
  const { value, faults, isReadable } = readValue(text);
  if (!isReadable)
    return { file, text, value, faults, rangeOf: () => [0, 0], isWritten: () => false, rangeInside: () => [0, 0] };
  // A tree is some fifty times its text, and most files have nothing to point at: it is made again for those that do.
  const tree = memoized(() => parsedAgain(text));
  return {
    file,
    text,
    value,
    faults,
    rangeOf: (path, part) => rangeOf(tree(), text, path, part),
    isWritten: (path) => isWritten(tree(), path),
    rangeInside: (path, start, end) => rangeInside(tree(), text, path, start, end),
  };
}

/** What a text says and what is wrong in it; the tree is let go. */
function readValue(text: string): {
  readonly value: Json | undefined;
  readonly faults: readonly SyntaxFault[];
  readonly isReadable: boolean;
} {
  if (text.length > MAX_CHARS) return unreadable("too-long");
  // The parser takes a third of all the time of lint, and most files need it for nothing but their value.
  const plain = readPlainYaml(text);
  if (plain) return { value: plain.value, faults: [], isReadable: true };
  const parsed = parseYaml(text);
  if (!parsed) return unreadable("too-deep");
  const reader = new Reader(parsed, text);
  const faults =
    parsed.errors.length > 0
      ? telling(parsed.errors.slice(0, MAX_FAULTS).map((error) => faultOf(error, parsed, text)))
      : reader.faults;
  return { value: faults.length > 0 ? undefined : reader.value, faults, isReadable: true };
}

const unreadable = (code: SyntaxCode) => ({
  value: undefined,
  faults: [{ code, range: [0, 1], text: "" }] satisfies SyntaxFault[],
  isReadable: false,
});

function parsedAgain(text: string): Document.Parsed {
  const parsed = parseYaml(text);
  if (!parsed) throw new Error("a text that was parsed once cannot be parsed again");
  return parsed;
}

function memoized<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The library recurses; a text of ten thousand brackets exhausts the stack, which is a fault of the text. */
function parseYaml(text: string): Document.Parsed | undefined {
  const { stackTraceLimit } = Error;
  // Of each fault the library makes an error, and nobody looks at where in the library that was.
  Error.stackTraceLimit = 0;
  try {
    return parseDocument(text, { keepSourceTokens: false, prettyErrors: false, stringKeys: false, logLevel: "error" });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const FAULTS: Readonly<Record<string, SyntaxCode>> = {
  MULTIPLE_DOCS: "several-documents",
  DUPLICATE_KEY: "duplicate-key",
  TAB_AS_INDENT: "tab",
  BAD_ALIAS: "alias",
  BAD_INDENT: "indentation",
  BAD_DQ_ESCAPE: "unclosed",
  MISSING_CHAR: "unclosed",
  BAD_SCALAR_START: "plain-text",
  MULTILINE_IMPLICIT_KEY: "plain-text",
  BLOCK_AS_IMPLICIT_KEY: "plain-text",
  BLOCK_IN_FLOW: "indentation",
  KEY_OVER_1024_CHARS: "key",
  NON_STRING_KEY: "key",
  RESOURCE_EXHAUSTION: "too-deep",
  TAG_RESOLVE_FAILED: "tag",
};

/** The library often points at one character, or at all that follows; a reader would point at a word or a line. */
const EXTENTS: Partial<Record<SyntaxCode, RegExp>> = {
  "several-documents": /^[^\s]+/,
  "duplicate-key": /^[^\s:,{}[\]]+/,
  "plain-text": /^[^\r\n]*[^\s]/,
  unclosed: /^[^\r\n]*[^\s]/,
  indentation: /^[^\r\n]*[^\s]/,
};

/** Faults that stand for themselves: the parser understands what comes behind them. */
const ALONE: ReadonlySet<SyntaxCode> = new Set([
  "duplicate-key",
  "alias",
  "key",
  "tag",
  "several-documents",
  "tab",
  "reference",
]);

/**
 * The faults that tell something. Behind a quote that is not closed the parser reports every line that it then
 * misreads; of those only the first counts, and where one of them is a missing end, that is what it is.
 */
function telling(faults: readonly SyntaxFault[]): SyntaxFault[] {
  const sorted = [...faults].sort((one, other) => one.range[0] - other.range[0]);
  const ordered = sorted.filter(
    ({ code, range }, index) => !sorted.slice(0, index).some((one) => one.code === code && one.range[0] === range[0]),
  );
  // Behind a brace that opened a map by mistake nothing is what it seems.
  if (ordered.some(({ code }) => code === "reference")) return ordered.filter(({ code }) => ALONE.has(code));
  const confused = ordered.filter(({ code }) => !ALONE.has(code));
  const [first] = confused;
  if (!first) return ordered;
  const before = ordered.filter(({ code, range }) => ALONE.has(code) && range[0] <= first.range[0]);
  // A tab misleads the parser too, and then it is the tab that has to go.
  if (before.some(({ code }) => code === "tab")) return ordered.filter(({ code }) => ALONE.has(code));
  const isUnclosed = confused.some(({ code }) => code === "unclosed");
  return [...before, isUnclosed ? { ...first, code: "unclosed" } : first];
}

function faultOf(error: YAMLError, document: Document.Parsed, text: string): SyntaxFault {
  const bare = bareReference(text, error.pos[0]);
  if (bare) return { code: "reference", range: bare, text: text.slice(...bare) };
  const code = FAULTS[error.code] ?? "broken";
  const at = Math.min(error.pos[0], text.length);
  const start = code === "unclosed" ? openingQuote(document, at) : code === "indentation" ? contentAfter(text, at) : at;
  const length = EXTENTS[code]?.exec(text.slice(start))?.[0].length;
  const range = clamp([start, length === undefined ? error.pos[1] : start + length], text);
  return { code, range, text: excerpt(text, range) };
}

/** A reference to a secret that stands without quotes among braces, where YAML takes its brace for a map's. */
function bareReference(text: string, offset: number): Range | undefined {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const line = /^[^\r\n]*/.exec(text.slice(lineStart))?.[0] ?? "";
  for (const found of line.matchAll(/(?<=[:,[{]\s*)\$\{(?:secret|ssm):[^}\s]*\}/g)) {
    const start = lineStart + found.index;
    if (start <= offset && offset <= start + found[0].length) return [start, start + found[0].length];
  }
  return undefined;
}

/** Where the quoted text that is not complete at an offset begins: its end is often the end of the file. */
function openingQuote(document: Document.Parsed, at: number): number {
  let start = at;
  visit(document, (_, node) => {
    if (!isScalar(node) || !node.type?.startsWith("QUOTE") || !node.range) return undefined;
    if (node.range[0] > at || at > node.range[2]) return undefined;
    start = node.range[0];
    return visit.BREAK;
  });
  return start;
}

/** The first thing that stands at or behind an offset. */
function contentAfter(text: string, at: number): number {
  const blank = /^\s+(?=\S)/.exec(text.slice(at));
  return at + (blank?.[0].length ?? 0);
}

function excerpt(text: string, [start, end]: Range): string {
  const line = text.slice(start, end).split(/\r?\n/, 1)[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** Inside the text, at least one character long where there is one. */
function clamp([start, end]: Range, text: string): Range {
  const from = Math.max(0, Math.min(start, Math.max(0, text.length - 1)));
  return [from, Math.max(Math.min(Math.max(end, from + 1), text.length), from)];
}

/** Whoever has mended so many faults looks again; each costs a look through the whole text. */
const MAX_FAULTS = 100;
/** More characters than any gateway needs: the parser compares each key with each other one of its map. */
const MAX_CHARS = 500_000;
/** More nodes than any gateway needs: a small text of aliases of aliases can stand for billions. */
const MAX_NODES = 100_000;
const MAX_DEPTH = 100;

/** Reads a document's nodes as JSON, and collects what JSON or the language has no place for. */
class Reader {
  readonly faults: SyntaxFault[] = [];
  readonly value: Json | undefined;
  private nodes = 0;
  private readonly open = new Set<Node>();

  constructor(
    private readonly document: Document.Parsed,
    private readonly text: string,
  ) {
    if (document.contents === null || isEmptyScalar(document.contents)) this.fault("empty", document.contents);
    else this.value = this.read(document.contents, 0);
  }

  private fault(code: SyntaxCode, node: unknown): null {
    const place = nodeRange(node) ?? [0, 0];
    const tag = code === "tag" ? /![^\s]*\s*$/.exec(this.text.slice(0, place[0])) : null;
    const range = clamp([tag?.index ?? place[0], place[1]], this.text);
    // One fault of size says it all; the others come once a place, even if an alias leads there again.
    const isKnown = this.faults.some(
      (known) => known.code === code && (code.startsWith("too-") || known.range[0] === range[0]),
    );
    if (!isKnown) this.faults.push({ code, range, text: excerpt(this.text, range) });
    return null;
  }

  private read(node: unknown, depth: number): Json {
    this.nodes++;
    if (this.nodes > MAX_NODES) return this.fault("too-large", node);
    if (depth > MAX_DEPTH) return this.fault("too-deep", node);
    if (isAlias(node)) return this.readAlias(node, depth);
    if (isScalar(node)) return this.readScalar(node);
    if (isSeq(node)) return this.inside(node, () => node.items.map((item) => this.read(item, depth + 1)));
    if (isYamlMap(node)) return this.inside(node, () => this.readMap(node.items, depth));
    return null;
  }

  private inside(node: Node, read: () => Json): Json {
    this.checkTag(node);
    this.open.add(node);
    const value = read();
    this.open.delete(node);
    return value;
  }

  private readAlias(alias: Alias, depth: number): Json {
    const target = alias.resolve(this.document);
    if (!target) return this.fault("alias", alias);
    if (this.open.has(target)) return this.fault("alias-cycle", alias);
    return this.read(target, depth + 1);
  }

  private readMap(items: readonly Pair[], depth: number): Json {
    const map: { [key: string]: Json } = {};
    for (const pair of items) {
      const key = this.readKey(pair);
      if (key !== undefined) map[key] = this.read(pair.value, depth + 1);
    }
    return map;
  }

  private readKey(pair: Pair): string | undefined {
    const { key } = pair;
    const text = isScalar(key) && key.value !== null ? String(key.value) : undefined;
    if (text === undefined || text === "__proto__") this.fault("key", key ?? pair.value);
    else if (text === "<<") this.fault("merge-key", key);
    else return text;
    return undefined;
  }

  private readScalar(scalar: Scalar): Json {
    this.checkTag(scalar);
    const { value } = scalar;
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    return this.fault("number", scalar);
  }

  private checkTag(node: Node): void {
    if (node.tag !== undefined && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(node.tag))
      this.fault("tag", node);
  }
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

function nodeRange(node: unknown): Range | undefined {
  const range = isScalar(node) || isSeq(node) || isYamlMap(node) || isAlias(node) ? node.range : undefined;
  return range ? [range[0], range[1]] : undefined;
}

const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** A map's pairs by their keys, of two with one key the first: a map of thousands is asked for each of its findings. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(map);
  if (known !== undefined) return known;
  const named = new Map<string, Pair>();
  for (const item of map.items) {
    const name = isPair(item) && isScalar(item.key) ? String(item.key.value) : undefined;
    if (name !== undefined && !named.has(name)) named.set(name, item);
  }
  pairs.set(map, named);
  return named;
}

/** The pair or item at the end of a path; undefined where the document does not go there. */
function findNode(document: Document.Parsed, path: Path): { key: unknown; value: unknown } | undefined {
  let here: { key: unknown; value: unknown } = { key: undefined, value: document.contents };
  for (const step of path) {
    const container = isAlias(here.value) ? here.value.resolve(document) : here.value;
    if (isSeq(container) && typeof step === "number" && step < container.items.length) {
      here = { key: undefined, value: container.items[step] };
    } else if (isYamlMap(container)) {
      const pair = pairsOf(container).get(String(step));
      if (!pair) return undefined;
      here = { key: pair.key, value: pair.value };
    } else return undefined;
  }
  return here;
}

function isWritten(document: Document.Parsed, path: Path): boolean {
  const along = path.map((_, depth) => findNode(document, path.slice(0, depth + 1)));
  const last = along.at(-1)?.value;
  // A tag decides what the text behind it means: !!int "5" is a number still.
  const isTagged = isScalar(last) && last.tag !== undefined;
  return !isTagged && along.every((step) => step !== undefined && !isAlias(step.value));
}

function rangeOf(document: Document.Parsed, text: string, path: Path, part: "key" | "value"): Range {
  const found = findNode(document, path);
  if (!found) return path.length > 0 ? rangeOf(document, text, path.slice(0, -1), "key") : clamp([0, 1], text);
  if (path.length === 0) return clamp(firstKey(found.value) ?? [0, 1], text);
  const key = nodeRange(found.key);
  const value = trimmed(nodeRange(found.value), text);
  if (part === "key") return clamp(key ?? firstKey(found.value) ?? value ?? [0, 1], text);
  return clamp((value && value[1] > value[0] ? value : key) ?? [0, 1], text);
}

/** A list's item and the document have no key of their own: their first one stands for them. */
function firstKey(node: unknown): Range | undefined {
  if (isYamlMap(node)) return nodeRange(node.items[0]?.key);
  return undefined;
}

/** Block values end with the line break that closes them; a caret should not. */
function trimmed(range: Range | undefined, text: string): Range | undefined {
  if (!range) return undefined;
  const content = text.slice(range[0], range[1]).trimEnd();
  return [range[0], range[0] + content.length];
}

function rangeInside(document: Document.Parsed, text: string, path: Path, start: number, end: number): Range {
  const whole = rangeOf(document, text, path, "value");
  const node = findNode(document, path)?.value;
  const scalar = isAlias(node) ? node.resolve(document) : node;
  if (!isScalar(scalar) || typeof scalar.value !== "string") return whole;
  const source = nodeRange(scalar);
  const at = source ? text.slice(source[0], source[1]).indexOf(scalar.value) : -1;
  if (!source || at < 0 || isAlias(node)) return whole;
  return clamp([source[0] + at + start, source[0] + at + end], text);
}
