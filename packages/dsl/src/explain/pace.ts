import { showDuration } from "../duration";
import type { GatewayPlan } from "../plan-types";
import { type Micros, seconds, us } from "../units";

/** How fast calls really start: one interval apart, or as the calls that are open allow. */
export interface Pace {
  /** Mean time between two starts while work waits. */
  readonly startEveryUs: Micros;
  /** How long a call is taken to last. */
  readonly callUs: Micros;
  /** Whether the file says so (`latency`), or it is assumed. */
  readonly isAssumed: boolean;
  /** Whether open calls, and not the interval, hold the starts back. */
  readonly isHeldBack: boolean;
}

/** Taken for a call when no operation states its `latency`. */
const ASSUMED_CALL: Micros = seconds(1);

/** The longest `latency` of the operations, and what it makes of the starts. */
export function paceOf({ operations, openCalls, limit }: GatewayPlan): Pace {
  const stated = operations.flatMap(({ expectedLatencyUs }) => expectedLatencyUs ?? []);
  const callUs = stated.length > 0 ? us(Math.max(...stated)) : ASSUMED_CALL;
  const byCalls = Math.ceil(callUs / openCalls);
  return {
    startEveryUs: us(Math.max(limit.intervalUs, byCalls)),
    callUs,
    isAssumed: stated.length === 0,
    isHeldBack: byCalls > limit.intervalUs,
  };
}

/** `300 ms (the longest latency of the operations)`. */
export const callWords = ({ callUs, isAssumed }: Pace): string =>
  `${showDuration(callUs)} (${isAssumed ? "assumed: no operation states its latency" : "the longest latency that an operation states"})`;
