import { type Micros, us } from "../units";

/** What comes in for one tier, and what it is promised. */
export interface TierLoad {
  /** Requests a second; infinite where there is always another one. */
  readonly perSecond: number;
  /** Share of the starts, 0 to 1, that the tier gets while it has work; 0 for the highest. */
  readonly share: number;
}

export type MeanWait =
  | { readonly kind: "mean"; readonly waitUs: Micros }
  /** Higher tiers take more than there is: what starts is the tier's share, and that is enough for it. */
  | { readonly kind: "share"; readonly startEveryUs: Micros }
  /** More comes than can start: the queue grows, and each wait is longer than the one before. */
  | { readonly kind: "endless" };

/** How the waits are reckoned; the gateway as a queue. */
export const WAIT_FORMULA = "Cobham's formula for the M/D/1 queue with non-preemptive priorities";

/**
 * The mean wait of each tier, when requests come independently of each other (Poisson arrivals). One start takes the
 * gateway for an interval T, no more and no less, and a start that has begun is not taken back: one server with a
 * deterministic time of service and non-preemptive priorities.
 *
 * W(k) = W0 / ((1 − σ(k−1)) (1 − σ(k))), where σ(k) is the part of all starts that tier k and those above it need, and
 * W0 = min(ρ, 1) T/2 what is left of the interval under way: half of one, as often as one is.
 *
 * Shares decide who keeps up; they are not in the means, which they change little (see {@link highestAtMostUs}).
 *
 * @param loads highest first
 */
export function meanWaits(intervalUs: Micros, loads: readonly TierLoad[]): MeanWait[] {
  const parts = loads.map(({ perSecond }) => (perSecond * intervalUs) / 1_000_000);
  const residualUs = residual(intervalUs, parts);
  return loads.map(({ share }, rank): MeanWait => {
    const above = sum(parts.slice(0, rank));
    const own = parts[rank] ?? 0;
    if (above + own + sharesBelow(loads, parts, rank) < 1)
      return { kind: "mean", waitUs: us(residualUs / ((1 - above) * (1 - above - own))) };
    if (own < share) return { kind: "share", startEveryUs: us(intervalUs / share) };
    return { kind: "endless" };
  });
}

/**
 * What the highest tier's mean wait is at most when lower tiers claim their shares from it: as if their shares went
 * before it always, while in truth a lower tier displaces it only when it is owed two starts.
 *
 * @returns undefined when the highest tier would not keep up
 */
export function highestAtMostUs(intervalUs: Micros, loads: readonly TierLoad[]): Micros | undefined {
  const parts = loads.map(({ perSecond }) => (perSecond * intervalUs) / 1_000_000);
  const claimed = sharesBelow(loads, parts, 0);
  const left = 1 - claimed - (parts[0] ?? 0);
  return left <= 0 ? undefined : us(residual(intervalUs, parts) / ((1 - claimed) * left));
}

/** What is left of the interval under way when a request comes, on average. */
const residual = (intervalUs: Micros, parts: readonly number[]): number => (Math.min(1, sum(parts)) * intervalUs) / 2;

/** The starts, of all, that tiers below get whatever waits above: no more than they have work for. */
const sharesBelow = (loads: readonly TierLoad[], parts: readonly number[], rank: number): number =>
  sum(loads.slice(rank + 1).map(({ share }, index) => Math.min(share, parts[rank + 1 + index] ?? 0)));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
