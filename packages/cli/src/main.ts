import { Command, CommanderError } from "commander";
import { newCallCommand, runCall } from "./commands/call";
import { newDemoCommand, runDemo } from "./commands/demo";
import { newDevCommand, runDev } from "./commands/dev";
import { newExplainCommand, runExplain } from "./commands/explain";
import { newImportCommand, runImportOpenApi } from "./commands/import";
import { newLintCommand, runLint } from "./commands/lint";
import { newNewCommand, runNew } from "./commands/new";
import { newSchemaCommand, runSchema } from "./commands/schema";
import { newSynthCommand, runSynth } from "./commands/synth";
import { sentenceFor } from "./failures";
import { colorsOf, type ExitCode, type Io, printLine, type Run } from "./io";
import { VERSION } from "./version";

/** Wrong use, or a failure of the tool itself. */
const TOOL_FAILED = 2;

/**
 * The whole command line: words in, exit code out. 0 clean, 1 findings or failed work, 2 wrong use or a failure of the
 * tool, 130 ended by Ctrl-C. Never throws.
 *
 * @param words what follows `sluice`
 */
export async function main(words: readonly string[], io: Io): Promise<number> {
  try {
    return await runWords(words, io);
  } catch (error) {
    return tell(error, io);
  }
}

async function runWords(words: readonly string[], io: Io): Promise<ExitCode> {
  // Commander gives no value back from an action; the last one run leaves its exit code here.
  let exitCode: ExitCode = 0;
  const keeping =
    <Options>(run: Run<Options>) =>
    async (options: Options): Promise<void> => {
      exitCode = await run(options, io);
    };
  const program = new Command("sluice")
    .description("Gateways for slow, rate-limited APIs: one YAML file each, kept within its limit by AWS itself.")
    .version(VERSION, "--version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command");
  const commands = [
    newLintCommand(keeping(runLint)),
    newExplainCommand(keeping(runExplain)),
    newSynthCommand(keeping(runSynth)),
    newDevCommand(keeping(runDev)),
    newCallCommand(keeping(runCall)),
    newDemoCommand(keeping(runDemo)),
    newSchemaCommand(keeping(runSchema)),
    newImportCommand(keeping(runImportOpenApi)),
    newNewCommand(keeping(runNew)),
  ];
  for (const command of commands) program.addCommand(command);
  program.addHelpText("after", "\nExample:\n  $ sluice lint gateways/companies-house.yaml\n");
  for (const command of [program, ...commands]) speakThrough(command, io);
  await program.parseAsync(words, { from: "user" });
  return exitCode;
}

/** Commander writes to the streams handed in, and throws instead of ending the process. */
function speakThrough(command: Command, io: Io): void {
  for (const inner of command.commands) if (command.parent !== null) speakThrough(inner, io);
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
    getOutHasColors: () => io.stdout.isTTY === true && !io.env.NO_COLOR,
    getErrHasColors: () => io.stderr.isTTY === true && !io.env.NO_COLOR,
  });
}

/** The one place where an error becomes an exit code. */
function tell(error: unknown, io: Io): number {
  // Commander has already written: help asked for (0), or what was wrong with the words.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : TOOL_FAILED;
  const red = colorsOf(io.stderr, io.env).red;
  const sentence = sentenceFor(error);
  if (sentence !== undefined) {
    printLine(io.stderr, `${red("sluice:")} ${sentence}`);
    return TOOL_FAILED;
  }
  printLine(io.stderr, `${red("sluice:")} this is a bug in sluice ${VERSION}; please report it with the lines below.`);
  printLine(io.stderr, error instanceof Error ? (error.stack ?? String(error)) : String(error));
  return TOOL_FAILED;
}
