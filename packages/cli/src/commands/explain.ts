import { type Explanation, explainPlan, type LintedGateway, planGateway } from "@sluice/dsl";
import { Command } from "commander";
import { readText } from "../files";
import { chosenInstances, instanceOption } from "../instances";
import { colorsOf, type ExitCode, type Io, printLine, widthOf } from "../io";
import { gatewaysOf } from "../linted";
import { renderExplanation } from "../print/explanation";
import { arrivalsOf, loadOption, type TypedLoad } from "./load-option";
import { envOption, example, type Format, formatOption } from "./words";

export interface ExplainOptions {
  readonly file: string;
  readonly env: string | undefined;
  /** Undefined: all of the file's instances. */
  readonly instance: string | undefined;
  readonly format: Format;
  /** Left out: a few loads, split evenly over the tiers. */
  readonly load: TypedLoad | undefined;
}

type Typed = Omit<ExplainOptions, "file">;

export const newExplainCommand = (run: (options: ExplainOptions) => Promise<void>): Command =>
  new Command("explain")
    .description("Say what is derived from a gateway file, and why: interval, rate reached, waits, retries, cost.")
    .argument("<file>", "gateway file")
    .addOption(envOption())
    .addOption(instanceOption())
    .addOption(formatOption("what was derived"))
    .addOption(loadOption())
    .addHelpText(
      "after",
      example(
        "sluice explain gateways/companies-house.yaml",
        "sluice explain gateways/nvd.yaml --load HIGH=10/m,BATCH=1/s",
      ),
    )
    .action((file: string, { env, instance, format, load }: Typed) => run({ file, env, instance, format, load }));

/** Explains what one file makes, each of its instances; findings in it are printed instead. */
export async function runExplain(options: ExplainOptions, io: Io): Promise<ExitCode> {
  const { file, env, instance } = options;
  const gateways = await gatewaysOf([{ file, text: await readText(file, io) }], env, io);
  if (gateways === undefined) return 1;
  const explanations = chosenInstances(gateways, instance, file).map((gateway) => explain(gateway, options.load));
  printLine(io.stdout, render(explanations, options, io));
  return 0;
}

function explain({ spec }: LintedGateway, load: TypedLoad | undefined): Explanation {
  const plan = planGateway(spec);
  const arrivals = arrivalsOf(
    load,
    plan.tiers.map(({ name }) => name),
  );
  return explainPlan(plan, arrivals === undefined ? {} : { load: arrivals });
}

function render(explanations: readonly Explanation[], { format }: ExplainOptions, io: Io): string {
  const [only] = explanations;
  if (format === "json") return JSON.stringify(explanations.length === 1 ? only : { instances: explanations }, null, 2);
  const [colors, width] = [colorsOf(io.stdout, io.env), widthOf(io.stdout)];
  return explanations.map((explanation) => renderExplanation(explanation, colors, width)).join(BETWEEN);
}

/** Between two gateways, each of which has empty lines in it. */
const BETWEEN = "\n\n\n";
