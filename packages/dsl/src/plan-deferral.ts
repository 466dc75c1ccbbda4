import type { Path } from "./parse";
import type { DeferralPlan, LimitPlan } from "./plan-types";
import type { Rate } from "./rate";
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

/** What the slots of a gateway follow from. */
export type SlotKeys = Pick<GatewayFile, "worker" | "concurrency"> & { readonly tiers: readonly unknown[] };

/**
 * The slots of a gateway: what the file states, or two for each tier's mapping, or as many as Lambda must have to start
 * the rate's calls; as far as the limit and `concurrency` go round.
 */
export function slotsOf({ worker, tiers, concurrency }: SlotKeys, rate: Rate | undefined): number {
  if (worker?.slots !== undefined) return worker.slots;
  const byRate = rate === undefined ? 0 : Math.ceil(callsPerSecond(rate) / STARTS_PER_SECOND_AND_SLOT);
  const wanted = Math.max(LEAST_MAX_CONCURRENCY * tiers.length, byRate);
  const most = Math.max(1, Math.min(wanted, rate?.calls ?? wanted, concurrency ?? wanted));
  return rate === undefined ? most : mostUseful(most, rate.calls);
}

/** Of up to `most` slots the number that uses most of the limit, since each has its part in whole calls. */
function mostUseful(most: number, calls: number): number {
  const used = (slots: number) => slots * Math.floor(calls / slots);
  let best = most;
  for (let slots = most - 1; slots > most / 2; slots--) if (used(slots) > used(best)) best = slots;
  return best;
}

/** Where a file says how many slots there are, or that there are any. */
export const slotsPath = (worker: GatewayFile["worker"]): Path => [
  "worker",
  worker?.slots === undefined ? "dispatch" : "slots",
];

export const callsPerSecond = ({ calls, windowUs }: Rate): number => (calls * 1_000_000) / windowUs;

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
  spec: Pick<GatewayFile, "worker" | "tiers" | "concurrency">,
  limit: LimitPlan,
): DeferralPlan {
  const { tiers } = spec;
  const slots = slotsOf(spec, limit.rate);
  const intervalUs = slotIntervalUs(limit, slots);
  return {
    kind: "deferral",
    slots,
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
