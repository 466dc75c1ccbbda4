import type { GatewayPlan, Json, LoadStream, Micros } from "@sluice/dsl";
import { us } from "@sluice/dsl";
import { Random } from "@sluice/local";
import { dailyCurve, type LoadCalendar } from "./load-calendar";
import type { Recording } from "./recorded/recording";

/** A request that somebody makes. */
export interface Arrival {
  /** After the load's start. */
  readonly atUs: Micros;
  readonly tier: string;
  readonly operation: string;
  readonly request: Json;
  /** Which of the load's kinds of requests it is, from 0. */
  readonly stream: number;
}

/** What arrivals are made from. */
export interface ArrivalSource {
  readonly streams: readonly LoadStream[];
  /** By the number of their stream. */
  readonly recordings: ReadonlyMap<number, Recording>;
  readonly calendar: LoadCalendar;
  readonly plan: GatewayPlan;
  /** A request for each operation that has one. */
  readonly requests: ReadonlyMap<string, Json>;
  readonly seed: number;
}

type Instants = Iterator<Micros, undefined>;

/** All arrivals in their order, made one by one as they are asked for: endless where the load is. */
export function* arrivalsOf(source: ArrivalSource): Generator<Arrival, undefined> {
  const waiting = source.streams.flatMap((_, stream) => nextOf(streamOf(source, stream)));
  while (waiting.length > 0) {
    const [first, ...others] = waiting;
    if (first === undefined) return;
    const soonest = others.reduce((best, one) => (one.next.atUs < best.next.atUs ? one : best), first);
    yield soonest.next;
    waiting.splice(waiting.indexOf(soonest), 1, ...nextOf(soonest.rest));
  }
}

interface Waiting {
  readonly next: Arrival;
  readonly rest: Iterator<Arrival, undefined>;
}

function nextOf(rest: Iterator<Arrival, undefined>): Waiting[] {
  const { done, value } = rest.next();
  return done || value === undefined ? [] : [{ next: value, rest }];
}

function* streamOf(source: ArrivalSource, stream: number): Generator<Arrival, undefined> {
  const { plan, requests, recordings, streams } = source;
  const kind = streams[stream];
  if (kind === undefined) return;
  const recording = recordings.get(stream);
  const operations = plan.operations.map(({ name }) => name);
  const instants = recording === undefined ? instantsOf(kind, source, stream) : recordedInstants(recording);
  for (let index = 0, next = instants.next(); !next.done; index++, next = instants.next()) {
    const recorded = recording?.starts[index];
    const operation = recorded?.operation ?? kind.operation ?? operations[index % operations.length] ?? "";
    yield {
      atUs: next.value,
      tier: recorded?.tier ?? kind.tier ?? plan.defaultTier,
      operation,
      request: recorded?.request ?? kind.request ?? requests.get(operation) ?? {},
      stream,
    };
  }
}

function* recordedInstants({ starts }: Recording): Generator<Micros, undefined> {
  for (const { atUs } of starts) yield atUs;
}

/** Each stream draws from numbers of its own, so that a change of one leaves the others as they were. */
const randomOf = (seed: number, stream: number): Random => new Random(seed * 1_000_003 + stream * 7_919 + 1);

function instantsOf(kind: LoadStream, { calendar, seed }: ArrivalSource, stream: number): Instants {
  const random = randomOf(seed, stream);
  if (kind.backlog !== undefined) return backlog(kind.backlog, kind, calendar);
  const open = openTimes(kind, calendar);
  if (kind.gusts !== undefined) return gusts(kind.gusts, kind.spacing === "even", open, random);
  return flow(intensityOf(kind, calendar), kind.spacing === "even", open, random);
}

/** All at once is spread over milliseconds: so many executions nobody starts in one. */
const STARTS_A_MILLISECOND = 500;

function* backlog(count: number, { at, within }: LoadStream, calendar: LoadCalendar): Generator<Micros, undefined> {
  const fromUs = at === undefined ? 0 : calendar.offsetOf(at);
  for (let index = 0; index < count; index++)
    yield us(
      Math.floor(
        fromUs + (within === undefined ? Math.floor(index / STARTS_A_MILLISECOND) * 1_000 : (within * index) / count),
      ),
    );
}

/** When a stream comes at all. */
interface OpenTimes {
  readonly fromUs: number;
  readonly untilUs: number;
  isOpen(at: number): boolean;
}

function openTimes({ from, until, days }: LoadStream, calendar: LoadCalendar): OpenTimes {
  const fromUs = from === undefined ? 0 : calendar.offsetOf(from);
  const untilUs = until === undefined ? Number.POSITIVE_INFINITY : calendar.offsetOf(until);
  return {
    fromUs,
    untilUs,
    isOpen: (at) => days === undefined || days.includes(calendar.dayAt(us(at))),
  };
}

function* gusts(
  { requests, every, within }: NonNullable<LoadStream["gusts"]>,
  isEven: boolean,
  { fromUs, untilUs, isOpen }: OpenTimes,
  random: Random,
): Generator<Micros, undefined> {
  const gap = () => (isEven ? every : every * (0.5 + random.next()));
  for (let begins = fromUs + (isEven ? 0 : gap() / 2); begins < untilUs; begins += gap()) {
    if (!isOpen(begins)) continue;
    const offsets = Array.from({ length: requests }, (_, index) =>
      isEven ? (within * index) / requests : random.next() * within,
    );
    // A gust may last into the next one; who is asked for the next instant wants them in order all the same.
    for (const offset of offsets.sort((a, b) => a - b)) yield us(Math.floor(begins + offset));
  }
}

/** Requests a microsecond, at an instant; the same within a minute. */
type Intensity = { readonly at: (offset: number) => number; readonly isConstant: boolean };

const MINUTE = 60_000_000;

function intensityOf({ rate, days }: LoadStream, calendar: LoadCalendar): Intensity {
  if (rate === undefined) return { at: () => 0, isConstant: true };
  if (isRate(rate)) return { at: () => rate.calls / rate.windowUs, isConstant: days === undefined };
  const curve = dailyCurve(new Map(Object.entries(rate).map(([time, one]) => [time, one.calls / one.windowUs])));
  return { at: (offset) => curve(calendar.minuteAt(us(offset))), isConstant: false };
}

const isRate = (
  rate: NonNullable<LoadStream["rate"]>,
): rate is Extract<NonNullable<LoadStream["rate"]>, { readonly windowUs: Micros }> => typeof rate.windowUs === "number";

/** The longest that is looked ahead for a request: a stream that is open on no day has none. */
const LONGEST_SILENCE = 8 * 1_440 * MINUTE;

/**
 * Requests of a rate that may change from minute to minute: the next one comes when the rate, added up over time, has grown
 * by one (even spacing), or by a number drawn from the exponential distribution (Poisson arrivals).
 */
function* flow(
  { at: intensityAt, isConstant }: Intensity,
  isEven: boolean,
  { fromUs, untilUs, isOpen }: OpenTimes,
  random: Random,
): Generator<Micros, undefined> {
  let at = fromUs;
  for (;;) {
    let missing = isEven ? 1 : -Math.log(1 - random.next());
    const silentSince = at;
    for (;;) {
      const intensity = isOpen(at) ? intensityAt(at) : 0;
      const minuteEnds = isConstant ? Number.POSITIVE_INFINITY : (Math.floor(at / MINUTE) + 1) * MINUTE;
      const needed = intensity > 0 ? missing / intensity : Number.POSITIVE_INFINITY;
      if (at + needed < minuteEnds) {
        at += needed;
        break;
      }
      missing = Math.max(0, missing - intensity * (minuteEnds - at));
      at = minuteEnds;
      if (at >= untilUs || (intensity === 0 && at - silentSince > LONGEST_SILENCE)) return;
    }
    if (at >= untilUs) return;
    yield us(Math.floor(at));
  }
}

/** About how many requests come within a time, without making them. */
export function expectedArrivals(source: ArrivalSource, lengthUs: Micros): number {
  return source.streams.reduce((sum, kind, stream) => sum + expectedOf(kind, source, stream, lengthUs), 0);
}

function expectedOf(
  kind: LoadStream,
  { calendar, recordings }: ArrivalSource,
  stream: number,
  lengthUs: Micros,
): number {
  const recording = recordings.get(stream);
  if (recording !== undefined) return recording.starts.filter(({ atUs }) => atUs < lengthUs).length;
  if (kind.backlog !== undefined)
    return kind.at !== undefined && calendar.offsetOf(kind.at) >= lengthUs ? 0 : kind.backlog;
  const { fromUs, untilUs, isOpen } = openTimes(kind, calendar);
  const intensity = kind.gusts
    ? { at: () => (kind.gusts?.requests ?? 0) / (kind.gusts?.every ?? 1), isConstant: kind.days === undefined }
    : intensityOf(kind, calendar);
  const until = Math.min(lengthUs, untilUs);
  if (intensity.isConstant) return Math.max(0, until - fromUs) * intensity.at(0);
  let sum = 0;
  const step = 15 * MINUTE;
  for (let at = fromUs; at < until; at += step) sum += isOpen(at) ? intensity.at(at) * Math.min(step, until - at) : 0;
  return sum;
}
