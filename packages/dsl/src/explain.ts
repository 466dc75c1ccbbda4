import { showDuration, writeDuration } from "./duration";
import type { GatewayPlan, OutcomeRule, RetryPlan } from "./plan-types";
import { us } from "./units";

/** One number of a plan, with the reason why it is that number. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/** What becomes of a call that ended in one way. */
export interface OutcomeFact {
  readonly outcome: "success" | "throttled" | "unavailable" | "unknown" | "rejected";
  /** What counts as it. */
  readonly means: string;
  readonly follows: string;
}

/** What the compiler derived from a gateway file, and why. Data; the printers are elsewhere. */
export interface Explanation {
  readonly gateway: string;
  readonly environment?: string;
  /** Share of the allowed rate that is reached, N/(W+J) of N/W: 0 to 1. 1 where no rate is given. */
  readonly reachedShare: number;
  readonly facts: readonly Fact[];
  /** Highest first. */
  readonly tiers: readonly {
    readonly name: string;
    readonly timeout: string;
    readonly share: string;
    readonly isDefault: boolean;
  }[];
  readonly outcomes: readonly OutcomeFact[];
  readonly operations: readonly {
    readonly name: string;
    readonly call: string;
    readonly repeatable: boolean;
    readonly why: string;
  }[];
}

/** Explains a plan. Pure. */
export function explainPlan(plan: GatewayPlan): Explanation {
  return {
    gateway: plan.name,
    ...(plan.environment === undefined ? {} : { environment: plan.environment }),
    reachedShare: reachedShare(plan),
    facts: [...limitFacts(plan), ...timeFacts(plan)],
    tiers: plan.tiers.map((tier, rank) => ({
      name: tier.name,
      timeout: showDuration(tier.timeoutUs),
      share: rank === 0 ? "first whenever it has work" : `${percent(tier.share)} of the calls while it has work`,
      isDefault: tier.name === plan.defaultTier,
    })),
    outcomes: outcomeFacts(plan),
    operations: plan.operations.map(({ name, method, path, repeatable, idempotencyHeader }) => ({
      name,
      call: `${method} ${plan.endpoint.url}${path}`,
      repeatable,
      why: idempotencyHeader
        ? `the target drops repeats with the same ${idempotencyHeader}`
        : `${method} ${repeatable ? "does no harm a second time" : "may act a second time, so it is never repeated blindly"}`,
    })),
  };
}

function reachedShare({ limit: { rate, jitterUs } }: GatewayPlan): number {
  return rate ? rate.windowUs / (rate.windowUs + jitterUs) : 1;
}

function limitFacts(plan: GatewayPlan): Fact[] {
  const { rate, jitterUs, latenessUs, intervalUs } = plan.limit;
  const perSecond = Number((1_000_000 / intervalUs).toFixed(3));
  if (!rate) {
    const why = "the file states no rateLimit, only concurrency; this is what one worker can do";
    return [{ name: "most calls", value: `${perSecond}/s`, why }, openCallsFact(plan)];
  }
  const window = showDuration(rate.windowUs);
  const share = reachedShare(plan);
  const reached = Number((rate.calls * share).toFixed(2));
  return [
    { name: "limit", value: rate.text, why: `no ${window} at the target hold more than ${rate.calls} calls` },
    {
      name: "jitter",
      value: showDuration(jitterUs),
      why: `how far an arrival may be shifted; up to ${showDuration(latenessUs)} of it is the worker's, the rest the path's`,
    },
    {
      name: "interval",
      value: showDuration(intervalUs),
      why: `(${window} + ${showDuration(jitterUs)}) / ${rate.calls}, rounded up to a microsecond: the least time between two calls`,
    },
    {
      name: "rate reached",
      value: `${perSecond}/s`,
      why: `${reached} calls in ${window} of the ${rate.calls} allowed`,
    },
    {
      name: "price of safety",
      value: percent(1 - share),
      why: `N/(W+J) instead of N/W; a larger jitter costs more, a smaller one keeps the limit only on a steadier path`,
    },
    openCallsFact(plan),
  ];
}

function openCallsFact({ openCalls, limit, timeouts }: GatewayPlan): Fact {
  const byTime = Math.ceil(timeouts.responseUs / limit.intervalUs);
  const why =
    openCalls === Math.min(byTime, 200)
      ? `${showDuration(timeouts.responseUs)} of response timeout / ${showDuration(limit.intervalUs)}, at most 200: calls overlap, so a slow target does not slow the rate`
      : "as concurrency states";
  return { name: "open calls", value: String(openCalls), why };
}

function timeFacts({ timeouts, turn, worker, queues }: GatewayPlan): Fact[] {
  const response = showDuration(timeouts.responseUs);
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
      why: `20 response timeouts of ${response}, within Lambda's 15 minutes: how long a worker takes new calls`,
    },
    {
      name: "function timeout",
      value: showDuration(worker.functionTimeoutUs),
      why: "turn, one response timeout and 30 s of margin",
    },
    { name: "memory", value: `${worker.memoryMb} MB`, why: "by the rate: 1024 MB from 50 calls a second" },
    {
      name: "cost of a crash",
      value: `${showDuration(turn.bellHoldUs)} at most`,
      why: "until the bells that woke the worker ring again",
    },
    {
      name: "message visibility",
      value: showDuration(queues.tierVisibilityUs),
      why: "response timeout and 30 s: a message comes back only when its call is over",
    },
    {
      name: "bell visibility",
      value: showDuration(queues.bellVisibilityUs),
      why: "AWS wants at least the function timeout",
    },
  ];
}

function outcomeFacts({ outcomes, retries }: GatewayPlan): OutcomeFact[] {
  const { throttled } = outcomes;
  return [
    { outcome: "success", means: means(outcomes.success, "2xx"), follows: "the caller gets the answer" },
    {
      outcome: "throttled",
      means: means(throttled, "429, and 503 with Retry-After"),
      follows: `all calls pause as long as Retry-After says, at most ${showDuration(throttled.maxPauseUs)}, or ${showDuration(throttled.pauseUs)} without it; ${retryWords(retries.throttled)}`,
    },
    {
      outcome: "unavailable",
      means: means(outcomes.unavailable, "no connection: surely not sent"),
      follows: retryWords(retries.unavailable),
    },
    {
      outcome: "unknown",
      means: means(outcomes.unknown, "no answer in time, a broken connection, 408, other 5xx"),
      follows: `a repeatable operation is tried again, ${retryWords(retries.unknown)}; any other fails with Gateway.Unknown`,
    },
    {
      outcome: "rejected",
      means: means(outcomes.rejected, "3xx and other 4xx"),
      follows: "the execution fails at once with Gateway.Rejected",
    },
  ];
}

function means(rule: OutcomeRule | undefined, otherwise: string): string {
  const status = rule?.status?.join(", ");
  if (status && rule?.when) return `${status}, when ${rule.when}`;
  return status ?? (rule?.when ? `when ${rule.when}` : otherwise);
}

function retryWords({ attempts, backoffSeconds, maxSeconds }: RetryPlan): string {
  if (attempts === 1) return "never again";
  const wait = (count: number) => writeDuration(us(count * 1_000_000));
  return `up to ${attempts} calls in all, waits from ${wait(backoffSeconds)} doubling to ${wait(maxSeconds)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
