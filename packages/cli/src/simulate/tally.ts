import { ERRORS, type GatewayPlan, type Micros, us } from "@sluice/dsl";
import type { ExecutionEnd } from "@sluice/local";
import type { CallLine } from "@sluice/runtime";
import { build, type Histogram } from "hdr-histogram-js";
import { ENDS, type End, Timeline } from "./timeline";

/** A request that has not ended. */
interface Open {
  readonly tier: number;
  readonly stream: number;
  readonly askedAt: Micros;
  calledAt: Micros | undefined;
  /** Between its calls, or before the first. */
  isWaiting: boolean;
}

/** What is known of one tier's requests; nothing of it grows with their number. */
export interface TierTally {
  asked: number;
  readonly ends: Record<End, number>;
  calls: number;
  /** Calls by the outcome that the worker gave them. */
  readonly outcomes: Map<CallLine["outcome"], number>;
  /** From asking to the last call's start, microseconds. */
  readonly waits: Histogram;
  longestWaitUs: Micros;
}

/** What is known of one kind of requests of the load. */
export interface StreamTally {
  asked: number;
  left: number;
  firstAt: Micros | undefined;
  /** When the last of them so far had ended. */
  emptyAt: Micros | undefined;
}

/** Waits with a relative error of at most 0.1 %. */
const newWaits = (): Histogram =>
  build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3, useWebAssembly: false });

/** Counts what happens in a simulation. Of a request it remembers something only while it is open. */
export class Tally {
  readonly tiers: readonly TierTally[];
  readonly timeline: Timeline;
  readonly window: TrailingWindow | undefined;
  readonly streams: StreamTally[] = [];
  calls = 0;
  transitions = 0;
  /** What requests ended with that are told as "other", and how many of them. */
  readonly otherErrors = new Map<string, number>();
  private readonly open = new Map<string, Open>();
  private readonly ranks: ReadonlyMap<string, number>;

  constructor({ tiers, limit }: GatewayPlan) {
    this.ranks = new Map(tiers.map(({ name }, rank) => [name, rank]));
    this.tiers = tiers.map(() => ({
      asked: 0,
      ends: { succeeded: 0, throttled: 0, unavailable: 0, unknown: 0, rejected: 0, expired: 0, other: 0 },
      calls: 0,
      outcomes: new Map(),
      waits: newWaits(),
      longestWaitUs: us(0),
    }));
    const window = limit.rate && new TrailingWindow(limit.rate.windowUs);
    this.window = window;
    this.timeline = new Timeline(tiers.length, (instant) => window?.at(instant) ?? 0);
  }

  /** How many requests have not ended. */
  get openRequests(): number {
    return this.open.size;
  }

  /** The requests of a tier that have not ended. */
  openOf(tier: number): { readonly count: number; readonly oldestAt: Micros | undefined } {
    let count = 0;
    let oldestAt: Micros | undefined;
    for (const one of this.open.values()) {
      if (one.tier !== tier) continue;
      count += 1;
      if (oldestAt === undefined || one.askedAt < oldestAt) oldestAt = one.askedAt;
    }
    return { count, oldestAt };
  }

  /** Whether a request is open and none of its calls has begun. */
  isUncalled(name: string): boolean {
    const open = this.open.get(name);
    return open !== undefined && open.calledAt === undefined;
  }

  asked(name: string, tierName: string, stream: number, at: Micros): void {
    const tier = this.ranks.get(tierName) ?? 0;
    this.open.set(name, { tier, stream, askedAt: at, calledAt: undefined, isWaiting: true });
    this.tierAt(tier).asked += 1;
    const step = this.timeline.at(at);
    step.asked[tier] = (step.asked[tier] ?? 0) + 1;
    this.timeline.changeWaiting(tier, 1, at);
    const known = this.streams[stream];
    const tally = known ?? { asked: 0, left: 0, firstAt: at, emptyAt: undefined };
    if (known === undefined) this.streams[stream] = tally;
    tally.asked += 1;
    tally.left += 1;
    tally.emptyAt = undefined;
  }

  called(name: string, at: Micros): void {
    this.calls += 1;
    const step = this.timeline.at(at);
    step.calls += 1;
    if (this.window) step.mostInWindow = Math.max(step.mostInWindow, this.window.add(at));
    const open = this.open.get(name);
    if (open === undefined) return;
    this.tierAt(open.tier).calls += 1;
    open.calledAt = at;
    this.setWaiting(open, false, at);
  }

  /** A call that did not succeed: unless its execution ends with it, it waits for the next. */
  logged({ outcome, tier }: CallLine, name: string, at: Micros): void {
    const { outcomes } = this.tierAt(this.ranks.get(tier) ?? 0);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const open = this.open.get(name);
    if (open !== undefined && outcome !== "success") this.setWaiting(open, true, at);
  }

  ended({ name, status, error }: Pick<ExecutionEnd, "name" | "status" | "error">, at: Micros): void {
    const open = this.open.get(name);
    if (open === undefined) return;
    this.open.delete(name);
    this.setWaiting(open, false, at);
    const end = endOf(status, error);
    // A failure has a state of its own, which gives it its name.
    this.transitions += end === "succeeded" ? 1 : 2;
    const tier = this.tierAt(open.tier);
    tier.ends[end] += 1;
    if (end === "other") this.countOther(error ?? status);
    this.timeline.at(at).ends[end] += 1;
    if (open.calledAt !== undefined) this.recordWait(open, open.calledAt, at);
    const stream = this.streams[open.stream];
    if (stream === undefined) return;
    stream.left -= 1;
    if (stream.left === 0) stream.emptyAt = at;
  }

  private countOther(error: string): void {
    this.otherErrors.set(error, (this.otherErrors.get(error) ?? 0) + 1);
  }

  private recordWait({ tier, askedAt }: Open, calledAt: Micros, at: Micros): void {
    const waitUs = us(Math.max(0, calledAt - askedAt));
    const tally = this.tierAt(tier);
    tally.waits.recordValue(waitUs);
    if (waitUs > tally.longestWaitUs) tally.longestWaitUs = waitUs;
    this.timeline.at(at).recordWait(tier, waitUs);
  }

  private setWaiting(open: Open, isWaiting: boolean, at: Micros): void {
    if (open.isWaiting === isWaiting) return;
    open.isWaiting = isWaiting;
    this.timeline.changeWaiting(open.tier, isWaiting ? 1 : -1, at);
  }

  private tierAt(rank: number): TierTally {
    const tier = this.tiers[rank];
    if (tier === undefined) throw new Error(`there is no tier of rank ${rank}`);
    return tier;
  }
}

function endOf(status: ExecutionEnd["status"], error: string | undefined): End {
  if (status === "SUCCEEDED") return "succeeded";
  const kind = ENDS.find((end) => end in ERRORS && ERRORS[end as keyof typeof ERRORS] === error);
  // Stopped is what was held back until its timeout was over: the feeder does that, and nobody else.
  return kind ?? (status === "TIMED_OUT" || status === "ABORTED" ? "expired" : "other");
}

/** Counts what came within the last window, at each arrival. A window is half open: two that are one apart share none. */
export class TrailingWindow {
  most = 0;
  private readonly instants: Micros[] = [];
  private first = 0;

  constructor(private readonly windowUs: Micros) {}

  /** How many came within the window that ends at an instant after all of them. */
  at(instant: Micros): number {
    let from = this.first;
    while (from < this.instants.length && instant - (this.instants[from] ?? 0) >= this.windowUs) from += 1;
    return this.instants.length - from;
  }

  /** @returns how many came within the window that ends with this one, itself included */
  add(at: Micros): number {
    this.instants.push(at);
    while (at - (this.instants[this.first] ?? at) >= this.windowUs) this.first += 1;
    // What has left the window is let go in large pieces: shifting one by one would move all the others each time.
    if (this.first > 10_000) {
      this.instants.splice(0, this.first);
      this.first = 0;
    }
    const count = this.instants.length - this.first;
    if (count > this.most) this.most = count;
    return count;
  }
}
