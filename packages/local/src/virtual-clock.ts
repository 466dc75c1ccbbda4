import { type Micros, us } from "@sluice/dsl";
import type { Timer, WorldClock } from "./clock";
import { Heap } from "./heap";

/** More events than any honest scenario has at one instant: a loop that never waits. */
const MAX_EVENTS_AT_ONE_INSTANT = 100_000;

interface Event extends Timer {
  readonly at: Micros;
  readonly sequence: number;
  action: (() => void) | undefined;
}

/**
 * Time that passes only in {@link run}, as fast as the machine can. Events come in order of their instant, equal
 * instants in the order in which they were asked for, and everything that promises do because of one event is done
 * before the next: the same program and the same seed give the same run.
 */
export class VirtualClock implements WorldClock {
  private nowUs = us(0);
  private wallOffsetMs: number;
  private sequence = 0;
  private isRunning = false;
  private readonly events = new Heap<Event>((a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence));

  /** @param startWallMs the wall clock at instant 0, epoch milliseconds; 2026-01-01T00:00:00Z when left out */
  constructor(startWallMs = 1_767_225_600_000) {
    this.wallOffsetMs = startWallMs;
  }

  now(): Micros {
    return this.nowUs;
  }

  wallMs(): number {
    return this.wallOffsetMs + Math.floor(this.nowUs / 1_000);
  }

  /** Moves the wall clock by `ms`, forwards or (negative) backwards; {@link now} does not notice. */
  stepWall(ms: number): void {
    this.wallOffsetMs += ms;
  }

  at(instant: Micros, action: () => void): Timer {
    const event: Event = {
      at: us(Math.max(instant, this.nowUs)),
      sequence: this.sequence++,
      action,
      cancel() {
        this.action = undefined;
      },
    };
    this.events.push(event);
    return { cancel: () => event.cancel() };
  }

  /**
   * Lets time pass, until nothing is left to happen, until the instant `until` (which is then the time), or until
   * `while` (asked before every event) says false.
   *
   * @throws Error when it is already running, when one instant has 100,000 events (something loops without waiting),
   * and whatever an event's action throws
   */
  async run(limits: { readonly until?: Micros; readonly while?: () => boolean } = {}): Promise<void> {
    if (this.isRunning) throw new Error("the virtual clock is already running: await the first run before the next");
    this.isRunning = true;
    try {
      await this.runEvents(limits.until ?? us(Number.POSITIVE_INFINITY), limits.while ?? (() => true));
    } finally {
      this.isRunning = false;
    }
  }

  private async runEvents(until: Micros, goesOn: () => boolean): Promise<void> {
    let eventsNow = 0;
    await settle();
    while (goesOn()) {
      const event = this.events.peek();
      if (event === undefined || event.at > until) {
        if (Number.isFinite(until)) this.nowUs = us(Math.max(this.nowUs, until));
        return;
      }
      this.events.pop();
      const { action } = event;
      if (action === undefined) continue;
      eventsNow = event.at > this.nowUs ? 1 : eventsNow + 1;
      if (eventsNow > MAX_EVENTS_AT_ONE_INSTANT) throw runaway(event.at, action);
      this.nowUs = event.at;
      action();
      await settle();
    }
  }
}

/** One turn of the event loop: every promise chain that needs no I/O has run to its end by then. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const runaway = (at: Micros, action: () => void): Error =>
  new Error(
    `virtual time stands still at ${at} us: ${MAX_EVENTS_AT_ONE_INSTANT} events without time passing. Something ` +
      `schedules itself again without a delay; the last such action was: ${String(action).slice(0, 200)}`,
  );
