import { type Json, type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Simulation } from "../../src/simulation";
import { answered, refused } from "../../src/virtual-target";
import { mostInWindow, type Synthesized, synthesize, worldOf } from "./gateway-world";

const MORE = "timeouts: { connect: 1s, response: 2s }\n";

const deferral = (rate: string, slots: number, more = MORE): Promise<Synthesized> =>
  synthesize(rate, more, { worker: { dispatch: "deferral", slots } });

const sendMany = (world: Simulation, tier: string, count: number, operation = "read") => {
  for (let i = 0; i < count; i++) world.send(tier, `${tier}-${i}`, { operation });
};

const instantOf = (world: Simulation, name: string): Micros | undefined =>
  world.target.arrivals[world.callsAtTarget().indexOf(name)]?.atUs;

const usage = ({ services, stack }: Simulation) => services.lambda.usage(stack.functionNames[0] ?? "");

test("a backlog is called at nine tenths of the rate at least, and no window holds a call too many", async () => {
  const gateway = await deferral("6/s", 6);
  const world = await worldOf(gateway, { target: { react: () => answered(ms(150)) } });
  sendMany(world, "BATCH", 600);
  await world.run("60s");
  expect(mostInWindow(gateway, world)).toBe(6);
  // 6 calls in 1.02 s, and a new worker waits for one interval.
  expect(world.target.arrivals.length).toBeGreaterThan((0.9 * 59 * 6) / 1.02);
});

test("each call is an invocation that lasts one interval of its slot", async () => {
  const gateway = await deferral("6/s", 6);
  const world = await worldOf(gateway, { target: { react: () => answered(ms(150)) } });
  sendMany(world, "BATCH", 300);
  await world.run("3m");
  const { invocations, durationUs } = usage(world);
  expect(world.ended.size).toBe(300);
  expect(invocations).toBe(300);
  expect(durationUs / 300 / 1_020_000).toBeGreaterThan(0.98);
  expect(durationUs / 300 / 1_020_000).toBeLessThan(1.1);
});

test("a NORMAL message lets a waiting HIGH request go first and comes back", async () => {
  // One slot: while it is busy, one poller of each tier holds a message, and what comes after them waits in its queue.
  const gateway = await deferral("1/s", 1);
  const world = await worldOf(gateway);
  sendMany(world, "NORMAL", 3);
  await world.run("100ms");
  sendMany(world, "HIGH", 12);
  expect(await world.runUntilEnded("10m")).toBe(true);
  const calls = world.callsAtTarget();
  expect(calls.filter((name) => name.startsWith("HIGH"))).toHaveLength(12);
  const deferred = world.log.filter((line) => line.kind === "event" && line.name === "deferred");
  expect(deferred.length).toBeGreaterThan(0);
  expect(new Set(calls).size).toBe(15);
});

test("a message that was received often enough is handled whatever waits above it", async () => {
  const tiers = [
    { name: "HIGH", timeout: seconds(86_400) },
    { name: "LOW", timeout: seconds(86_400), maxReceives: 1 },
  ];
  const change = { worker: { dispatch: "deferral" as const, slots: 2 }, tiers, defaultTier: "HIGH" };
  const world = await worldOf(await synthesize("2/s", MORE, change));
  // Its pollers have both slots when HIGH comes, and once in it steps back for nobody.
  sendMany(world, "LOW", 10);
  await world.run("100ms");
  sendMany(world, "HIGH", 40);
  await world.run("15s");
  expect(world.log.filter((line) => line.kind === "event" && line.name === "deferred")).toEqual([]);
  expect(world.callsAtTarget().filter((name) => name.startsWith("LOW"))).toHaveLength(10);
});

test("a target that asks for quiet is left alone by all slots, and everything is called afterwards", async () => {
  const gateway = await deferral("6/s", 6);
  let first = true;
  const world = await worldOf(gateway, {
    target: {
      react: () => {
        if (!first) return answered(ms(50));
        first = false;
        return refused(429, { "retry-after": "20" });
      },
    },
  });
  sendMany(world, "BATCH", 60);
  expect(await world.runUntilEnded("5m")).toBe(true);
  const [refusedAt = us(0)] = world.target.arrivals.map(({ atUs }) => atUs);
  const during = world.target.arrivals.filter(
    ({ atUs }) => atUs > refusedAt + ms(300) && atUs < refusedAt + seconds(20),
  );
  expect(during).toEqual([]);
  expect([...world.ended.values()].every(({ status }) => status === "SUCCEEDED")).toBe(true);
});

test("while the gate cannot be read nothing is called, and afterwards everything is", async () => {
  const world = await worldOf(await deferral("6/s", 6), { faults: { failBefore: { dynamodb: 1 } } });
  sendMany(world, "BATCH", 12);
  await world.run("60s");
  expect(world.target.arrivals).toEqual([]);
  world.faults = {};
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect([...world.ended.values()].every(({ status }) => status === "SUCCEEDED")).toBe(true);
});

test("a worker's death costs at most one call more in a window, and its request is called again or ends as unknown", async () => {
  const gateway = await deferral("6/s", 6);
  let isDeadly = false;
  const world = await worldOf(gateway, {
    target: { react: () => answered(ms(150)) },
    processFaults: {
      crash: ({ label }) => {
        if (!isDeadly || label !== "response") return undefined;
        isDeadly = false;
        return "before";
      },
    },
  });
  sendMany(world, "BATCH", 100);
  sendMany(world, "HIGH", 100, "order");
  await world.run("10s");
  isDeadly = true;
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(7);
  const errors = [...world.ended.values()].flatMap(({ error }) => error ?? []);
  expect(errors.length).toBeLessThanOrEqual(1);
  for (const error of errors) expect(error).toBe("Gateway.Unknown");
});

test("a worker that begins anew waits for one interval, since it may stand in for one that died", async () => {
  const world = await worldOf(await deferral("1/5s", 1));
  world.send("HIGH", "first", { operation: "read" });
  expect(await world.runUntilEnded("1m")).toBe(true);
  world.send("HIGH", "second", { operation: "read" });
  await world.run("1m");
  const [first = us(0), second = us(0)] = ["first", "second"].map((name) => instantOf(world, name));
  expect(first).toBeGreaterThan(5_050_000);
  // The first one's worker kept the slot until the interval was over, but for the lead.
  expect(second - first).toBeGreaterThanOrEqual(5_000_000);
});

test("a copy that another slot holds is not told to be unknown while its call goes on", async () => {
  const world = await worldOf(await deferral("6/s", 6), {
    faults: { duplicate: 1, copyWithinUs: ms(200) },
    target: { react: () => answered(ms(900)) },
  });
  sendMany(world, "HIGH", 20, "order");
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect([...world.ended.values()].map(({ status }) => status)).toEqual(Array(20).fill("SUCCEEDED"));
  expect(world.callsAtTarget()).toHaveLength(20);
});

test("an order whose claim another slot takes back at this moment, because it was refused, is not said to be unknown", async () => {
  const world = await worldOf(await deferral("6/s", 6), {
    faults: { duplicate: 1, copyWithinUs: ms(100) },
    target: { react: (_, index) => (index === 0 ? refused(429, { "retry-after": "1" }) : answered()) },
  });
  // The copy's worker finds the claim, and has its answer since when only after the claim was taken back.
  delayCalls(world, (operation, input) => {
    if (operation === "GetItem" && input.includes("claim#")) return ms(700);
    return operation === "SendTaskFailure" && input.includes("Gateway.Throttled") ? seconds(2) : us(0);
  });
  world.send("HIGH", "o1", { operation: "order" });
  await world.run("20ms");
  world.faults = {};
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(world.ended.get("o1")?.status).toBe("SUCCEEDED");
  expect(world.callsAtTarget()).toEqual(["o1", "o1"]);
});

/** Lets the worker's calls to AWS take longer. */
function delayCalls(world: Simulation, delay: (operation: string, input: string) => Micros): void {
  const { cloud } = world.services;
  const call = cloud.call.bind(cloud);
  cloud.call = async (principal, service, operation, input: Json) => {
    const delayUs = principal.kind === "role" ? delay(operation, JSON.stringify(input)) : us(0);
    if (delayUs > 0) await new Promise<void>((resolve) => world.clock.at(us(world.clock.now() + delayUs), resolve));
    return call(principal, service, operation, input);
  };
}

test("copies in the hands of several slots at once are not taken for workers that died", async () => {
  const world = await worldOf(await deferral("6/s", 6), { faults: { duplicate: 1, copyWithinUs: ms(200) } });
  world.send("HIGH", "o1", { operation: "order" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(world.ended.get("o1")?.status).toBe("SUCCEEDED");
});

test("a request that kills each worker with it ends as unknown, although others may hold copies", async () => {
  const world = await worldOf(await deferral("6/s", 6), {
    processFaults: { crash: ({ label }) => (label === "response" ? "before" : undefined) },
  });
  world.send("HIGH", "r1", { operation: "read" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(world.ended.get("r1")?.error).toBe("Gateway.Unknown");
  expect(world.callsAtTarget()).toHaveLength(3);
});
