// What the benchmarks are asked on the command line.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

export const SIZE = new Option("--size <size>", "small: a moment's run that shows that all of it works")
  .choices(["real", "small"])
  .default("real");

export const FORMAT = new Option("--format <format>", "of the result").choices(["pretty", "json"]).default("pretty");

export const SEED = wholeNumber("--seed <number>", "the same seed gives the same run", { least: 0, default: 1 });

/** @param {number} count when it is left out */
export const runsOption = (count) =>
  wholeNumber("--runs <count>", "of each, whose median is told", { least: 1, default: count });

/** @param {string} flags @param {string} description @param {{ least: number, default: number }} bounds */
export function wholeNumber(flags, description, { least, default: given }) {
  return new Option(flags, description).default(given).argParser((text) => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`Write a whole number from ${least} on.`);
  });
}

/**
 * A benchmark's words, by its options; what stands at the script's head is its help. Help ends the process with 0, a word
 * that it does not know with 2.
 *
 * @template {Record<string, unknown>} Words
 * @param {string} script its file
 * @param {Option[]} options
 * @returns {Words}
 */
export function readWords(script, options) {
  const command = new Command(`node bench/${basename(script)}`).description(headOf(script)).exitOverride();
  for (const option of options) command.addOption(option);
  command.showHelpAfterError(`See: node bench/${basename(script)} --help`);
  try {
    return command.parse().opts();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : 2);
  }
}

/** The comment with which it begins. @param {string} script */
function headOf(script) {
  const lines = readFileSync(script, "utf8").split("\n");
  const comment = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("//")),
  );
  return comment.map((line) => line.replace(/^\/\/ ?/, "")).join("\n");
}
