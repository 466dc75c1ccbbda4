import { showDuration, showRoughly } from "../duration";
import type { GatewayPlan } from "../plan-types";
import { plural } from "../plural";
import { costFact } from "./cost";
import type { ExplainedNumbers, Explanation, OperationFact, TierFact, WaitsFact } from "./explanation";
import { limitFacts, reachedShareOf } from "./limit";
import { type ArrivalsByTier, waitsFact } from "./loads";
import { outcomeFacts } from "./outcomes";
import { type Pace, paceOf } from "./pace";
import { drainFacts, queueFacts } from "./queues";
import { timeFacts } from "./times";
import { percent, perSecondOf, showRate, showWhole } from "./words";

export interface ExplainOptions {
  /** Requests a second by tier, for the waits. Left out: three loads, split evenly over the tiers. */
  readonly load?: ArrivalsByTier;
}

/** Explains a plan. Pure. */
export function explainPlan(plan: GatewayPlan, { load }: ExplainOptions = {}): Explanation {
  const pace = paceOf(plan);
  const waits = waitsFact(plan, pace, load);
  const cost = costFact(plan, pace);
  return {
    version: 1,
    gateway: plan.name,
    ...(plan.environment === undefined ? {} : { environment: plan.environment }),
    summary: [
      limitSentence(plan, pace),
      waitSentence(plan, waits),
      `A million requests cost about ${wholeDollars(cost.fullUsdPerMillion)} when many wait and ${wholeDollars(cost.sparseUsdPerMillion)} when they come one by one; the gateway itself costs up to ${wholeDollars(cost.usdPerMonth)} a month.`,
    ],
    numbers: numbersOf(plan, pace),
    facts: [...limitFacts(plan, pace), ...timeFacts(plan)],
    tiers: tierFacts(plan),
    waits,
    queues: queueFacts(plan, pace),
    drains: drainFacts(plan, pace),
    outcomes: outcomeFacts(plan),
    operations: operationFacts(plan),
    cost,
  };
}

/** For a sentence that says "about". */
const wholeDollars = (usd: number): string => `$${showWhole(usd)}`;

function limitSentence(plan: GatewayPlan, pace: Pace): string {
  const { rate, intervalUs } = plan.limit;
  if (!rate)
    return `At most ${plural(plan.openCalls, "call")} ${plan.openCalls === 1 ? "is" : "are"} open at once; with calls of ${showDuration(pace.callUs)}${pace.isAssumed ? " (assumed)" : ""} that is ${showRate(perSecondOf(pace.startEveryUs))}.`;
  const share = percent(Number(reachedShareOf(plan).toFixed(3)));
  return `One call starts every ${showDuration(intervalUs)} at the soonest, so no window of ${showDuration(rate.windowUs)} ever holds more than ${plural(rate.calls, "call")}; that is ${showRate(perSecondOf(intervalUs))}, ${share} of what ${rate.text} allows.`;
}

function waitSentence({ tiers }: GatewayPlan, { loads }: WaitsFact): string {
  const backlog = loads.at(-1);
  const [first] = backlog?.tiers ?? [];
  if (tiers.length === 1 || first === undefined)
    return `All requests are of one tier, ${tiers[0]?.name ?? ""}: the oldest goes first.`;
  const names = tiers.map(({ name }) => name);
  const shown = names.length > 4 ? [...names.slice(0, 2), "…", ...names.slice(-1)] : names;
  const order = `${first.tier} goes first, then ${shown.slice(1).join(", then ").replace("then …", "…")}`;
  const last = tiers.at(-1)?.name ?? "";
  if (first.meanWaitUs === undefined) return `${order}.`;
  return `${order}: behind an endless backlog of ${last}, a request of ${first.tier} waits ${showRoughly(first.meanWaitUs)} on average.`;
}

function numbersOf(plan: GatewayPlan, pace: Pace): ExplainedNumbers {
  const { limit, timeouts, turn, worker, queues } = plan;
  return {
    ...(limit.rate && { limitCalls: limit.rate.calls, limitWindowUs: limit.rate.windowUs }),
    jitterUs: limit.jitterUs,
    latenessUs: limit.latenessUs,
    intervalUs: limit.intervalUs,
    reachedPerSecond: perSecondOf(limit.intervalUs),
    reachedShare: reachedShareOf(plan),
    openCalls: plan.openCalls,
    startEveryUs: pace.startEveryUs,
    callUs: pace.callUs,
    isCallAssumed: pace.isAssumed,
    connectTimeoutUs: timeouts.connectUs,
    responseTimeoutUs: timeouts.responseUs,
    turnUs: turn.lengthUs,
    functionTimeoutUs: worker.functionTimeoutUs,
    memoryMb: worker.memoryMb,
    requestHiddenUs: queues.tierVisibilityUs,
    wakeUpHiddenUs: queues.bellVisibilityUs,
    standstillUs: turn.bellHoldUs,
  };
}

const tierFacts = ({ tiers, defaultTier }: GatewayPlan): TierFact[] =>
  tiers.map(({ name, timeoutUs, share }, rank) => ({
    name,
    timeout: showDuration(timeoutUs),
    timeoutUs,
    share: rank === 0 ? "first whenever it has work" : `${percent(share)} of the calls while it has work`,
    startShare: share,
    isDefault: name === defaultTier,
  }));

const operationFacts = ({ operations, endpoint }: GatewayPlan): OperationFact[] =>
  operations.map(({ name, method, path, repeatable, idempotencyHeader }) => ({
    name,
    call: `${method} ${endpoint.url}${path}`,
    repeatable,
    why: idempotencyHeader
      ? `the target drops repeats with the same ${idempotencyHeader}`
      : `${method} ${repeatable ? "does no harm a second time" : "may act a second time, so it is never repeated blindly"}`,
  }));
