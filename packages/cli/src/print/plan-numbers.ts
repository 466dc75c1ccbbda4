import {
  DRAINED,
  type GatewayDiff,
  type PlanNumbers,
  showDollars,
  showDuration,
  showWhole,
  type TierNumbers,
} from "@sluice/dsl";
import { percentChange } from "./plan-words";

/** A figure before and after, and by how much it differs; a cell is empty where there is none. */
export type NumberRow = readonly [name: string, before: string, after: string, change: string];

export const NUMBER_HEAD: NumberRow = ["", "before", "after", "change"];

/** The figures of a gateway, for people; those of both sides first, then tier by tier. */
export function numberRows({ before, after }: GatewayDiff): NumberRow[] {
  const row = (name: string, show: (numbers: PlanNumbers) => string, value?: (numbers: PlanNumbers) => number) =>
    numberRow(name, before, after, show, value);
  return [
    row("limit", ({ rateLimit }) => rateLimit ?? "none"),
    row(
      "calls a second",
      (of) => String(of.callsPerSecond),
      (of) => of.callsPerSecond,
    ),
    row(
      "one call every",
      ({ intervalUs }) => showDuration(intervalUs),
      (of) => of.intervalUs,
    ),
    row(
      "most calls open",
      (of) => showWhole(of.openCalls),
      (of) => of.openCalls,
    ),
    row(
      `drain of ${showWhole(DRAINED)} requests`,
      (of) => showDuration(of.drainUs),
      (of) => of.drainUs,
    ),
    row(
      "a million requests, many waiting",
      (of) => showDollars(of.fullUsdPerMillion),
      (of) => of.fullUsdPerMillion,
    ),
    row(
      "a million requests, one by one",
      (of) => showDollars(of.sparseUsdPerMillion),
      (of) => of.sparseUsdPerMillion,
    ),
    row(
      "the gateway itself, a month",
      (of) => showDollars(of.usdPerMonth),
      (of) => of.usdPerMonth,
    ),
    ...tierNames(before, after).flatMap((name) => tierRows(name, tierOf(before, name), tierOf(after, name))),
  ];
}

function numberRow<Numbers>(
  name: string,
  before: Numbers | undefined,
  after: Numbers | undefined,
  show: (numbers: Numbers) => string,
  value?: (numbers: Numbers) => number | undefined,
): NumberRow {
  const [was, is] = [before && value?.(before), after && value?.(after)];
  const change = was === undefined || is === undefined || was === is ? "" : percentChange(was, is);
  return [name, before ? show(before) : "", after ? show(after) : "", change];
}

function tierRows(name: string, before: TierNumbers | undefined, after: TierNumbers | undefined): NumberRow[] {
  const row = (what: string, show: (tier: TierNumbers) => string, value: (tier: TierNumbers) => number | undefined) =>
    numberRow(`${name} ${what}`, before, after, show, value);
  return [
    row(
      "timeout",
      ({ timeoutUs }) => showDuration(timeoutUs),
      (tier) => tier.timeoutUs,
    ),
    row("starts within, all others busy", startText, ({ startWithinUs }) => startWithinUs ?? undefined),
    row(
      "at once, all before the timeout",
      (tier) => showWhole(tier.callsWithinTimeout),
      (tier) => tier.callsWithinTimeout,
    ),
  ];
}

const startText = ({ startWithinUs }: TierNumbers): string =>
  startWithinUs === null ? "not promised" : showDuration(startWithinUs);

const tierOf = (numbers: PlanNumbers | undefined, name: string): TierNumbers | undefined =>
  numbers?.tiers.find((tier) => tier.name === name);

function tierNames(before: PlanNumbers | undefined, after: PlanNumbers | undefined): string[] {
  const names = [after, before].flatMap((numbers) => numbers?.tiers.map(({ name }) => name) ?? []);
  return [...new Set(names)];
}
