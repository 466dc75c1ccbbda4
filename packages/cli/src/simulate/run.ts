import type { GatewayPlan, Json, Micros } from "@sluice/dsl";
import { seconds, streamsOf } from "@sluice/dsl";
import type { SynthesizedStack } from "../synthesize";
import { type ArrivalSource, arrivalsOf, expectedArrivals } from "./arrivals";
import { type AwsUsage, type Engine, startEngine } from "./engine";
import { Feeder } from "./feeder";
import { loadCalendar } from "./load-calendar";
import type { LoadSource } from "./load-source";
import { Tally } from "./tally";
import { targetBehaviour } from "./target-behaviour";

/** One gateway under one load. */
export interface RunOptions {
  readonly plan: GatewayPlan;
  readonly stack: SynthesizedStack;
  readonly source: LoadSource;
  /** A request for each operation that the load gives none for. */
  readonly requests: ReadonlyMap<string, Json>;
  readonly seed: number;
  readonly length: RunLength;
  readonly interrupt: AbortSignal;
  /** Told now and then how far the run is. */
  readonly progress: (far: Progress) => void;
}

/** How long is simulated. */
export interface RunLength {
  readonly untilUs: Micros;
  /** The streams, by their numbers, whose requests all have come and ended when the run ends before that; none: it does not. */
  readonly endsAfter: readonly number[];
}

export interface Progress extends Work {
  readonly nowUs: Micros;
  readonly untilUs: Micros;
  readonly open: number;
}

/** What came of a run. */
export interface RunEnd {
  readonly tally: Tally;
  readonly simulatedUs: Micros;
  readonly isInterrupted: boolean;
  readonly worker: Engine["lambda"];
  readonly aws: AwsUsage;
  readonly requests: number;
  /** Whether requests had to wait behind the simulated services. */
  readonly hasHeldBack: boolean;
}

/** What the arrivals of a run are made from. */
export const arrivalSource = ({
  plan,
  source,
  requests,
  seed,
}: Pick<RunOptions, "plan" | "source" | "requests" | "seed">) =>
  ({
    ...{ plan, requests, seed },
    streams: streamsOf(source.load),
    recordings: source.recordings,
    calendar: loadCalendar(source.load),
  }) satisfies ArrivalSource;

/** Events between two looks at the real clock. */
const LOOK_EVERY = 256;

/** Simulates one gateway under one load, until the time is over, all is done, or the user ends it. */
export async function runLoad(options: RunOptions): Promise<RunEnd> {
  const { plan, stack, source, seed, length, interrupt, progress } = options;
  const tally = new Tally(plan);
  const arrivals = arrivalSource(options);
  const react = targetBehaviour(source.load.target, plan, arrivals.calendar, seed);
  const tierOf = new Map<string, string>();
  const engine: Engine = await startEngine(stack, plan, seed, {
    called: (name, operation, at) => {
      tally.called(name, at);
      return react(operation, at);
    },
    logged: (line, name) => tally.logged(line, name, engine.now()),
    ended: (end) => {
      tally.ended(end, engine.now());
      feeder.ended(tierOf.get(end.name) ?? "");
      tierOf.delete(end.name);
    },
  });
  const starting: Pick<Engine, "now" | "at" | "start" | "stop"> = {
    now: () => engine.now(),
    at: (instant, action) => engine.at(instant, action),
    stop: (name) => engine.stop(name),
    start: (name, tier, operation, request) => {
      tierOf.set(name, tier);
      engine.start(name, tier, operation, request);
    },
  };
  const feeder = new Feeder(arrivalsOf(arrivals), plan, tally, starting);
  feeder.begin();
  let events = 0;
  await engine.run(length.untilUs, () => {
    events += 1;
    if (events % LOOK_EVERY === 0)
      progress({
        ...{ nowUs: engine.now(), untilUs: length.untilUs },
        ...{ requests: feeder.count, calls: tally.calls, open: tally.openRequests },
      });
    return !interrupt.aborted && !isOver(length, arrivals, tally, engine.now());
  });
  return {
    ...{ tally, worker: engine.lambda, aws: engine.aws },
    simulatedUs: engine.now(),
    isInterrupted: interrupt.aborted,
    requests: feeder.count,
    hasHeldBack: feeder.hasHeldBack,
  };
}

/** Whether all that the run is for has come and ended. */
function isOver({ endsAfter }: RunLength, source: ArrivalSource, { streams }: Tally, now: Micros): boolean {
  return (
    endsAfter.length > 0 &&
    endsAfter.every(
      (stream) => streams[stream]?.left === 0 && hasCome(source, stream, streams[stream]?.asked ?? 0, now),
    )
  );
}

function hasCome(
  { streams, recordings, calendar }: ArrivalSource,
  stream: number,
  asked: number,
  now: Micros,
): boolean {
  const { backlog, until } = streams[stream] ?? {};
  const count = recordings.get(stream)?.starts.length ?? backlog;
  return count === undefined ? until !== undefined && now >= calendar.offsetOf(until) : asked === count;
}

const HOUR = seconds(3_600);
const DAY = seconds(86_400);
/** How long a backlog is given at most. */
const LONGEST = seconds(60 * 86_400);

/**
 * How long is simulated: as the command or the load says; else until a backlog is worked off, or what was recorded is
 * over and done; else a day where the rate changes with the time of day, and an hour where it does not.
 */
export function lengthOf({ load, recordings }: LoadSource, asked: Micros | undefined): RunLength {
  const streams = streamsOf(load);
  const stated = asked ?? load.for;
  if (stated !== undefined) return { untilUs: stated, endsAfter: [] };
  const ending = [...streams.keys()].filter((index) => {
    const { backlog, until } = streams[index] ?? {};
    return backlog !== undefined || until !== undefined || recordings.has(index);
  });
  if (ending.length > 0) return { untilUs: LONGEST, endsAfter: ending };
  const isDaily = streams.some(({ rate, days }) => days !== undefined || (rate !== undefined && !("windowUs" in rate)));
  return { untilUs: isDaily ? DAY : HOUR, endsAfter: [] };
}

/** What a run has to do, or has done. */
export interface Work {
  readonly requests: number;
  readonly calls: number;
}

/** About how many requests come, and how many calls there is time for. */
export function expectedWork(source: ArrivalSource, length: RunLength): Work {
  const requests = expectedArrivals(source, length.untilUs);
  const calls = Math.min(requests, length.untilUs / source.plan.limit.intervalUs);
  return { requests: Math.round(requests), calls: Math.round(calls) };
}
