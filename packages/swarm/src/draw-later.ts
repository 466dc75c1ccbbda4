import { type GatewayPlan, us } from "@sluice/dsl";
import { backlog, type LoadRequest, mergeLoads, type Random } from "@sluice/local";
import { oneOf, some } from "./draw";
import type { Operation, Scenario, ScenarioRequest, TargetPhase } from "./scenario";

/**
 * What is drawn after everything else. Each of it strikes some of the scenarios, and leaves the others what they were.
 *
 * @param isCalm no call to AWS fails in this scenario
 */
export function drawLater(random: Random, scenario: Scenario, plan: GatewayPlan, isCalm: boolean): Scenario {
  return KINDS.reduce(
    (drawn, { share, strike }) => (random.chance(share) ? strike(random, drawn, plan) : drawn),
    stormy(random, scenario, plan, isCalm),
  );
}

/** A kind of run: what it makes of a scenario, whatever that was before. */
interface Kind {
  /** Of the scenarios. */
  readonly share: number;
  strike(random: Random, scenario: Scenario, plan: GatewayPlan): Scenario;
}

/** One after the other, a later one on top of what came before. A new one comes at the end: so the seeds that do not draw it
 * keep their meaning. */
const KINDS: readonly Kind[] = [
  { share: 0.15, strike: clearSky },
  { share: 0.12, strike: overtaken },
  { share: 0.1, strike: held },
];

/** Troubles that come together: a highest tier that came first, a frozen target, callers that leave, refusals, a weak gate. */
function stormy(random: Random, scenario: Scenario, plan: GatewayPlan, isCalm: boolean): Scenario {
  const { stormMs, target, aws } = scenario;
  const isHighestFirst = random.chance(0.25);
  const requests = isHighestFirst ? drawHighestFirst(random, plan, stormMs) : scenario.requests;
  // Where places are few, a target that hangs shows the most: each call keeps its own for two response timeouts.
  const freeze = random.chance(scenario.gateway.concurrency === undefined ? 0.3 : 0.7)
    ? drawFreeze(random, plan, requests, stormMs)
    : undefined;
  const replaced = freeze === undefined ? [] : drawReplaced(random, freeze);
  const throttledGate = isCalm ? 0 : some(random, 0.2, 0.5);
  const lostInterestMs = random.chance(0.25) ? random.between(1_000, stormMs) : undefined;
  const touchy = random.chance(0.2) ? drawTouchy(random) : undefined;
  const phases = touchy === undefined ? target.phases : target.phases.map((phase) => touchier(phase, touchy));
  const turnsShorter = random.chance(0.5) ? 8 : 2;
  // A park has to be written down, and a gate that takes some writes only tells whether it is obeyed meanwhile.
  const gateShare = touchy !== undefined && !isCalm ? Math.max(throttledGate, some(random, 0.7, 0.5)) : throttledGate;
  return {
    ...scenario,
    turnsShorter,
    requests: lostInterestMs === undefined ? requests : requests.map((one) => stoppedAt(one, lostInterestMs)),
    target: { ...target, phases: freeze === undefined ? phases : frozen(phases, freeze) },
    operations: [...scenario.operations, ...replaced].sort((a, b) => a.atMs - b.atMs),
    aws: gateShare === 0 ? aws : { ...aws, faults: withThrottled(aws.faults, "dynamodb", gateShare) },
  };
}

/** Bytes of many calls leave late, some after several intervals, while the process goes on. */
function held(random: Random, scenario: Scenario): Scenario {
  const holdShare = oneOf(random, [0.1, 0.3, 0.6]);
  const longestHoldMs = oneOf(random, [800, 3_000, 8_000]);
  return { ...scenario, process: { ...scenario.process, holdShare, longestHoldMs } };
}

/**
 * Lower tiers have the gateway to themselves, and much is ready, because preparing takes long; then the highest overtakes
 * all of it, and while it does, many of those who were overtaken lose interest.
 */
function overtaken(random: Random, scenario: Scenario, plan: GatewayPlan): Scenario {
  const [highest = plan.defaultTier, ...lower] = plan.tiers.map(({ name }) => name);
  const { name: operation } = oneOf(random, plan.operations);
  const comesMs = random.between(3_000, 10_000);
  const first = lower.flatMap((tier) => allAt(0, tier, operation, random.between(10, 40)));
  const requests = mergeLoads(first, allAt(comesMs, highest, operation, random.between(20, 60)));
  return {
    ...scenario,
    requests: requests.map(asRequest).map((request) => ({
      ...request,
      ...(request.tier !== highest && random.chance(0.5) && { stopAfterMs: comesMs + random.between(0, 5_000) }),
    })),
    target: { ...scenario.target, handshakeMs: random.between(300, 1_500), idleMs: random.between(10_000, 20_000) },
  };
}

/**
 * Nothing goes wrong at all (but what kinds after this one bring), and no request expires: whatever is late or out of turn has no excuse. Half of them show what
 * lower tiers get that were silent for long, and are to get a share worth counting.
 */
function clearSky(random: Random, scenario: Scenario, plan: GatewayPlan): Scenario {
  const { gateway, target, aws, process, stormMs } = scenario;
  const isHighestFirst = random.chance(0.5);
  const tiers = plan.tiers.map(({ name }, rank) => ({
    name,
    timeout: "24h",
    ...(isHighestFirst && rank > 0 && { share: "20%" }),
  }));
  const { callWithinUs, deliveryWithinUs, scheduleWithinUs } = aws.faults;
  const phases = target.phases.map((phase) => ({ ...phase, way: "open" as const, tail: NO_TAIL, shares: {} }));
  return {
    ...scenario,
    gateway: scenario.dispatch === "deferral" ? gateway : { ...gateway, tiers },
    requests: isHighestFirst ? drawHighestFirst(random, plan, stormMs) : scenario.requests,
    target: { ...target, phases },
    aws: { faults: { callWithinUs, deliveryWithinUs, scheduleWithinUs }, outages: [] },
    process: { ...process, crashShare: 0, stallShare: 0, pauseShare: 0, holdShare: 0 },
    operations: [],
  };
}

const NO_TAIL = { share: 0, latencyMs: 0 };

/** The highest tier has the gateway to itself for a while; the others come all at once, before it is done. */
function drawHighestFirst(random: Random, plan: GatewayPlan, stormMs: number): ScenarioRequest[] {
  const [highest, ...lower] = plan.tiers.map(({ name }) => name);
  const { name: operation } = oneOf(random, plan.operations);
  const first = random.between(60, 100);
  const busyMs = Math.min(stormMs, (first * plan.limit.intervalUs) / 1_000);
  const untilMs = Math.round((random.between(4, 9) / 10) * busyMs);
  return mergeLoads(
    allAt(0, highest ?? plan.defaultTier, operation, first),
    ...lower.map((tier) => allAt(untilMs, tier, operation, random.between(10, 20))),
  ).map(asRequest);
}

const allAt = (atMs: number, tier: string, operation: string, count: number): LoadRequest[] =>
  backlog({ tier, operation, requestOf: () => ({}) }, count, us(atMs * 1_000));

const asRequest = ({ atUs, tier, operation }: LoadRequest, index: number): ScenarioRequest => ({
  ...{ name: `r${index}`, atMs: Math.round(atUs / 1_000), tier, operation },
});

/** Everybody who waits then loses interest at once: whoever asked for all of it has been stopped. */
const stoppedAt = (request: ScenarioRequest, atMs: number): ScenarioRequest =>
  request.atMs >= atMs ? request : { ...request, stopAfterMs: atMs - request.atMs };

type Touchy = Pick<TargetPhase, "shares" | "retryAfterS">;

/** A target that refuses often and asks for a moment, or for none: refusals with unlike wishes are under way at once. */
const drawTouchy = (random: Random): Touchy => ({
  shares: { throttled: random.between(1, 4) / 10, throttledBare: some(random, 0.5, 0.2) },
  retryAfterS: { min: 0, max: oneOf(random, [1, 2, 2, 3]) },
});

const touchier = (phase: TargetPhase, { shares, retryAfterS }: Touchy): TargetPhase => ({
  ...phase,
  shares: { ...phase.shares, ...shares },
  retryAfterS,
});

interface Freeze {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The target takes calls and answers none, when somebody asks: for a moment, or for longer than a turn. */
function drawFreeze(
  random: Random,
  { timeouts }: GatewayPlan,
  requests: readonly ScenarioRequest[],
  stormMs: number,
): Freeze {
  const fromMs = Math.min(Math.round(stormMs / 2), oneOf(random, requests).atMs);
  const forMs = Math.round((oneOf(random, [1, 3, 15, 30]) * timeouts.responseUs) / 1_000);
  return { fromMs, untilMs: Math.min(stormMs, fromMs + forMs) };
}

/** While a target hangs, people deploy again and AWS moves things. */
function drawReplaced(random: Random, { fromMs, untilMs }: Freeze): Operation[] {
  const count = random.chance(0.5) ? random.between(1, 4) : 0;
  return Array.from({ length: count }, () => ({ kind: "replace", atMs: random.between(fromMs, untilMs) }));
}

/** The phases with one in between that answers nothing. */
function frozen(phases: readonly TargetPhase[], { fromMs, untilMs }: Freeze): TargetPhase[] {
  return phases.flatMap((phase, index) => {
    const beginsMs = phases[index - 1]?.untilMs ?? 0;
    const parts: TargetPhase[] = [
      { ...phase, untilMs: Math.min(phase.untilMs, Math.max(beginsMs, fromMs)) },
      { ...phase, untilMs: Math.min(phase.untilMs, Math.max(beginsMs, untilMs)), shares: { hang: 1 } },
      phase,
    ];
    return parts.filter((part, at) => part.untilMs > (parts[at - 1]?.untilMs ?? beginsMs));
  });
}

const withThrottled = (faults: Scenario["aws"]["faults"], service: string, share: number) => ({
  ...faults,
  throttled: { ...faults.throttled, [service]: share },
});
