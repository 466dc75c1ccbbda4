import { showDuration } from "../duration";
import type { GatewayPlan, OutcomeRule, RetryPlan } from "../plan-types";
import { seconds } from "../units";
import type { OutcomeFact } from "./explanation";

/** What becomes of a call that ended in one way, in the order of the contract. */
export function outcomeFacts({ outcomes, retries, operations }: GatewayPlan): OutcomeFact[] {
  const { throttled } = outcomes;
  return [
    { outcome: "success", means: means(outcomes.success, "2xx"), follows: "the caller gets the answer" },
    {
      outcome: "throttled",
      means: means(throttled, "429, and 503 with Retry-After"),
      follows: `all calls pause as long as Retry-After says, at most ${showDuration(throttled.maxPauseUs)}, or ${showDuration(throttled.pauseUs)} without it; the request ${triedAgain(retries.throttled, "Gateway.Throttled")}`,
    },
    {
      outcome: "unavailable",
      means: means(outcomes.unavailable, "no connection: surely not sent"),
      follows: `the request ${triedAgain(retries.unavailable, "Gateway.Unavailable")}`,
    },
    {
      outcome: "unknown",
      means: means(outcomes.unknown, "no answer in time, a broken connection, 408, other 5xx"),
      follows: unknownWords(operations, retries.unknown),
    },
    {
      outcome: "rejected",
      means: means(outcomes.rejected, "3xx and other 4xx"),
      follows: "the execution fails at once with Gateway.Rejected",
    },
  ];
}

function unknownWords(operations: GatewayPlan["operations"], retry: RetryPlan): string {
  const once = "fails at once with Gateway.Unknown, because a second call could do harm";
  const again = triedAgain(retry, "Gateway.Unknown");
  const repeatable = operations.filter((operation) => operation.repeatable).map(({ name }) => name);
  if (repeatable.length === 0) return `the execution ${once}`;
  if (repeatable.length === operations.length) return `the request ${again}`;
  return `a request of ${repeatable.join(", ")} ${again}. Any other ${once}`;
}

function means(rule: OutcomeRule | undefined, otherwise: string): string {
  const status = rule?.status?.join(", ");
  if (status && rule?.when) return `${status}, when ${rule.when}`;
  return status ?? (rule?.when ? `when ${rule.when}` : otherwise);
}

/** What becomes of a request after a failure that may be tried again; completes "the request …". */
const triedAgain = (retry: RetryPlan, error: string): string =>
  retry.attempts === 1 ? `is not tried again: ${error}` : `is tried again: ${retryWords(retry)}; then ${error}`;

/**
 * Step Functions waits a random time before each further call (full jitter), between nothing and a most that doubles.
 *
 * @param retry of two calls or more
 * @example up to 5 calls in all, before each further one a random wait of up to 2 s, then up to 4 s, … at most 1 min
 */
export function retryWords({ attempts, backoffSeconds, maxSeconds }: RetryPlan): string {
  const most = Array.from({ length: attempts - 1 }, (_, retry) => Math.min(maxSeconds, backoffSeconds * 2 ** retry));
  const [first = 0, second] = most;
  const last = most.at(-1) ?? first;
  const wait = (count: number) => showDuration(seconds(count));
  const further = attempts === 2 ? "before the second" : "before each further one";
  const start = `up to ${attempts} calls in all, ${further} a random wait of up to ${wait(first)}`;
  if (last === first) return start;
  if (second === last) return `${start}, then up to ${wait(last)}`;
  return `${start}, then up to ${wait(second ?? last)}, … at most ${wait(last)}`;
}
