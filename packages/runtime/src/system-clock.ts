import { us } from "@sluice/dsl";
import type { Clock } from "./core/ports";

/** A timer's longest delay, in milliseconds: a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => us(Math.floor(performance.now() * 1_000)),
  wallMs: () => Date.now(),
  sleepUntil: (instant) =>
    new Promise((resolve) => {
      const wait = () => {
        const leftMs = (instant - systemClock.now()) / 1_000;
        // Node's timers count whole milliseconds and may fire a part of one early; then they are set once more.
        if (leftMs <= 0) resolve();
        else setTimeout(wait, Math.min(Math.ceil(leftMs), MAX_TIMER_MS));
      };
      wait();
    }),
};
