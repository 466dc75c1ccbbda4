import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { main } from "../src/main";

/** A terminal without colours in a folder of its own: words typed, what came out, and the exit code. */
export interface Session {
  readonly cwd: string;
  /** Writes a file of the folder. */
  write(file: string, text: string): Promise<void>;
  /** @param words as typed to a shell, or as a shell has split them */
  run(
    words: string | readonly string[],
    more?: {
      readonly stdin?: string | Buffer;
      readonly env?: Record<string, string>;
      readonly interrupt?: AbortSignal;
      readonly onStdout?: (text: string) => void;
    },
  ): Promise<Ended>;
  close(): void;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param cwd left out: a new folder */
export function newSession(cwd = mkdtempSync(join(tmpdir(), "sluice-session-"))): Session {
  return {
    cwd,
    async write(file, text) {
      await mkdir(dirname(join(cwd, file)), { recursive: true });
      writeFileSync(join(cwd, file), text);
    },
    async run(words, { stdin = "", env = {}, interrupt = new AbortController().signal, onStdout } = {}) {
      const out: string[] = [];
      const err: string[] = [];
      const code = await main(typeof words === "string" ? split(words) : words, {
        stdout: {
          write: (text) => {
            out.push(text);
            onStdout?.(text);
          },
        },
        stderr: { write: (text) => err.push(text) },
        stdin: Readable.from([stdin]),
        cwd,
        env,
        program: "sluice",
        interrupt,
      });
      return { code, stdout: out.join(""), stderr: err.join("") };
    },
    close: () => rmSync(cwd, { recursive: true, force: true }),
  };
}

/** As a shell splits: at spaces, but not within single quotes. */
const split = (words: string): string[] =>
  [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
