import { type GatewaySpec, ms, seconds, us } from "@sluice/dsl";
import { Random } from "../../src/random";
import { answered, refused } from "../../src/virtual-target";
import { mostInWindow, type Synthesized, synthesize, worldOf } from "./gateway-world";

const REPEATABLE_ORDER: GatewaySpec["operations"] = {
  order: {
    method: "POST",
    path: "/orders",
    headers: {},
    onUnknown: "fail",
    idempotency: { header: "Idempotency-Key" },
  },
  refund: { method: "POST", path: "/refunds", headers: {}, onUnknown: "fail" },
};

let gateway: Synthesized;
beforeAll(async () => {
  gateway = await synthesize("10/s");
});

test("a request goes from StartExecution to the target, and its answer comes back as the execution's output", async () => {
  const world = await worldOf(gateway);
  world.send("HIGH", "h1", { operation: "read" });
  expect(await world.runUntilEnded("30s")).toBe(true);
  expect(world.callsAtTarget()).toEqual(["h1"]);
  expect(world.ended.get("h1")).toMatchObject({ status: "SUCCEEDED" });
  expect(JSON.parse(world.ended.get("h1")?.output ?? "null")).toMatchObject({ status: 200, body: { ok: true } });
});

test("what a pause outlasts is expired and nothing was done, unless its call had begun", async () => {
  const short = await synthesize("10/s", "tiers: [{ name: HIGH, timeout: 1m }]\ntimeouts: { response: 1s }");
  const world = await worldOf(short, { target: { react: () => ({ latencyUs: us(0), end: "hang" }) } });
  const [TableName = ""] = world.stack.tableNames;
  const pause = (untilMs: number) =>
    world.services.cloud.call({ kind: "user" }, "dynamodb", "UpdateItem", {
      TableName,
      Key: { pk: { S: "gate" } },
      UpdateExpression: "SET parked_paused = :until",
      ExpressionAttributeValues: { ":until": { N: String(untilMs) } },
    });
  world.send("HIGH", "called", { operation: "order" });
  await world.run("1s");
  const [worker = ""] = world.stack.functionNames;
  expect(world.callsAtTarget()).toEqual(["called"]);
  world.services.lambda.killRunning(worker);
  await pause(world.clock.wallMs() + 600_000);
  world.send("HIGH", "waiting", { operation: "order" });
  world.send("HIGH", "repeatable", { operation: "read" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  const told = (name: string) => [
    world.ended.get(name)?.error,
    JSON.parse(world.ended.get(name)?.cause ?? "{}").message,
  ];
  expect(told("called")).toEqual(["Gateway.Unknown", expect.stringContaining("may or may not have been done")]);
  expect(told("waiting")).toEqual(["Gateway.Expired", expect.stringContaining("Nothing was done")]);
  expect(told("repeatable")).toEqual(["Gateway.Expired", expect.stringContaining("A call may have been made")]);
  await world.run("10m");
  expect(world.callsAtTarget()).toEqual(["called"]);
});

test("an order that was asked for before a deployment made it repeatable is claimed all the same, as its execution expects", async () => {
  const tiers = "tiers: [{ name: HIGH, timeout: 1m }]\ntimeouts: { response: 1s }";
  const before = await synthesize("10/s", tiers);
  const after = await synthesize("10/s", tiers, { operations: REPEATABLE_ORDER });
  const { StateMachine = { Type: "", Properties: {} } } = before.template.Resources;
  // What runs goes on by the definition that it began with; the worker is the new one.
  const template = { Resources: { ...after.template.Resources, StateMachine } };
  const world = await worldOf({ ...after, template });
  const { cloud } = world.services;
  const call = cloud.call.bind(cloud);
  cloud.call = (principal, service, operation, input) =>
    operation === "SendTaskSuccess"
      ? Promise.reject(new Error("by the test"))
      : call(principal, service, operation, input);
  world.send("HIGH", "o1", { operation: "order" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(world.callsAtTarget()).toEqual(["o1"]);
  expect(world.ended.get("o1")?.error).toBe("Gateway.Unknown");
});

test("a backlog fills every window and breaks none", async () => {
  const world = await worldOf(gateway);
  for (let i = 0; i < 300; i++) world.send("BATCH", `b${i}`, { operation: "read" });
  expect(await world.runUntilEnded("2m")).toBe(true);
  expect(world.target.arrivals).toHaveLength(300);
  expect(mostInWindow(gateway, world)).toBe(10);
  const arrivals = world.target.arrivals.slice(10);
  const span = (arrivals.at(-1)?.atUs ?? 0) - (arrivals[0]?.atUs ?? 0);
  const share = ((arrivals.length - 1) * gateway.plan.limit.intervalUs) / span;
  expect(share).toBeGreaterThan(0.99);
});

test("HIGH overtakes an endless BATCH, and BATCH keeps its share", async () => {
  const world = await worldOf(gateway);
  for (let i = 0; i < 400; i++) world.send("BATCH", `b${i}`, { operation: "read" });
  await world.run("5s");
  for (let i = 0; i < 100; i++) world.send("HIGH", `h${i}`, { operation: "read" });
  await world.run("8s");
  const calls = world.callsAtTarget().slice(world.callsAtTarget().indexOf("h0"));
  const batch = calls.filter((name) => name.startsWith("b")).length;
  expect(calls.length - batch).toBeGreaterThan(60);
  // Whatever order of tiers says: one start in twenty is BATCH's while it waits.
  expect(batch).toBeGreaterThanOrEqual(Math.floor(calls.length / 20) - 1);
  expect(batch).toBeLessThanOrEqual(Math.ceil(calls.length / 20) + 2);
});

test("calls overlap: a target that takes two seconds is still called ten times a second", async () => {
  const world = await worldOf(gateway, { target: { react: () => answered(seconds(2)) } });
  for (let i = 0; i < 200; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  expect(await world.runUntilEnded("1m")).toBe(true);
  const arrivals = world.target.arrivals;
  expect((arrivals.at(-1)?.atUs ?? 0) - (arrivals[0]?.atUs ?? 0)).toBeLessThan(seconds(21));
  expect(mostInWindow(gateway, world)).toBe(10);
});

test("a target whose handshakes take 300 ms and which drops idle connections after a second is still called at its limit", async () => {
  const world = await worldOf(gateway, { target: { handshakeUs: us(300_000), idleUs: seconds(1) } });
  for (let i = 0; i < 200; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  expect(await world.runUntilEnded("1m")).toBe(true);
  const arrivals = world.target.arrivals.slice(20);
  const span = (arrivals.at(-1)?.atUs ?? 0) - (arrivals[0]?.atUs ?? 0);
  expect(((arrivals.length - 1) * gateway.plan.limit.intervalUs) / span).toBeGreaterThan(0.97);
  expect(mostInWindow(gateway, world)).toBe(10);
});

test("where connections are dropped sooner than made, a higher tier takes those that were made for a lower one", async () => {
  const world = await worldOf(gateway, { target: { handshakeUs: ms(1_300), idleUs: ms(680) } });
  for (let i = 0; i < 300; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  const asked = Array.from({ length: 10 }, (_, i) => seconds(5 + 2 * i));
  for (const [i, delayUs] of asked.entries()) world.send("HIGH", `h${i}`, { operation: "read", delayUs });
  await world.run("40s");
  const calledAt = new Map(world.callsAtTarget().map((name, at) => [name, world.target.arrivals[at]?.atUs ?? 0]));
  const waits = asked.map((askedUs, i) => (calledAt.get(`h${i}`) ?? Number.POSITIVE_INFINITY) - askedUs);
  expect(Math.max(...waits)).toBeLessThan(ms(400));
});

test("a target with slow handshakes whose answers take now a moment and now seconds is called at its limit", async () => {
  const latencies = new Random(5);
  const world = await worldOf(gateway, {
    target: { handshakeUs: ms(1_500), react: () => answered(ms(latencies.between(1, 2_500))) },
  });
  for (let i = 0; i < 300; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  expect(await world.runUntilEnded("2m")).toBe(true);
  const arrivals = world.target.arrivals.slice(20);
  const span = (arrivals.at(-1)?.atUs ?? 0) - (arrivals[0]?.atUs ?? 0);
  expect(((arrivals.length - 1) * gateway.plan.limit.intervalUs) / span).toBeGreaterThan(0.99);
});

test("a gateway that was answered 429 with Retry-After starts nothing before it is over, and the request is retried", async () => {
  const world = await worldOf(gateway, {
    target: { react: (_, index) => (index === 3 ? refused(429, { "retry-after": "20" }) : answered()) },
  });
  for (let i = 0; i < 10; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  expect(await world.runUntilEnded("5m")).toBe(true);
  const [before, after] = [3, 4].map((index) => world.target.arrivals[index]?.atUs ?? 0);
  // Calls that were under way when the answer came are not undone: at most those of 20 ms and the answer's way back.
  const parkedFrom = (before ?? 0) + 20_000;
  const later = world.target.arrivals.filter(({ atUs }) => atUs > parkedFrom + 10_000);
  expect((later[0]?.atUs ?? 0) - parkedFrom).toBeGreaterThanOrEqual(seconds(20));
  expect((later[0]?.atUs ?? 0) - parkedFrom).toBeLessThan(seconds(26));
  expect(after).toBeDefined();
  expect([...world.ended.values()].every(({ status }) => status === "SUCCEEDED")).toBe(true);
});

test("an operation that is not repeatable and gets no answer fails as Gateway.Unknown, and is never called again", async () => {
  const world = await worldOf(gateway, {
    target: { react: () => ({ latencyUs: us(0), end: "hang" }) },
  });
  world.send("HIGH", "o1", { operation: "order" });
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(world.ended.get("o1")).toMatchObject({ status: "FAILED", error: "Gateway.Unknown" });
  expect(JSON.parse(world.ended.get("o1")?.cause ?? "{}")).toMatchObject({
    outcome: "unknown",
    operation: "order",
    tier: "HIGH",
    gateway: "register",
  });
  expect(world.target.arrivals).toHaveLength(1);
});

test("a repeatable operation without an answer is called three times in all, and then fails as Gateway.Unknown", async () => {
  const world = await worldOf(gateway, { target: { react: () => refused(500) } });
  world.send("NORMAL", "r1", { operation: "read" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(world.target.arrivals).toHaveLength(3);
  expect(world.ended.get("r1")).toMatchObject({ status: "FAILED", error: "Gateway.Unknown" });
});

test("a rejected request fails at once with the target's status", async () => {
  const world = await worldOf(gateway, { target: { react: () => refused(404) } });
  world.send("NORMAL", "r1", { operation: "read" });
  expect(await world.runUntilEnded("1m")).toBe(true);
  expect(world.ended.get("r1")).toMatchObject({ error: "Gateway.Rejected" });
  expect(JSON.parse(world.ended.get("r1")?.cause ?? "{}")).toMatchObject({
    outcome: "rejected",
    status: 404,
    attempt: 0,
  });
});

test("an unknown tier or operation fails at once, with the names that exist, and spends no call", async () => {
  const world = await worldOf(gateway);
  world.send("URGENT", "t1", { operation: "read" });
  world.send("HIGH", "o1", { operation: "delete" });
  expect(await world.runUntilEnded("5s")).toBe(true);
  expect(world.ended.get("t1")).toMatchObject({ error: "Gateway.InvalidRequest" });
  expect(JSON.parse(world.ended.get("t1")?.cause ?? "{}").message).toMatch(/URGENT.*HIGH, NORMAL, BATCH/);
  expect(JSON.parse(world.ended.get("o1")?.cause ?? "{}").message).toMatch(/delete.*read, order/);
  expect(world.target.arrivals).toHaveLength(0);
});

test("a request whose caller has given up never spends a call", async () => {
  const world = await worldOf(gateway);
  for (let i = 0; i < 50; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  await world.run("1s");
  const called = new Set(world.callsAtTarget());
  const isStopped = (name: string) => Number(name.slice(1)) >= 30 && !called.has(name);
  for (let i = 30; i < 50; i++) {
    await world.services.cloud.call({ kind: "user" }, "sfn", "StopExecution", {
      executionArn: `${world.stack.stateMachineArn.replace(":stateMachine:", ":execution:")}:n${i}`,
    });
  }
  await world.run("30s");
  expect(world.callsAtTarget().filter(isStopped)).toEqual([]);
  expect(world.ended.size).toBe(50);
});

test("a request that waited past its tier's timeout fails as Gateway.Expired without a call", async () => {
  const slow = await synthesize("1/s", "tiers: [{ name: HIGH, timeout: 30s }]\n");
  const world = await worldOf(slow);
  for (let i = 0; i < 60; i++) world.send("HIGH", `h${i}`, { operation: "read" });
  expect(await world.runUntilEnded("3m")).toBe(true);
  const expired = [...world.ended.values()].filter(({ error }) => error === "Gateway.Expired");
  expect(expired.length).toBeGreaterThan(20);
  expect(world.target.arrivals.length + expired.length).toBe(60);
});

test("a connection that failed for a request that was stopped is no news for the next one", async () => {
  let connections = 0;
  const way = () => (++connections === 2 ? "silent" : "open");
  const world = await worldOf(gateway, { target: { way, react: () => answered(seconds(8)) } });
  world.send("HIGH", "open", { operation: "read" });
  world.send("HIGH", "stopped", { operation: "read", delayUs: ms(600) });
  await world.run("1s");
  const executionArn = `${world.stack.stateMachineArn.replace(":stateMachine:", ":execution:")}:stopped`;
  await world.services.cloud.call({ kind: "user" }, "sfn", "StopExecution", { executionArn });
  // Two seconds after it was begun, the second connection has failed; the turn goes on, since a call is open.
  world.send("HIGH", "next", { operation: "read", delayUs: ms(2_500) });
  await world.run("9s");
  expect(world.callsAtTarget()).toEqual(["open", "next"]);
  expect(world.target.arrivals[1]?.context.attempt).toBe(0);
});

test("where every place is taken, connections are not made and dropped until one comes free", async () => {
  const single = await synthesize("10/s", "concurrency: 1\ntimeouts: { response: 20s }");
  let connections = 0;
  const way = () => {
    connections += 1;
    return "open" as const;
  };
  const world = await worldOf(single, { target: { way, idleUs: seconds(1), react: () => answered(seconds(10)) } });
  for (let i = 0; i < 30; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  await world.run("2m");
  expect(world.target.arrivals).toHaveLength(12);
  // One a second until it is known how long calls take, in the first; then one or two for each call.
  expect(connections).toBeLessThanOrEqual(10 + 2 * 11);
});
