import type { Rate } from "./rate";
import type { Micros } from "./units";

/**
 * The most calls that a limit can ever let into a window of another length, however they bunch: a window is covered by
 * as many of the limit's own as fit, the last one begun counted whole.
 *
 * @param windowUs shorter than the limit's own, too: then all its calls may fall into it
 */
export function mostCalls(limit: Rate, windowUs: Micros): number {
  return Math.ceil(windowUs / limit.windowUs) * limit.calls;
}

/** Of several limits the one that lets the fewest calls into a window, and how many that are. */
export function strictestIn(
  windowUs: Micros,
  limits: readonly Rate[],
): { readonly limit: Rate; readonly most: number } | undefined {
  return limits
    .map((limit) => ({ limit, most: mostCalls(limit, windowUs) }))
    .reduce<{ limit: Rate; most: number } | undefined>(
      (best, one) => (best === undefined || one.most < best.most ? one : best),
      undefined,
    );
}
