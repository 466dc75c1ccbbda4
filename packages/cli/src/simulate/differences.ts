import type { RunReport, TierReport } from "./report";

/** What a figure is measured in. */
export type Unit = "us" | "count" | "share" | "usd";

/** One figure of two runs. */
export interface Difference {
  /** `HIGH: wait p99` */
  readonly figure: string;
  readonly unit: Unit;
  /** Of what is compared with; null where there is none. */
  readonly before: number | null;
  readonly after: number | null;
  /** after − before; null where one of them is missing. */
  readonly difference: number | null;
}

/** The figures of two runs side by side, in the order of the tiers; those that are nothing in both are left out. */
export function differencesOf(before: RunReport, after: RunReport): Difference[] {
  const tiers = [...new Set([...before.tiers, ...after.tiers].map(({ tier }) => tier))];
  const both = (figure: string, unit: Unit, of: (run: RunReport) => number | undefined): Difference =>
    difference(figure, unit, of(before), of(after));
  const ofTiers = tiers.flatMap((name) =>
    TIER_FIGURES.map(([figure, unit, of]) =>
      both(`${name}: ${figure}`, unit, ({ tiers: all }) => {
        const tier = all.find((one) => one.tier === name);
        return tier && of(tier);
      }),
    ),
  );
  const all = [...ofTiers, ...RUN_FIGURES.map(([figure, unit, of]) => both(figure, unit, of))];
  return all.filter((one) => one.before || one.after);
}

const TIER_FIGURES: readonly (readonly [string, Unit, (tier: TierReport) => number | undefined])[] = [
  ["wait p50", "us", ({ waits }) => waits?.p50Us],
  ["wait p90", "us", ({ waits }) => waits?.p90Us],
  ["wait p99", "us", ({ waits }) => waits?.p99Us],
  ["longest wait", "us", ({ waits }) => waits?.maxUs],
  ["succeeded", "count", ({ ends }) => ends.succeeded],
  ["throttled", "count", ({ ends }) => ends.throttled],
  ["unavailable", "count", ({ ends }) => ends.unavailable],
  ["unknown", "count", ({ ends }) => ends.unknown],
  ["rejected", "count", ({ ends }) => ends.rejected],
  ["expired", "count", ({ ends }) => ends.expired],
  ["still there at the end", "count", ({ left }) => left],
];

const RUN_FIGURES: readonly (readonly [string, Unit, (run: RunReport) => number | undefined])[] = [
  ["backlogs worked off in", "us", ({ backlogs }) => longestDrain(backlogs)],
  ["calls", "count", ({ calls }) => calls],
  ["share of the limit", "share", ({ limit }) => limit.usedShare],
  ["worker time", "us", ({ worker }) => worker.durationUs],
  ["cost", "usd", ({ cost }) => cost.usd],
  ["cost of a million requests", "usd", ({ cost }) => cost.usdPerMillion],
];

/** Until the last backlog was worked off; undefined where one was not. */
function longestDrain(backlogs: RunReport["backlogs"]): number | undefined {
  const drains = backlogs.flatMap(({ drainUs }) => drainUs ?? []);
  return drains.length > 0 && drains.length === backlogs.length ? Math.max(...drains) : undefined;
}

const difference = (figure: string, unit: Unit, before: number | undefined, after: number | undefined): Difference => ({
  ...{ figure, unit, before: before ?? null, after: after ?? null },
  difference: before === undefined || after === undefined ? null : after - before,
});
