import { doorbellOf, type Json, ms, seconds, us } from "@sluice/dsl";
import type { Simulation } from "../../src/simulation";
import type { WorkerLog } from "../../src/virtual-host";
import { answered, refused } from "../../src/virtual-target";
import { mostInWindow, type Synthesized, synthesize, worldOf } from "./gateway-world";

let gateway: Synthesized;
beforeAll(async () => {
  gateway = await synthesize("5/s");
});

/** What happens to one of the worker's calls to AWS: it fails unseen before it is done, or its answer is lost. */
type Fate = "fine" | "refused" | "answerLost";

function decideCalls(world: Simulation, fate: (operation: string, input: string) => Fate): void {
  const { cloud } = world.services;
  const call = cloud.call.bind(cloud);
  cloud.call = async (principal, service, operation, input: Json) => {
    const what = principal.kind === "role" ? fate(operation, JSON.stringify(input)) : "fine";
    const failure = Object.assign(new Error("by the test"), { name: "InternalError" });
    if (what === "refused") throw failure;
    const output = await call(principal, service, operation, input);
    if (what === "answerLost") throw failure;
    return output;
  };
}

const sendMany = (world: Simulation, count: number, operation: string, tier = "HIGH") => {
  for (let i = 0; i < count; i++) world.send(tier, `r${i}`, { operation });
};

const gaps = (world: Simulation): number[] => {
  const times = world.target.arrivals.map(({ atUs }) => atUs as number);
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
};

const failures = (world: Simulation): string[] =>
  [...world.ended.values()].flatMap(({ name, error }) => (error === undefined ? [] : [`${name} ${error}`]));

test("a copy of an order that this turn has called is not called again, although Step Functions is too busy to say that it ended", async () => {
  const world = await worldOf(gateway, {
    faults: { deliveryTwice: 1, deliveryWithinUs: seconds(3), throttled: { sfn: 0.9 } },
  });
  sendMany(world, 20, "order");
  expect(await world.runUntilEnded("10m")).toBe(true);
  await world.run("2m");
  expect(world.callsAtTarget()).toHaveLength(new Set(world.callsAtTarget()).size);
});

test("an order whose publish was done and looked failed is called once, although two attempts of it are delivered", async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const world = await worldOf(gateway, {
      seed,
      faults: { failAfter: { sns: 0.4 }, deliveryWithinUs: seconds(6), throttled: { sfn: 0.9 } },
    });
    sendMany(world, 20, "order");
    expect(await world.runUntilEnded("20m")).toBe(true);
    await world.run("2m");
    expect(world.callsAtTarget()).toHaveLength(new Set(world.callsAtTarget()).size);
  }
}, 120_000);

test("an order that was refused is called again, although the gate could not be told so at once", async () => {
  let failed = 0;
  const world = await worldOf(gateway, {
    target: { react: (_, index) => (index === 0 ? refused(429, { "retry-after": "1" }) : answered()) },
  });
  decideCalls(world, (operation) => {
    if (operation !== "DeleteItem" || failed >= 3) return "fine";
    failed += 1;
    return "refused";
  });
  sendMany(world, 1, "order");
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(failed).toBe(3);
  expect(failures(world)).toEqual([]);
  expect(world.callsAtTarget()).toEqual(["r0", "r0"]);
});

test.each(["30s", "25h"])(
  "a stopped order that had been called is unknown when it is redriven %s later, and not called again",
  async (later) => {
    const world = await worldOf(gateway, { target: { react: () => ({ latencyUs: us(0), end: "hang" }) } });
    sendMany(world, 1, "order");
    for (let wait = 0; wait < 100 && world.target.arrivals.length === 0; wait++) await world.run("50ms");
    const executionArn = `${world.stack.stateMachineArn.replace(":stateMachine:", ":execution:")}:r0`;
    await world.services.cloud.call({ kind: "user" }, "sfn", "StopExecution", { executionArn });
    await world.run(later);
    await world.redrive("r0");
    expect(await world.runUntilEnded("5m")).toBe(true);
    expect(world.ended.get("r0")?.error).toBe("Gateway.Unknown");
    expect(world.callsAtTarget()).toEqual(["r0"]);
  },
);

test("an expired request of which one copy was called is unknown, whichever copy is found", async () => {
  let called = 0;
  for (let seed = 1; seed <= 25; seed++) {
    const world = await worldOf(gateway, {
      seed,
      faults: { deliveryTwice: 1, deliveryWithinUs: seconds(4) },
      target: { react: () => ({ latencyUs: us(0), end: "hang" }) },
    });
    world.send("HIGH", "o1", { operation: "order" });
    for (let wait = 0; wait < 100 && world.target.arrivals.length === 0; wait++) await world.run("50ms");
    for (const name of world.stack.functionNames) world.services.lambda.killRunning(name);
    world.clock.stepWall(150_000);
    expect(await world.runUntilEnded("10m")).toBe(true);
    called += world.target.arrivals.length;
    const error = world.target.arrivals.length > 0 ? "Gateway.Unknown" : "Gateway.Expired";
    expect({ seed, error: world.ended.get("o1")?.error }).toEqual({ seed, error });
  }
  expect(called).toBeGreaterThan(15);
});

test("a target that asked for quiet gets it from the turns to come, although the gate could not be written when it asked", async () => {
  const world = await worldOf(gateway, {
    placement: { kind: "new" },
    target: {
      react: (_, index) => {
        if (index > 0) return answered();
        world.faults = { failBefore: { dynamodb: 1 } };
        world.clock.at(us(world.clock.now() + ms(1_500)), () => {
          world.faults = {};
        });
        return refused(429, { "retry-after": "200" });
      },
    },
  });
  sendMany(world, 5, "read", "NORMAL");
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(gaps(world)[0]).toBeGreaterThan(seconds(200));
});

test("calls that got no answer keep their places at the target when another environment has the next turn", async () => {
  const narrow = await synthesize("20/s", "concurrency: 2\ntimeouts: { response: 5s }\n");
  const world = await worldOf(narrow, {
    placement: { kind: "new" },
    target: { react: (_, index) => (index < 2 ? { latencyUs: us(0), end: "hang" } : answered()) },
  });
  sendMany(world, 2, "order");
  await world.run("7s");
  expect(world.ended.size).toBe(2);
  for (let i = 0; i < 5; i++) world.send("HIGH", `later${i}`, { operation: "read" });
  expect(await world.runUntilEnded("1m")).toBe(true);
  const [first, , third] = world.target.arrivals;
  expect((third?.atUs ?? 0) - (first?.atUs ?? 0)).toBeGreaterThanOrEqual(2 * narrow.plan.timeouts.responseUs);
});

test("renewals of visibility that fail cost neither rate nor a call", async () => {
  const slow = await synthesize("1/30s", "tiers: [{ name: HIGH, timeout: 2h }]\n");
  const world = await worldOf(slow);
  decideCalls(world, (operation) => (operation === "ChangeMessageVisibility" ? "refused" : "fine"));
  sendMany(world, 6, "order");
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(failures(world)).toEqual([]);
  expect(Math.max(...gaps(world))).toBeLessThan(slow.plan.limit.intervalUs + seconds(1));
});

test("a claim whose answer was lost is taken back with its request, which the next turn then calls", async () => {
  let lost = 0;
  const world = await worldOf(gateway, {
    target: {
      // Its answer comes while the next call is being prepared.
      react: (_, index) => (index === 1 ? { ...refused(429, { "retry-after": "5" }), latencyUs: ms(190) } : answered()),
    },
  });
  const isParked = () => world.log.some((line) => line.kind === "event" && line.name === "turn-closing");
  decideCalls(world, (operation, input) => {
    if (operation !== "PutItem" || !input.includes("claim#") || world.target.arrivals.length < 2) return "fine";
    if (isParked()) return "fine";
    lost += 1;
    return "answerLost";
  });
  sendMany(world, 12, "order");
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(lost).toBeGreaterThan(0);
  expect(failures(world)).toEqual([]);
});

test("a redelivered request whose count was written and not confirmed is not taken for one that kills workers", async () => {
  let lost = 0;
  const world = await worldOf(gateway, {
    target: { react: (_, index) => (index === 1 ? refused(429, { "retry-after": "5" }) : answered()) },
  });
  decideCalls(world, (operation, input) => {
    if (operation !== "UpdateItem" || !input.includes("tries#") || lost >= 4) return "fine";
    lost += 1;
    return "answerLost";
  });
  sendMany(world, 6, "order");
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(lost).toBe(4);
  expect(failures(world)).toEqual([]);
});

test("a turn that cannot tell Step Functions anything looks by long polls meanwhile", async () => {
  const brief = await synthesize("5/s", "tiers: [{ name: HIGH, timeout: 30s }]\n");
  const world = await worldOf(brief);
  let isDown = false;
  let receives = 0;
  decideCalls(world, (operation, input) => {
    if (operation === "ReceiveMessage" && !input.includes("bell")) receives += 1;
    return isDown && operation.startsWith("SendTask") ? "refused" : "fine";
  });
  sendMany(world, 60, "read");
  await world.run("3s");
  isDown = true;
  receives = 0;
  await world.run("10m");
  expect(receives).toBeLessThan(2 * 600);
});

test("requests that a parked turn gave back are looked for by the next one, although short polls miss", async () => {
  const once = await synthesize("5/s", "retries: { throttled: { attempts: 1 } }\n");
  for (let seed = 1; seed <= 5; seed++) {
    const world = await worldOf(once, {
      seed,
      faults: { shortPollMiss: 0.95 },
      target: { react: (_, index) => (index === 1 ? refused(429, { "retry-after": "5" }) : answered()) },
    });
    sendMany(world, 4, "read");
    await world.run("40s");
    expect({ seed, ended: world.ended.size }).toEqual({ seed, ended: 4 });
  }
});

test("a turn that ends by its clock with requests left is followed by the next at once, and not by the sweep", async () => {
  const slow = await synthesize("1/20s", "timeouts: { response: 1s }\n");
  const world = await worldOf(slow);
  sendMany(world, 9, "read", "NORMAL");
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(doorbellOf(slow.plan).turn.lengthUs).toBeLessThan(seconds(60));
  expect(Math.max(...gaps(world))).toBeLessThan(slow.plan.limit.intervalUs + seconds(2));
});

test("a turn whose last steps take long keeps its bells", async () => {
  const world = await worldOf(gateway, {
    target: {
      react: (_, index) => (index === 1 ? { ...refused(429, { "retry-after": "5" }), latencyUs: ms(190) } : answered()),
    },
  });
  const { cloud } = world.services;
  const call = cloud.call.bind(cloud);
  let slow = 0;
  cloud.call = async (principal, service, operation, input) => {
    if (operation === "DeleteItem") {
      slow += 1;
      await new Promise<void>((resolve) => void world.clock.at(us(world.clock.now() + seconds(12)), resolve));
    }
    return call(principal, service, operation, input);
  };
  sendMany(world, 12, "order");
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(slow).toBeGreaterThan(0);
  // One at most: bells that ring at once may do so while the invocation that gave them back still ends.
  expect(world.services.lambda.usage(world.stack.functionNames[0] ?? "").throttles).toBeLessThanOrEqual(1);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(5);
});

test.each([
  ["was done", answered()],
  ["failed", refused(500)],
])(
  "an order that %s and could not be told for a whole turn is unknown, and not called by the next",
  async (_, reaction) => {
    const brief = await synthesize("5/s", "timeouts: { response: 2s }\n");
    const world = await worldOf(brief, { target: { react: () => reaction } });
    let isDown = false;
    decideCalls(world, (operation) => (isDown && operation.startsWith("SendTask") ? "refused" : "fine"));
    world.send("NORMAL", "o1", { operation: "order" });
    for (let wait = 0; wait < 100 && world.target.arrivals.length === 0; wait++) await world.run("20ms");
    isDown = true;
    // The function's own time is over by then, and another turn has begun.
    await world.run("2m");
    isDown = false;
    expect(await world.runUntilEnded("5m")).toBe(true);
    expect(world.callsAtTarget()).toEqual(["o1"]);
    expect(world.ended.get("o1")?.error).toBe("Gateway.Unknown");
  },
);

test("a gate that fails stops every start as soon as that is seen", async () => {
  const world = await worldOf(gateway);
  sendMany(world, 100, "read", "NORMAL");
  await world.run("7s");
  world.faults = { failBefore: { dynamodb: 1 } };
  const isFailure = (line: WorkerLog) => line.kind === "event" && line.name === "gate-failed";
  for (let wait = 0; wait < 600 && !world.log.some(isFailure); wait++) await world.run("10ms");
  const reached = world.target.arrivals.length;
  await world.run("10s");
  // One may have been on its way.
  expect(world.target.arrivals.length).toBeLessThanOrEqual(reached + 1);
  world.faults = {};
  expect(await world.runUntilEnded("5m")).toBe(true);
});

test("calls whose bytes stay in the kernel for a while break no window", async () => {
  const world = await worldOf(gateway, {
    processFaults: { holdBytes: ({ number }) => ms(number % 5 === 0 ? 700 : 0) },
  });
  sendMany(world, 120, "read", "NORMAL");
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(5);
});

test("a request that waits in hand for longer than a message stays hidden is received once", async () => {
  const slow = await synthesize("1/60s", "tiers: [{ name: HIGH, timeout: 2h }]\n");
  const world = await worldOf(slow);
  let received = 0;
  const { cloud } = world.services;
  const call = cloud.call.bind(cloud);
  cloud.call = async (principal, service, operation, input) => {
    const output = await call(principal, service, operation, input);
    if (operation === "ReceiveMessage" && JSON.stringify(input).includes("-HIGH")) {
      received += JSON.stringify(output).split('"MessageId"').length - 1;
    }
    return output;
  };
  sendMany(world, 2, "read");
  expect(await world.runUntilEnded("4m")).toBe(true);
  expect(received).toBe(2);
});

test("a request that is given back in peace, however often, is called in the end", async () => {
  const quick = await synthesize("30/s");
  let refusals = 8;
  const world = await worldOf(quick, {
    target: { react: () => (refusals-- > 0 ? refused(429, { "retry-after": "3" }) : answered()) },
  });
  for (let i = 0; i < 40; i++) world.send("HIGH", `h${i}`, { operation: "read" });
  world.send("BATCH", "patient", { operation: "read" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(failures(world)).toEqual([]);
});

test("a call that is open when the gateway is parked is answered by the turn that made it", async () => {
  const world = await worldOf(gateway, {
    target: { react: (_, index) => (index === 1 ? refused(429, { "retry-after": "50" }) : answered(seconds(2))) },
  });
  sendMany(world, 3, "order", "NORMAL");
  await world.run("4s");
  const [first = ""] = world.callsAtTarget();
  expect(world.ended.get(first)).toMatchObject({ status: "SUCCEEDED" });
});

test("a turn whose gate another turn has taken starts nothing more", async () => {
  const world = await worldOf(gateway);
  sendMany(world, 200, "read", "NORMAL");
  await world.run("7s");
  await world.services.cloud.call({ kind: "user" }, "dynamodb", "UpdateItem", {
    TableName: world.stack.tableNames[0] ?? "",
    Key: { pk: { S: "gate" } },
    UpdateExpression: "SET #turn = :turn",
    ExpressionAttributeNames: { "#turn": "turn" },
    ExpressionAttributeValues: { ":turn": { S: "another" } },
  });
  // It reads the gate every five seconds.
  await world.run("6s");
  expect(world.log.filter((line) => line.kind === "event" && line.name === "turn-closing")).toHaveLength(1);
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(mostInWindow(gateway, world)).toBe(5);
});

test("a lower tier keeps its share when every turn is another environment's and shorter than its share's wait", async () => {
  const brief = await synthesize(
    "1/s",
    "timeouts: { response: 1s }\ntiers: [{ name: HIGH, timeout: 1h }, { name: LOW, timeout: 1h }]\n",
  );
  const world = await worldOf(brief, { placement: { kind: "new" } });
  for (let i = 0; i < 300; i++) world.send("HIGH", `h${i}`, { operation: "read" });
  for (let i = 0; i < 30; i++) world.send("LOW", `l${i}`, { operation: "read" });
  await world.run("250s");
  const calls = world.callsAtTarget();
  const low = calls.filter((name) => name.startsWith("l")).length;
  expect(calls.length).toBeGreaterThan(200);
  expect(low).toBeGreaterThanOrEqual(Math.floor(calls.length / 20) - 3);
});

test("a connection that the target drops before its start is made again, and no start is spent on it", async () => {
  const world = await worldOf(gateway, { target: { handshakeUs: ms(1_500), idleUs: ms(600) } });
  sendMany(world, 40, "read", "NORMAL");
  expect(await world.runUntilEnded("5m")).toBe(true);
  const outcomes = world.log.flatMap((line) => (line.kind === "call" ? [line.line.outcome] : []));
  expect(new Set(outcomes)).toEqual(new Set(["success"]));
});
