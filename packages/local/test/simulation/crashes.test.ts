import { doorbellOf, seconds, us } from "@sluice/dsl";
import type { Simulation } from "../../src/simulation";
import type { AwaitPoint } from "../../src/virtual-process";
import { mostInWindow, type Synthesized, synthesize, worldOf } from "./gateway-world";

let gateway: Synthesized;
beforeAll(async () => {
  gateway = await synthesize("5/s");
});

const REQUESTS = 6;

/** Six requests, every third of an operation that may not be repeated, and a worker that dies once as `fate` says. */
async function crashOnce(fate: (point: AwaitPoint) => "before" | "after" | undefined, seed: number): Promise<Outcome> {
  let crashedAtUs: number | undefined;
  let label = "";
  let number = 0;
  const world = await worldOf(gateway, {
    seed,
    processFaults: {
      crash: (point) => {
        if (crashedAtUs !== undefined) return undefined;
        const what = fate(point);
        if (what !== undefined) {
          crashedAtUs = world.clock.now();
          ({ label, number } = point);
        }
        return what;
      },
    },
  });
  for (let i = 0; i < REQUESTS; i++) {
    const tier = ["HIGH", "NORMAL", "BATCH"][i % 3] ?? "HIGH";
    world.send(tier, `r${i}`, { operation: i % 3 === 1 ? "order" : "read" });
  }
  const haveEnded = await world.runUntilEnded("15m");
  return { world, haveEnded, crashedAtUs, label, number };
}

interface Outcome {
  readonly world: Simulation;
  readonly haveEnded: boolean;
  readonly crashedAtUs: number | undefined;
  readonly label: string;
  readonly number: number;
}

/** How often each execution's call arrived. */
function arrivalsOf(world: Simulation): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of world.callsAtTarget()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function expectKept({ world, haveEnded, crashedAtUs, number }: Outcome): void {
  const isBeforeHold = number <= 2;
  expect(haveEnded).toBe(true);
  expect(mostInWindow(gateway, world)).toBeLessThanOrEqual(5);
  const counts = arrivalsOf(world);
  for (let i = 0; i < REQUESTS; i++) {
    const end = world.ended.get(`r${i}`);
    if (i % 3 === 1) {
      expect(counts.get(`r${i}`) ?? 0).toBeLessThanOrEqual(1);
      expect([undefined, "Gateway.Unknown"]).toContain(end?.error);
    } else if (isBeforeHold) {
      // The bells stay hidden for the queue's own visibility, four minutes, and HIGH asks for two.
      expect([undefined, "Gateway.Expired"]).toContain(end?.error);
    } else {
      expect(end?.status).toBe("SUCCEEDED");
    }
  }
  expectGoingAgain(world, crashedAtUs);
}

/** After a crash the next turn begins when the bells' hold ends, or the queue's own visibility where it died before. */
function expectGoingAgain(world: Simulation, crashedAtUs: number | undefined): void {
  if (crashedAtUs === undefined) return;
  const bound = doorbellOf(gateway.plan).bellVisibilityUs + seconds(60);
  for (const end of world.ended.values()) {
    expect(end.stoppedAtMs - end.startedAtMs).toBeLessThan((crashedAtUs + bound) / 1_000 + 60_000);
  }
}

test("a worker killed at any of its awaits loses nothing, repeats nothing that may not be, and breaks no window", async () => {
  let awaits = 0;
  await crashOnce((point) => {
    awaits = Math.max(awaits, point.number);
    return undefined;
  }, 7);
  expect(awaits).toBeGreaterThan(50);
  const broken: string[] = [];
  for (let number = 1; number <= awaits; number++) {
    for (const fate of ["before", "after"] as const) {
      const outcome = await crashOnce((point) => (point.number === number ? fate : undefined), 7);
      try {
        expectKept(outcome);
      } catch (error) {
        broken.push(`${fate} await ${number} (${outcome.label}): ${String(error).slice(0, 200)}`);
      }
    }
  }
  expect(broken).toEqual([]);
}, 120_000);

test("after a crash in the middle of a backlog the gateway goes on within the bells' hold", async () => {
  let crashedAt = 0;
  const world = await worldOf(gateway, { seed: 3 });
  for (let i = 0; i < 200; i++) world.send("NORMAL", `n${i}`, { operation: "read" });
  await world.run("10s");
  crashedAt = world.clock.now();
  for (const name of world.stack.functionNames) world.services.lambda.killRunning(name);
  await world.run("15s");
  const next = world.target.arrivals.find(({ atUs }) => atUs > crashedAt + 50_000);
  expect((next?.atUs ?? Number.POSITIVE_INFINITY) - crashedAt).toBeLessThan(
    doorbellOf(gateway.plan).turn.bellHoldUs + seconds(2),
  );
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect([...world.ended.values()].every(({ status }) => status === "SUCCEEDED")).toBe(true);
  expect(mostInWindow(gateway, world)).toBe(5);
});

test("a request that kills its worker three times ends as Gateway.Unknown, and the others go on", async () => {
  const world = await worldOf(gateway, {
    seed: 5,
    processFaults: { crash: ({ label }) => (label === "connect" ? "before" : undefined) },
  });
  world.send("NORMAL", "poison", { operation: "read" });
  await world.run("4m");
  world.processFaults = {};
  world.send("NORMAL", "healthy", { operation: "read" });
  expect(await world.runUntilEnded("10m")).toBe(true);
  expect(world.callsAtTarget()).toEqual(["healthy"]);
  expect(world.ended.get("poison")).toMatchObject({ error: "Gateway.Unknown" });
  expect(world.ended.get("healthy")).toMatchObject({ status: "SUCCEEDED" });
});

test("a call whose worker died and whose deadline has passed since is unknown, not expired", async () => {
  const world = await worldOf(gateway, { target: { react: () => ({ latencyUs: us(0), end: "hang" }) } });
  world.send("HIGH", "o1", { operation: "order" });
  await world.run("5s");
  expect(world.callsAtTarget()).toEqual(["o1"]);
  for (const name of world.stack.functionNames) world.services.lambda.killRunning(name);
  // The wall clock of everyone jumps past the deadline before the message comes back.
  world.clock.stepWall(150_000);
  expect(await world.runUntilEnded("5m")).toBe(true);
  expect(world.ended.get("o1")).toMatchObject({ error: "Gateway.Unknown" });
  expect(world.callsAtTarget()).toEqual(["o1"]);
});
