import { showRoughly } from "../duration";
import type { GatewayPlan, TierPlan } from "../plan-types";
import type { Micros } from "../units";
import type { LoadFact, TierWait, WaitsFact } from "./explanation";
import type { Pace } from "./pace";
import { highestAtMostUs, type MeanWait, meanWaits, type TierLoad, WAIT_FORMULA } from "./waits";
import { percent, perSecondOf, showRate } from "./words";

/** Requests a second, by tier; a tier that is not named has none. */
export type ArrivalsByTier = Readonly<Record<string, number>>;

/** Shares of the rate reached at which waits are told when no load is given. */
const LOAD_SHARES = [0.5, 0.8, 0.95] as const;

/**
 * Mean waits of each tier at a few loads.
 *
 * @param load what comes in; left out: 50, 80 and 95 % of the rate reached, split evenly over the tiers
 */
export function waitsFact({ tiers }: GatewayPlan, pace: Pace, load: ArrivalsByTier | undefined): WaitsFact {
  const ratePerSecond = perSecondOf(pace.startEveryUs);
  const even = (share: number) =>
    Object.fromEntries(tiers.map(({ name }) => [name, (share * ratePerSecond) / tiers.length]));
  const given = load ?? even(LOAD_SHARES[0]);
  const columns = load
    ? [loadFact(tiers, pace.startEveryUs, "this load", load)]
    : LOAD_SHARES.map((share) => loadFact(tiers, pace.startEveryUs, `${share * 100} % load`, even(share)));
  const lowest = tiers.at(-1)?.name ?? "";
  const endless = { ...given, [lowest]: Number.POSITIVE_INFINITY };
  const backlog = loadFact(tiers, pace.startEveryUs, `endless ${lowest}`, endless);
  const split = load
    ? `arrivals as given: ${tiers.map(({ name }) => `${name} ${load[name] ? showRate(load[name]) : "nothing"}`).join(", ")}`
    : `a load is a part of the rate reached (${showRate(ratePerSecond)})${tiers.length === 1 ? "" : ", split evenly over the tiers"}`;
  const others = tiers.length === 2 ? `requests of ${tiers[0]?.name ?? ""}` : "those of the other tiers";
  const backlogSplit = `${lowest} always has work, and ${others} come ${load ? "as given" : `as at ${LOAD_SHARES[0] * 100} % load`}`;
  // One tier alone always has work, or it has not: there is nobody to wait behind it.
  if (tiers.length === 1) return { formula: WAIT_FORMULA, split, loads: columns };
  return { formula: WAIT_FORMULA, split, backlogSplit, loads: [...columns, backlog] };
}

function loadFact(tiers: readonly TierPlan[], startEveryUs: Micros, name: string, load: ArrivalsByTier): LoadFact {
  const loads: TierLoad[] = tiers.map((tier) => ({ perSecond: load[tier.name] ?? 0, share: tier.share }));
  const means = meanWaits(startEveryUs, loads);
  const used = loads.reduce((sum, { perSecond }) => sum + (perSecond * startEveryUs) / 1_000_000, 0);
  const highest = highestAtMostUs(startEveryUs, loads);
  return {
    name,
    ...(Number.isFinite(used) ? { usedShare: used } : {}),
    ...(highest === undefined ? {} : { highestAtMostUs: highest, highestAtMost: showRoughly(highest) }),
    tiers: tiers.map((tier, rank) => tierWait(tier, loads[rank]?.perSecond ?? 0, means[rank] ?? { kind: "endless" })),
  };
}

function tierWait({ name, share }: TierPlan, perSecond: number, mean: MeanWait): TierWait {
  const base = { tier: name, ...(Number.isFinite(perSecond) ? { perSecond } : {}), kind: mean.kind };
  switch (mean.kind) {
    case "mean":
      return { ...base, meanWaitUs: mean.waitUs, wait: showRoughly(mean.waitUs) };
    case "share":
      return {
        ...base,
        startEveryUs: mean.startEveryUs,
        wait: `by its ${percent(share)}: a start every ${showRoughly(mean.startEveryUs)}`,
      };
    case "endless":
      return { ...base, wait: Number.isFinite(perSecond) ? "grows without end" : "always has work" };
  }
}
