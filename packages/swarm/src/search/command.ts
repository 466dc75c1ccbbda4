import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { drawScenario } from "../draw-scenario";
import type { Violation } from "../outcome";
import { runScenario } from "../run";
import type { Scenario } from "../scenario";
import type { Sighting } from "../sighting";
import { search } from "./search";
import { shrink } from "./shrink";
import { add, counted, NOTHING, renderTotals, type Totals } from "./totals";
import { renderTrace } from "./trace";

export interface SearchOptions {
  readonly minutes: number;
  readonly runs: number | undefined;
  /** Only this one. */
  readonly seed: number | undefined;
  /** Undefined: a new one for each search. */
  readonly from: number | undefined;
  readonly jobs: number;
  /** A file with a scenario, to be run instead. */
  readonly scenario: string | undefined;
  readonly trace: boolean;
  readonly shrink: boolean;
  readonly format: "pretty" | "json";
}

/** Where the words go, and what ends the work. */
export interface Terminal {
  readonly out: (line: string) => void;
  readonly progress: (line: string) => void;
  /** Keeps a text under a file name. @returns where, as a command line takes it */
  readonly save: (name: string, text: string) => string;
  readonly interrupt: AbortSignal;
}

const TELL_EVERY_MS = 10_000;

/** Wrong use, in words. */
export class WrongUse extends Error {
  override readonly name = "WrongUse";
}

export const newSearchCommand = (run: (options: SearchOptions) => Promise<void>): Command =>
  new Command("simulate:search")
    .description(
      "Search random scenarios in virtual time for one that breaks an invariant. A failure prints its seed, the scenario made as small as it gets, and what happened; exit 1.",
    )
    .option("--minutes <minutes>", "how long to search", positive, 1)
    .option("--runs <count>", "how many scenarios at most (default: as many as there is time for)", whole)
    .option("--from <seed>", "the first seed (default: one that was not searched before)", whole)
    .option("--jobs <count>", "processors to use", whole, 1)
    .option("--seed <seed>", "run this seed only, as a failure printed it", whole)
    .option("--scenario <file>", "run the scenario in this file only, as a failure wrote it")
    .option("--trace", "print everything that happened in a run that breaks something, or of --seed", false)
    .option("--no-shrink", "print the scenario as it was drawn")
    .addOption(new Option("--format <format>", "how to print").choices(["pretty", "json"]).default("pretty"))
    .addHelpText(
      "after",
      "\nExample:\n  npm run simulate:search -- --minutes 10 --jobs 2\n  npm run simulate:search -- --seed 4 --trace",
    )
    .action((options: SearchOptions) => run(options));

function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Give a number of minutes above 0, such as 10 or 0.5.");
  return value;
}

/** @returns the exit code: 0 nothing was broken, 1 something was, 130 ended by Ctrl-C before the time was up */
export async function runSearch(options: SearchOptions, terminal: Terminal): Promise<0 | 1 | 130> {
  const one = await onlyScenario(options);
  if (one !== undefined) return replay(one, options, terminal);
  const {
    totals,
    failures: [failure],
  } = await searchSeeds(options, terminal);
  if (failure !== undefined) return tellFailure(drawScenario(failure.seed), totals, options, terminal);
  tellTotals(totals, options, terminal);
  return terminal.interrupt.aborted ? 130 : 0;
}

async function onlyScenario({ seed, scenario }: SearchOptions): Promise<Scenario | undefined> {
  if (seed !== undefined && scenario !== undefined) {
    throw new WrongUse("--seed and --scenario each name one scenario. Give one of them.");
  }
  if (scenario !== undefined) return readScenario(scenario);
  return seed === undefined ? undefined : drawScenario(seed);
}

async function readScenario(file: string): Promise<Scenario> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new WrongUse(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  try {
    const scenario = JSON.parse(text);
    if (scenario?.version === 1 && Array.isArray(scenario.requests)) return scenario;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Told below, like JSON of another shape.
  }
  throw new WrongUse(
    `${file} holds no scenario of version 1. Give the file that a failing search wrote, or what --format json has under failure.scenario.`,
  );
}

function searchSeeds(options: SearchOptions, terminal: Terminal) {
  const from = options.from ?? Math.floor(Date.now() / 1_000);
  const until = Date.now() + options.minutes * 60_000;
  let toldAt = Date.now();
  terminal.progress(`searching from seed ${from} on …`);
  return search(
    {
      from,
      runs: options.runs,
      jobs: Math.max(1, options.jobs),
      // A number of runs without a time is that number, however long it takes.
      isTimeUp: () => terminal.interrupt.aborted || (options.runs === undefined && Date.now() >= until),
    },
    (totals) => {
      if (Date.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = Date.now();
      terminal.progress(`${counted(totals.runs, "run")}, ${counted(totals.calls, "call")}, nothing broken`);
    },
  );
}

async function replay(scenario: Scenario, options: SearchOptions, terminal: Terminal): Promise<0 | 1> {
  const seen: Sighting[] = [];
  const outcome = await runScenario(scenario, (sighting) => seen.push(sighting));
  const totals = add(NOTHING, outcome);
  const [violation] = outcome.violations;
  if (violation !== undefined) return tellFailure(scenario, totals, options, terminal);
  if (options.trace && options.format === "pretty") {
    for (const line of renderTrace(seen, { invariant: "soundness", message: "" }, true)) terminal.out(line);
  }
  tellTotals(totals, options, terminal);
  return 0;
}

async function tellFailure(scenario: Scenario, totals: Totals, options: SearchOptions, terminal: Terminal): Promise<1> {
  const first = await runScenario(scenario);
  const invariant = first.violations[0]?.invariant;
  const breaks = tellingOf(terminal, async (candidate) => {
    if (terminal.interrupt.aborted) return false;
    return (await runScenario(candidate)).violations[0]?.invariant === invariant;
  });
  if (options.shrink) terminal.progress(`seed ${scenario.seed} breaks ${invariant}; making it smaller …`);
  const smallest = options.shrink ? await shrink(scenario, breaks) : scenario;
  const seen: Sighting[] = [];
  const outcome = await runScenario(smallest, (sighting) => seen.push(sighting));
  const violation = outcome.violations[0] ?? NOT_AGAIN;
  if (options.format === "json") {
    terminal.out(
      JSON.stringify({ ...totals, failure: { seed: scenario.seed, violation, scenario: smallest } }, null, 2),
    );
    return 1;
  }
  const saved = () => terminal.save(`seed-${scenario.seed}.json`, `${JSON.stringify(smallest)}\n`);
  const lines = [
    `seed ${scenario.seed} breaks ${violation.invariant}: ${violation.message}`,
    "",
    "what happened:",
    ...renderTrace(seen, violation, options.trace),
    "",
    ...renderTotals(totals),
    `again: npm run simulate:search -- --seed ${scenario.seed}`,
    ...(options.scenario === undefined || smallest !== scenario
      ? [`the scenario alone, ${sizeOf(scenario, smallest)}: npm run simulate:search -- --scenario ${saved()}`]
      : []),
  ];
  for (const line of lines) terminal.out(line);
  return 1;
}

/** Making a scenario smaller takes minutes: says now and then how far it is. */
function tellingOf(terminal: Terminal, breaks: (candidate: Scenario) => Promise<boolean>): typeof breaks {
  let toldAt = Date.now();
  let tried = 0;
  return async (candidate) => {
    tried += 1;
    if (Date.now() - toldAt >= TELL_EVERY_MS) {
      toldAt = Date.now();
      terminal.progress(`${tried} smaller scenarios tried, now ${counted(candidate.requests.length, "request")} …`);
    }
    return breaks(candidate);
  };
}

const NOT_AGAIN: Violation = {
  invariant: "soundness",
  message: "the run did not break again: something in it is not decided by its seed",
};

const sizeOf = (drawn: Scenario, { requests }: Scenario): string =>
  `${requests.length} of ${drawn.requests.length} requests`;

function tellTotals(totals: Totals, { format }: SearchOptions, terminal: Terminal): void {
  if (format === "json") terminal.out(JSON.stringify(totals, null, 2));
  else for (const line of renderTotals(totals)) terminal.out(line);
}
