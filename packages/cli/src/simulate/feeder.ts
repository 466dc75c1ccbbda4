import { type GatewayPlan, type Micros, us } from "@sluice/dsl";
import type { Arrival } from "./arrivals";
import type { Engine } from "./engine";
import type { Tally } from "./tally";

/**
 * So many open requests of a tier are given to the simulated services at most; those behind them are only counted until
 * there is room. Each takes some 3.5 kB there, and a backlog of a million would take more than a laptop has to spare.
 */
export const MOST_IN_SERVICES = 100_000;

/** Requests that wait behind the services: when each was asked for, and what it is. */
interface Behind {
  readonly name: string;
  readonly arrival: Arrival;
}

/** Gives arrivals to the engine, one event at a time, and never a crowd of timers. */
export class Feeder {
  private asked = 0;
  private next: Arrival | undefined;
  private readonly inServices = new Map<string, number>();
  private readonly behind = new Map<string, Line<Behind>>();
  private readonly timeouts: ReadonlyMap<string, Micros>;
  /** Whether every arrival has come. */
  isDone = false;

  constructor(
    private readonly arrivals: Iterator<Arrival, undefined>,
    { tiers, timeouts }: GatewayPlan,
    private readonly tally: Tally,
    private readonly engine: Pick<Engine, "now" | "at" | "start" | "stop">,
  ) {
    // A call starts so early that it can end within the tier's timeout.
    this.timeouts = new Map(tiers.map(({ name, timeoutUs }) => [name, us(timeoutUs - timeouts.responseUs)]));
  }

  get count(): number {
    return this.asked;
  }

  /** Whether requests had to wait behind the services, where deadlines are told by the clock alone. */
  hasHeldBack = false;

  begin(): void {
    this.advance();
    if (this.next !== undefined) this.engine.at(this.next.atUs, () => this.arrive());
  }

  /** An execution has ended, so that there may be room for the next one of its tier. */
  ended(tier: string): void {
    this.inServices.set(tier, (this.inServices.get(tier) ?? 1) - 1);
    const line = this.behind.get(tier);
    const waiting = line?.leave();
    if (waiting === undefined) return;
    if (this.isTooLate(waiting)) this.expire(waiting, tier);
    else this.giveLate(waiting);
  }

  private advance(): void {
    const { done, value } = this.arrivals.next();
    this.next = done ? undefined : value;
    this.isDone = this.next === undefined;
  }

  /** Everything that comes at this instant, in one event. */
  private arrive(): void {
    const now = this.engine.now();
    for (let arrival = this.next; arrival !== undefined && arrival.atUs <= now; arrival = this.next) {
      const name = `r${this.asked}`;
      this.asked += 1;
      this.tally.asked(name, arrival.tier, arrival.stream, now);
      this.take({ name, arrival });
      this.advance();
    }
    if (this.next !== undefined) this.engine.at(this.next.atUs, () => this.arrive());
  }

  private take(request: Behind): void {
    const { tier } = request.arrival;
    const line = this.behind.get(tier);
    const isFull = (this.inServices.get(tier) ?? 0) >= MOST_IN_SERVICES;
    if (!isFull && (line === undefined || line.isEmpty)) {
      this.give(request);
      return;
    }
    this.hasHeldBack = true;
    const waiting = line ?? new Line<Behind>();
    this.behind.set(tier, waiting);
    waiting.join(request);
  }

  private give({ name, arrival }: Behind): void {
    const { tier, operation, request } = arrival;
    this.inServices.set(tier, (this.inServices.get(tier) ?? 0) + 1);
    this.engine.start(name, tier, operation, request);
  }

  /** Its execution starts later than it was asked for, and would outlive its timeout by that. */
  private giveLate(waiting: Behind): void {
    this.give(waiting);
    const { tier, atUs } = waiting.arrival;
    const timeoutUs = this.timeouts.get(tier) ?? 0;
    this.engine.at(us(atUs + timeoutUs), () => {
      if (this.tally.isUncalled(waiting.name)) this.engine.stop(waiting.name);
    });
  }

  private isTooLate({ arrival }: Behind): boolean {
    return this.engine.now() - arrival.atUs > (this.timeouts.get(arrival.tier) ?? Number.POSITIVE_INFINITY);
  }

  /** Nothing would be called for it: the worker drops what is past its deadline. */
  private expire(waiting: Behind, tier: string): void {
    const now = this.engine.now();
    this.tally.ended({ name: waiting.name, status: "FAILED", error: "Gateway.Expired" }, now);
    for (let more = this.behind.get(tier)?.leave(); more !== undefined; more = this.behind.get(tier)?.leave()) {
      if (!this.isTooLate(more)) {
        this.giveLate(more);
        return;
      }
      this.tally.ended({ name: more.name, status: "FAILED", error: "Gateway.Expired" }, now);
    }
  }
}

/** First in, first out; what has left is let go in large pieces. */
class Line<T> {
  private members: T[] = [];
  private left = 0;

  get isEmpty(): boolean {
    return this.left === this.members.length;
  }

  join(member: T): void {
    this.members.push(member);
  }

  leave(): T | undefined {
    const member = this.members[this.left];
    if (member === undefined) return undefined;
    this.left += 1;
    if (this.left > 10_000) {
      this.members.splice(0, this.left);
      this.left = 0;
    }
    return member;
  }
}
