import { type GatewayPlan, ms, seconds, us } from "@sluice/dsl";
import { type Faults, Random } from "@sluice/local";
import { planOf, readGateway } from "./deploy";
import { oneOf, some } from "./draw";
import { drawGateway, drawPatch, inDeferral } from "./draw-gateway";
import { drawLater } from "./draw-later";
import { drawRequests } from "./draw-requests";
import type { AwsFaults, Dispatch, Operation, Outage, Scenario, TargetPhase, Trouble, WorkerFaults } from "./scenario";

/**
 * The scenario of a seed. Which faults are on at all, and how strong, is drawn for each run: with all of them always on,
 * each would hide what another one shows.
 */
export function drawScenario(seed: number): Scenario {
  const random = new Random(seed * 7_919 + 13);
  const asDoorbell = drawGateway(random);
  const stormMs = oneOf(random, [60_000, 120_000, 240_000, 400_000]);
  // A third of all runs: nothing of a worker dies, no call to AWS fails, and so nothing excuses a second call.
  const isCalm = random.chance(0.35);
  const dispatch = oneOf(random, DISPATCHES);
  const gateway = dispatch === "deferral" ? inDeferral(random, asDoorbell) : asDoorbell;
  const plan = planOf(readGateway(JSON.stringify(gateway)));
  const scenario: Scenario = {
    version: 1,
    seed,
    dispatch,
    gateway,
    stormMs,
    requests: drawRequests(random, plan, stormMs),
    target: {
      handshakeMs: random.between(5, random.chance(0.2) ? 1_500 : 300),
      idleMs: random.chance(0.3) ? random.between(200, 1_200) : random.between(800, 20_000),
      phases: drawPhases(random, plan, stormMs),
    },
    aws: drawAws(random, isCalm, stormMs),
    process: drawProcess(random, isCalm, plan),
    path: random.chance(0.3) ? "extremes" : "between",
    operations: drawOperations(random, isCalm, stormMs, gateway),
  };
  return drawLater(random, scenario, plan, isCalm);
}

/** The dispatches that a scenario may have; the default one three times as often. */
const DISPATCHES: readonly Dispatch[] = ["deferral", "doorbell", "doorbell", "doorbell"];

function drawPhases(random: Random, plan: GatewayPlan, stormMs: number): TargetPhase[] {
  const count = random.chance(0.5) ? 1 : random.between(2, 4);
  return Array.from({ length: count }, (_, index) => drawPhase(random, plan, (stormMs * (index + 1)) / count));
}

function drawPhase(random: Random, { timeouts }: GatewayPlan, untilMs: number): TargetPhase {
  const responseMs = timeouts.responseUs / 1_000;
  const max = oneOf(random, [50, 400, 400, responseMs * 0.9]);
  return {
    untilMs: Math.round(untilMs),
    way: random.chance(0.85) ? "open" : oneOf(random, ["refused", "silent"] as const),
    latencyMs: { min: 5, max: Math.round(max) },
    tail: { share: some(random, 0.3, 0.1), latencyMs: Math.round(responseMs * random.next()) },
    shares: drawTroubles(random),
    retryAfterS: { min: 1, max: oneOf(random, [1, 3, 10, 40, 200]) },
  };
}

const TROUBLES: readonly Trouble[] = [
  "throttled",
  "throttledUntil",
  "throttledBare",
  "forbidden",
  "unavailable",
  "failed500",
  "notFound404",
  "hang",
  "doneTooLate",
  "doneThen502",
  "reset",
];

function drawTroubles(random: Random): TargetPhase["shares"] {
  if (random.chance(0.35)) return {};
  const most = oneOf(random, [0.02, 0.1, 0.3, 0.9]);
  const on = TROUBLES.filter(() => random.chance(0.3));
  return Object.fromEntries(on.map((trouble) => [trouble, (random.next() * most) / Math.sqrt(on.length)]));
}

function drawAws(random: Random, isCalm: boolean, stormMs: number): AwsFaults {
  return { faults: drawFaults(random, isCalm), outages: isCalm ? [] : drawOutages(random, stormMs) };
}

function drawFaults(random: Random, isCalm: boolean): Partial<Faults> {
  const failures = (most: number) => {
    const of = (chance: number) => (isCalm ? 0 : some(random, chance, most));
    return { sqs: of(0.3), sfn: of(0.3), dynamodb: of(0.3), sns: of(0.2) };
  };
  return {
    shortPollMiss: some(random, 0.5, 0.9),
    duplicate: some(random, 0.4, 0.3),
    duplicateAfterDelete: some(random, 0.4, 0.3),
    copyWithinUs: seconds(random.between(1, 60)),
    lostDelete: some(random, 0.3, 0.3),
    lateDelete: some(random, 0.3, 0.5),
    lateDeleteWithinUs: seconds(random.between(1, 50)),
    staleHandleKeeps: some(random, 0.3, 1),
    deliveryWithinUs: ms(random.between(20, random.chance(0.3) ? 20_000 : 3_000)),
    deliveryTwice: some(random, 0.4, 0.3),
    fifoDeliveryLost: some(random, 0.4, 1),
    scheduleWithinUs: seconds(random.between(0, 10)),
    scheduleLost: some(random, 0.3, 0.3),
    callWithinUs: ms(random.between(2, random.chance(0.2) ? 800 : 60)),
    // A question about a token counts as answered with yes: a copy may then be called again where a repeat does no harm.
    throttled: { sfn: isCalm ? 0 : some(random, 0.3, 1), sqs: isCalm ? 0 : some(random, 0.2, 0.3) },
    failBefore: failures(0.15),
    failAfter: failures(0.1),
  };
}

function drawOutages(random: Random, stormMs: number): Outage[] {
  const services = ["dynamodb", "sqs", "sfn"].filter(() => random.chance(0.2));
  return services.map((service) => ({
    service,
    atMs: random.between(0, stormMs),
    forMs: random.between(1_000, oneOf(random, [10_000, 90_000])),
  }));
}

function drawProcess(random: Random, isCalm: boolean, { worker }: GatewayPlan): WorkerFaults {
  const functionMs = worker.functionTimeoutUs / 1_000;
  return {
    environments: random.chance(0.5) ? random.between(2, 4) : 1,
    crashShare: !isCalm && random.chance(0.5) ? 10 ** -random.between(2, 4) : 0,
    stallShare: !isCalm && random.chance(0.2) ? 10 ** -random.between(3, 4) : 0,
    longestStallMs: oneOf(random, [5_000, 40_000, functionMs * 1.5]),
    pauseShare: random.chance(0.4) ? oneOf(random, [0.02, 0.1, 0.5]) : 0,
    longestPauseMs: random.chance(0.2) ? 3_000 : 120,
    holdShare: random.chance(0.2) ? oneOf(random, [0.02, 0.2]) : 0,
    longestHoldMs: oneOf(random, [30, 800]),
  };
}

function drawOperations(random: Random, isCalm: boolean, stormMs: number, gateway: Scenario["gateway"]): Operation[] {
  const at = () => random.between(1_000, stormMs);
  const times = (chance: number, most: number) => (random.chance(chance) ? random.between(1, most) : 0);
  const many = (count: number, draw: () => Operation) => Array.from({ length: count }, draw);
  return [
    ...many(times(0.4, 4), () => ({ kind: "replace", atMs: at() })),
    ...many(isCalm ? 0 : times(0.4, 4), () => ({ kind: "kill", atMs: at() })),
    ...many(times(0.3, 2), () => ({
      kind: "redeploy",
      atMs: at(),
      patch: deployable(gateway, drawPatch(random, gateway)),
    })),
    ...many(times(0.2, 1), () => ({ kind: "pause", atMs: at(), forMs: random.between(2_000, 120_000) })),
    ...many(times(0.35, 3), () => ({ kind: "redrive", atMs: at() })),
    ...many(times(0.1, 2), () => ({ kind: "wallStep", atMs: at(), byMs: random.between(-20_000, 20_000) })),
  ].sort((a, b) => a.atMs - b.atMs);
}

/** Nothing but the code, where the patch would change the slots: that is deployed paused. */
function deployable(gateway: Scenario["gateway"], patch: Scenario["gateway"]): Scenario["gateway"] {
  const slots = (file: Scenario["gateway"]) => {
    const { dispatch } = planOf(readGateway(JSON.stringify(file)));
    return dispatch.kind === "deferral" ? dispatch.slots : 1;
  };
  return slots(gateway) === slots({ ...gateway, ...patch }) ? patch : {};
}

/** Only for {@link Scenario.aws}: a record in microseconds from whole milliseconds. */
export const inUs = (milliseconds: number) => us(Math.round(milliseconds * 1_000));
