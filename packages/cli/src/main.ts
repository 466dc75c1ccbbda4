import { Command, CommanderError } from "commander";
import { sentenceFor } from "./failures";
import { colorsOf, type ExitCode, type Io, printLine, type Run, withColumns } from "./io";
import { SHOWN_VERSION } from "./version";

/** Wrong use, or a failure of the tool itself. */
const TOOL_FAILED = 2;

/**
 * The whole command line: words in, exit code out. 0 clean, 1 findings or failed work, 2 wrong use or a failure of the
 * tool, 130 ended by Ctrl-C (143 by SIGTERM, 129 by SIGHUP). Never throws.
 *
 * @param words what follows `sluice`
 */
export async function main(words: readonly string[], given: Io): Promise<number> {
  const io = withColumns(given);
  try {
    return await runWords(words, io);
  } catch (error) {
    return tell(error, io);
  }
}

/** Runs a command's work and keeps its exit code. */
type Keep = <Options>(run: Run<Options>) => (options: Options) => Promise<void>;

/** The commands in the order of the help, each loaded when it is needed: what one imports takes longer than lint. */
const COMMANDS = {
  new: async (keep: Keep) => {
    const { newNewCommand, runNew } = await import("./commands/new.js");
    return newNewCommand(keep(runNew));
  },
  import: async (keep: Keep) => {
    const { newImportCommand, runImportOpenApi } = await import("./commands/import.js");
    return newImportCommand(keep(runImportOpenApi));
  },
  schema: async (keep: Keep) => {
    const { newSchemaCommand, runSchema } = await import("./commands/schema.js");
    return newSchemaCommand(keep(runSchema));
  },
  lint: async (keep: Keep) => {
    const { newLintCommand, runLint } = await import("./commands/lint.js");
    return newLintCommand(keep(runLint));
  },
  rule: async (keep: Keep) => {
    const { newRuleCommand, runRule } = await import("./commands/rule.js");
    return newRuleCommand(keep(runRule));
  },
  explain: async (keep: Keep) => {
    const { newExplainCommand, runExplain } = await import("./commands/explain.js");
    return newExplainCommand(keep(runExplain));
  },
  plan: async (keep: Keep) => {
    const { newPlanCommand, runPlan } = await import("./commands/plan.js");
    return newPlanCommand(keep(runPlan));
  },
  simulate: async (keep: Keep) => {
    const { newSimulateCommand, runSimulate } = await import("./commands/simulate.js");
    return newSimulateCommand(keep(runSimulate));
  },
  synth: async (keep: Keep) => {
    const { newSynthCommand, runSynth } = await import("./commands/synth.js");
    return newSynthCommand(keep(runSynth));
  },
  dev: async (keep: Keep) => {
    const { newDevCommand, runDev } = await import("./commands/dev.js");
    return newDevCommand(keep(runDev));
  },
  call: async (keep: Keep) => {
    const { newCallCommand, runCall } = await import("./commands/call.js");
    return newCallCommand(keep(runCall));
  },
  demo: async (keep: Keep) => {
    const { newDemoCommand, runDemo } = await import("./commands/demo.js");
    return newDemoCommand(keep(runDemo));
  },
};

type CommandName = keyof typeof COMMANDS;

const isCommand = (word: string | undefined): word is CommandName =>
  word !== undefined && Object.hasOwn(COMMANDS, word);

/** The command that is typed; all of them where help is asked for, or the word is none. */
function namesFor([first]: readonly string[]): CommandName[] {
  return isCommand(first) ? [first] : Object.keys(COMMANDS).filter(isCommand);
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
    .version(SHOWN_VERSION, "--version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command");
  const commands = await Promise.all(namesFor(words).map((name) => COMMANDS[name](keeping)));
  for (const command of commands) program.addCommand(command);
  program.addHelpText("after", "\nExample:\n  $ sluice lint gateways/companies-house.yaml\n");
  for (const command of [program, ...commands]) speakThrough(command, io);
  await program.parseAsync(words, { from: "user" });
  return exitCode;
}

/** Commander writes to the streams handed in, and throws instead of ending the process. */
function speakThrough(command: Command, io: Io): void {
  for (const inner of command.commands) if (command.parent !== null) speakThrough(inner, io);
  command.showHelpAfterError(`See: ${[io.program, ...wordsOf(command)].join(" ")} --help`);
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
    getOutHasColors: () => io.stdout.isTTY === true && !io.env.NO_COLOR,
    getErrHasColors: () => io.stderr.isTTY === true && !io.env.NO_COLOR,
  });
}

/** `import openapi`: what is typed behind the program's name to come to a command. */
const wordsOf = (command: Command): string[] =>
  command.parent === null ? [] : [...wordsOf(command.parent), command.name()];

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
  printLine(
    io.stderr,
    `${red("sluice:")} this is a bug in sluice ${SHOWN_VERSION}; please report it with the lines below.`,
  );
  printLine(io.stderr, error instanceof Error ? (error.stack ?? String(error)) : String(error));
  return TOOL_FAILED;
}
