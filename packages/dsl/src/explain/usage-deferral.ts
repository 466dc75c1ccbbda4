import type { DeferralPlan, GatewayPlan } from "../plan-types";
import type { Pace } from "./pace";
import { CALL_LINE_BYTES, claims, type Part, TRANSITIONS, TURN_LINES_BYTES, type Usage } from "./usage";

/**
 * One request of the lowest tier: each is an invocation of its own, which keeps its slot for an interval, whether many
 * wait or none. What stepping back costs is not in it: that hangs on what comes in for the tiers above.
 */
export function slotUsage(plan: GatewayPlan, { intervalUs, leadUs }: DeferralPlan, { callUs }: Pace): Usage {
  return {
    transition: 1,
    publish: 0,
    // Sent, received, hidden anew, deleted by the worker and again by the mapping; and a look at each tier above.
    standardRequest: 5 + (plan.tiers.length - 1),
    fifoRequest: 0,
    invocation: 1,
    gbSecond: ((plan.worker.memoryMb / 1_024) * Math.max(intervalUs, leadUs + callUs)) / 1_000_000,
    write: claims(plan),
    read: 1,
    logByte: CALL_LINE_BYTES + TURN_LINES_BYTES,
  };
}

export const deferralParts = (plan: GatewayPlan): readonly Part[] => [
  TRANSITIONS,
  {
    part: "standardRequest",
    name: "SQS, tiers",
    why: `send, receive, hide, and delete twice (the worker, then Lambda)${plan.tiers.length === 1 ? "" : "; a look at each tier above"}`,
  },
  { part: "invocation", name: "Lambda invocations", why: "one a call; more for messages that step back" },
  {
    part: "gbSecond",
    name: "Lambda GB-seconds",
    why: `${plan.worker.memoryMb} MB for an interval of the slot, or for the call where that is longer`,
  },
  {
    part: "write",
    name: "DynamoDB writes",
    why: `${claims(plan) > 0 ? "one before each call that must not be repeated; " : ""}one for each message that comes again`,
  },
  { part: "read", name: "DynamoDB reads", why: "one a call, for pauses" },
  {
    part: "logByte",
    name: "log bytes",
    why: `about ${CALL_LINE_BYTES} a call with its metrics, ${TURN_LINES_BYTES} an invocation`,
  },
];
