import { type Micros, us } from "@sluice/dsl";
import type { Timer, WorldClock } from "./clock";

/** Node refuses longer timers and fires them at once instead. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The machine's own time. Timers never fire early and about a millisecond late at best, because that is the grain of
 * `setTimeout`.
 */
export class RealClock implements WorldClock {
  /**
   * @param keepsProcess false: pending timers do not keep the process alive, as in a server that ends with its
   * sockets
   */
  constructor(private readonly keepsProcess = true) {}

  now(): Micros {
    return us(Number(process.hrtime.bigint() / 1_000n));
  }

  wallMs(): number {
    return Date.now();
  }

  at(instant: Micros, action: () => void): Timer {
    let pending: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = Math.ceil((instant - this.now()) / 1_000);
      pending = setTimeout(fire, Math.min(Math.max(leftMs, 0), LONGEST_TIMER_MS));
      if (!this.keepsProcess) pending.unref();
    };
    // The event loop's own time is cut to whole milliseconds, so that a timer may come up to one of them early.
    const fire = (): void => (this.now() < instant ? arm() : action());
    arm();
    return { cancel: () => clearTimeout(pending) };
  }
}
