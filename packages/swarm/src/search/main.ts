import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CommanderError } from "commander";
import { ROOT } from "../mutants/places";
import { newSearchCommand, runSearch, type Terminal, WrongUse } from "./command";

/**
 * The search's command line: words in, exit code out. 0 nothing broken, 1 something broken, 2 wrong use or a failure of the
 * search itself, 130 ended by Ctrl-C.
 */
export async function main(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const command = newSearchCommand(async (options) => {
    code = await runSearch(options, terminal);
  });
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.progress(text.trimEnd()),
  });
  try {
    await command.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.progress(error instanceof WrongUse ? `simulate:search: ${error.message}` : String((error as Error).stack));
    return 2;
  }
}

/** Removed by `npm run clean`. */
const KEPT = join(ROOT, ".build", "swarm");

/** The process's own. The first Ctrl-C ends the search with its counts, the second one ends it at once. */
export async function runProcess(): Promise<void> {
  // Who reads with `head` has seen enough.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => process.exit(code === "EPIPE" ? 0 : 2));
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  process.exitCode = await main(process.argv.slice(2), {
    out: (line) => void process.stdout.write(`${line}\n`),
    progress: (line) => void process.stderr.write(`${line}\n`),
    save: (name, text) => {
      mkdirSync(KEPT, { recursive: true });
      writeFileSync(join(KEPT, name), text);
      return relative(process.cwd(), join(KEPT, name));
    },
    interrupt: interrupt.signal,
  });
}
