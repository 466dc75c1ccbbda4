import { Agent, request as startRequest } from "node:http";
import { type Micros, us } from "@sluice/dsl";
import type { WorldClock } from "./clock";
import type { WindowLimit } from "./judge";
import type { LoadRequest } from "./load";
import { RealClock } from "./real-clock";

/** A call without an answer is given up after this time. */
const CALL_TIMEOUT_MS = 30_000;

/** The limiter that everybody writes first: a counter that starts again with each window of the clock. */
export class FixedWindow {
  private window = -1;
  private used = 0;

  constructor(private readonly limit: WindowLimit) {}

  /** Takes a place in the window of `atUs`. @returns when it is full, the instant at which the next one begins */
  take(atUs: Micros): "taken" | Micros {
    const window = Math.floor(atUs / this.limit.windowUs);
    if (window !== this.window) [this.window, this.used] = [window, 0];
    if (this.used >= this.limit.calls) return us((window + 1) * this.limit.windowUs);
    this.used += 1;
    return "taken";
  }
}

export interface NaiveOptions {
  readonly targetUrl: string;
  /** The same that the gateway was told. */
  readonly limit: WindowLimit;
  readonly arrivals: readonly LoadRequest[];
  /** How the target says "too many". */
  readonly refusedStatus?: number;
  /** Where it stops starting calls, from its beginning. Left out: when all requests are called. */
  readonly untilUs?: Micros;
  /** Ends it early: no further call is started, and those that are open are given up. */
  readonly signal?: AbortSignal;
}

export interface NaiveReport {
  /** Requests that had arrived when it ended. */
  readonly requests: number;
  readonly calls: number;
  readonly succeeded: number;
  /** Calls that the target refused as too many. */
  readonly refused: number;
  /** Calls with any other end. */
  readonly failed: number;
  /** From a request's arrival to its call, by tier, in the order of the calls. */
  readonly waits: ReadonlyMap<string, Micros[]>;
}

/**
 * Sends the given traffic through a {@link FixedWindow} as fast as that allows: one queue for all tiers, first in, first
 * out, and no call is repeated.
 */
export async function runNaive(options: NaiveOptions): Promise<NaiveReport> {
  const { targetUrl, limit, arrivals, refusedStatus = 429, untilUs = us(Number.POSITIVE_INFINITY), signal } = options;
  const clock = new RealClock();
  const limiter = new FixedWindow(limit);
  const agent = new Agent({ keepAlive: true });
  const beganAt = clock.now();
  const deadline = us(beganAt + untilUs);
  const waits = new Map<string, Micros[]>();
  const open: Promise<number | undefined>[] = [];

  for (const { atUs, tier } of [...arrivals].sort((a, b) => a.atUs - b.atUs)) {
    const arrivedAt = us(beganAt + atUs);
    let startAt: Micros | "taken" = arrivedAt;
    while (startAt !== "taken" && startAt < deadline && !signal?.aborted) {
      await reach(startAt, clock, signal);
      startAt = limiter.take(clock.now());
    }
    if (startAt !== "taken" || signal?.aborted) break;
    const waited = us(clock.now() - arrivedAt);
    const others = waits.get(tier);
    if (others) others.push(waited);
    else waits.set(tier, [waited]);
    open.push(call(targetUrl, agent, signal));
  }

  const endedAfter = us(clock.now() - beganAt);
  const statuses = await Promise.all(open);
  agent.destroy();
  const succeeded = statuses.filter((status = 0) => status >= 200 && status < 300).length;
  const refused = statuses.filter((status) => status === refusedStatus).length;
  return {
    requests: arrivals.filter(({ atUs }) => atUs <= endedAfter).length,
    calls: statuses.length,
    succeeded,
    refused,
    failed: statuses.length - succeeded - refused,
    waits,
  };
}

/** Resolves at `instant`, or when the signal says to stop. */
function reach(instant: Micros, clock: WorldClock, signal: AbortSignal | undefined): Promise<void> {
  if (instant <= clock.now()) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.at(instant, end);
    signal?.addEventListener("abort", end);
  });
}

/** @returns the answer's status, undefined when there was none */
function call(url: string, agent: Agent, signal: AbortSignal | undefined): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = startRequest(url, { agent, signal, timeout: CALL_TIMEOUT_MS }, (response) => {
      response.on("error", () => resolve(undefined));
      response.on("end", () => resolve(response.statusCode));
      response.resume();
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(undefined));
    request.end();
  });
}
