import { createRequire } from "node:module";
import { type Micros, us } from "@sluice/dsl";
import { InMemoryRateLimiter } from "rolling-rate-limiter";

/** So many calls in any half-open window of this length. */
export interface WindowLimit {
  readonly calls: number;
  readonly windowUs: Micros;
}

/** What arrivals at a target say about a limit. */
export interface Verdict {
  /** The most arrivals that any half-open window held, counted here. */
  readonly mostInWindow: number;
  /** Arrivals that came as one too many, by `rolling-rate-limiter`; refused ones count like all others. */
  readonly overLimit: number;
  /** Both say the same: the limit was kept. */
  readonly isKept: boolean;
}

/** Beyond it a timer of the limiter's would overflow and it would forget everything at once. */
const LONGEST_WINDOW_US = 24 * 86_400_000_000;

/**
 * Judges arrivals twice, by counting and by a limiter that nobody here wrote.
 *
 * @param arrivals instants at the target, in any order
 * @throws RangeError when the window is longer than 24 days
 * @throws Error when the two judges differ, which would be a bug in one of them
 */
export async function judge(arrivals: readonly Micros[], limit: WindowLimit): Promise<Verdict> {
  const most = mostInWindow(arrivals, limit.windowUs);
  const overLimit = (await tooMany(arrivals, limit)).length;
  const isKept = most <= limit.calls;
  if (isKept !== (overLimit === 0))
    throw new Error(
      `two judges differ: ${most} arrivals in a window of ${limit.calls}, but rolling-rate-limiter refuses ${overLimit}`,
    );
  return { mostInWindow: most, overLimit, isKept };
}

/**
 * The most arrivals in any half-open window. Two that are exactly the window apart share none.
 *
 * @param arrivals in any order
 */
export function mostInWindow(arrivals: readonly Micros[], windowUs: Micros): number {
  const sorted = inOrder(arrivals);
  let most = 0;
  let first = 0;
  for (const [last, at] of sorted.entries()) {
    // The window that ends with this arrival, itself included.
    while (at - (sorted[first] ?? at) >= windowUs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/**
 * The arrivals that `rolling-rate-limiter` would have refused, in order.
 *
 * @param arrivals in any order
 * @throws RangeError when the window is longer than 24 days
 */
export async function tooMany(arrivals: readonly Micros[], { calls, windowUs }: WindowLimit): Promise<Micros[]> {
  if (windowUs > LONGEST_WINDOW_US) throw new RangeError("rolling-rate-limiter keeps windows of up to 24 days");
  const limiter = new InMemoryRateLimiter({ interval: windowUs / 1_000, maxInInterval: calls });
  const refused: Micros[] = [];
  for (const at of inOrder(arrivals)) if (await atTime(at, () => limiter.limit("all"))) refused.push(at);
  await limiter.clear("all");
  return refused;
}

/** The package from which the limiter, and nothing else here, reads the time. */
const microtime: { now: () => number } = createRequire(require.resolve("rolling-rate-limiter"))("microtime");

/** Does something that reads the limiter's time once, in its first tick, as if it were `at`. */
function atTime<T>(at: Micros, act: () => T): T {
  const { now } = microtime;
  microtime.now = () => at;
  try {
    return act();
  } finally {
    microtime.now = now;
  }
}

/**
 * How much of the allowed jitter the arrivals used: the most by which N+1 arrivals in a row came closer together than N
 * planned intervals, that is the greatest N·T − (a[i+N] − a[i]), and 0 when none did.
 *
 * N·T is W + J rounded up. So the limit is kept exactly while this is at most N·T − W, which is J: a figure above J is a
 * broken window, and what is missing to J is what the path and the processor still had to give.
 *
 * @param arrivals in any order
 * @param intervalUs T, the planned interval
 */
export function measuredJitter(arrivals: readonly Micros[], calls: number, intervalUs: Micros): Micros {
  const sorted = inOrder(arrivals);
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    const later = sorted[index + calls];
    if (later !== undefined) most = Math.max(most, calls * intervalUs - (later - at));
  }
  return us(most);
}

const inOrder = (arrivals: readonly Micros[]): Micros[] => [...arrivals].sort((a, b) => a - b);
