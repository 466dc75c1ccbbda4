import { type Micros, us } from "@sluice/dsl";
import type { Timer, WorldClock } from "./clock";
import { Heap } from "./heap";

/** More events than any honest scenario has at one instant: a loop that never waits. */
const MAX_EVENTS_AT_ONE_INSTANT = 100_000;

/** So often the machine's own event loop gets its turn, for signals and for who else lives in the process. */
const EVENTS_BETWEEN_BREATHS = 1_000;

/** Fewer cancelled events than this are not worth a sweep. */
const MIN_SWEPT = 1_024;

/** Something that will happen. Its place is its instant, and among equal instants the order in which it was asked for. */
class Event implements Timer {
  constructor(
    readonly at: Micros,
    readonly sequence: number,
    /** Undefined when it was cancelled, or has happened. */
    public action: (() => void) | undefined,
    private readonly agenda: Agenda,
  ) {}

  cancel(): void {
    if (this.action === undefined) return;
    this.action = undefined;
    this.agenda.noteCancelled();
  }
}

/**
 * Time that passes only in {@link run}, as fast as the machine can. Events come in order of their instant, equal
 * instants in the order in which they were asked for, and everything that promises do because of one event is done
 * before the next: the same program and the same seed give the same run.
 */
export class VirtualClock implements WorldClock {
  private nowUs = us(0);
  private wallOffsetMs: number;
  private isRunning = false;
  private readonly agenda = new Agenda();

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
    return this.agenda.add(instant > this.nowUs ? instant : this.nowUs, action);
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
    await breathe();
    for (let events = 1; goesOn(); events++) {
      const event = this.agenda.next(until);
      if (event === undefined) {
        if (Number.isFinite(until)) this.nowUs = us(Math.max(this.nowUs, until));
        return;
      }
      const { at, action } = event;
      event.action = undefined;
      eventsNow = at > this.nowUs ? 1 : eventsNow + 1;
      if (eventsNow > MAX_EVENTS_AT_ONE_INSTANT) throw runaway(at, action);
      this.nowUs = at;
      action?.();
      await (events % EVENTS_BETWEEN_BREATHS === 0 ? breathe() : settle());
    }
  }
}

/**
 * What will happen, the next first. Most timers are cancelled long before their time (a timeout of days for each request
 * that is answered in seconds): they are swept out when they are the greater part, so that none outlives its use for
 * long, and what that costs is spread over as many cancellations.
 */
class Agenda {
  private events = new Heap<Event>(isBefore);
  private sequence = 0;
  private cancelled = 0;

  add(at: Micros, action: () => void): Event {
    const event = new Event(at, this.sequence++, action, this);
    this.events.push(event);
    return event;
  }

  /** Takes the next event that is not cancelled and not after `until`. */
  next(until: Micros): Event | undefined {
    for (let event = this.events.peek(); event !== undefined && event.at <= until; event = this.events.peek()) {
      this.events.pop();
      if (event.action !== undefined) return event;
      this.cancelled--;
    }
    return undefined;
  }

  noteCancelled(): void {
    this.cancelled++;
    if (this.cancelled >= MIN_SWEPT && this.cancelled * 2 > this.events.size) this.sweep();
  }

  private sweep(): void {
    this.events = this.events.filter(({ action }) => action !== undefined);
    this.cancelled = 0;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

/**
 * Resolves when every promise chain that needs no I/O has run to its end: Node empties the queue of promises before it
 * looks at the next tick, and a tick costs a tenth of a turn of the event loop.
 */
const settle = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** One turn of the event loop. */
const breathe = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const runaway = (at: Micros, action: (() => void) | undefined): Error =>
  new Error(
    `virtual time stands still at ${at} us: ${MAX_EVENTS_AT_ONE_INSTANT} events without time passing. Something ` +
      `schedules itself again without a delay; the last such action was: ${String(action).slice(0, 200)}`,
  );
