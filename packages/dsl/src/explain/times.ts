import { showDuration } from "../duration";
import { TURN_RESPONSES } from "../plan";
import type { GatewayPlan } from "../plan-types";
import { us } from "../units";
import type { Fact } from "./explanation";

/** Timeouts, and what a failure of the worker costs. */
export function timeFacts({ timeouts, turn, worker, queues, operations }: GatewayPlan): Fact[] {
  const response = showDuration(timeouts.responseUs);
  const hold = showDuration(turn.bellHoldUs);
  return [
    {
      name: "connect timeout",
      value: showDuration(timeouts.connectUs),
      why: "nothing has been sent yet, so the request is tried again",
    },
    {
      name: "response timeout",
      value: response,
      why: "from the first byte sent to the last received; what it ends has an unknown outcome",
    },
    {
      name: "turn",
      value: showDuration(turn.lengthUs),
      why: `how long one run of the worker starts calls before the next one takes over: ${TURN_RESPONSES} response timeouts of ${response}, within Lambda's 15 minutes`,
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
      value: showDuration(queues.bellVisibilityUs),
      why: `each request also sends a message that wakes the worker. Its queue's visibility is the function timeout, which AWS asks for; a running turn shortens it to ${hold} and renews that every ${showDuration(turn.bellRenewUs)}`,
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

const SWEEP_US = 60_000_000;

/** What becomes of calls that were open when their worker died. */
function deathWords(operations: GatewayPlan["operations"]): string {
  if (operations.every(({ repeatable }) => repeatable)) return "; calls that were open are made again";
  return "; calls that were open are made again where that does no harm, and end as unknown where it could";
}
