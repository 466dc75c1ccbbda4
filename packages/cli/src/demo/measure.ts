/**
 * From what the outside saw (the target's log, the executions' histories) to the figures of the report. Pure, and the
 * same for the gateway and for the naive limiter beside it.
 */

/** One call as the target logged it. */
export interface ArrivalAtTarget {
  /** Milliseconds on the run's clock. */
  readonly atMs: number;
  readonly isAccepted: boolean;
  /** Which request it belongs to, as the caller told the target. */
  readonly requestId: string | undefined;
}

/** One request from start to end. */
export interface RequestHistory {
  readonly id: string;
  readonly tier: string;
  readonly startedAtMs: number;
  readonly end: "succeeded" | "failed" | "waiting";
  /** The error's name where it failed. */
  readonly error?: string;
}

/** Time in which the killed worker's gateway called nothing. */
export interface Outage {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface MeasuredLimit {
  readonly calls: number;
  readonly windowMs: number;
  readonly intervalMs: number;
}

/** An arrival as the ideal is asked about it. */
export interface IdealArrival {
  readonly atMs: number;
  readonly tier: string;
}

/** How long each arrival waits for the ideal, whose first call may start from `idleUntilMs` on; in the order given. */
export type IdealWaits = (arrivals: readonly IdealArrival[], idleUntilMs: number) => readonly number[];

export interface Measurement {
  readonly name: string;
  readonly limit: MeasuredLimit;
  /** Highest first. */
  readonly tiers: readonly string[];
  readonly arrivals: readonly ArrivalAtTarget[];
  readonly requests: readonly RequestHistory[];
  /** Most arrivals, accepted and refused, in any window: the judge's word. */
  readonly mostInWindow: number;
  /** By how much a window's worth of calls came closer together than planned, at most: the judge's too. */
  readonly jitterMs: number;
  readonly outage: Outage | undefined;
  /**
   * Requests that a killed worker had in its hands. They come back when their messages' visibility ends; the report
   * tells their waits by themselves, and the tiers' are of all others.
   */
  readonly heldByKilled: ReadonlySet<string>;
  readonly idealWaits: IdealWaits;
}

export interface TierFigures {
  readonly name: string;
  readonly requests: number;
  readonly p50WaitMs: number | null;
  readonly p99WaitMs: number | null;
  readonly idealP99WaitMs: number | null;
}

/** One gateway of the report, as `--format json` prints it. */
export interface GatewayFigures {
  readonly name: string;
  readonly limits: readonly { readonly calls: number; readonly windowMs: number; readonly mostInWindow: number }[];
  readonly requests: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly calls: number;
  readonly refused: number;
  /** 0 to 1; null when nothing ever waited. */
  readonly shareOfAllowedRate: number | null;
  readonly measuredJitterMs: number;
  readonly tiers: readonly TierFigures[];
}

/** The figures of one gateway. */
export function measure(measurement: Measurement): GatewayFigures {
  const { requests, arrivals, limit } = measurement;
  return {
    name: measurement.name,
    limits: [{ calls: limit.calls, windowMs: limit.windowMs, mostInWindow: measurement.mostInWindow }],
    requests: requests.length,
    succeeded: requests.filter((request) => request.end === "succeeded").length,
    failed: requests.filter((request) => request.end === "failed").length,
    calls: arrivals.length,
    refused: arrivals.filter((arrival) => !arrival.isAccepted).length,
    shareOfAllowedRate: rounded(shareOfAllowedRate(measurement), 4),
    measuredJitterMs: rounded(measurement.jitterMs, 2) ?? 0,
    tiers: tierFigures(measurement),
  };
}

/** From each request's start to its last call's arrival at the target; requests without a call have none. */
export function waitsMs(measurement: Pick<Measurement, "arrivals" | "requests">): ReadonlyMap<string, number> {
  const lastCall = new Map<string, number>();
  for (const { requestId, atMs } of measurement.arrivals) {
    if (requestId !== undefined) lastCall.set(requestId, Math.max(atMs, lastCall.get(requestId) ?? -Infinity));
  }
  const waits = new Map<string, number>();
  for (const { id, startedAtMs } of measurement.requests) {
    const calledAt = lastCall.get(id);
    if (calledAt !== undefined) waits.set(id, Math.max(0, calledAt - startedAtMs));
  }
  return waits;
}

function tierFigures(measurement: Measurement): TierFigures[] {
  const waits = waitsMs(measurement);
  const ideal = idealByRequest(measurement);
  return measurement.tiers.map((name) => {
    const all = measurement.requests.filter((request) => request.tier === name);
    const ids = all.map((request) => request.id).filter((id) => !measurement.heldByKilled.has(id));
    const measured = ids.flatMap((id) => waits.get(id) ?? []);
    return {
      name,
      requests: all.length,
      p50WaitMs: rounded(percentile(measured, 0.5), 0),
      p99WaitMs: rounded(percentile(measured, 0.99), 0),
      idealP99WaitMs: rounded(
        percentile(
          ids.flatMap((id) => ideal.get(id) ?? []),
          0.99,
        ),
        0,
      ),
    };
  });
}

/**
 * How the ideal's grid may lie in time. Where it lies is chance, and with few requests the longest wait hangs on it, so
 * that the ideal's waits are those of all these together.
 */
export const PHASES = 20;

/**
 * The ideal's waits of each request. Where a worker was killed the ideal stands still for the same time: it shows what
 * the path adds to waiting, not what a SIGKILL costs, which the report tells by itself.
 */
function idealByRequest({ requests, outage, idealWaits, limit }: Measurement): ReadonlyMap<string, readonly number[]> {
  const inOrder = [...requests].sort((a, b) => a.startedAtMs - b.startedAtMs);
  const arrivals = inOrder.map(({ startedAtMs, tier }) => ({ atMs: withoutOutage(startedAtMs, outage), tier }));
  const beginsAt = arrivals[0]?.atMs ?? 0;
  const byPhase = Array.from({ length: PHASES }, (_, phase) =>
    idealWaits(arrivals, beginsAt + (phase / PHASES) * limit.intervalMs),
  );
  return new Map(
    inOrder.map(({ id, startedAtMs }, index) => {
      const calledAt = byPhase.map((waits) => (arrivals[index]?.atMs ?? 0) + (waits[index] ?? 0));
      return [id, calledAt.map((instant) => withOutage(instant, outage) - startedAtMs)];
    }),
  );
}

/** The instant on a clock that stands still during the outage. */
const withoutOutage = (instant: number, outage: Outage | undefined): number => {
  if (outage === undefined || instant <= outage.fromMs) return instant;
  return Math.max(outage.fromMs, instant - (outage.untilMs - outage.fromMs));
};

const withOutage = (instant: number, outage: Outage | undefined): number =>
  outage === undefined || instant < outage.fromMs ? instant : instant + (outage.untilMs - outage.fromMs);

/** A stretch of time. */
interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Fewer calls than this in one stretch say nothing about a rate. */
const MIN_CALLS_IN_STRETCH = 10;

/**
 * Accepted calls during the time in which requests waited, over what one call an interval would have made of it. Each
 * such stretch is measured from its first call (how long that took is in the waits) to its last, so n calls span n − 1
 * intervals; an outage is left out, with the interval that spans it.
 *
 * @returns 0 to a little above 1, or null when nothing waited for ten calls on end
 */
export function shareOfAllowedRate(
  measurement: Pick<Measurement, "arrivals" | "requests" | "limit" | "outage" | "heldByKilled">,
): number | null {
  const accepted = measurement.arrivals.filter((arrival) => arrival.isAccepted).map((arrival) => arrival.atMs);
  accepted.sort((a, b) => a - b);
  let intervals = 0;
  let spannedMs = 0;
  for (const stretch of backloggedStretches(measurement).flatMap((found) => splitAt(found, measurement.outage))) {
    const calls = accepted.filter((atMs) => atMs >= stretch.fromMs && atMs <= stretch.untilMs);
    const [first, last] = [calls[0], calls.at(-1)];
    if (calls.length < MIN_CALLS_IN_STRETCH || first === undefined || last === undefined) continue;
    intervals += calls.length - 1;
    spannedMs += last - first;
  }
  return spannedMs === 0 ? null : (intervals * measurement.limit.intervalMs) / spannedMs;
}

/**
 * When at least one request had started and its last call had not yet come: the union over all requests. What a killed
 * worker had in its hands is no backlog: nobody can see it until its visibility ends.
 */
function backloggedStretches(measurement: Pick<Measurement, "arrivals" | "requests" | "heldByKilled">): Stretch[] {
  const waits = waitsMs(measurement);
  const waiting = measurement.requests
    .filter(({ id }) => !measurement.heldByKilled.has(id))
    .flatMap(({ id, startedAtMs }) => {
      const wait = waits.get(id);
      return wait === undefined ? [] : [{ fromMs: startedAtMs, untilMs: startedAtMs + wait }];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
  const stretches: Stretch[] = [];
  for (const next of waiting) {
    const last = stretches.at(-1);
    if (last === undefined || next.fromMs > last.untilMs) stretches.push(next);
    else stretches[stretches.length - 1] = { fromMs: last.fromMs, untilMs: Math.max(last.untilMs, next.untilMs) };
  }
  return stretches;
}

const splitAt = (stretch: Stretch, outage: Outage | undefined): Stretch[] => {
  if (outage === undefined || outage.untilMs <= stretch.fromMs || outage.fromMs >= stretch.untilMs) return [stretch];
  return [
    { fromMs: stretch.fromMs, untilMs: outage.fromMs },
    { fromMs: outage.untilMs, untilMs: stretch.untilMs },
  ];
};

/** The smallest value that at least this part of the values does not exceed (nearest rank); null of nothing. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null;
}

const rounded = (value: number | null, digits: number): number | null =>
  value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits;
