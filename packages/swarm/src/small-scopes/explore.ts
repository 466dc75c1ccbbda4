import type { Deployment } from "../deploy";
import { type Allowance, canPay, nextGiven } from "./course";
import { newStage, runScope, type ScopeRun } from "./run";
import type { Scope } from "./scope";

/** What has been counted so far. */
export interface Counts {
  readonly runs: number;
  /** Runs that were given up in a state that another run had come to. */
  readonly pruned: number;
  /** Places where more than one way was open, each counted once. */
  readonly choices: number;
  /** Different states between steps. */
  readonly states: number;
  /** Runs that broke something. */
  readonly violations: number;
  readonly seconds: number;
}

export interface Exploration {
  readonly counts: Counts;
  /** Every run within the scope was made or given up for one that was. */
  readonly isComplete: boolean;
  readonly failures: readonly ScopeRun[];
}

export interface ExploreOptions {
  /** Asked before every run. */
  readonly goesOn?: (counts: Counts) => boolean;
  /** Failing runs that are kept with their traces; the others are counted. 10 when left out. */
  readonly maxFailures?: number;
}

/** Makes every run of a scope, depth first, each from the beginning; gives up those that come to a state seen before. */
export async function explore(
  scope: Scope,
  gateway: Deployment,
  { goesOn = () => true, maxFailures = 10 }: ExploreOptions = {},
): Promise<Exploration> {
  const stage = newStage(gateway);
  const beganAt = performance.now();
  const seen = new Map<string, readonly Allowance[]>();
  const isKnown = (state: string, left: Allowance): boolean => {
    const before = seen.get(state) ?? [];
    if (before.some((allowance) => canPay(left, allowance))) return true;
    seen.set(state, [...before, left]);
    return false;
  };
  const failures: ScopeRun[] = [];
  let [runs, pruned, choices, violations] = [0, 0, 0, 0];
  const counts = (): Counts => ({
    runs,
    pruned,
    choices,
    states: seen.size,
    violations,
    seconds: (performance.now() - beganAt) / 1_000,
  });
  for (let given: number[] | undefined = []; given !== undefined; ) {
    if (!goesOn(counts())) return { counts: counts(), isComplete: false, failures };
    const run: ScopeRun = await runScope(scope, stage, given, isKnown);
    runs += 1;
    if (run.isPruned) pruned += 1;
    choices += run.forks.length - given.length;
    if (run.violations.length > 0) {
      violations += 1;
      if (failures.length < maxFailures) failures.push(run);
    }
    given = nextGiven(run.forks);
  }
  return { counts: counts(), isComplete: true, failures };
}
