import type { RunOutcome } from "../outcome";

/** What a search has done so far. */
export interface Totals {
  readonly runs: number;
  readonly failed: number;
  readonly requests: number;
  readonly calls: number;
  readonly simulatedMs: number;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** In how many of the runs it did. */
  readonly runsWithFault: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, number>>;
  readonly ends: Readonly<Record<string, number>>;
}

export const NOTHING: Totals = {
  runs: 0,
  failed: 0,
  requests: 0,
  calls: 0,
  simulatedMs: 0,
  faults: {},
  runsWithFault: {},
  operations: {},
  ends: {},
};

export const add = (totals: Totals, outcome: RunOutcome): Totals => ({
  runs: totals.runs + 1,
  failed: totals.failed + (outcome.violations.length > 0 ? 1 : 0),
  requests: totals.requests + outcome.requests,
  calls: totals.calls + outcome.calls,
  simulatedMs: totals.simulatedMs + outcome.simulatedMs,
  faults: sum(totals.faults, outcome.faults),
  runsWithFault: sum(totals.runsWithFault, Object.fromEntries(Object.keys(outcome.faults).map((kind) => [kind, 1]))),
  operations: sum(totals.operations, outcome.operations),
  ends: sum(totals.ends, outcome.ends),
});

function sum(
  some: Readonly<Record<string, number>>,
  more: Readonly<Partial<Record<string, number>>>,
): Record<string, number> {
  const all: Record<string, number> = { ...some };
  for (const [name, count = 0] of Object.entries(more)) all[name] = (all[name] ?? 0) + count;
  return all;
}

/** As text, the commonest first. */
export function renderTotals(totals: Totals): string[] {
  const hours = (totals.simulatedMs / 3_600_000).toFixed(1);
  const head = `${counted(totals.runs, "run")}, ${counted(totals.requests, "request")}, ${counted(totals.calls, "call")}, ${hours} h simulated; ${totals.failed === 0 ? "no violation" : `${counted(totals.failed, "run")} broke an invariant`}`;
  return [
    head,
    "",
    ...table("faults that struck", totals.faults),
    ...table("done to the gateways", totals.operations),
    ...table("how requests ended", totals.ends),
  ];
}

export const counted = (count: number, what: string): string => `${shown(count)} ${what}${count === 1 ? "" : "s"}`;

const shown = (count: number): string => count.toLocaleString("en-GB");

function table(title: string, counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return rows.length === 0 ? [] : [title, ...rows.map(([name, count]) => `${shown(count).padStart(12)}  ${name}`), ""];
}
