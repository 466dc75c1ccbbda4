import { type Json, type Micros, ms, seconds, us } from "@sluice/dsl";
import { answered, type Faults, Random, type Reaction, refused, type Simulation, simulate } from "@sluice/local";
import type { Deployment } from "./deploy";
import { gatewayOf } from "./gateways";
import { type Answered, broken } from "./invariants";
import type { RunOutcome, Violation } from "./outcome";

/** How long what goes wrong goes on; after it everything must come to its end. */
const STORM = seconds(240);
const STORM_STEPS = 12;

/** What one run draws: which faults are on, and how strong. */
interface Draw {
  /** No worker dies and no call to AWS fails. */
  readonly isCalm: boolean;
  readonly faults: Partial<Faults>;
  /** Of all awaits of a worker, how many are its last. */
  readonly crashShare: number;
  readonly pauseShare: number;
  readonly longestPauseUs: Micros;
  readonly environments: number;
  readonly handshakeUs: Micros;
  readonly idleUs: Micros;
  readonly react: () => Reaction;
}

/** One random run of a gateway, all of it from the seed. */
export async function runSeed(seed: number): Promise<RunOutcome> {
  const gateway = gatewayOf(seed);
  const random = new Random(seed * 7_919 + 13);
  const draw = drawRun(random, gateway);
  const answers: Answered[] = [];
  let isStormy = true;
  const world = await simulate({
    ...gateway,
    seed,
    faults: draw.faults,
    pathVariesUs: us(gateway.plan.limit.jitterUs - gateway.plan.limit.latenessUs),
    placement: draw.environments > 1 ? { kind: "any", environments: draw.environments } : { kind: "reuse" },
    processFaults: {
      crash: () => (isStormy && random.chance(draw.crashShare) ? (random.chance(0.5) ? "before" : "after") : undefined),
      pauseBeforeBytes: () => us(random.chance(draw.pauseShare) ? random.between(0, draw.longestPauseUs) : 0),
    },
    target: {
      handshakeUs: draw.handshakeUs,
      idleUs: draw.idleUs,
      react: (arrival) => {
        const reaction = isStormy ? draw.react() : answered();
        answers.push({ arrival, reaction });
        return reaction;
      },
    },
  });
  const requests = load(world, gateway, random);
  await passStorm(world, random, draw.isCalm);
  isStormy = false;
  world.faults = {};
  await drain(world, gateway, requests);
  const { isCalm, longestPauseUs, pauseShare } = draw;
  const seen = { gateway, answers, isCalm, longestPauseUs: pauseShare > 0 ? longestPauseUs : us(0) };
  return {
    seed,
    violations: [...broken(world, seen), ...(await left(world, gateway))],
    story: `seed ${seed}: ${requests} requests, ${answers.length} calls, ${JSON.stringify(draw)}`,
    requests,
    calls: answers.length,
  };
}

async function passStorm(world: Simulation, random: Random, isCalm: boolean): Promise<void> {
  for (let step = 0; step < STORM_STEPS; step++) {
    await world.run(`${STORM / 1_000_000 / STORM_STEPS}s`);
    for (const name of world.stack.functionNames) {
      if (random.chance(0.1)) world.services.lambda.replaceEnvironments(name);
      if (!isCalm && random.chance(0.1)) world.services.lambda.killRunning(name);
    }
  }
}

/** At most twice as long as the rate needs, and a margin for waits between retries; then what copies and bells need. */
async function drain(world: Simulation, { plan }: Deployment, requests: number): Promise<void> {
  const minutes = 20 + (2 * requests * plan.limit.intervalUs) / 60_000_000;
  await world.runUntilEnded(`${Math.ceil(minutes)}m`);
  await world.run("10m");
}

function drawRun(random: Random, { plan }: Deployment): Draw {
  const isCalm = random.chance(0.35);
  return {
    isCalm,
    faults: drawFaults(random, isCalm),
    crashShare: !isCalm && random.chance(0.5) ? 10 ** -random.between(2, 4) : 0,
    pauseShare: random.chance(0.4) ? 0.1 : 0,
    longestPauseUs: ms(random.chance(0.2) ? 3_000 : 120),
    environments: random.chance(0.5) ? random.between(2, 4) : 1,
    handshakeUs: ms(random.between(5, random.chance(0.2) ? 1_500 : 300)),
    idleUs: ms(random.between(800, 20_000)),
    react: drawReactions(random, plan.timeouts.responseUs),
  };
}

function drawFaults(random: Random, isCalm: boolean): Partial<Faults> {
  const some = (chance: number, most: number) => (random.chance(chance) ? random.next() * most : 0);
  const failures = (most: number) => {
    const share = isCalm ? 0 : some(0.5, most);
    return { sqs: share, sfn: share, dynamodb: share };
  };
  return {
    shortPollMiss: some(0.5, 0.9),
    duplicate: some(0.4, 0.3),
    duplicateAfterDelete: some(0.4, 0.3),
    copyWithinUs: seconds(random.between(1, 60)),
    lostDelete: some(0.3, 0.3),
    lateDelete: some(0.3, 0.5),
    lateDeleteWithinUs: seconds(random.between(1, 50)),
    staleHandleKeeps: some(0.3, 1),
    deliveryWithinUs: ms(random.between(20, 3_000)),
    deliveryTwice: some(0.4, 0.3),
    fifoDeliveryLost: some(0.3, 0.5),
    scheduleWithinUs: seconds(random.between(0, 10)),
    scheduleLost: some(0.3, 0.3),
    callWithinUs: ms(random.between(2, random.chance(0.2) ? 800 : 60)),
    // A question about a token counts as answered with yes: a copy may then be called again where a repeat does no harm.
    throttled: { sfn: isCalm ? 0 : some(0.4, 1) },
    failBefore: failures(0.15),
    failAfter: failures(0.1),
  };
}

function drawReactions(random: Random, responseUs: Micros): () => Reaction {
  const slowest = random.chance(0.3) ? 2_800 : 400;
  const troubled = random.chance(0.6) ? random.next() * 0.3 : 0;
  return () => {
    const latencyUs = ms(random.between(5, slowest));
    if (!random.chance(troubled)) return answered(latencyUs);
    switch (random.between(0, 5)) {
      case 0:
        return { ...refused(429, { "retry-after": String(random.between(1, 40)) }), latencyUs };
      case 1:
        return { ...refused(500), latencyUs };
      case 2:
        return { latencyUs: us(0), end: "hang" };
      case 3:
        return { ...refused(404), latencyUs };
      case 4:
        return { latencyUs, end: { kind: "lost", message: "the connection was closed" } };
      default:
        return answered(us(responseUs + ms(500)));
    }
  };
}

/** A trickle, a backlog or ten times the limit, at once or over the whole storm, in all tiers. @returns how many */
function load(world: Simulation, { plan }: Deployment, random: Random): number {
  const used = [0.2, 0.7, 1.5, 10][random.between(0, 3)] ?? 1;
  const requests = Math.min(150, Math.ceil((used * STORM) / plan.limit.intervalUs) + 3);
  const spread = random.chance(0.3) ? 0 : STORM;
  for (let i = 0; i < requests; i++) {
    const tier = plan.tiers[random.between(0, plan.tiers.length - 1)]?.name ?? "";
    const operation = random.chance(0.5) ? "order" : "read";
    world.send(tier, `r${i}`, { operation, delayUs: us(random.between(0, spread)) });
  }
  return requests;
}

/** Messages that nobody took care of: with every request ended, none may stay. */
async function left(world: Simulation, { plan }: Deployment): Promise<Violation[]> {
  const { QueueUrls } = (await askQueues(world, "ListQueues", {})) as { QueueUrls: string[] };
  const urls = QueueUrls.filter((url) => plan.tiers.some(({ name }) => url.endsWith(`-${name}`)));
  const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const counts = urls.map(async (url) => {
    const answer = await askQueues(world, "GetQueueAttributes", { QueueUrl: url, AttributeNames });
    const { Attributes } = answer as { Attributes: Record<string, string> };
    const count = Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
    const message = `${count} messages are left in ${url}`;
    return count > 0 ? [{ invariant: "conservation" as const, message }] : [];
  });
  return (await Promise.all(counts)).flat();
}

const askQueues = (world: Simulation, operation: string, input: Json): Promise<Json> =>
  world.services.cloud.call({ kind: "user" }, "sqs", operation, input);
