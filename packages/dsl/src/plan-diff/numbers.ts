import type { GatewayPlan, TierPlan } from "../plan-types";
import { type Micros, us } from "../units";
import { DRAINED, type LimitFacts, type PlanNumbers, type TierNumbers } from "./types";

/** The figures that a change of this plan is judged by. */
export function numbersOf(plan: GatewayPlan): PlanNumbers {
  return {
    ...limitFactsOf(plan),
    openCalls: plan.openCalls,
    responseTimeoutUs: plan.timeouts.responseUs,
    drainUs: us(DRAINED * plan.limit.intervalUs),
    functionTimeoutUs: plan.worker.functionTimeoutUs,
    tiers: plan.tiers.map((tier, rank) => tierNumbers(plan, tier, rank)),
  };
}

export const limitFactsOf = ({ limit }: GatewayPlan): LimitFacts => ({
  rateLimit: limit.rate?.text ?? null,
  callsPerSecond: callsPerSecond(limit.intervalUs),
  intervalUs: limit.intervalUs,
  jitterUs: limit.jitterUs,
});

/** To four digits: more than anybody reads, and `50/30s` stays what it is. */
export const callsPerSecond = (intervalUs: Micros): number => Number((1_000_000 / intervalUs).toPrecision(4));

function tierNumbers(plan: GatewayPlan, tier: TierPlan, rank: number): TierNumbers {
  const { intervalUs } = plan.limit;
  const waitable = Math.max(0, tier.timeoutUs - plan.timeouts.responseUs);
  return {
    name: tier.name,
    timeoutUs: tier.timeoutUs,
    share: tier.share,
    startWithinUs: startWithin(plan, tier, rank),
    callsWithinTimeout: Math.floor(waitable / intervalUs) + 1,
  };
}

/**
 * The highest waits for one interval, and for one start of each lower tier whose share has come due; a lower one gets one
 * start in 1/share, or none that could be promised.
 *
 * @see docs/decisions/0008-a-share-displaces-high-when-overdue.md
 */
function startWithin({ limit, tiers }: GatewayPlan, tier: TierPlan, rank: number): Micros | null {
  if (rank > 0 && tier.share === 0) return null;
  const starts = rank === 0 ? 1 + tiers.slice(1).filter(({ share }) => share > 0).length : 1 / tier.share;
  return us(Math.round(limit.intervalUs * starts));
}
