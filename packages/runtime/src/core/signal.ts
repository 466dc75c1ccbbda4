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

/** Notifies at the earliest instant asked for. One timer at a time: a later wish is repeated by the loop anyway. */
export function createAlarm(clock: Clock, signal: Signal): (instant: Micros) => void {
  let earliest = Number.POSITIVE_INFINITY;
  return (instant) => {
    if (instant >= earliest) return;
    earliest = instant;
    void clock.sleepUntil(instant).then(() => {
      if (earliest === instant) earliest = Number.POSITIVE_INFINITY;
      signal.notify();
    });
  };
}
