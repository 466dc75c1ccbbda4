import Table from "cli-table3";
import { renderChoices } from "./course";
import type { Counts, Exploration } from "./explore";
import type { ScopeRun } from "./run";
import type { Scope } from "./scope";

/** A scope and what came of exploring it. */
export interface Explored extends Exploration {
  readonly scope: Scope;
}

const HEAD = [
  "dispatch",
  "requests",
  "tiers",
  "slots",
  "crashes",
  "late",
  "orders",
  "choices",
  "runs",
  "pruned",
  "states",
];

export function renderExplored(explored: readonly Explored[]): string {
  const table = new Table({
    head: [...HEAD, "violations", "seconds", "complete"],
    colAligns: ["left", ...Array.from({ length: 13 }, () => "right" as const)],
    style: { head: [], border: [], compact: true },
  });
  for (const { scope, counts, isComplete } of explored)
    table.push([...boundsOf(scope), ...figuresOf(counts), isComplete ? "yes" : "no"]);
  return table.toString();
}

const boundsOf = ({ dispatch, requests, tiers, slots, crashes, lates, orders }: Scope): string[] => [
  dispatch,
  ...[requests, tiers, slots, crashes].map(String),
  atMost(lates),
  atMost(orders),
];

const atMost = (bound: number | undefined): string => (bound === undefined ? "all" : `<= ${bound}`);

const figuresOf = ({ choices, runs, pruned, states, violations, seconds }: Counts): string[] => [
  ...[choices, runs, pruned, states, violations].map((count) => count.toLocaleString("en")),
  seconds.toFixed(1),
];

/**
 * What was broken, every step that led there, and how to see it again.
 *
 * @param patch the file of the defect that was explored
 */
export function renderFailure(scope: Scope, run: ScopeRun, patch?: string): string {
  const width = Math.max(...run.happened.map(({ atUs }) => secondsOf(atUs).length));
  const steps = run.happened.map(
    ({ atUs, label, detail, isChosen }) =>
      `${secondsOf(atUs).padStart(width)} ${isChosen ? "*" : " "} ${label}${detail === undefined ? "" : `  [${detail}]`}`,
  );
  return [
    ...(run.violations.length === 0 ? ["Nothing was broken."] : []),
    ...run.violations.map(({ invariant, message }) => `${invariant}: ${message}`),
    "",
    "seconds; * is what was chosen, or went wrong; in brackets queues that changed: messages waiting + in hand",
    ...steps,
    "",
    `Again: npm run simulate:small-scopes -- ${optionsOf(scope)}${patch === undefined ? "" : ` --patch ${patch}`} --replay ${renderChoices(run.forks)}`,
  ].join("\n");
}

const secondsOf = (atUs: number): string => (atUs / 1_000_000).toFixed(3);

const optionsOf = ({ dispatch, requests, tiers, slots, crashes, lates, orders }: Scope): string =>
  `--dispatch ${dispatch} --requests ${requests} --tiers ${tiers} --slots ${slots} --crashes ${crashes} --late ${lates ?? "all"} --orders ${orders ?? "all"}`;
