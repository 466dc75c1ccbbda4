import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { us } from "@sluice/dsl";
import type { ExecutionEnd } from "../../src/models/step-functions/step-functions";
import type { FedRequest, Simulation } from "../../src/simulation";
import { VirtualClock } from "../../src/virtual-clock";
import { synthesize, worldOf } from "./gateway-world";

const TIERS = "tiers: [{ name: HIGH, timeout: 1h }, { name: NORMAL, timeout: 1d }]";

/** One request a second, by turns of either tier; `asked` counts those that somebody has looked at. */
function* oneASecond(count: number, asked = { count: 0 }): Generator<FedRequest> {
  for (let i = 0; i < count; i++) {
    asked.count += 1;
    yield { atUs: us(i * 1_000_000), tier: i % 2 === 0 ? "HIGH" : "NORMAL", name: `r${i}`, operation: "read" };
  }
}

function watch(world: Simulation) {
  const ends: ExecutionEnd[] = [];
  const arrivals: string[] = [];
  const lines: string[] = [];
  world.onEnded((end) => ends.push(end));
  world.onArrival(({ context, atUs }, { latencyUs }) => arrivals.push(`${context.execution} ${atUs} ${latencyUs}`));
  world.onCall(({ execution, outcome }) => lines.push(`${execution} ${outcome}`));
  return { ends, arrivals, lines };
}

test("a simulation that forgets tells its listeners the same as one that remembers, and keeps nothing", async () => {
  const gateway = await synthesize("10/s", TIERS);
  const told = [];
  for (const remembers of [true, false]) {
    const world = await worldOf(gateway, { remembers });
    const watched = watch(world);
    world.feed(oneASecond(20));
    expect(await world.runUntilEnded("5m")).toBe(true);
    await world.run("1s");
    expect(world.counts()).toEqual({ started: 20, ended: 20 });
    told.push(watched);
    const kept = [world.started.size, world.ended.size, world.target.arrivals.length, world.log.length];
    if (remembers) expect(kept.slice(0, 3)).toEqual([20, 20, 20]);
    else expect(kept).toEqual([0, 0, 0, 0]);
  }
  expect(told[0]?.ends).toHaveLength(20);
  expect(told[0]?.lines).toHaveLength(20);
  expect(told[1]).toEqual(told[0]);
});

test("a load that is fed is asked for its next request only when the one before has started", async () => {
  const world = await worldOf(await synthesize("10/s", TIERS), { remembers: false });
  const asked = { count: 0 };
  world.feed(oneASecond(1_000_000, asked));
  await world.run("10s");
  expect(asked.count).toBe(12);
  expect(world.counts().started).toBe(11);
});

test("a load that is not in the order of time is refused where it goes back", async () => {
  const world = await worldOf(await synthesize("10/s", TIERS));
  world.feed([
    { atUs: us(2_000_000), tier: "HIGH", name: "first", operation: "read" },
    { atUs: us(1_000_000), tier: "HIGH", name: "second", operation: "read" },
  ]);
  await expect(world.run("10s")).rejects.toThrow("not in the order of time: second at 1000000 us comes after 2000000");
});

test("the depths count what waits in each tier's queue and what the worker holds", async () => {
  const world = await worldOf(await synthesize("1/s", TIERS));
  expect(world.depths()).toEqual({ HIGH: 0, NORMAL: 0 });
  for (let i = 0; i < 30; i++) world.send(i % 3 === 0 ? "HIGH" : "NORMAL", `r${i}`, { operation: "read" });
  await world.run("200ms");
  expect(world.depths()).toEqual({ HIGH: 10, NORMAL: 20 });
  await world.run("2m");
  expect(world.depths()).toEqual({ HIGH: 0, NORMAL: 0 });
});

test("a listener that was taken off hears nothing more", async () => {
  const world = await worldOf(await synthesize("10/s", TIERS));
  const heard: string[] = [];
  const off = [
    world.onEnded(({ name }) => heard.push(name)),
    world.onArrival(({ operation }) => heard.push(operation)),
    world.onCall(({ outcome }) => heard.push(outcome)),
  ];
  world.send("HIGH", "heard", { operation: "read" });
  await world.run("10s");
  for (const stop of off) stop();
  world.send("HIGH", "unheard", { operation: "read" });
  await world.runUntilEnded("1m");
  expect(heard.sort()).toEqual(["heard", "read", "success"]);
});

/** What lives on the heap after a full collection, in megabytes. */
function heapMb(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  // Flags are the process's: other suites run in it.
  setFlagsFromString("--no-expose-gc");
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

test("the memory of a simulation that forgets does not grow with the time simulated", async () => {
  const world = await worldOf(await synthesize("10/s", TIERS), { remembers: false });
  function* load(): Generator<FedRequest> {
    for (let i = 0; ; i++) yield { atUs: us(i * 500_000), tier: "HIGH", name: `r${i}`, operation: "read" };
  }
  world.feed(load());
  // Deduplication ids are kept for five minutes, in two generations.
  await world.run("12m");
  const before = heapMb();
  await world.run("24m");
  expect(world.counts().ended).toBeGreaterThan(4_300);
  expect(heapMb() - before).toBeLessThan(8);
}, 240_000);

test("nor does it in a gateway that is never idle, whose bells pile up until they expire", async () => {
  const gateway = await synthesize("2/s", TIERS);
  // Two minutes instead of the plan's fourteen hours: so soon as many expire as come.
  const bells = gateway.template.Resources.BellQueue?.Properties ?? {};
  bells.MessageRetentionPeriod = 120;
  const world = await worldOf(gateway, { remembers: false });
  let sent = 0;
  const send = () => world.send(sent % 2 === 0 ? "HIGH" : "NORMAL", `r${sent++}`, { operation: "read" });
  world.onEnded(send);
  for (let i = 0; i < 50; i++) send();
  await world.run("20m");
  const before = heapMb();
  // A multiple of what deduplication keeps, which comes and goes in generations.
  await world.run("60m");
  expect(world.counts().ended).toBeGreaterThan(9_000);
  expect(world.services.sqs.queue(String(bells.QueueName))?.size().visible).toBeLessThan(260);
  expect(heapMb() - before).toBeLessThan(4);
}, 120_000);

test("a cancelled timer leaves nothing in its second, however far ahead that lies", () => {
  const clock = new VirtualClock();
  const before = heapMb();
  for (let second = 1; second <= 200_000; second++) clock.at(us(second * 1_000_000), () => {}).cancel();
  expect(heapMb() - before).toBeLessThan(2);
  expect(clock.now()).toBe(0);
});

test("a request that waits takes less than 4 kB, so that a hundred thousand may wait", async () => {
  const world = await worldOf(await synthesize("1/m", TIERS), { remembers: false });
  for (let i = 0; i < 100; i++) world.send("NORMAL", `before-${i}`, { operation: "read" });
  await world.run("5s");
  const before = heapMb();
  const requests = 5_000;
  for (let i = 0; i < requests; i++) world.send("NORMAL", `r${i}`, { operation: "read" });
  await world.run("5s");
  expect(world.depths().NORMAL).toBeGreaterThanOrEqual(requests);
  expect(((heapMb() - before) * 1e6) / requests).toBeLessThan(4_000);
}, 120_000);
