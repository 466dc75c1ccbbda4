import { showDuration } from "../duration";
import { MAX_OPEN_CALLS } from "../plan";
import type { GatewayPlan } from "../plan-types";
import { plural } from "../plural";
import { us } from "../units";
import type { Fact } from "./explanation";
import { callWords, type Pace } from "./pace";
import { percent, perSecondOf, showRate } from "./words";

/** Share of the allowed rate that is reached, N/(W+J) of N/W: 0 to 1. 1 where no rate is given. */
export function reachedShareOf({ limit: { rate, jitterUs, intervalUs }, dispatch }: GatewayPlan): number {
  if (!rate) return 1;
  if (dispatch.kind === "doorbell") return rate.windowUs / (rate.windowUs + jitterUs);
  // What whole calls for each slot leave over is given up too.
  return rate.windowUs / (rate.calls * intervalUs);
}

/** The limit and what became of it. */
export function limitFacts(plan: GatewayPlan, pace: Pace): Fact[] {
  const { rate, jitterUs, latenessUs, intervalUs } = plan.limit;
  const reached = showRate(perSecondOf(intervalUs));
  if (!rate) {
    const why = "the file states no rateLimit, only concurrency; this is what one worker can do";
    return [{ name: "most calls", value: reached, why }, ...openCallsFacts(plan, pace)];
  }
  const window = showDuration(rate.windowUs);
  const share = reachedShareOf(plan);
  const reachedCalls = Number((rate.calls * share).toFixed(2));
  return [
    {
      name: "limit",
      value: rate.text,
      why: `no window of ${window} at the target ever holds more than ${plural(rate.calls, "call")}`,
    },
    {
      name: "jitter",
      value: showDuration(jitterUs),
      why: `how far an arrival at the target may be shifted: up to ${showDuration(latenessUs)} by a late worker, the rest by the network`,
    },
    intervalFact(plan, `${window} + ${showDuration(jitterUs)}`),
    { name: "rate reached", value: reached, why: `${reachedCalls} calls in ${window} of the ${rate.calls} allowed` },
    {
      name: "price of safety",
      value: percent(1 - share),
      why: `what is given up of the allowed rate: N/(W+J) instead of N/W${plan.dispatch.kind === "deferral" ? ", in whole calls for each slot" : ""}. A larger jitter costs more; a smaller one keeps the limit only on a steadier network`,
    },
    ...openCallsFacts(plan, pace),
  ];
}

function intervalFact({ limit: { rate, intervalUs }, dispatch }: GatewayPlan, windowAndJitter: string): Fact {
  if (dispatch.kind === "doorbell")
    return {
      name: "interval",
      value: showDuration(intervalUs),
      why: `(${windowAndJitter}) / ${rate?.calls}, rounded up to a microsecond: the least time between two calls`,
    };
  return {
    name: "mean interval",
    value: showDuration(intervalUs),
    why: `what a slot keeps, ${showDuration(dispatch.intervalUs)}, over ${plural(dispatch.slots, "slot")}: calls of several slots may start together`,
  };
}

function openCallsFacts(plan: GatewayPlan, pace: Pace): Fact[] {
  const { openCalls, limit, timeouts, dispatch } = plan;
  const byTime = Math.ceil(timeouts.responseUs / limit.intervalUs);
  const why =
    dispatch.kind === "deferral"
      ? "one a slot"
      : openCalls === Math.min(byTime, MAX_OPEN_CALLS)
        ? `${showDuration(timeouts.responseUs)} of response timeout / ${showDuration(limit.intervalUs)}, at most ${MAX_OPEN_CALLS}: ${openCalls === 1 ? "a call is over before the next one starts" : "calls overlap, so a slow target does not slow the rate"}`
        : `as concurrency states; the rate is reached while calls take less than ${showDuration(us(openCalls * limit.intervalUs))}`;
  const open = { name: "open calls", value: String(openCalls), why };
  if (!pace.isHeldBack) return [open];
  const held = {
    name: "rate with slow calls",
    value: showRate(perSecondOf(pace.startEveryUs)),
    why: `${openCalls} open at once, each for ${callWords(pace)}; waits and costs below are reckoned with it`,
  };
  return [open, held];
}
