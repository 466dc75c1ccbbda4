import type { TierPlan } from "@sluice/dsl";

/** What each lower tier is owed, in starts. */
export type Credits = Readonly<Record<string, number>>;

/** Sums of shares such as 0.05 fall short of 1 by rounding. */
const ROUNDING = 1e-9;
/** A tier that is owed a start takes it from any tier but the highest … */
const DUE = 1 - ROUNDING;
/**
 * … and from the highest only when it is owed two. Taken at once, one start in twenty would be lost to a HIGH request that
 * waits for it, which is more than one in a hundred: its 99th percentile would be an interval longer.
 */
const OVERDUE = 2 - ROUNDING;
/** More than this is never owed: two tiers may come due at once, and the second waits one start. */
const MAX_CREDIT = 3;

/**
 * The tier whose request starts next: the highest that waits, unless a lower one is owed a whole start (two, where it is
 * the highest tier that would give it).
 *
 * @param tiers highest first
 * @param waits whether the tier has a request that could start
 */
export function pickTier(
  tiers: readonly TierPlan[],
  credits: Credits,
  waits: (tier: string) => boolean,
): string | undefined {
  const [highest] = tiers;
  const due = highest !== undefined && waits(highest.name) ? OVERDUE : DUE;
  let owed: { name: string; credit: number } | undefined;
  for (const tier of tiers.slice(1)) {
    const credit = credits[tier.name] ?? 0;
    if (credit >= due && waits(tier.name) && credit > (owed?.credit ?? 0)) owed = { name: tier.name, credit };
  }
  return owed?.name ?? tiers.find((tier) => waits(tier.name))?.name;
}

/**
 * Credits after a start. A lower tier with waiting work earns its share with every start, its own included, and pays one
 * for its own; one without work earns nothing and is owed nothing, or silence would be saved up for a later storm.
 */
export function creditsAfter(
  tiers: readonly TierPlan[],
  credits: Credits,
  startedTier: string,
  waits: (tier: string) => boolean,
): Credits {
  const next: Record<string, number> = {};
  for (const tier of tiers.slice(1)) {
    const started = tier.name === startedTier;
    if (!started && !waits(tier.name)) continue;
    const credit = (credits[tier.name] ?? 0) + tier.share - (started ? 1 : 0);
    next[tier.name] = Math.min(MAX_CREDIT, Math.max(0, credit));
  }
  return next;
}

/**
 * Who would start next, `count` starts ahead, if nothing else arrived: what is worth preparing now.
 *
 * @param waiting how many requests each tier has at hand
 */
export function predictPicks(
  tiers: readonly TierPlan[],
  credits: Credits,
  waiting: Readonly<Record<string, number>>,
  count: number,
): string[] {
  const left = { ...waiting };
  const waits = (tier: string) => (left[tier] ?? 0) > 0;
  const picks: string[] = [];
  let owed = credits;
  while (picks.length < count) {
    const tier = pickTier(tiers, owed, waits);
    if (tier === undefined) break;
    picks.push(tier);
    left[tier] = (left[tier] ?? 0) - 1;
    owed = creditsAfter(tiers, owed, tier, waits);
  }
  return picks;
}
