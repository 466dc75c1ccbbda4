import { doorbellOf, ms, seconds, toSecondsUp, us } from "@sluice/dsl";
import { mostInWindow, type Synthesized, synthesize, worldOf } from "./gateway-world";

let gateway: Synthesized;
beforeAll(async () => {
  gateway = await synthesize("10/s");
});

/** What the path may vary by: the jitter less what is the process's. */
const pathShare = () => us(gateway.plan.limit.jitterUs - gateway.plan.limit.latenessUs);

test("turns that alternate between environments, any of which may come next, break no window", async () => {
  const world = await worldOf(gateway, { placement: { kind: "any", environments: 3 }, pathVariesUs: pathShare() });
  for (let burst = 0; burst < 20; burst++) {
    for (let i = 0; i < 6; i++) {
      world.send("NORMAL", `n${burst}-${i}`, { operation: "read", delayUs: ms(burst * 2_600 + i * 7) });
    }
  }
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(world.services.lambda.usage(world.stack.functionNames[0] ?? "").coldStarts).toBeGreaterThan(1);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(10);
});

test("an environment replaced in the middle of traffic breaks no window", async () => {
  const world = await worldOf(gateway, { pathVariesUs: pathShare() });
  for (let i = 0; i < 100; i++) world.send("NORMAL", `n${i}`, { operation: "read", delayUs: ms(i * 130) });
  for (let i = 0; i < 12; i++) {
    await world.run("1s");
    for (const name of world.stack.functionNames) world.services.lambda.replaceEnvironments(name);
  }
  expect(await world.runUntilEnded("2m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(10);
});

test("pauses of the process between decision and bytes break no window", async () => {
  const world = await worldOf(gateway, {
    pathVariesUs: pathShare(),
    processFaults: { pauseBeforeBytes: ({ number }) => ms(number % 5 === 0 ? 100 : number % 7 === 0 ? 1_500 : 0) },
  });
  for (let i = 0; i < 150; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(10);
});

test("duplicates, lost deletes, missed polls, late and lost bells and failing calls to AWS lose nothing and repeat no order", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = await worldOf(gateway, {
      seed,
      pathVariesUs: pathShare(),
      placement: { kind: "any", environments: 2 },
      faults: {
        shortPollMiss: 0.3,
        duplicate: 0.1,
        duplicateAfterDelete: 0.1,
        copyWithinUs: seconds(20),
        lostDelete: 0.05,
        lateDelete: 0.1,
        lateDeleteWithinUs: seconds(5),
        deliveryWithinUs: seconds(2),
        deliveryTwice: 0.1,
        fifoDeliveryLost: 0.2,
        scheduleWithinUs: seconds(5),
        callWithinUs: ms(60),
        failBefore: { sqs: 0.02, sfn: 0.02, dynamodb: 0.02 },
        failAfter: { sqs: 0.02, sfn: 0.02, dynamodb: 0.02 },
      },
    });
    for (let i = 0; i < 60; i++) {
      const tier = ["HIGH", "NORMAL", "BATCH"][i % 3] ?? "HIGH";
      world.send(tier, `r${i}`, { operation: i % 2 ? "order" : "read", delayUs: ms((i % 7) * 900) });
    }
    expect({ seed, ended: await world.runUntilEnded("30m") }).toEqual({ seed, ended: true });
    expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(10);
    const orders = world.callsAtTarget().filter((name) => Number(name.slice(1)) % 2 === 1);
    expect(orders).toHaveLength(new Set(orders).size);
  }
}, 60_000);

test("a gate that cannot be reached stops every call, and the gateway goes on when it is back", async () => {
  const world = await worldOf(gateway);
  for (let i = 0; i < 60; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  await world.run("2s");
  world.faults = { failBefore: { dynamodb: 1 } };
  await world.run("6s");
  const reached = world.target.arrivals.length;
  await world.run("30s");
  expect(world.target.arrivals).toHaveLength(reached);
  world.faults = {};
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(10);
});

test("a request whose bell was lost is called by the next sweep", async () => {
  const world = await worldOf(gateway, { faults: { fifoDeliveryLost: 1 } });
  world.send("NORMAL", "n1", { operation: "read" });
  expect(await world.runUntilEnded("2m")).toBe(true);
  expect(world.callsAtTarget()).toEqual(["n1"]);
});

test("what came in an outage of the mapping that outlasted its bells is called within two minutes of the end, by the sweep", async () => {
  const world = await worldOf(gateway, { faults: { scheduleLost: 1 } });
  const bells = world.services.sqs.queue(String(gateway.template.Resources.BellQueue?.Properties.QueueName));
  for (const mapping of world.stack.mappings) mapping.stop();
  await world.run("1m");
  for (let i = 0; i < 15; i++) world.send("BATCH", `b${i}`, { operation: "read" });
  await world.run("1s");
  expect(bells?.size().visible).toBe(15);
  await world.run(`${toSecondsUp(doorbellOf(gateway.plan).bellRetentionUs)}s`);
  expect(bells?.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  world.faults = {};
  for (const mapping of world.stack.mappings) mapping.start();
  await world.run("2m");
  expect([...world.ended.values()].map(({ status }) => status)).toEqual(new Array(15).fill("SUCCEEDED"));
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(10);
});

test("a turn whose bells expire in its hands goes on, and the next begins within seconds of its end", async () => {
  const { template, ...rest } = await synthesize("5/s");
  const bells = template.Resources.BellQueue?.Properties ?? {};
  // Less than a turn: its bells are gone before it ends, and Lambda throttles whoever takes those behind them.
  bells.MessageRetentionPeriod = 120;
  const world = await worldOf({ template, ...rest });
  for (let i = 0; i < 2_500; i++) world.send("BATCH", `b${i}`, { operation: "read" });
  expect(await world.runUntilEnded("20m")).toBe(true);
  const starts = world.target.arrivals.map(({ atUs }) => atUs);
  const waits = starts.map((atUs, i) => atUs - (starts[i - 1] ?? atUs));
  expect(Math.max(...waits)).toBeLessThan(seconds(7));
  expect(starts).toHaveLength(2_500);
  expect(mostInWindow({ template, ...rest }, world)).toBe(5);
});

test("a wall clock that steps by an hour changes no spacing", async () => {
  const world = await worldOf(gateway);
  for (let i = 0; i < 100; i++) world.send("BATCH", `b${i}`, { operation: "read" });
  await world.run("3s");
  world.clock.stepWall(-3_600_000);
  await world.run("3s");
  world.clock.stepWall(3_600_000);
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBe(10);
});

test("two turns invoked at once are one turn: the second is throttled", async () => {
  const world = await worldOf(gateway);
  for (let i = 0; i < 60; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  await world.run("2s");
  const [name = ""] = world.stack.functionNames;
  const byHand = world.services.lambda.invoke(name, { Records: [] });
  await expect(byHand).rejects.toMatchObject({ name: "TooManyRequestsException" });
  expect(await world.runUntilEnded("1m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBe(10);
});
