import { showDuration } from "../duration";
import type { GatewayPlan } from "../plan-types";
import { costOf, PRICES, PRICES_REGION } from "../prices";
import type { Pace } from "./pace";
import { showDollars, showWhole } from "./words";

/** How many of each thing a request uses, on average. */
export type Usage = Readonly<Record<UsedPart, number>>;

export type UsedPart =
  | "transition"
  | "publish"
  | "standardRequest"
  | "fifoRequest"
  | "invocation"
  | "gbSecond"
  | "write"
  | "read"
  | "logByte";

/** One line of the bill. */
export interface CostLine {
  readonly part: UsedPart;
  readonly name: string;
  readonly why: string;
  /** At a full gateway: the lowest tier always has work, turns follow each other. */
  readonly fullPerRequest: number;
  readonly fullUsdPerMillion: number;
  /** At a sparse one: each request wakes the worker for itself. */
  readonly sparsePerRequest: number;
  readonly sparseUsdPerMillion: number;
}

export interface MonthlyLine {
  readonly name: string;
  readonly why: string;
  readonly usdPerMonth: number;
}

export interface CostFact {
  readonly currency: "USD";
  readonly region: string;
  /** Date of the oldest and of the newest page that a price was read from. */
  readonly pricesFrom: string;
  readonly pricesUntil: string;
  readonly lines: readonly CostLine[];
  readonly fullUsdPerMillion: number;
  readonly sparseUsdPerMillion: number;
  /** What the gateway itself costs, beside its requests. */
  readonly monthly: readonly MonthlyLine[];
  readonly usdPerMonth: number;
  /** A month at the rate reached, without a pause. */
  readonly busyRequestsPerMonth: number;
  readonly busyUsdPerMonth: number;
  /** An always-on poller in the gateway's place. */
  readonly pollerUsdPerMonth: number;
  /** Requests a month, coming one by one, from which on the poller is the cheaper one. */
  readonly pollerCheaperFromPerMonth: number;
  readonly comparison: string;
  readonly leftOut: string;
}

/** Bells that one turn takes at most: the mapping's batch. */
const BELLS = 10;
/** A long poll that finds nothing, in seconds. */
const POLL = 1;
/** A turn whose bells are used up: Lambda starts at most ten a second. */
const SHORT_TURN = 0.12;
/** How often a turn reads the gate, and renews what it holds, in seconds. */
const READ_EVERY = 5;
const HAND_RENEWED_EVERY = 10;
/** Requests that a turn holds ready, of a tier that has many. */
const IN_HAND = 2;
/** A call's log line with its metrics and CloudWatch's own 26 bytes, held by a test; and about what Lambda writes of a turn. */
export const CALL_LINE_BYTES = 780;
export const TURN_LINES_BYTES = 500;
const HOURS_A_MONTH = 730;
const MINUTES_A_MONTH = HOURS_A_MONTH * 60;
/** Success, Calls, UsedShare, Duration, Wait, Age. */
const METRICS_A_TIER = 6;
const METRICS_LINE = "CloudWatch metrics";

/** What a million requests cost, by part, and what the gateway costs when it is idle. Pure. */
export function costFact(plan: GatewayPlan, pace: Pace): CostFact {
  const full = fullUsage(plan, pace);
  const sparse = sparseUsage(plan, pace);
  const lines = PARTS.map(
    ({ part, name, why }): CostLine => ({
      part,
      name,
      why: why(plan),
      fullPerRequest: full[part],
      fullUsdPerMillion: costOf(part, full[part] * 1_000_000),
      sparsePerRequest: sparse[part],
      sparseUsdPerMillion: costOf(part, sparse[part] * 1_000_000),
    }),
  );
  const dates = Object.values(PRICES)
    .flatMap(({ date }) => date ?? [])
    .sort();
  const bill = {
    lines,
    fullUsdPerMillion: total(lines.map((line) => line.fullUsdPerMillion)),
    sparseUsdPerMillion: total(lines.map((line) => line.sparseUsdPerMillion)),
    monthly: monthlyLines(plan),
  };
  return {
    currency: "USD",
    region: PRICES_REGION,
    pricesFrom: dates[0] ?? "",
    pricesUntil: dates.at(-1) ?? "",
    ...bill,
    usdPerMonth: total(bill.monthly.map(({ usdPerMonth }) => usdPerMonth)),
    ...comparison(bill, pace),
    leftOut: LEFT_OUT,
  };
}

const LEFT_OUT =
  "Left out: free tiers, taxes, traffic to the target, what SNS takes for deliveries and bytes (no page with that price could be read), storage of logs, and failed calls, each of which costs one more transition and call.";

/**
 * Under an endless backlog of the lowest tier, nothing in the others: turns of full length follow each other.
 *
 * A turn that ends with work left gives its wake-ups back, and what it had in hand. So each request's own wake-up rings
 * once more, with nine others, in a turn that finds its requests gone.
 */
export function fullUsage(plan: GatewayPlan, { startEveryUs, callUs }: Pace): Usage {
  const interval = startEveryUs / 1_000_000;
  const longTurns = 1 / Math.max(1, plan.turn.lengthUs / startEveryUs);
  const shortTurns = 1 / BELLS;
  const turns = longTurns + shortTurns;
  const tiers = plan.tiers.length;
  const emptyLooks = ((tiers - 1) * interval) / POLL;
  const renewals = Math.floor((IN_HAND * interval) / HAND_RENEWED_EVERY);
  const bellRenewals = interval / (plan.turn.bellRenewUs / 1_000_000);
  const time = interval + longTurns * (callUs / 1_000_000) + shortTurns * SHORT_TURN;
  return {
    transition: 1,
    publish: 1,
    // Given back and received again: two requests more for what a turn leaves in hand.
    standardRequest: 3 + emptyLooks + renewals + shortTurns * tiers + 2 * IN_HAND * longTurns,
    fifoRequest: 1 + 3 * turns + bellRenewals,
    invocation: turns,
    gbSecond: (plan.worker.memoryMb / 1_024) * time,
    // Taking the gate, and leaving it after calls; a count for each request that comes a second time.
    write: 2 * longTurns + shortTurns + IN_HAND * longTurns + claims(plan),
    read: interval / READ_EVERY,
    logByte: CALL_LINE_BYTES + turns * TURN_LINES_BYTES,
  };
}

/** Each request its own turn: the worker is woken, calls, and looks until it has seen every tier empty. */
export function sparseUsage(plan: GatewayPlan, { callUs }: Pace): Usage {
  const tiers = plan.tiers.length;
  // All tiers are looked at from the call's start on; a look that begins is not cut short.
  const looks = Math.floor(callUs / 1_000_000 / POLL) + 1;
  const time = looks * POLL;
  return {
    transition: 1,
    publish: 1,
    standardRequest: 3 + tiers * looks,
    // The receive is one of the polls that are paid by the month.
    fifoRequest: 3 + Math.floor(time / (plan.turn.bellRenewUs / 1_000_000)),
    invocation: 1,
    gbSecond: (plan.worker.memoryMb / 1_024) * time,
    write: 2 + claims(plan),
    read: Math.floor(time / READ_EVERY),
    logByte: CALL_LINE_BYTES + TURN_LINES_BYTES,
  };
}

/** A turn that the schedule wakes and that finds nothing: it has seen every tier empty after one look at all. */
export function idleLookUsage({ tiers, worker }: GatewayPlan): Usage {
  return {
    transition: 0,
    publish: 0,
    standardRequest: tiers.length,
    fifoRequest: 3,
    invocation: 1,
    gbSecond: (worker.memoryMb / 1_024) * POLL,
    write: 1,
    read: 0,
    logByte: TURN_LINES_BYTES,
  };
}

/** A call that must not be repeated is noted before it is made; operations are taken to be asked equally often. */
const claims = ({ operations }: GatewayPlan): number =>
  operations.filter(({ repeatable }) => !repeatable).length / operations.length;

const PARTS: readonly { part: UsedPart; name: string; why: (plan: GatewayPlan) => string }[] = [
  {
    part: "transition",
    name: "state transitions",
    why: () => "one state of Step Functions a request; its wait is free",
  },
  { part: "publish", name: "SNS publishes", why: () => "the request goes to its tier's topic once" },
  {
    part: "standardRequest",
    name: "SQS, tiers",
    why: ({ tiers }) =>
      `send, receive, delete, and a look each second at ${tiers.length === 1 ? "the tier when it is empty" : "each tier that is empty"} while a turn lasts`,
  },
  {
    part: "fifoRequest",
    name: "SQS, wake-ups",
    why: ({ turn }) =>
      `send; receive, hold and delete, up to ten together; a renewal every ${showDuration(turn.bellRenewUs)} of a turn`,
  },
  { part: "invocation", name: "Lambda invocations", why: () => "a turn each; up to ten wake-ups share one" },
  {
    part: "gbSecond",
    name: "Lambda GB-seconds",
    why: ({ worker }) =>
      `${worker.memoryMb} MB for as long as turns last: one interval a request where many wait; the call and looks of a second each for a single one`,
  },
  {
    part: "write",
    name: "DynamoDB writes",
    why: (plan) =>
      `two a turn that calls, one any other, for whose turn it is${claims(plan) > 0 ? "; one before each call that must not be repeated" : ""}`,
  },
  { part: "read", name: "DynamoDB reads", why: () => "one every 5 s of a turn, for pauses" },
  {
    part: "logByte",
    name: "log bytes",
    why: () => `about ${CALL_LINE_BYTES} a call with its metrics, ${TURN_LINES_BYTES} a turn`,
  },
];

/** What runs without a request: the sweep each minute, the mapping's polls, metrics. */
function monthlyLines(plan: GatewayPlan): MonthlyLine[] {
  const usage = idleLookUsage(plan);
  const look = total(PARTS.map(({ part }) => costOf(part, usage[part])));
  const metrics = METRICS_A_TIER * plan.tiers.length;
  return [
    {
      name: "a look every minute",
      why: "the schedule wakes the worker in case a wake-up message was lost",
      usdPerMonth: MINUTES_A_MONTH * (costOf("schedule", 1) + look),
    },
    {
      name: "Lambda's polls",
      why: "its five pollers ask the wake-up queue every 20 s",
      usdPerMonth: costOf("fifoRequest", (5 * HOURS_A_MONTH * 3_600) / 20),
    },
    {
      name: METRICS_LINE,
      why: `${plan.tiers.length === 1 ? "" : `${metrics}: `}${METRICS_A_TIER} for ${plan.tiers.length === 1 ? "the tier when it" : "each tier that"} has calls, more when some fail`,
      usdPerMonth: costOf("metric", metrics),
    },
  ];
}

/**
 * Beside the smallest Fargate task, kept running: what people build instead. It has a queue of its own, with three
 * requests for each of its messages, and metrics like the gateway's.
 */
function comparison(
  bill: Pick<CostFact, "fullUsdPerMillion" | "sparseUsdPerMillion" | "monthly">,
  { startEveryUs }: Pace,
): Pick<
  CostFact,
  "busyRequestsPerMonth" | "busyUsdPerMonth" | "pollerUsdPerMonth" | "pollerCheaperFromPerMonth" | "comparison"
> {
  const requests = (HOURS_A_MONTH * 3_600_000_000) / startEveryUs;
  const busy = (bill.fullUsdPerMillion * requests) / 1_000_000;
  const poller = HOURS_A_MONTH * (costOf("fargateCpuHour", 0.25) + costOf("fargateGbHour", 0.5));
  const queue = costOf("standardRequest", 3_000_000);
  const own = total(bill.monthly.filter(({ name }) => name !== METRICS_LINE).map(({ usdPerMonth }) => usdPerMonth));
  const from = ((poller - own) / (bill.sparseUsdPerMillion - queue)) * 1_000_000;
  const words = [
    `Busy all month at the rate reached, that is ${showWhole(requests)} requests for ${showDollars(busy)}.`,
    `A poller of one's own that is always on (the smallest Fargate task, 0.25 vCPU and 0.5 GB on arm64) is ${showDollars(poller)} a month and ${showDollars(queue)} a million requests for its queue: cheaper from about ${showWhole(Number(from.toPrecision(2)))} requests a month on, and without waiting that costs nothing, retries, or a limit that outlives a crash.`,
  ];
  return {
    busyRequestsPerMonth: requests,
    busyUsdPerMonth: busy,
    pollerUsdPerMonth: poller,
    pollerCheaperFromPerMonth: from,
    comparison: words.join(" "),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
