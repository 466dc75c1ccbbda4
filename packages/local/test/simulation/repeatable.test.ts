import { createHash } from "node:crypto";
import { ms, seconds, us } from "@sluice/dsl";
import { Random } from "../../src/random";
import type { FedRequest, Simulation } from "../../src/simulation";
import { answered, type Reaction, refused } from "../../src/virtual-target";
import { type Synthesized, synthesize, worldOf } from "./gateway-world";

/**
 * The trace of {@link stormyHour}, everything that can be seen of it from outside. It is the same on any machine; it
 * changes with the worker, the models, the plan or the template, and then only with them. The test says what it is now.
 */
const TRACE = { lines: 10018, sha256: "05ca9ff8a181b4e0a7b525e412e1380e97f158b4ee4b023aba50c7e40cf1eb08" };

const REQUESTS = 600;

function* load(random: Random): Generator<FedRequest> {
  let atUs = us(0);
  for (let i = 0; i < REQUESTS; i++) {
    atUs = us(atUs + random.between(0, 1_000_000));
    const tier = ["HIGH", "NORMAL", "BATCH"][random.between(0, 2)] ?? "HIGH";
    yield { atUs, tier, name: `r${i}`, operation: random.chance(0.3) ? "order" : "read", request: { number: i } };
  }
}

function reactionOf(random: Random): Reaction {
  if (random.chance(0.85)) return answered(ms(random.between(5, 900)), { given: random.hex(8) });
  const others: readonly Reaction[] = [
    refused(429, { "retry-after": String(random.between(1, 20)) }),
    refused(500),
    refused(404),
    { latencyUs: us(0), end: "hang" },
    { latencyUs: ms(40), end: { kind: "lost", message: "the connection was closed" } },
  ];
  return others[random.between(0, others.length - 1)] ?? answered();
}

/** Every kind of fault at once, several environments, crashes, replaced environments, a stopped execution. */
async function stormyHour(gateway: Synthesized, seed: number): Promise<string[]> {
  const random = new Random(seed);
  const trace: string[] = [];
  const world = await worldOf(gateway, {
    seed,
    remembers: false,
    pathVariesUs: us(gateway.plan.limit.jitterUs - gateway.plan.limit.latenessUs),
    placement: { kind: "any", environments: 3 },
    faults: {
      shortPollMiss: 0.2,
      duplicate: 0.05,
      duplicateAfterDelete: 0.05,
      copyWithinUs: seconds(30),
      lostDelete: 0.03,
      lateDelete: 0.05,
      lateDeleteWithinUs: seconds(20),
      staleHandleKeeps: 0.5,
      deliveryWithinUs: ms(900),
      deliveryTwice: 0.05,
      fifoDeliveryLost: 0.05,
      scheduleWithinUs: seconds(5),
      scheduleLost: 0.1,
      callWithinUs: ms(60),
      throttled: { sfn: 0.02 },
      failBefore: { sqs: 0.02, sfn: 0.02, dynamodb: 0.02 },
      failAfter: { sqs: 0.02, sfn: 0.02, dynamodb: 0.02 },
    },
    processFaults: {
      crash: () => (random.chance(0.002) ? (random.chance(0.5) ? "before" : "after") : undefined),
      pauseBeforeBytes: () => us(random.chance(0.05) ? random.between(0, 200_000) : 0),
    },
    target: { react: () => reactionOf(random) },
  });
  watch(world, trace);
  world.feed(load(random));
  for (let minute = 0; minute < 60; minute++) {
    await world.run("1m");
    for (const name of world.stack.functionNames)
      if (random.chance(0.1)) world.services.lambda.replaceEnvironments(name);
  }
  return trace;
}

/** Arrivals, ends and calls to AWS, each with its instant. */
function watch(world: Simulation, trace: string[]): void {
  const tell = (...parts: readonly unknown[]) => trace.push([world.clock.now(), ...parts].join(" "));
  world.onArrival(({ operation, request, context }) =>
    tell("arrival", operation, JSON.stringify(request), JSON.stringify(context)),
  );
  world.onEnded(({ name, status, output, error, cause }) => tell("end", name, status, output, error, cause));
  const { cloud } = world.services;
  const call = cloud.call.bind(cloud);
  cloud.call = (principal, service, operation, input) => {
    tell("call", principal.kind, service, operation, JSON.stringify(input));
    return call(principal, service, operation, input);
  };
}

test("a long run with every fault is the same from its seed on any machine, to the last call", async () => {
  const gateway = await synthesize(
    "2/s",
    "tiers: [{ name: HIGH, timeout: 1h }, { name: NORMAL, timeout: 1d }, { name: BATCH, timeout: 2d }]",
  );
  const trace = await stormyHour(gateway, 20_261_124);
  const kinds = ["arrival", "end", "call"].map((kind) => trace.filter((line) => line.split(" ")[1] === kind).length);
  // All of it happened: more calls than requests, every end, and what AWS was asked.
  expect(kinds[0]).toBeGreaterThan(REQUESTS);
  expect(kinds[1]).toBe(REQUESTS);
  expect({ lines: trace.length, sha256: createHash("sha256").update(trace.join("\n")).digest("hex") }).toEqual(TRACE);
}, 240_000);
