import { showDuration, showRoughly } from "../duration";
import { stackNameOf } from "../names";
import type { DeferralPlan, DispatchPlan, GatewayPlan } from "../plan-types";
import { plural } from "../plural";
import { costFact } from "./cost";
import { endpointFacts } from "./endpoint";
import type { ExplainedNumbers, Explanation, Fact, TierFact, WaitsFact } from "./explanation";
import { limitFacts, reachedShareOf } from "./limit";
import { type ArrivalsByTier, waitsFact } from "./loads";
import { operationFacts } from "./operations";
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
  const waits = plan.dispatch.kind === "doorbell" ? waitsFact(plan, pace, load) : undefined;
  const cost = costFact(plan, pace);
  return {
    version: 1,
    gateway: plan.name,
    ...(plan.environment === undefined ? {} : { environment: plan.environment }),
    ...(plan.description === undefined ? {} : { description: plan.description }),
    ...(plan.owner === undefined ? {} : { owner: plan.owner }),
    summary: [
      limitSentence(plan, pace),
      waitSentence(plan, waits),
      `A million requests cost about ${wholeDollars(cost.fullUsdPerMillion)} when many wait and ${wholeDollars(cost.sparseUsdPerMillion)} when they come one by one; the gateway itself costs up to ${wholeDollars(cost.usdPerMonth)} a month.`,
    ],
    numbers: numbersOf(plan, pace),
    facts: [...limitFacts(plan, pace), ...timeFacts(plan), ...endpointFacts(plan), stackFact(plan)],
    tiers: tierFacts(plan),
    ...(waits && { waits }),
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
  if (plan.dispatch.kind === "deferral") return slotsSentence(plan, plan.dispatch);
  if (!rate)
    return `At most ${plural(plan.openCalls, "call")} ${plan.openCalls === 1 ? "is" : "are"} open at once; with calls of ${showDuration(pace.callUs)}${pace.isAssumed ? " (assumed)" : ""} that is ${showRate(perSecondOf(pace.startEveryUs))}.`;
  const share = percent(Number(reachedShareOf(plan).toFixed(3)));
  return `One call starts every ${showDuration(intervalUs)} at the soonest, so no window of ${showDuration(rate.windowUs)} ever holds more than ${plural(rate.calls, "call")}; that is ${showRate(perSecondOf(intervalUs))}, ${share} of what ${rate.text} allows.`;
}

function slotsSentence(plan: GatewayPlan, deferral: DeferralPlan): string {
  const { rate, intervalUs } = plan.limit;
  const each = `Each of ${plural(deferral.slots, "slot")} starts one call every ${showDuration(deferral.intervalUs)} at the soonest`;
  const reached = showRate(perSecondOf(intervalUs));
  if (!rate) return `${each}, so at most ${plural(deferral.slots, "call")} are open at once; that is up to ${reached}.`;
  const share = percent(Number(reachedShareOf(plan).toFixed(3)));
  return `${each}, so no window of ${showDuration(rate.windowUs)} holds more than ${plural(rate.calls, "call")}, but for one more when a worker dies; that is ${reached}, ${share} of what ${rate.text} allows.`;
}

function waitSentence({ tiers, queues }: GatewayPlan, waits: WaitsFact | undefined): string {
  if (waits === undefined)
    return `A worker that holds a request asks the tiers above first, and steps back for what waits there: the request comes again after ${showDuration(queues.tierVisibilityUs)}. How long anybody waits cannot be promised.`;
  const backlog = waits.loads.at(-1);
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
  const { limit, timeouts, dispatch, worker, queues, outcomes } = plan;
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
    functionTimeoutUs: worker.functionTimeoutUs,
    memoryMb: worker.memoryMb,
    requestHiddenUs: queues.tierVisibilityUs,
    ...(dispatch.kind === "doorbell"
      ? {
          turnUs: dispatch.turn.lengthUs,
          wakeUpHiddenUs: dispatch.bellVisibilityUs,
          wakeUpKeptUs: dispatch.bellRetentionUs,
          standstillUs: dispatch.turn.bellHoldUs,
        }
      : { slots: dispatch.slots, slotIntervalUs: dispatch.intervalUs, leadUs: dispatch.leadUs }),
    pauseUs: outcomes.throttled.pauseUs,
    maxPauseUs: outcomes.throttled.maxPauseUs,
  };
}

const stackFact = ({ name, environment, naming }: GatewayPlan): Fact => ({
  name: "stack",
  value: stackNameOf(name, environment, naming),
  why: `its name in AWS, with which those of its queues, topics, function and state machine begin${naming === undefined ? "" : `; by naming of sluice.yaml, ${naming}`}`,
});

const tierFacts = ({ tiers, defaultTier, dispatch }: GatewayPlan): TierFact[] =>
  tiers.map(({ name, timeoutUs, share }, rank) => ({
    name,
    timeout: showDuration(timeoutUs),
    timeoutUs,
    share: shareWords(dispatch, name, rank, share),
    startShare: share,
    isDefault: name === defaultTier,
  }));

function shareWords(dispatch: DispatchPlan, tier: string, rank: number, share: number): string {
  if (dispatch.kind === "deferral") {
    const forced = `at the latest when a message is received for the ${ordinal(dispatch.maxReceives[tier] ?? 1)} time`;
    return rank === 0 ? "no tier is asked before it" : `when no tier above has work; ${forced}`;
  }
  return rank === 0 ? "first whenever it has work" : `${percent(share)} of the calls while it has work`;
}

function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${ending}`;
}
