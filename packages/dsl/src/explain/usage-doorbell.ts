import { showDuration } from "../duration";
import { doorbellOf } from "../plan";
import type { DoorbellPlan, GatewayPlan } from "../plan-types";
import type { Pace } from "./pace";
import { CALL_LINE_BYTES, claims, type Part, TRANSITIONS, TURN_LINES_BYTES, type Usage } from "./usage";

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

/**
 * Under an endless backlog of the lowest tier, nothing in the others: turns of full length follow each other.
 *
 * A turn that ends with work left gives its wake-ups back, and what it had in hand. So each request's own wake-up rings
 * once more, with nine others, in a turn that finds its requests gone.
 */
export function fullUsage(plan: GatewayPlan, { startEveryUs, callUs }: Pace): Usage {
  const { turn } = doorbellOf(plan);
  const interval = startEveryUs / 1_000_000;
  const longTurns = 1 / Math.max(1, turn.lengthUs / startEveryUs);
  const shortTurns = 1 / BELLS;
  const turns = longTurns + shortTurns;
  const tiers = plan.tiers.length;
  const emptyLooks = ((tiers - 1) * interval) / POLL;
  const renewals = Math.floor((IN_HAND * interval) / HAND_RENEWED_EVERY);
  const bellRenewals = interval / (turn.bellRenewUs / 1_000_000);
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
  const { turn } = doorbellOf(plan);
  const tiers = plan.tiers.length;
  // All tiers are looked at from the call's start on; a look that begins is not cut short.
  const looks = Math.floor(callUs / 1_000_000 / POLL) + 1;
  const time = looks * POLL;
  return {
    transition: 1,
    publish: 1,
    standardRequest: 3 + tiers * looks,
    // The receive is one of the polls that are paid by the month.
    fifoRequest: 3 + Math.floor(time / (turn.bellRenewUs / 1_000_000)),
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

export const doorbellParts = (plan: GatewayPlan, { turn }: DoorbellPlan): readonly Part[] => [
  TRANSITIONS,
  { part: "publish", name: "SNS publishes", why: "the request goes to its tier's topic once" },
  {
    part: "standardRequest",
    name: "SQS, tiers",
    why: `send, receive, delete, and a look each second at ${plan.tiers.length === 1 ? "the tier when it is empty" : "each tier that is empty"} while a turn lasts`,
  },
  {
    part: "fifoRequest",
    name: "SQS, wake-ups",
    why: `send; receive, hold and delete, up to ten together; a renewal every ${showDuration(turn.bellRenewUs)} of a turn`,
  },
  { part: "invocation", name: "Lambda invocations", why: "a turn each; up to ten wake-ups share one" },
  {
    part: "gbSecond",
    name: "Lambda GB-seconds",
    why: `${plan.worker.memoryMb} MB for as long as turns last: one interval a request where many wait; the call and looks of a second each for a single one`,
  },
  {
    part: "write",
    name: "DynamoDB writes",
    why: `two a turn that calls, one any other, for whose turn it is${claims(plan) > 0 ? "; one before each call that must not be repeated" : ""}`,
  },
  { part: "read", name: "DynamoDB reads", why: "one every 5 s of a turn, for pauses" },
  {
    part: "logByte",
    name: "log bytes",
    why: `about ${CALL_LINE_BYTES} a call with its metrics, ${TURN_LINES_BYTES} a turn`,
  },
];
