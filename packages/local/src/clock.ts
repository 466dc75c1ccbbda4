import { type Micros, us } from "@sluice/dsl";
import type { Clock } from "@sluice/runtime";

/** The clock of the models: time, and things that happen later. Two of them: the real one and the virtual one. */
export interface WorldClock {
  /** Monotonic microseconds. */
  now(): Micros;
  /** Epoch milliseconds; may be stepped by a fault without {@link now} noticing. */
  wallMs(): number;
  /** Runs `action` at or after `instant`, once, never in the same tick. */
  at(instant: Micros, action: () => void): Timer;
}

/** Something scheduled. */
export interface Timer {
  cancel(): void;
}

/** Runs `action` after `delay`. */
export const after = (clock: WorldClock, delay: Micros, action: () => void): Timer =>
  clock.at(us(clock.now() + delay), action);

/** The worker's Clock port on a world's clock. */
export const workerClock = (clock: WorldClock): Clock => ({
  now: () => clock.now(),
  wallMs: () => clock.wallMs(),
  sleepUntil: (instant) =>
    instant <= clock.now() ? Promise.resolve() : new Promise((resolve) => void clock.at(instant, resolve)),
});
