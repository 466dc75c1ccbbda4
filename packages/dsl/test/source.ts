import { type Finding, lintGateways, RULES, renderFrame } from "@sluice/dsl";

/** A source text with one range drawn into it: `jitter: ~~~50~~~`. */
export interface Drawn {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Takes the drawing out of a text. */
export function readDrawing(drawn: string): Drawn {
  const [before = "", marked, after, ...more] = drawn.split("~~~");
  if (marked === undefined || after === undefined || more.length > 0) throw new Error("draw exactly one ~~~range~~~");
  return { text: before + marked + after, start: before.length, end: before.length + marked.length };
}

/** What a whole gateway file needs and a test's snippet need not repeat. */
const REST: Readonly<Record<string, string>> = {
  version: "version: 1",
  name: "name: test",
  rateLimit: "rateLimit: 5/s",
  endpoint: "endpoint: { adapter: http, url: https://api.example.org }",
  operations: "operations: { read: { method: GET, path: /read } }",
};

/** The snippet as a whole file: keys of the root that it lacks are put behind it, so that its offsets stay. */
export function wholeFile(snippet: string, without: readonly string[] = []): string {
  const missing = Object.keys(REST).filter(
    (key) => !new RegExp(`^${key}:`, "m").test(snippet) && !without.includes(key),
  );
  return [snippet, ...missing.map((key) => REST[key])].join("\n");
}

export interface Expectation {
  /** Keys of the root that are really to be missing. */
  readonly without?: readonly string[];
  readonly environment?: string;
  /** A part of the hint that must be there. */
  readonly hint?: string;
  /** A part of the message that must be there. */
  readonly message?: string;
  /** The file's name; by default that of the gateway test. */
  readonly file?: string;
  /** The text is a whole file as it stands. */
  readonly whole?: boolean;
}

/** Lints one text. */
export function lint(text: string, { file = "gateways/test.yaml", environment }: Expectation = {}): readonly Finding[] {
  return lintGateways([{ file, text }], { environment }).findings;
}

/** The rule finds exactly the drawn range, and finds nothing else. */
export function expectFinding(rule: string, drawn: string, expectation: Expectation = {}): Finding {
  const { text, start, end } = readDrawing(drawn);
  const whole = expectation.whole ? text : wholeFile(text, expectation.without);
  const found = lint(whole, expectation).filter(({ name }) => name === rule);
  expect(found.map(({ range }) => whole.slice(range[0], range[1]))).toEqual([text.slice(start, end)]);
  expect(found.map(({ range }) => range)).toEqual([[start, end]]);
  const [finding] = found;
  if (!finding) throw new Error("unreachable: one finding was just expected");
  expect(RULES.find(({ name }) => name === rule)?.id).toBe(finding.rule);
  expect(finding.message).toContain(expectation.message ?? "");
  expect(finding.hint).toContain(expectation.hint ?? "");
  expect(renderFrame(finding, whole)).not.toMatch(/undefined|NaN|\[object/);
  return finding;
}

/** The rule finds nothing in the snippet. */
export function expectNothing(rule: string, snippet: string, expectation: Expectation = {}): void {
  const whole = expectation.whole ? snippet : wholeFile(snippet, expectation.without);
  expect(lint(whole, expectation).filter(({ name }) => name === rule)).toEqual([]);
}

/** Nothing at all is wrong in the snippet. */
export function expectClean(snippet: string): void {
  expect(lint(wholeFile(snippet)).map((finding) => renderFrame(finding, wholeFile(snippet)))).toEqual([]);
}
