import { type Micros, us } from "@sluice/dsl";

/** A limit of `calls` in any window. */
export interface WindowLimit {
  readonly calls: number;
  readonly windowUs: Micros;
}

/** The longest window that fills several times in a run of about a minute. */
const MAX_DEMO_WINDOW_US = us(10_000_000);

/**
 * The same rate in a shorter window: calls and window divided by the smallest whole number that brings the window down
 * to `maxWindowUs` and leaves both whole (the window in milliseconds). A limit that cannot be divided so stays as it is.
 *
 * @example 600 in 5 minutes becomes 20 in 10 seconds
 */
export function scaleLimit(limit: WindowLimit, maxWindowUs: Micros = MAX_DEMO_WINDOW_US): WindowLimit {
  for (let divisor = Math.ceil(limit.windowUs / maxWindowUs); divisor <= limit.calls; divisor++) {
    const windowUs = limit.windowUs / divisor;
    if (limit.calls % divisor === 0 && windowUs % 1_000 === 0)
      return { calls: limit.calls / divisor, windowUs: us(windowUs) };
  }
  return limit;
}

/** As a gateway file writes it: `20/10s`, `1/334ms`. */
export function limitText(limit: WindowLimit): string {
  const [unit, size] =
    (
      [
        ["d", 86_400_000_000],
        ["h", 3_600_000_000],
        ["m", 60_000_000],
        ["s", 1_000_000],
      ] as const
    ).find(([, unitUs]) => limit.windowUs % unitUs === 0) ?? (["ms", 1_000] as const);
  const count = limit.windowUs / size;
  return `${limit.calls}/${count === 1 ? "" : count}${unit}`;
}
