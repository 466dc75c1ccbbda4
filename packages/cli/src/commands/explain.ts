import { explainPlan, planGateway } from "@sluice/dsl";
import { Command } from "commander";
import { readText } from "../files";
import { colorsOf, type ExitCode, type Io, printLine, widthOf } from "../io";
import { gatewaysOf } from "../linted";
import { renderExplanation } from "../print/explanation";
import { arrivalsOf, loadOption, type TypedLoad } from "./load-option";
import { envOption, example, type Format, formatOption } from "./words";

export interface ExplainOptions {
  readonly file: string;
  readonly env: string | undefined;
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
    .addOption(formatOption("what was derived"))
    .addOption(loadOption())
    .addHelpText(
      "after",
      example(
        "sluice explain gateways/companies-house.yaml",
        "sluice explain gateways/nvd.yaml --load HIGH=10/m,BATCH=1/s",
      ),
    )
    .action((file: string, { env, format, load }: Typed) => run({ file, env, format, load }));

/** Explains one file's plan; findings in it are printed instead. */
export async function runExplain({ file, env, format, load }: ExplainOptions, io: Io): Promise<ExitCode> {
  const [gateway] = (await gatewaysOf([{ file, text: await readText(file, io) }], env, io)) ?? [];
  if (gateway === undefined) return 1;
  const plan = planGateway(gateway.spec);
  const arrivals = arrivalsOf(
    load,
    plan.tiers.map(({ name }) => name),
  );
  const explanation = explainPlan(plan, arrivals === undefined ? {} : { load: arrivals });
  if (format === "json") printLine(io.stdout, JSON.stringify(explanation, null, 2));
  else printLine(io.stdout, renderExplanation(explanation, colorsOf(io.stdout, io.env), widthOf(io.stdout)));
  return 0;
}
