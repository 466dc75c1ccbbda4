import type { Format } from "../commands/words";
import { type Colors, colorsOf, type Io, printLine, progressOn, widthOf } from "../io";
import { wrap } from "../print/words";

/** What the audience sees while the demo runs. In JSON only the report is a result, so the rest is progress. */
export interface Screen {
  readonly colors: Colors;
  /** A heading of the narration. */
  title(text: string): void;
  say(text: string): void;
  /** How far the run is: one line that replaces itself on a terminal, now and then a line elsewhere. */
  progress(text: string): void;
  clear(): void;
}

/** Where there is no terminal a line of progress is written this often. */
const PLAIN_EVERY_MS = 10_000;

export function screenFor(format: Format, io: Io): Screen {
  const sink = format === "pretty" ? io.stdout : io.stderr;
  const isSilent = format === "json" && !io.stderr.isTTY;
  const colors = colorsOf(sink, io.env);
  const line = progressOn(io.stderr);
  const say = (text: string) => {
    line.clear();
    if (!isSilent) printLine(sink, wrapLines(text, widthOf(sink)));
  };
  let lastPlainAt = 0;
  return {
    colors,
    title: (text) => say(`\n${colors.bold(text)}`),
    say,
    progress(text) {
      line.show(text);
      if (io.stderr.isTTY || isSilent || Date.now() - lastPlainAt < PLAIN_EVERY_MS) return;
      lastPlainAt = Date.now();
      printLine(io.stderr, text);
    },
    clear: () => line.clear(),
  };
}

const wrapLines = (text: string, width: number): string =>
  text
    .split("\n")
    .map((line) => (line.length > width ? wrap(line, width) : line))
    .join("\n");
