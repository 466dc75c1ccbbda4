import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Dispatch } from "../scenario";
import { parseChoices } from "./course";
import { type Explorer, exploreScope, replayScope } from "./explore-scope";
import { type Explored, renderExplored, renderFailure } from "./print";
import type { Scope } from "./scope";

interface Options {
  readonly dispatch?: Dispatch;
  readonly requests?: number;
  readonly tiers?: number;
  readonly slots?: number;
  readonly crashes?: number;
  readonly late?: Bound;
  readonly orders?: Bound;
  readonly minutes?: number;
  readonly patch?: string;
  readonly replay?: number[];
  readonly format: "text" | "json";
}

/** A number, or no bound at all. */
type Bound = number | "all";

/** What is explored when no scope is asked for: each is complete, and together they take some minutes. */
export const SCOPES: readonly Scope[] = [
  { dispatch: "doorbell", requests: 1, tiers: 1, slots: 2, crashes: 1, lates: 1, orders: 0 },
  { dispatch: "doorbell", requests: 2, tiers: 2, slots: 2, crashes: 0, lates: 0, orders: undefined },
  { dispatch: "doorbell", requests: 3, tiers: 2, slots: 2, crashes: 0, lates: 0, orders: undefined },
  { dispatch: "doorbell", requests: 3, tiers: 2, slots: 2, crashes: 1, lates: 0, orders: 1 },
  { dispatch: "doorbell", requests: 3, tiers: 2, slots: 2, crashes: 1, lates: 1, orders: 0 },
  { dispatch: "deferral", requests: 1, tiers: 1, slots: 2, crashes: 1, lates: 1, orders: 0 },
  { dispatch: "deferral", requests: 2, tiers: 2, slots: 2, crashes: 0, lates: 0, orders: undefined },
  { dispatch: "deferral", requests: 2, tiers: 2, slots: 2, crashes: 1, lates: 1, orders: 0 },
  { dispatch: "deferral", requests: 3, tiers: 2, slots: 2, crashes: 1, lates: 0, orders: 1 },
];

const EXAMPLES = `
Examples:
  npm run simulate:small-scopes                      every scope that is explored completely
  npm run simulate:small-scopes -- --requests 2 --tiers 2 --crashes 1 --late 1
  npm run simulate:small-scopes -- --requests 1 --crashes 1 --late 1 --patch packages/swarm/small-scopes/PLANTED.patch
  npm run simulate:small-scopes -- --requests 1 --crashes 1 --late 1 --replay 34:1,57:1

Ctrl-C stops and prints what was counted. Exit code 0: nothing was broken; 1: something was, or not every run was made;
2: wrong use.`;

/** The whole command. @returns the exit code */
export async function runCommand(words: readonly string[], stop: AbortSignal): Promise<number> {
  let exitCode = 0;
  const command = newCommand().action(async (options: Options) => {
    exitCode = await run(options, stop);
  });
  try {
    await command.parseAsync([...words], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof RangeError) && !isMissingFile(error)) throw error;
    const hint = isMissingFile(error) ? " Give the path of a patch." : "";
    process.stderr.write(`simulate:small-scopes: ${error.message}${hint}\n`);
    return 2;
  }
}

const isMissingFile = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && ["ENOENT", "EISDIR", "EACCES"].includes(String(error.code));

const newCommand = (): Command =>
  new Command("simulate:small-scopes")
    .description(
      "Makes every run of a small scope: the worker's core on the models of AWS, with everything that may happen in " +
        "another order in every order, and a worker's death at every await. Each run is held against the invariants.",
    )
    .option("--requests <count>", "1 to 3 (1, when any other bound is given)", between(1, 3))
    .option("--tiers <count>", "1 or 2 (1)", between(1, 2))
    .addOption(
      new Option("--dispatch <dispatch>", "how work reaches the worker (doorbell)").choices(["doorbell", "deferral"]),
    )
    .option(
      "--slots <count>",
      "1 or 2 (2): in deferral side by side, with the doorbell environments whose turns follow each other",
      between(1, 2),
    )
    .option("--crashes <count>", "0 or 1 (0)", between(0, 1))
    .option("--late <count|all>", "steps that take longer than an interval (0)", bound)
    .option("--orders <count|all>", "times that something comes out of the plain order (all)", bound)
    .option("--minutes <minutes>", "stops each scope after so long, complete or not", minutes)
    .option("--patch <file>", "explores a copy of the sources with this unified diff")
    .option("--replay <choices>", "makes the one run of the scope with these choices and prints its steps", choices)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .addHelpText("after", EXAMPLES)
    .exitOverride();

const between = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  return value;
};

function bound(text: string): Bound {
  if (text === "all") return text;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Write a whole number, or all.");
  return Number(text);
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Write a number of minutes above 0.");
  return value;
}

function choices(text: string): number[] {
  try {
    return parseChoices(text);
  } catch (error) {
    throw error instanceof RangeError ? new InvalidArgumentError(error.message) : error;
  }
}

function scopesOf(options: Options): readonly Scope[] {
  const { dispatch, requests, tiers, slots, crashes, late, orders, replay } = options;
  const isAsked = [dispatch, requests, tiers, slots, crashes, late, orders, replay].some(
    (value) => value !== undefined,
  );
  if (!isAsked) return SCOPES;
  const scope = { requests: requests ?? 1, tiers: tiers ?? 1, slots: slots ?? 2, crashes: crashes ?? 0 };
  return [
    { dispatch: dispatch ?? "doorbell", ...scope, lates: numberOf(late ?? 0), orders: numberOf(orders ?? "all") },
  ];
}

const numberOf = (value: Bound): number | undefined => (value === "all" ? undefined : value);

async function run(options: Options, stop: AbortSignal): Promise<number> {
  const explorer = await explorerOf(options);
  const scopes = scopesOf(options);
  const [first] = scopes;
  if (options.replay !== undefined && first !== undefined)
    return replay(explorer, first, options.replay, options.patch);
  const explored: Explored[] = [];
  for (const scope of scopes) {
    if (stop.aborted) break;
    explored.push({ scope, ...(await exploreOne(explorer, scope, options, stop)) });
  }
  process.stdout.write(options.format === "json" ? renderJson(explored) : renderText(explored, options.patch));
  const isClean = explored.every(({ isComplete, counts }) => isComplete && counts.violations === 0);
  return isClean && explored.length === scopes.length ? 0 : 1;
}

async function explorerOf({ patch }: Options): Promise<Explorer> {
  if (patch === undefined) return { exploreScope, replayScope };
  // esbuild is loaded for this alone.
  const { explorerWith } = await import("./patched.js");
  return explorerWith(readFileSync(patch, "utf8"));
}

const PROGRESS_EVERY_S = 2;

async function exploreOne({ exploreScope }: Explorer, scope: Scope, options: Options, stop: AbortSignal) {
  const isShown = process.stderr.isTTY;
  let toldAt = 0;
  const exploration = await exploreScope(scope, {
    goesOn: (counts) => {
      if (isShown && counts.seconds - toldAt >= PROGRESS_EVERY_S) {
        toldAt = counts.seconds;
        process.stderr.write(
          `\r${scope.dispatch}, ${scope.requests} requests: ${counts.runs} runs, ${counts.states} states, ${Math.round(toldAt)} s `,
        );
      }
      return !stop.aborted && counts.seconds < 60 * (options.minutes ?? Number.POSITIVE_INFINITY);
    },
  });
  if (isShown && toldAt > 0) process.stderr.write("\r\u001b[K");
  return exploration;
}

async function replay(explorer: Explorer, scope: Scope, given: readonly number[], patch?: string): Promise<number> {
  const run = await explorer.replayScope(scope, given);
  process.stdout.write(`${renderFailure(scope, run, patch)}\n`);
  return run.violations.length > 0 ? 1 : 0;
}

function renderText(explored: readonly Explored[], patch?: string): string {
  const failures = explored.flatMap(({ scope, failures: [first] }) => (first === undefined ? [] : [{ scope, first }]));
  const traces = failures.map(({ scope, first }) => `\n${renderFailure(scope, first, patch)}\n`);
  return `${renderExplored(explored)}\n${traces.join("")}`;
}

const renderJson = (explored: readonly Explored[]): string =>
  `${JSON.stringify(
    explored.map(({ failures, ...rest }) => ({
      ...rest,
      failures: failures.map(({ violations, forks, happened }) => ({
        violations,
        choices: forks.map(({ taken }) => taken),
        happened,
      })),
    })),
    null,
    2,
  )}\n`;
