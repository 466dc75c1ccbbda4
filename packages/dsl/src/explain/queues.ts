import { showDuration, showRoughly } from "../duration";
import type { GatewayPlan } from "../plan-types";
import { type Micros, us } from "../units";
import type { DrainFact, QueueFact } from "./explanation";
import type { Pace } from "./pace";

const BACKLOGS = [1_000, 100_000, 1_000_000] as const;

/** How long a queue may be before its last request expires. */
export function queueFacts({ tiers, timeouts }: GatewayPlan, { startEveryUs }: Pace): QueueFact[] {
  const lowerShares = tiers.reduce((sum, { share }) => sum + share, 0);
  return tiers.map(({ name, timeoutUs, share }, rank) => {
    // A call may start until one response timeout before the tier's own is over.
    const longestWaitUs = us(Math.max(0, timeoutUs - timeouts.responseUs));
    const certain = rank === 0 ? 1 - lowerShares : share;
    return {
      tier: name,
      timeoutUs,
      timeout: showDuration(timeoutUs),
      longestWaitUs,
      longestWait: showDuration(longestWaitUs),
      canWaitAlone: Math.floor(longestWaitUs / startEveryUs),
      canWaitByShare: Math.floor((certain * longestWaitUs) / startEveryUs),
    };
  });
}

/** How long a backlog takes when nothing else comes, and by the smallest share when higher tiers always have work. */
export function drainFacts({ tiers }: GatewayPlan, { startEveryUs }: Pace): DrainFact[] {
  const shares = tiers.slice(1).flatMap(({ share }) => (share > 0 ? [share] : []));
  const smallest = shares.length > 0 ? Math.min(...shares) : undefined;
  return BACKLOGS.map((requests) => {
    const aloneUs: Micros = us(requests * startEveryUs);
    if (smallest === undefined) return { requests, aloneUs, alone: showRoughly(aloneUs) };
    const byShareUs = us(aloneUs / smallest);
    return {
      requests,
      aloneUs,
      alone: showRoughly(aloneUs),
      share: smallest,
      byShareUs,
      byShare: showRoughly(byShareUs),
    };
  });
}
