import { resolve } from "node:path";
import { type LintedGateway, planGateway } from "@sluice/dsl";
import { Command } from "commander";
import { shownPath } from "../files";
import { type ExitCode, type Io, printLine, progressOn } from "../io";
import { lintedGateways } from "../linted";
import { plural } from "../print/words";
import { synthesize } from "../synthesize";
import { envOption, example } from "./words";

export interface SynthOptions {
  readonly files: readonly string[];
  readonly env: string | undefined;
  readonly out: string;
  /** Whether CDK checks the templates against CloudFormation's rules; takes about two seconds a stack. */
  readonly validation: boolean;
}

type Typed = Omit<SynthOptions, "files">;

export const newSynthCommand = (run: (options: SynthOptions) => Promise<void>): Command =>
  new Command("synth")
    .description("Write the CloudFormation templates of gateways, one stack each.")
    .argument("[files...]", "gateway files or folders of them (default: gateways/*.yaml)")
    .addOption(envOption())
    .option("--out <folder>", "where the templates go", "cdk.out")
    .option("--no-validation", "skip CDK's own check of the templates, about two seconds for each")
    .addHelpText("after", example("sluice synth", "sluice synth gateways/nvd.yaml --env staging --out cdk.out"))
    .action((files: string[], { env, out, validation }: Typed) => run({ files, env, out, validation }));

/** Lints first: where there is a finding, nothing is written. */
export async function runSynth(options: SynthOptions, io: Io): Promise<ExitCode> {
  const gateways = await lintedGateways(options.files, options.env, io);
  if (gateways === undefined) return 1;
  const plans = gateways.map(({ spec }) => planGateway(spec));
  const progress = progressOn(io.stderr);
  progress.show(`synthesizing ${plural(plans.length, "gateway")} …`);
  try {
    const out = resolve(io.cwd, options.out);
    const stacks = await synthesize(plans, { out, validation: options.validation, place: placeOf(gateways, options) });
    progress.clear();
    for (const { stackName, templatePath } of stacks)
      printLine(io.stdout, `${stackName}  ${shownPath(templatePath, io)}`);
    return 0;
  } finally {
    progress.clear();
  }
}

/** Account and region of the environment, as sluice.yaml states them; the stacks then deploy nowhere else. */
function placeOf(gateways: readonly LintedGateway[], { env }: SynthOptions) {
  if (env === undefined) return undefined;
  const { account, region } = gateways[0]?.project?.settings?.environments[env] ?? {};
  return account === undefined && region === undefined ? undefined : { account, region };
}
