import { explainPlan, planGateway } from "@sluice/dsl";
import { Command } from "commander";
import { readText } from "../files";
import { colorsOf, type ExitCode, type Io, printLine, widthOf } from "../io";
import { gatewaysOf } from "../linted";
import { renderExplanation } from "../print/explanation";
import { envOption, example, type Format, formatOption } from "./words";

export interface ExplainOptions {
  readonly file: string;
  readonly env: string | undefined;
  readonly format: Format;
}

type Typed = Omit<ExplainOptions, "file">;

export const newExplainCommand = (run: (options: ExplainOptions) => Promise<void>): Command =>
  new Command("explain")
    .description("Say what is derived from a gateway file, and why: interval, rate reached, open calls, retries.")
    .argument("<file>", "gateway file")
    .addOption(envOption())
    .addOption(formatOption("what was derived"))
    .addHelpText("after", example("sluice explain gateways/companies-house.yaml"))
    .action((file: string, { env, format }: Typed) => run({ file, env, format }));

/** Explains one file's plan; findings in it are printed instead. */
export async function runExplain({ file, env, format }: ExplainOptions, io: Io): Promise<ExitCode> {
  const [gateway] = gatewaysOf([{ file, text: await readText(file, io) }], env, io) ?? [];
  if (gateway === undefined) return 1;
  const explanation = explainPlan(planGateway(gateway.spec));
  if (format === "json") printLine(io.stdout, JSON.stringify(explanation, null, 2));
  else printLine(io.stdout, renderExplanation(explanation, colorsOf(io.stdout, io.env), widthOf(io.stdout)));
  return 0;
}
