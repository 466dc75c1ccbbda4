import { type Finding, lintGateways } from "@sluice/dsl";
import { Command } from "commander";
import { type GatewayFile, readGatewayFiles } from "../files";
import { colorsOf, type ExitCode, type Io, printLine } from "../io";
import { renderGithub } from "../print/lint-github";
import { lintJson } from "../print/lint-json";
import { renderJunit } from "../print/lint-junit";
import { renderLint, summarize } from "../print/lint-pretty";
import { renderSarif } from "../print/lint-sarif";
import { plural } from "../print/words";
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

export interface LintOptions {
  /** As typed; none: the files of gateways/. */
  readonly files: readonly string[];
  readonly env: string | undefined;
  readonly format: LintFormat;
  /** More warnings than this are a failure; undefined: warnings never are. */
  readonly maxWarnings: number | undefined;
}

type Typed = Omit<LintOptions, "files">;

export const newLintCommand = (run: (options: LintOptions) => Promise<void>): Command =>
  new Command("lint")
    .description("Check gateway files: everything that is wrong, where, why, and how to mend it.")
    .argument("[files...]", "gateway files or folders of them (default: gateways/*.yaml)")
    .addOption(envOption())
    .addOption(formatOption("the findings", FORMATS))
    .option("--max-warnings <n>", "exit 1 when there are more warnings than this", wholeNumber(0, 1_000_000))
    .addHelpText("after", FORMATS_HELP)
    .addHelpText(
      "after",
      example(
        "sluice lint",
        "sluice lint gateways/nvd.yaml --format json --max-warnings 0",
        "sluice lint --format sarif > sluice.sarif",
      ),
    )
    .action((files: string[], { env, format, maxWarnings }: Typed) => run({ files, env, format, maxWarnings }));

/** Finds what is wrong in the files. */
export async function runLint(options: LintOptions, io: Io): Promise<ExitCode> {
  const files = await readGatewayFiles(options.files, io);
  const { findings } = lintGateways(files, { environment: options.env });
  const summary = summarize(files, findings);
  const text = render(options.format, files, findings, io);
  // The workflow commands of no findings are no line at all.
  if (text !== "") printLine(io.stdout, text);
  if (summary.errors > 0) return 1;
  if (options.maxWarnings === undefined || summary.warnings <= options.maxWarnings) return 0;
  printLine(io.stderr, `${plural(summary.warnings, "warning")}, and --max-warnings allows ${options.maxWarnings}.`);
  return 1;
}

function render(format: LintFormat, files: readonly GatewayFile[], findings: readonly Finding[], io: Io): string {
  switch (format) {
    case "pretty":
      return renderLint(files, findings, colorsOf(io.stdout, io.env));
    case "json":
      return JSON.stringify(lintJson(files, findings), null, 2);
    case "sarif":
      return renderSarif(files, findings, io.cwd);
    case "github":
      return renderGithub(files, findings, io.cwd);
    case "junit":
      return renderJunit(files, findings, io.cwd);
  }
}
