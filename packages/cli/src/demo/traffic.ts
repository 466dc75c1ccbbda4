import { Random } from "@sluice/local";

/** A request that is going to be started. */
export interface Ask {
  /** Milliseconds from the beginning of the run. */
  readonly atMs: number;
  readonly tier: string;
}

/** `backlog`: the lowest tier always has more than can be done. `gusts`: silence, then many at once, again and again. */
export type Shape = "backlog" | "gusts";

export interface TrafficParameters {
  readonly shape: Shape;
  /** Highest first; at least one. */
  readonly tiers: readonly string[];
  /** Calls per second that the gateway reaches. */
  readonly ratePerSecond: number;
  /** Length of the run, drained queues included, in milliseconds. */
  readonly runMs: number;
  /** Time within the run in which this gateway will call nothing, because its worker is killed. */
  readonly outageMs: number;
  readonly seed: number;
}

/** The traffic must end early enough that the last of it can be called within the run. */
const LAST_ASK = 0.82;
/** What is kept free at the end, for the path of the last requests through the queues. */
const SLACK_MS = 2_500;

/** Between two requests of a client in a loop. */
const LOOP_MS = 15;

const HIGH_SHARE = 0.2;
const MIDDLE_SHARE = 0.3;
/** Gusts begin at these parts of the run, each after silence. */
const GUSTS_AT = [0.08, 0.36, 0.64];
const SILENCE = 0.07;
/** How much of the time between two gusts one takes to drain. */
const GUST_LENGTH = 0.15;

/** The requests of a run, in the order of their start. The same parameters give the same traffic. */
export function traffic(parameters: TrafficParameters): Ask[] {
  const asks = parameters.shape === "backlog" ? backlog(parameters) : gusts(parameters);
  return asks.sort((a, b) => a.atMs - b.atMs);
}

/**
 * The highest tier at a fifth of the rate and the middle ones at three tenths, at random instants; the lowest tier all
 * at the beginning, as one client in a loop would ask, as much as keeps it waiting until shortly before the end.
 */
function backlog(parameters: TrafficParameters): Ask[] {
  const { tiers, ratePerSecond, runMs, outageMs } = parameters;
  const random = new Random(parameters.seed);
  const [highest = "", ...rest] = tiers;
  const lowest = rest.pop() ?? highest;
  const untilMs = runMs * LAST_ASK;
  const streams = [
    ...(lowest === highest ? [] : poisson(random, highest, ratePerSecond * HIGH_SHARE, 0, untilMs)),
    ...rest.flatMap((tier) => poisson(random, tier, (ratePerSecond * MIDDLE_SHARE) / rest.length, 0, untilMs)),
  ];
  const calls = Math.floor(((runMs - outageMs - SLACK_MS) / 1_000) * ratePerSecond);
  const waiting = Math.max(0, calls - streams.length);
  return [...streams, ...Array.from({ length: waiting }, (_, index) => ({ atMs: index * LOOP_MS, tier: lowest }))];
}

/** Gusts after silence; between them a few requests of the highest tier. */
function gusts(parameters: TrafficParameters): Ask[] {
  const { tiers, ratePerSecond, runMs } = parameters;
  const random = new Random(parameters.seed);
  const highest = tiers[0] ?? "";
  const begins = GUSTS_AT.map((part) => part * runMs);
  const size = Math.max(3, Math.round((GUST_LENGTH * runMs * ratePerSecond) / 1_000));
  const calm = poisson(random, highest, ratePerSecond * HIGH_SHARE * 0.5, 0, runMs * LAST_ASK).filter(
    (ask) => !begins.some((begin) => ask.atMs >= begin - SILENCE * runMs && ask.atMs < begin),
  );
  const gusty = begins.flatMap((begin, gust) =>
    Array.from({ length: size }, (_, index) => ({
      // Within 200 ms, as clients that all see the same event would ask.
      atMs: begin + random.next() * 200,
      tier: tierOfGust(tiers, gust, index),
    })),
  );
  return [...calm, ...gusty];
}

/** The first gust and every second after it is of the highest tier; those between are of all tiers in turn. */
const tierOfGust = (tiers: readonly string[], gust: number, index: number): string =>
  (gust % 2 === 0 ? tiers[0] : tiers[index % tiers.length]) ?? "";

/** Requests at random instants, on average `perSecond`. */
function poisson(random: Random, tier: string, perSecond: number, fromMs: number, untilMs: number): Ask[] {
  const asks: Ask[] = [];
  const gap = () => (-Math.log(1 - random.next()) / perSecond) * 1_000;
  for (let atMs = fromMs + gap(); atMs < untilMs; atMs += gap()) asks.push({ atMs, tier });
  return asks;
}
