import type { Micros } from "@sluice/dsl";
import type { Clock } from "./ports";

/** Lets the turn's loop sleep until something happened. A notice that comes while nobody waits is kept. */
export interface Signal {
  notify(): void;
  next(): Promise<void>;
}

export function createSignal(): Signal {
  let noticed = false;
  let wake: (() => void) | undefined;
  return {
    notify() {
      noticed = true;
      wake?.();
    },
    async next() {
      if (!noticed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      noticed = false;
    },
  };
}

/**
 * Notifies at the earliest instant asked for. A later wish waits until then: the loop repeats it. Timers cannot be taken
 * back, so an instant that has one already gets no second.
 */
export function createAlarm(clock: Clock, signal: Signal): (instant: Micros) => void {
  const pending = new Set<Micros>();
  let earliest = Number.POSITIVE_INFINITY;
  return (instant) => {
    if (earliest <= instant) return;
    pending.add(instant);
    earliest = instant;
    void clock.sleepUntil(instant).then(() => {
      pending.delete(instant);
      earliest = Math.min(...pending);
      signal.notify();
    });
  };
}
