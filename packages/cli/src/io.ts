import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import pico from "picocolors";
import { ToolFailure } from "./failures";

/** Where text goes: a stream of the process, or a test's own. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal; undefined when it is none. */
  readonly columns?: number;
}

/** The terminal as a command sees it. Handed in, so that a test is a session like any other. */
export interface Io {
  /** Results, and nothing else. */
  readonly stdout: Sink;
  /** Progress, hints and failures. */
  readonly stderr: Sink;
  readonly stdin: Readable;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the user types to run this program: `sluice`, `npx sluice`; for commands to paste. */
  readonly program: string;
  /** Aborted by the first Ctrl-C (SIGINT), by SIGTERM, or when the terminal closes (SIGHUP); the reason is its name. */
  readonly interrupt: AbortSignal;
}

/**
 * How a command ended: 0 clean, 1 findings or failed work; before its work was done 130 by Ctrl-C, 143 by SIGTERM, 129 by
 * SIGHUP.
 */
export type ExitCode = 0 | 1 | 129 | 130 | 143;

/** What a command does with its options. */
export type Run<Options> = (options: Options, io: Io) => Promise<ExitCode>;

export type Colors = ReturnType<typeof pico.createColors>;

/** Colours for a terminal whose user has not asked for none; plain text everywhere else. */
export const colorsOf = (sink: Sink, env: Io["env"]): Colors =>
  pico.createColors(sink.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");

/**
 * The streams with the width that the user asked for by COLUMNS, where they are no terminal and so have none of their own.
 * Anything but a whole number is ignored.
 */
export function withColumns(io: Io): Io {
  const columns = /^\d+$/.test(io.env.COLUMNS ?? "") ? Number(io.env.COLUMNS) : 0;
  return columns === 0 ? io : { ...io, stdout: sized(io.stdout, columns), stderr: sized(io.stderr, columns) };
}

const sized = (sink: Sink, columns: number): Sink =>
  sink.columns === undefined ? { write: (text) => sink.write(text), isTTY: sink.isTTY, columns } : sink;

/** Width to wrap to. 100 where there is no terminal: a log or a file has no width of its own. */
export const widthOf = (sink: Sink): number => Math.max(60, Math.min(sink.columns ?? 100, 140));

/** How text is made for one of the streams. */
export interface Look {
  readonly colors: Colors;
  readonly width: number;
  /** What the user types to run this program. */
  readonly program: string;
}

export const lookOf = (sink: Sink, { env, program }: Io): Look => ({
  ...{ colors: colorsOf(sink, env), width: widthOf(sink), program },
});

export const printLine = (sink: Sink, text = ""): void => void sink.write(`${text}\n`);

/** One line that replaces itself, for long work; nothing where standard error is no terminal. */
export const progressOn = (sink: Sink): { show(text: string): void; clear(): void } => {
  if (!sink.isTTY) return { show: () => undefined, clear: () => undefined };
  const width = widthOf(sink);
  return {
    show: (text) => void sink.write(`\r\u001b[2K${text.slice(0, width - 1)}`),
    clear: () => void sink.write("\r\u001b[2K"),
  };
};

/** Everything that comes by standard input, to its end. @throws ToolFailure when it is not UTF-8 */
export async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new ToolFailure("Standard input is not UTF-8, and was not read.");
}
