import { type Finding, fixGateway, lintInSteps, type Suppressed } from "@sluice/dsl";
import { Command } from "commander";
import { ToolFailure } from "../failures";
import { type GatewayFile, readGatewayFiles } from "../files";
import { fixFiles, type Sources } from "../fix";
import { exitCodeOf, Interrupted, listening } from "../interrupt";
import { type ExitCode, type Io, lookOf, printLine, textOf } from "../io";
import { renderLint, renderSuppressed, summarize } from "../print/lint-pretty";
import { plural } from "../print/words";
import { loadProject } from "../project";
import { envOption, example, type Format, formatOption, wholeNumber } from "./words";

/** For people, for scripts, for code scanning, for annotations in GitHub Actions, and for test reports. */
export type LintFormat = Format | "sarif" | "github" | "junit";

const FORMATS: readonly LintFormat[] = ["pretty", "json", "sarif", "github", "junit"];

const FORMATS_HELP = `
Formats:
  pretty  for people
  json    for scripts
  sarif   a SARIF 2.1.0 log, for GitHub code scanning and editors
  github  annotations of GitHub Actions, at their places in the files
  junit   a JUnit report, for GitLab, Jenkins and others that read test reports`;

const SUPPRESSION_HELP = `
A comment answers a warning that is wrong at its place: # sluice-ignore RULE: reason`;

export interface LintOptions {
  /** As typed; none: the files of gateways/. */
  readonly files: readonly string[];
  readonly env: string | undefined;
  readonly format: LintFormat;
  /** More warnings than this are a failure; undefined: warnings never are. */
  readonly maxWarnings: number | undefined;
  /** Mend what can be mended for certain. */
  readonly fix: boolean;
  /** Look at standard input instead, under this name; undefined: look at files. */
  readonly stdin: string | undefined;
  /** List what comments in the files answer. */
  readonly showSuppressed: boolean;
}

interface Typed {
  readonly env?: string;
  readonly format: LintFormat;
  readonly maxWarnings?: number;
  readonly fix?: boolean;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
  readonly showSuppressed?: boolean;
}

export const newLintCommand = (run: (options: LintOptions) => Promise<void>): Command =>
  new Command("lint")
    .description("Check gateway files: everything that is wrong, where, why, and how to mend it.")
    .argument("[files...]", "gateway files or folders of them (default: gateways/*.yaml)")
    .addOption(envOption())
    .addOption(formatOption("the findings", FORMATS))
    .option("--max-warnings <n>", "exit 1 when there are more warnings than this", wholeNumber(0, 1_000_000))
    .option("--fix", "mend what can be mended for certain; comments and layout stay")
    .option("--stdin", "look at standard input, as editors do; with --fix the mended text goes to standard output")
    .option("--stdin-filename <file>", "the name of what comes by standard input (default: gateways/NAME.yaml)")
    .option("--show-suppressed", "list what comments in the files answer, with their reasons")
    .addHelpText("after", FORMATS_HELP)
    .addHelpText("after", SUPPRESSION_HELP)
    .addHelpText(
      "after",
      example(
        "sluice lint",
        "sluice lint gateways/nvd.yaml --format json --max-warnings 0",
        "sluice lint --fix",
        "sluice lint --format sarif > sluice.sarif",
      ),
    )
    .action((files: string[], typed: Typed) => run(optionsOf(files, typed)));

/** @throws ToolFailure when what was typed contradicts itself */
function optionsOf(files: readonly string[], typed: Typed): LintOptions {
  const { env, format, maxWarnings, fix = false, stdin = false, stdinFilename, showSuppressed = false } = typed;
  if (stdin && files.length > 0)
    throw new ToolFailure("Either --stdin or files can be looked at. Name what comes in with --stdin-filename.");
  if (!stdin && stdinFilename !== undefined)
    throw new ToolFailure("--stdin-filename names what comes by standard input. Add --stdin, or leave it out.");
  const name = stdin ? (stdinFilename ?? "") : undefined;
  return { files, env, format, maxWarnings, fix, stdin: name, showSuppressed };
}

/** Finds what is wrong in the files. Interrupted, it prints nothing. */
export async function runLint(options: LintOptions, io: Io): Promise<ExitCode> {
  try {
    return await lint(options, io);
  } catch (error) {
    if (error instanceof Interrupted) return exitCodeOf(io.interrupt);
    throw error;
  }
}

async function lint(options: LintOptions, io: Io): Promise<ExitCode> {
  const { shared, files } = await lintedSources(options, io);
  const steps = lintInSteps(files, { environment: options.env, project: shared?.project });
  const { findings, suppressed } = await listening(steps, io.interrupt);
  const sources = shared ? [shared, ...files] : files;
  const found: Found = { sources, findings, suppressed };
  const text = await render(options, found, io);
  // The workflow commands of no findings are no line at all.
  if (text !== "") printLine(options.stdin !== undefined && options.fix ? io.stderr : io.stdout, text);
  const summary = summarize(sources, findings);
  if (summary.errors > 0) return 1;
  if (options.maxWarnings === undefined || summary.warnings <= options.maxWarnings) return 0;
  printLine(io.stderr, `${plural(summary.warnings, "warning")}, and --max-warnings allows ${options.maxWarnings}.`);
  return 1;
}

/** What to look at, mended where that was asked for. */
async function lintedSources({ files, stdin, fix, env }: LintOptions, io: Io): Promise<Sources> {
  const shared = await loadProject(io);
  if (stdin !== undefined) {
    const typed = fileOfStdin(await textOf(io.stdin), stdin);
    if (!fix) return { shared, files: [typed] };
    const { text } = fixGateway(typed, { environment: env, project: shared?.project });
    io.stdout.write(text);
    return { shared, files: [{ ...typed, text }] };
  }
  const read = { shared, files: await readGatewayFiles(files, io) };
  if (!fix) return read;
  const fixed = await fixFiles(read, env, io);
  if (fixed.fixes > 0)
    printLine(io.stderr, `Mended ${plural(fixed.fixes, "finding")} in ${plural(fixed.changed, "file")}.`);
  return fixed;
}

/** Without a name, that of the gateway in it: so the rule that compares the two finds nothing. */
function fileOfStdin(text: string, name: string): GatewayFile {
  const gateway = /^name:[ \t]*["']?([a-z0-9-]+)/m.exec(text)?.[1];
  return { file: name === "" ? `${gateway ?? "stdin"}.yaml` : name, text };
}

interface Found {
  readonly sources: readonly GatewayFile[];
  readonly findings: readonly Finding[];
  /** What comments answer; listed where that is asked for. */
  readonly suppressed: readonly Suppressed[];
}

/** For machines each format is loaded when it is asked for: the pages of the rules and a writer of XML are in them. */
async function render({ format, showSuppressed }: LintOptions, found: Found, io: Io): Promise<string> {
  const { sources, findings } = found;
  const suppressed = showSuppressed ? found.suppressed : undefined;
  switch (format) {
    case "pretty":
      return [
        ...(suppressed ? [renderSuppressed(sources, suppressed)] : []),
        renderLint(sources, findings, lookOf(io.stdout, io)),
      ].join("\n");
    case "json": {
      const { lintJson } = await import("../print/lint-json.js");
      return JSON.stringify(lintJson(sources, findings, suppressed), null, 2);
    }
    case "sarif": {
      const { renderSarif } = await import("../print/lint-sarif.js");
      return renderSarif(sources, findings, io.cwd, suppressed);
    }
    case "github": {
      const { renderGithub } = await import("../print/lint-github.js");
      return renderGithub(sources, findings, io.cwd);
    }
    case "junit": {
      const { renderJunit } = await import("../print/lint-junit.js");
      return renderJunit(sources, findings, io.cwd);
    }
  }
}
