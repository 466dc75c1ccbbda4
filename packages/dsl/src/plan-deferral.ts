import type { DeferralPlan, LimitPlan } from "./plan-types";
import type { GatewayFile } from "./schema/gateway-file";
import { type Micros, ms, seconds, us } from "./units";

/** AWS takes no MaximumConcurrency of a mapping below it. */
export const LEAST_MAX_CONCURRENCY = 2;

/** Lambda starts at most so many invocations a second for each unit of concurrency. */
export const STARTS_PER_SECOND_AND_SLOT = 10;

/** Receives after which a message is handled whatever waits above it, where the file says nothing. */
export const DEFAULT_MAX_RECEIVES = 100;

/** What an invocation needs to get ready and does not count as its interval: looks at the tiers above, a handshake. */
const LEAD_US = ms(200);

/** For telling Step Functions how a call ended, which is tried again for as long. */
const ANSWERING_US = seconds(20);

/** The slots of a gateway that states none: two for each tier's mapping, as far as the limit goes round. */
export function defaultSlots(tiers: number, limits: readonly (number | undefined)[]): number {
  const mostCalls = limits.flatMap((limit) => limit ?? []);
  return Math.max(1, Math.min(LEAST_MAX_CONCURRENCY * tiers, ...mostCalls));
}

/**
 * The least time between the starts of two calls of a slot, so that no window holds more than `limit.rate` of all slots:
 * each has an equal part of the limit, in whole calls.
 *
 * @returns microseconds, rounded up; of a gateway that only `concurrency` limits, what keeps all slots together at the
 * rate that one worker in doorbell could do
 * @throws RangeError when there are more slots than calls; lint never lets that through
 */
export function slotIntervalUs({ rate, jitterUs, intervalUs }: LimitPlan, slots: number): Micros {
  if (rate === undefined) return us(intervalUs * slots);
  const calls = Math.floor(rate.calls / slots);
  if (calls < 1) throw new RangeError(`${slots} slots share ${rate.text}, which leaves no call for each`);
  return us(Math.ceil((rate.windowUs + jitterUs) / calls));
}

/** The slots, and what each of them keeps. */
export function planDeferral(
  { worker, tiers, concurrency }: Pick<GatewayFile, "worker" | "tiers" | "concurrency">,
  limit: LimitPlan,
): DeferralPlan {
  const slots = worker?.slots ?? defaultSlots(tiers.length, [limit.rate?.calls, concurrency]);
  const intervalUs = slotIntervalUs(limit, slots);
  return {
    kind: "deferral",
    slots,
    provisioned: worker?.provisioned,
    intervalUs,
    leadUs: us(Math.min(LEAD_US, Math.floor(intervalUs / 2))),
    maxConcurrency: Math.max(LEAST_MAX_CONCURRENCY, slots),
    maxReceives: Object.fromEntries(tiers.map(({ name, maxReceives }) => [name, maxReceives ?? DEFAULT_MAX_RECEIVES])),
  };
}

/**
 * How long an invocation may last: an interval for a worker that knows nothing of the slot's last call; an interval from
 * its own call's start, or the call, and its place at the target when it got no answer; and telling what came of it.
 */
export function slotTimeoutUs(intervalUs: Micros, { connect, response }: GatewayFile["timeouts"]): Micros {
  return us(intervalUs + connect + Math.max(intervalUs, 2 * response) + ANSWERING_US);
}
