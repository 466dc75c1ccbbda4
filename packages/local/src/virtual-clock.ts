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
  /** At this instant, so far. */
  private eventsNow = 0;
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
    // Whole microseconds: of two instants that fractions have brought, nobody could say whether they are W apart.
    return this.agenda.add(instant > this.nowUs ? us(Math.ceil(instant)) : this.nowUs, action);
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
    const { until = us(Number.POSITIVE_INFINITY), while: goesOn = () => true } = limits;
    try {
      this.eventsNow = 0;
      await new Promise<void>((resolve, reject) => this.runEvents(until, goesOn, resolve, reject));
    } finally {
      this.isRunning = false;
    }
  }

  /**
   * One event a tick: Node empties the queue of promises before it looks at the next tick, so that every promise chain
   * that needs no I/O has run to its end by then, and a tick costs a tenth of a turn of the event loop. Asked for from
   * within that queue, because ticks that are asked for together run together.
   */
  private runEvents(
    until: Micros,
    goesOn: () => boolean,
    resolve: () => void,
    reject: (reason: unknown) => void,
  ): void {
    let events = 0;
    const next = (): void => {
      try {
        if (!goesOn() || !this.runEvent(until)) {
          resolve();
          return;
        }
      } catch (error) {
        reject(error);
        return;
      }
      events++;
      if (events % EVENTS_BETWEEN_BREATHS === 0) setImmediate(next);
      else void SETTLED.then(askForTick);
    };
    const askForTick = (): void => process.nextTick(next);
    setImmediate(next);
  }

  /** @returns whether there was one */
  private runEvent(until: Micros): boolean {
    const event = this.agenda.next(until);
    if (event === undefined) {
      if (Number.isFinite(until)) this.nowUs = us(Math.max(this.nowUs, until));
      return false;
    }
    const { at, action } = event;
    event.action = undefined;
    this.eventsNow = at > this.nowUs ? 1 : this.eventsNow + 1;
    if (this.eventsNow > MAX_EVENTS_AT_ONE_INSTANT) throw runaway(at, action);
    this.nowUs = at;
    action?.();
    return true;
  }
}

const SETTLED = Promise.resolve();

/** Of time. What lies in a later one is put in order when that begins. */
const SPAN_US = 1_000_000;

/**
 * What will happen, the next first. Most timers are cancelled long before their time (a timeout of days for each request
 * that is answered in seconds): those of a later span lie unsorted until it begins, so that they cost next to nothing,
 * and are swept out when they are the greater part, so that none outlives its use for long, and what that costs is spread
 * over as many cancellations.
 */
class Agenda {
  /** Of the present span and those before it. */
  private near = new Heap<Event>(isBefore);
  private span = 0;
  private readonly far = new Map<number, Event[]>();
  private farSpans = new Heap<number>((a, b) => a < b);
  private farEvents = 0;
  private sequence = 0;
  private cancelled = 0;

  add(at: Micros, action: () => void): Event {
    const event = new Event(at, this.sequence++, action, this);
    const span = Math.floor(at / SPAN_US);
    if (span <= this.span) this.near.push(event);
    else this.addFar(span, event);
    return event;
  }

  /** Takes the next event that is not cancelled and not after `until`. */
  next(until: Micros): Event | undefined {
    do {
      for (let event = this.near.peek(); event !== undefined && event.at <= until; event = this.near.peek()) {
        this.near.pop();
        if (event.action !== undefined) return event;
        this.cancelled--;
      }
    } while (this.near.size === 0 && this.beginSpan(until));
    return undefined;
  }

  noteCancelled(): void {
    this.cancelled++;
    if (this.cancelled >= MIN_SWEPT && this.cancelled * 2 > this.near.size + this.farEvents) this.sweep();
  }

  private addFar(span: number, event: Event): void {
    const events = this.far.get(span);
    if (events === undefined) {
      this.far.set(span, [event]);
      this.farSpans.push(span);
    } else events.push(event);
    this.farEvents++;
  }

  /** @returns whether there is another span in which something may happen, and it begins by `until` */
  private beginSpan(until: Micros): boolean {
    const span = this.farSpans.peek();
    if (span === undefined || span * SPAN_US > until) return false;
    this.farSpans.pop();
    this.span = span;
    const events = this.far.get(span) ?? [];
    this.far.delete(span);
    this.farEvents -= events.length;
    for (const event of events) {
      if (isExpected(event)) this.near.push(event);
      else this.cancelled--;
    }
    return true;
  }

  private sweep(): void {
    this.near = this.near.filter(isExpected);
    this.farEvents = 0;
    for (const [span, events] of this.far) {
      const kept = events.filter(isExpected);
      if (kept.length > 0) this.far.set(span, kept);
      // Each second has a request whose timeout of days lies in a second of its own: two million in a simulated fortnight.
      else this.far.delete(span);
      this.farEvents += kept.length;
    }
    this.farSpans = this.farSpans.filter((span) => this.far.has(span));
    this.cancelled = 0;
  }
}

const isExpected = ({ action }: Event): boolean => action !== undefined;

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

const runaway = (at: Micros, action: (() => void) | undefined): Error =>
  new Error(
    `virtual time stands still at ${at} us: ${MAX_EVENTS_AT_ONE_INSTANT} events without time passing. Something ` +
      `schedules itself again without a delay; the last such action was: ${String(action).slice(0, 200)}`,
  );
