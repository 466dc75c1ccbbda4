import { didYouMean } from "@sluice/dsl";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { loadMutants, type Mutant } from "./catalogue";
import { type CleanResult, runClean } from "./clean";
import { type Examined, examine } from "./examine";
import { MutantFailure, StalePatch } from "./failures";
import { isProven, type Report, renderJson, renderPretty, wordOf, wordsOf } from "./report";
import type { Seeds } from "./trial";

/** What the command has around it; handed in, so that it runs in a test. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** How wide the terminal is. */
  readonly columns: number;
  /** The file that knows on which seeds the sources as they are broke nothing; left out: one below `.build`. */
  readonly memory?: string;
}

interface Options {
  readonly seeds: Seeds;
  readonly jobs: number;
  readonly format: "pretty" | "json";
}

/**
 * The whole command: words in, exit code out. 0 when every mutant is caught, 1 when one is not or the sources as they are
 * break something, 2 for wrong use.
 */
export async function main(words: readonly string[], surroundings: Surroundings): Promise<number> {
  let code = 0;
  const command = newCommand(surroundings).action(async (names: string[], options: Options) => {
    const report = await runMutants(choose(names, loadMutants()), options, surroundings);
    surroundings.out(options.format === "json" ? renderJson(report) : renderPretty(report, surroundings.columns));
    code = isProven(report) ? 0 : 1;
  });
  try {
    await command.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof MutantFailure || error instanceof StalePatch)) throw error;
    surroundings.err(`${error.message}\n`);
    return error instanceof StalePatch ? 1 : 2;
  }
}

const newCommand = ({ out, err }: Surroundings): Command =>
  new Command("npm run simulate:mutants --")
    .description(
      "Runs the swarm's seeds on deliberate defects of the worker, the plan and the state machine, one at a time, and " +
        "shows which invariant catches each. Exit 1 when one is not caught, or a patch no longer applies.",
    )
    .argument("[names...]", "mutants of packages/swarm/mutants; all when none is named")
    .addOption(
      new Option("--seeds <range>", "seeds to run: 1-250, or one")
        .default({ first: 1, last: 250 }, "1-250")
        .argParser(parseSeeds),
    )
    .addOption(new Option("--jobs <count>", "mutants at a time").default(2).argParser(parseJobs))
    .addOption(
      new Option("--format <format>", "of the result on standard output").choices(["pretty", "json"]).default("pretty"),
    )
    .addHelpText(
      "after",
      "\nExample:\n  npm run simulate:mutants -- ignores-retry-after trusts-stale-memory --seeds 1-50",
    )
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();

function parseSeeds(text: string): Seeds {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const seeds = { first: Number(first), last: Number(last) };
  if (!(seeds.first >= 1 && seeds.first <= seeds.last && seeds.last <= Number.MAX_SAFE_INTEGER)) {
    throw new InvalidArgumentError("Write a range such as 1-200, the smaller first, or one seed, 7.");
  }
  return seeds;
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64)
    throw new InvalidArgumentError("Write a whole number, 1 to 64.");
  return jobs;
}

function choose(names: readonly string[], mutants: readonly Mutant[]): readonly Mutant[] {
  if (names.length === 0) return mutants;
  const known = mutants.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const guess = didYouMean(unknown, known);
    const hint = guess === undefined ? `There are:\n  ${known.join("\n  ")}` : `Did you mean ${guess}?`;
    throw new MutantFailure(`There is no mutant ${unknown} in packages/swarm/mutants. ${hint}`);
  }
  return mutants.filter(({ name }) => names.includes(name));
}

async function runMutants(
  mutants: readonly Mutant[],
  options: Options,
  { err: say, memory }: Surroundings,
): Promise<Report> {
  const { seeds, jobs } = options;
  say(`${mutants.length} mutants, ${wordsOf(seeds)}\n`);
  let done = 0;
  const tell = ({ mutant, finding, seconds }: Examined) => {
    done += 1;
    const at = "seed" in finding ? ` at seed ${finding.seed}` : "";
    say(`${done}/${mutants.length} ${mutant.name}: ${wordOf(finding)}${at}, ${seconds.toFixed(1)} s\n`);
  };
  const examined: Examined[] = [];
  let clean: CleanResult | undefined;
  const tasks = [
    async () => {
      clean = await runClean(seeds, memory);
      say(`the sources as they are: ${clean.end.kind === "kept" ? "nothing broken" : clean.end.kind}\n`);
    },
    ...mutants.map((mutant, index) => async () => {
      const found = await examine(mutant, seeds);
      examined[index] = found;
      tell(found);
    }),
  ];
  await inTurn(tasks, jobs);
  if (clean === undefined) throw new Error("the sources as they are were not run");
  return { seeds, clean, examined };
}

/** Does all tasks in their order, so many at a time. */
async function inTurn(tasks: readonly (() => Promise<void>)[], jobs: number): Promise<void> {
  const left = tasks.values();
  const worker = async () => {
    for (const task of left) await task();
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

/** Runs the command in this process. */
export async function runProcess(): Promise<void> {
  // Ends what runs beside it and removes what it wrote: both are done when a process exits.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    columns: process.stdout.columns ?? 160,
  });
}
