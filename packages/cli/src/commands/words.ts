import { InvalidArgumentError, Option } from "commander";

/** How results are printed: for people, or for machines. */
export type Format = "pretty" | "json";

export const formatOption = (what: string, formats: readonly string[] = ["pretty", "json"]): Option =>
  new Option("--format <format>", `how to print ${what}`).choices(formats).default("pretty");

export const envOption = (): Option =>
  new Option("--env <environment>", "apply this environment of the gateway file (its `environments`)");

/** An option's value that is a whole number within a range. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/** The help's last lines. */
export const example = (...lines: readonly string[]): string =>
  `\nExample${lines.length > 1 ? "s" : ""}:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
