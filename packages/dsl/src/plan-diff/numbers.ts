import { costFact } from "../explain/cost";
import { paceOf } from "../explain/pace";
import type { GatewayPlan, TierPlan } from "../plan-types";
import { type Micros, us } from "../units";
import { DRAINED, type LimitFacts, type PlanNumbers, type TierNumbers } from "./types";

/** The figures that a change of this plan is judged by. What waits, waits for starts as fast as open calls allow. */
export function numbersOf(plan: GatewayPlan): PlanNumbers {
  const pace = paceOf(plan);
  const { startEveryUs } = pace;
  const { fullUsdPerMillion, sparseUsdPerMillion, usdPerMonth } = costFact(plan, pace);
  return {
    ...limitFactsOf(plan),
    openCalls: plan.openCalls,
    responseTimeoutUs: plan.timeouts.responseUs,
    drainUs: us(DRAINED * startEveryUs),
    fullUsdPerMillion: toCents(fullUsdPerMillion),
    sparseUsdPerMillion: toCents(sparseUsdPerMillion),
    usdPerMonth: toCents(usdPerMonth),
    functionTimeoutUs: plan.worker.functionTimeoutUs,
    tiers: plan.tiers.map((tier, rank) => tierNumbers(plan, startEveryUs, tier, rank)),
  };
}

/** Prices bear no more digits, and a change that nobody could see is none. */
const toCents = (usd: number): number => Number(usd.toFixed(2));

export const limitFactsOf = ({ limit }: GatewayPlan): LimitFacts => ({
  rateLimit: limit.rate?.text ?? null,
  callsPerSecond: callsPerSecond(limit.intervalUs),
  intervalUs: limit.intervalUs,
  jitterUs: limit.jitterUs,
});

/** To four digits: more than anybody reads, and `50/30s` stays what it is. */
export const callsPerSecond = (intervalUs: Micros): number => Number((1_000_000 / intervalUs).toPrecision(4));

function tierNumbers(plan: GatewayPlan, startEveryUs: Micros, tier: TierPlan, rank: number): TierNumbers {
  const waitable = Math.max(0, tier.timeoutUs - plan.timeouts.responseUs);
  return {
    name: tier.name,
    timeoutUs: tier.timeoutUs,
    share: tier.share,
    startWithinUs: startWithin(plan.tiers, startEveryUs, rank),
    callsWithinTimeout: Math.floor(waitable / startEveryUs) + 1,
  };
}

/**
 * The highest waits for one start, and for one start of each lower tier whose share has come due; a lower one gets one
 * start in 1/share, or none that could be promised.
 *
 * @see docs/decisions/0008-a-share-displaces-high-when-overdue.md
 */
function startWithin(tiers: readonly TierPlan[], startEveryUs: Micros, rank: number): Micros | null {
  const own = tiers[rank]?.share ?? 0;
  if (rank > 0 && own === 0) return null;
  const starts = rank === 0 ? 1 + tiers.slice(1).filter(({ share }) => share > 0).length : 1 / own;
  return us(Math.round(startEveryUs * starts));
}
