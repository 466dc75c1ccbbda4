import { lintGateways } from "@sluice/dsl";
import { Command } from "commander";
import { readGatewayFiles } from "../files";
import { colorsOf, type ExitCode, type Io, printLine } from "../io";
import { lintJson } from "../print/lint-json";
import { renderLint, summarize } from "../print/lint-pretty";
import { plural } from "../print/words";
import { envOption, example, type Format, formatOption, wholeNumber } from "./words";

export interface LintOptions {
  /** As typed; none: the files of gateways/. */
  readonly files: readonly string[];
  readonly env: string | undefined;
  readonly format: Format;
  /** More warnings than this are a failure; undefined: warnings never are. */
  readonly maxWarnings: number | undefined;
}

type Typed = Omit<LintOptions, "files">;

export const newLintCommand = (run: (options: LintOptions) => Promise<void>): Command =>
  new Command("lint")
    .description("Check gateway files: everything that is wrong, where, why, and how to mend it.")
    .argument("[files...]", "gateway files or folders of them (default: gateways/*.yaml)")
    .addOption(envOption())
    .addOption(formatOption("the findings"))
    .option("--max-warnings <n>", "exit 1 when there are more warnings than this", wholeNumber(0, 1_000_000))
    .addHelpText("after", example("sluice lint", "sluice lint gateways/nvd.yaml --format json --max-warnings 0"))
    .action((files: string[], { env, format, maxWarnings }: Typed) => run({ files, env, format, maxWarnings }));

/** Finds what is wrong in the files. */
export async function runLint(options: LintOptions, io: Io): Promise<ExitCode> {
  const files = await readGatewayFiles(options.files, io);
  const { findings } = lintGateways(files, { environment: options.env });
  const summary = summarize(files, findings);
  if (options.format === "json") printLine(io.stdout, JSON.stringify(lintJson(files, findings), null, 2));
  else printLine(io.stdout, renderLint(files, findings, colorsOf(io.stdout, io.env)));
  if (summary.errors > 0) return 1;
  if (options.maxWarnings === undefined || summary.warnings <= options.maxWarnings) return 0;
  printLine(io.stderr, `${plural(summary.warnings, "warning")}, and --max-warnings allows ${options.maxWarnings}.`);
  return 1;
}
