import { BELLS_KEPT } from "../contract";
import { showDuration } from "../duration";
import { TURN_RESPONSES } from "../plan";
import type { DeferralPlan, DoorbellPlan, GatewayPlan } from "../plan-types";
import { us } from "../units";
import type { Fact } from "./explanation";

/** Timeouts, and what a failure of the worker costs. */
export function timeFacts(plan: GatewayPlan): Fact[] {
  const { timeouts, dispatch } = plan;
  return [
    {
      name: "connect timeout",
      value: showDuration(timeouts.connectUs),
      why: "nothing has been sent yet, so the request is tried again",
    },
    {
      name: "response timeout",
      value: showDuration(timeouts.responseUs),
      why: "from the first byte sent to the last received; what it ends has an unknown outcome",
    },
    ...(dispatch.kind === "doorbell" ? turnFacts(plan, dispatch) : slotFacts(plan, dispatch)),
  ];
}

function turnFacts(
  { limit, timeouts, worker, queues, operations }: GatewayPlan,
  { turn, bellVisibilityUs, bellRetentionUs }: DoorbellPlan,
): Fact[] {
  const hold = showDuration(turn.bellHoldUs);
  return [
    {
      name: "turn",
      value: showDuration(turn.lengthUs),
      why: `how long one run of the worker starts calls before the next one takes over: ${TURN_RESPONSES} response timeouts of ${showDuration(timeouts.responseUs)}, within Lambda's 15 minutes`,
    },
    {
      name: "function timeout",
      value: showDuration(worker.functionTimeoutUs),
      why: "turn, one response timeout and 30 s of margin; the worker ends by itself before",
    },
    { name: "memory", value: `${worker.memoryMb} MB`, why: "by the rate: 1024 MB from 50 calls a second" },
    {
      name: "request hidden for",
      value: showDuration(queues.tierVisibilityUs),
      why: "while a worker has it (its SQS visibility): response timeout and 30 s, so that nobody else takes it before its call is over",
    },
    {
      name: "wake-up hidden for",
      value: showDuration(bellVisibilityUs),
      why: `each request also sends a message that wakes the worker. Its queue's visibility is the function timeout, which AWS asks for; a running turn shortens it to ${hold} and renews that every ${showDuration(turn.bellRenewUs)}`,
    },
    {
      name: "wake-up kept for",
      value: showDuration(bellRetentionUs),
      why: limit.rate
        ? `while ${BELLS_KEPT.toLocaleString("en")} calls start, at least two function timeouts and at most SQS's 14 days: a busy time uses up few of its wake-ups, and the rest would wake the worker for nothing afterwards`
        : "the longest that SQS offers: without rateLimit nothing says how many calls start in a time",
    },
    {
      name: "after a crash",
      value: `${hold} at most`,
      why: `nothing starts until the wake-up messages that the dead worker held are seen again; the requests that it had taken come back within ${showDuration(queues.tierVisibilityUs)}${deathWords(operations)}`,
    },
    {
      name: "lost wake-up",
      value: `${showDuration(us(2 * SWEEP_US))} at most`,
      why: "a schedule wakes the worker every minute in case a wake-up message was lost",
    },
  ];
}

function slotFacts({ worker, queues, limit, operations }: GatewayPlan, deferral: DeferralPlan): Fact[] {
  const { slots, intervalUs, leadUs, maxConcurrency } = deferral;
  const interval = showDuration(intervalUs);
  const visibility = showDuration(queues.tierVisibilityUs);
  return [
    {
      name: "slots",
      value: String(slots),
      why: `units of the worker's reserved concurrency, each with an equal part of the limit in whole calls`,
    },
    {
      name: "interval of a slot",
      value: interval,
      why: limit.rate
        ? `one of ${slots} has ${Math.floor(limit.rate.calls / slots)} of the ${limit.rate.calls} calls: its calls start at least so far apart, which an invocation sees to that lasts for as long`
        : `its calls start at least so far apart, which an invocation sees to that lasts for as long`,
    },
    {
      name: "lead",
      value: showDuration(leadUs),
      why: "an invocation gets ready (it asks the tiers above, connects) for so long before its call, and ends so much before the interval is over",
    },
    {
      name: "invocations of a tier",
      value: `${maxConcurrency} at once`,
      why: "AWS's MaximumConcurrency of each tier's mapping, at least 2: one tier alone can use all slots, and when several have work Lambda throttles some, which try again",
    },
    {
      name: "function timeout",
      value: showDuration(worker.functionTimeoutUs),
      why: "an interval for a new worker, connecting, an interval or two response timeouts, and 20 s to tell what came of it",
    },
    { name: "memory", value: `${worker.memoryMb} MB`, why: "one call at a time, of which it waits through most" },
    {
      name: "request hidden for",
      value: visibility,
      why: "while a worker has it (its SQS visibility): the function timeout, which AWS asks for. One that steps back for a higher tier, or is throttled by Lambda, is hidden for as long",
    },
    {
      name: "after a crash",
      value: "one call more",
      why: `the dead worker's slot is free at once, so that a window may hold one call more than the limit for each crash; its request comes back within ${visibility}${deathWords(operations)}`,
    },
    {
      name: "new worker",
      value: `waits ${interval}`,
      why: "it may stand in for one that died, of whose last call it knows nothing",
    },
  ];
}

const SWEEP_US = 60_000_000;

/** What becomes of calls that were open when their worker died. */
function deathWords(operations: GatewayPlan["operations"]): string {
  if (operations.every(({ repeatable }) => repeatable)) return "; calls that were open are made again";
  return "; calls that were open are made again where that does no harm, and end as unknown where it could";
}
