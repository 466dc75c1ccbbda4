import { didYouMean, RULES } from "@sluice/dsl";
import { Command } from "commander";
import { ToolFailure } from "../failures";
import { type ExitCode, type Io, lookOf, printLine } from "../io";
import { renderRule, renderRules, ruleJson, rulesJson } from "../print/rule";
import { example, type Format, formatOption } from "./words";

export interface RuleOptions {
  /** `SL004` or `bare-number`; undefined: all of them. */
  readonly rule: string | undefined;
  readonly format: Format;
}

export const newRuleCommand = (run: (options: RuleOptions) => Promise<void>): Command =>
  new Command("rule")
    .description("Explain a rule of lint: why, with an example of wrong and of right. Without a name, list them all.")
    .argument("[rule]", "its number or its name, as findings give them")
    .addOption(formatOption("the page"))
    .addHelpText("after", example("sluice rule bare-number", "sluice rule SL004", "sluice rule"))
    .action((rule: string | undefined, { format }: Pick<RuleOptions, "format">) => run({ rule, format }));

/** Prints a rule's page, or the list of all rules. */
export async function runRule({ rule: asked, format }: RuleOptions, io: Io): Promise<ExitCode> {
  const look = lookOf(io.stdout, io);
  const rule = asked === undefined ? undefined : ruleCalled(asked, io.program);
  const json = rule === undefined ? rulesJson(RULES) : ruleJson(rule);
  if (format === "json") printLine(io.stdout, JSON.stringify(json, null, 2));
  else printLine(io.stdout, rule === undefined ? renderRules(RULES, look) : renderRule(rule, look));
  return 0;
}

type Rule = (typeof RULES)[number];

/** @throws ToolFailure when no rule has this number or name, with what may have been meant */
function ruleCalled(asked: string, program: string): Rule {
  const number = /^(?:sl)?(\d+)$/i.exec(asked)?.[1];
  const called = number === undefined ? asked.toLowerCase() : `SL${number.padStart(3, "0")}`;
  const rule = RULES.find(({ id, name }) => [id, name].includes(called));
  if (rule !== undefined) return rule;
  if (/^ld\d+$/i.test(asked))
    throw new ToolFailure(
      `${asked} is a finding in a load file. Those are listed in docs/simulate.md, under Findings.`,
    );
  const guess = didYouMean(
    called,
    RULES.map(({ name }) => name),
  );
  throw new ToolFailure(
    `There is no rule ${asked}.${guess === undefined ? "" : ` Did you mean ${guess}?`} All of them: ${program} rule`,
  );
}
