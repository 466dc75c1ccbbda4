import {
  CALL_LINE_BYTES,
  costOf,
  explainPlan,
  type GatewayPlan,
  type Micros,
  PRICES_REGION,
  showWhole,
  TURN_LINES_BYTES,
  type UsedPart,
  us,
} from "@sluice/dsl";
import { type IdealArrival, idealWaits, percentile } from "@sluice/local";
import type { Histogram } from "hdr-histogram-js";
import { type Arrival, arrivalsOf } from "./arrivals";
import { MOST_IN_SERVICES } from "./feeder";
import { arrivalSource, type RunEnd, type RunOptions } from "./run";
import { ENDS, type End, type Step } from "./timeline";

/** Waits from an execution's start to its last call, microseconds. */
export interface Waits {
  readonly count: number;
  readonly p50Us: Micros;
  readonly p90Us: Micros;
  readonly p99Us: Micros;
  readonly maxUs: Micros;
  /** Percent of the requests, and how long that many of them waited at most. */
  readonly percentiles: readonly (readonly [percent: number, waitUs: Micros])[];
}

/** Where a curve of waits is drawn. */
const PERCENTS = [1, 10, 25, 50, 75, 90, 95, 99, 99.9, 100];

export interface TierReport {
  readonly tier: string;
  readonly requests: number;
  readonly ends: Readonly<Record<End, number>>;
  /** Requests that had not ended when the run did, and for how long the oldest of them had been there. */
  readonly left: number;
  readonly oldestLeftUs?: Micros;
  readonly calls: number;
  /** Calls that the target refused as one too many. */
  readonly throttledCalls: number;
  readonly waits?: Waits;
  /** Of a perfect spacer with the same arrivals, which no target slows down; undefined where there are too many. */
  readonly ideal?: Waits;
}

export interface BacklogReport {
  readonly tier: string;
  /** In full, also where the run ended while it came in. */
  readonly requests: number;
  /** When the first of them came, after the load's start. */
  readonly atUs: Micros;
  /** From then to the end of its last request; undefined: it was not worked off. */
  readonly drainUs?: Micros;
  /** How many have not ended, or not come. */
  readonly left: number;
}

export interface CostReport {
  readonly currency: "USD";
  readonly region: string;
  readonly lines: readonly {
    readonly part: string;
    readonly name: string;
    readonly count: number;
    readonly usd: number;
  }[];
  readonly usd: number;
  /** Of the requests that have ended; undefined when none has. */
  readonly usdPerMillion?: number;
}

/** What is told of one gateway under one load. Durations are microseconds, as their names say. */
export interface RunReport {
  readonly file: string;
  /** The commit that the file was read from; undefined: the file here. */
  readonly ref?: string;
  readonly gateway: string;
  readonly environment?: string;
  readonly simulatedUs: Micros;
  /** Ended by Ctrl-C: what is here is what was known until then. */
  readonly isInterrupted: boolean;
  readonly requests: number;
  readonly calls: number;
  readonly tiers: readonly TierReport[];
  readonly backlogs: readonly BacklogReport[];
  readonly limit: LimitReport;
  readonly worker: {
    readonly invocations: number;
    readonly durationUs: Micros;
    readonly coldStarts: number;
    readonly memoryMb: number;
    readonly durationPerCallUs?: Micros;
  };
  readonly cost: CostReport;
  readonly series: Series;
  /** What a reader must know of these figures, in sentences. */
  readonly notes: readonly string[];
}

export interface LimitReport {
  /** Undefined where only `concurrency` limits. */
  readonly calls?: number;
  readonly windowUs?: Micros;
  readonly intervalUs: Micros;
  /** The most calls that any window held at the target. */
  readonly mostInWindow?: number;
  /** Calls made, of those that the limit allows in the time; 0 to 1. */
  readonly usedShare: number;
}

/** What happened over time, in steps of one length. */
export interface Series {
  readonly stepUs: Micros;
  readonly steps: number;
  readonly tiers: readonly {
    readonly tier: string;
    readonly asked: readonly number[];
    readonly waiting: readonly number[];
    readonly mostWaiting: readonly number[];
    /** Of requests that ended in the step; null where none did. */
    readonly waitP50Us: readonly (number | null)[];
    readonly waitP99Us: readonly (number | null)[];
  }[];
  readonly calls: readonly number[];
  /** The most calls in a trailing window, at any instant of the step. */
  readonly mostInWindow: readonly number[];
  readonly ends: Readonly<Record<End, readonly number[]>>;
}

/** Above so many requests the ideal is not reckoned: it wants all of them at once. */
const MOST_FOR_IDEAL = 300_000;

/** Puts together what is told of a run. Pure but for the ideal, which draws the arrivals once more. */
export function reportRun(
  options: RunOptions & { readonly file: string; readonly ref?: string },
  end: RunEnd,
): RunReport {
  const { plan } = options;
  const { tally, simulatedUs, worker } = end;
  const ideal = end.requests > MOST_FOR_IDEAL ? undefined : idealOf(options, simulatedUs);
  return {
    file: options.file,
    ...(options.ref !== undefined && { ref: options.ref }),
    gateway: plan.name,
    ...(plan.environment !== undefined && { environment: plan.environment }),
    simulatedUs,
    isInterrupted: end.isInterrupted,
    requests: end.requests,
    calls: tally.calls,
    tiers: plan.tiers.map(({ name }, rank) => tierReport(name, rank, end, ideal?.get(name))),
    backlogs: backlogsOf(options, end),
    limit: limitReport(plan, end),
    worker: {
      ...{ invocations: worker.invocations, durationUs: worker.durationUs, coldStarts: worker.coldStarts },
      memoryMb: plan.worker.memoryMb,
      ...(tally.calls > 0 && { durationPerCallUs: us(Math.round(worker.durationUs / tally.calls)) }),
    },
    cost: costReport(plan, end),
    series: seriesOf(plan, tally.timeline.until(simulatedUs), tally.timeline.stepUs),
    notes: notesOn(options, end, ideal === undefined),
  };
}

function tierReport(
  tier: string,
  rank: number,
  { tally, simulatedUs }: RunEnd,
  ideal: readonly Micros[] | undefined,
): TierReport {
  const counted = tally.tiers[rank];
  if (counted === undefined) throw new Error(`there is no tier of rank ${rank}`);
  const { count, oldestAt } = tally.openOf(rank);
  const waits = counted.waits.totalCount > 0 ? waitsOf(counted.waits, counted.longestWaitUs) : undefined;
  return {
    tier,
    requests: counted.asked,
    ends: counted.ends,
    left: count,
    ...(oldestAt !== undefined && { oldestLeftUs: us(simulatedUs - oldestAt) }),
    calls: counted.calls,
    throttledCalls: counted.outcomes.get("throttled") ?? 0,
    ...(waits && { waits }),
    ...(ideal !== undefined && ideal.length > 0 && { ideal: idealReport(ideal) }),
  };
}

const waitsOf = (waits: Histogram, maxUs: Micros): Waits => {
  // The histogram gives the upper end of a class, which may lie above the longest there was.
  const at = (percent: number) => us(percent === 100 ? maxUs : Math.min(waits.getValueAtPercentile(percent), maxUs));
  return whole(waits.totalCount, at);
};

const whole = (count: number, at: (percent: number) => Micros): Waits => ({
  ...{ count, p50Us: at(50), p90Us: at(90), p99Us: at(99), maxUs: at(100) },
  percentiles: PERCENTS.map((percent) => [percent, at(percent)]),
});

const idealReport = (waits: readonly Micros[]): Waits =>
  whole(waits.length, (percent) => percentile(waits, percent) ?? us(0));

function idealOf(options: RunOptions, untilUs: Micros): ReadonlyMap<string, Micros[]> {
  const arrivals: IdealArrival[] = [];
  for (const { atUs, tier } of upTo(arrivalsOf(arrivalSource(options)), untilUs)) arrivals.push({ atUs, tier });
  return idealWaits(
    arrivals,
    options.plan.limit.intervalUs,
    options.plan.tiers.map(({ name }) => name),
    untilUs,
  );
}

function* upTo(arrivals: Iterable<Arrival>, untilUs: Micros): Generator<Arrival> {
  for (const arrival of arrivals) {
    if (arrival.atUs >= untilUs) return;
    yield arrival;
  }
}

function backlogsOf({ plan, source, ...options }: RunOptions, { tally }: RunEnd): BacklogReport[] {
  const { streams } = arrivalSource({ plan, source, ...options });
  return streams.flatMap(({ backlog, tier }, index) => {
    const counted = tally.streams[index];
    if (backlog === undefined || counted?.firstAt === undefined) return [];
    const { firstAt, emptyAt, asked } = counted;
    // In full, as the load says it: where the run ended while it came in, the rest is left.
    const left = counted.left + backlog - asked;
    return {
      tier: tier ?? plan.defaultTier,
      requests: backlog,
      atUs: firstAt,
      ...(emptyAt !== undefined && left === 0 && { drainUs: us(emptyAt - firstAt) }),
      left,
    };
  });
}

function limitReport({ limit }: GatewayPlan, { tally, simulatedUs }: RunEnd): LimitReport {
  const { rate, intervalUs } = limit;
  const allowed = rate ? (simulatedUs / rate.windowUs) * rate.calls : simulatedUs / intervalUs;
  return {
    ...(rate && { calls: rate.calls, windowUs: rate.windowUs, mostInWindow: tally.window?.most ?? 0 }),
    intervalUs,
    usedShare: allowed > 0 ? tally.calls / allowed : 0,
  };
}

const MINUTE = 60_000_000;
const MONTH = 730 * 60 * MINUTE;

/** What AWS would charge for what was used, part by part; the parts are those of explain. */
function costReport(plan: GatewayPlan, { tally, aws, worker, simulatedUs, requests }: RunEnd): CostReport {
  const { cost } = explainPlan(plan);
  const count = usageOf(plan, { tally, aws, worker });
  const lines = cost.lines.map(({ part, name }) => ({
    part,
    name,
    count: count[part],
    usd: costOf(part, count[part]),
  }));
  // Only doorbell has a schedule that rings.
  const sweeps = plan.dispatch.kind === "doorbell" ? Math.floor(simulatedUs / MINUTE) : 0;
  const metrics = cost.monthly.find(({ name }) => name === METRICS)?.usdPerMonth ?? 0;
  const more = [
    { part: "schedule", name: "scheduled looks", count: sweeps, usd: costOf("schedule", sweeps) },
    { part: "metric", name: METRICS, count: simulatedUs / MONTH, usd: (metrics * simulatedUs) / MONTH },
  ];
  const ended = requests - tally.openRequests;
  const usd = [...lines, ...more].reduce((sum, line) => sum + line.usd, 0);
  return {
    ...{ currency: "USD", region: PRICES_REGION, lines: [...lines, ...more], usd },
    ...(ended > 0 && { usdPerMillion: (usd / ended) * 1_000_000 }),
  };
}

/** What requests that are only counted leave out of the figures. */
const HELD_BACK = `Of each tier the services were given ${showWhole(MOST_IN_SERVICES)} waiting requests at a time; those behind them were counted until there was room. What it costs to receive and drop those of them that expired is left out.`;

const METRICS = "CloudWatch metrics";

function usageOf(
  { worker: { memoryMb } }: GatewayPlan,
  { tally, aws, worker }: Pick<RunEnd, "tally" | "aws" | "worker">,
): Record<UsedPart, number> {
  return {
    ...aws,
    transition: tally.transitions,
    invocation: worker.invocations,
    gbSecond: (memoryMb / 1_024) * (worker.durationUs / 1_000_000),
    logByte: tally.calls * CALL_LINE_BYTES + worker.invocations * TURN_LINES_BYTES,
  };
}

function seriesOf({ tiers }: GatewayPlan, steps: readonly Step[], stepUs: Micros): Series {
  const waitAt = ({ waits }: Step, rank: number, percent: number) => waits[rank]?.getValueAtPercentile(percent) ?? null;
  return {
    stepUs,
    steps: steps.length,
    tiers: tiers.map(({ name }, rank) => ({
      tier: name,
      asked: steps.map(({ asked }) => asked[rank] ?? 0),
      waiting: steps.map(({ waiting }) => waiting[rank] ?? 0),
      mostWaiting: steps.map(({ mostWaiting }) => mostWaiting[rank] ?? 0),
      waitP50Us: steps.map((step) => waitAt(step, rank, 50)),
      waitP99Us: steps.map((step) => waitAt(step, rank, 99)),
    })),
    calls: steps.map(({ calls }) => calls),
    mostInWindow: steps.map(({ mostInWindow }) => mostInWindow),
    ends: {
      succeeded: [],
      throttled: [],
      unavailable: [],
      unknown: [],
      rejected: [],
      expired: [],
      other: [],
      ...Object.fromEntries(ENDS.map((end) => [end, steps.map(({ ends }) => ends[end])])),
    },
  };
}

function notesOn({ source }: RunOptions, { tally, hasHeldBack }: RunEnd, isWithoutIdeal: boolean): string[] {
  const others = [...tally.otherErrors].map(([error, count]) => `${error} (${showWhole(count)})`);
  return [
    ...(others.length > 0 ? [`Told as "other" are those that ended with ${others.join(", ")}.`] : []),
    ...[...source.recordings.values()].flatMap(({ notes }) => notes),
    ...(isWithoutIdeal
      ? [`No ideal beside it: with more than ${showWhole(MOST_FOR_IDEAL)} requests it would take too much memory.`]
      : []),
    ...(hasHeldBack ? [HELD_BACK] : []),
  ];
}
