import { ms, seconds, us } from "@sluice/dsl";
import { after } from "../src/clock";
import { Random } from "../src/random";
import { RealClock } from "../src/real-clock";
import { VirtualClock } from "../src/virtual-clock";

const never = (): never => {
  throw new Error("a cancelled action happened");
};

test("events come in order of their instant, equal instants in the order asked for", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  for (const [name, at] of [
    ["c", 2],
    ["a", 1],
    ["d", 2],
    ["b", 1],
  ] as const)
    clock.at(seconds(at), () => seen.push(`${name}@${clock.now()}`));
  await clock.run();
  expect(seen).toEqual(["a@1000000", "b@1000000", "c@2000000", "d@2000000"]);
});

test("a thousand events in any order come out sorted", async () => {
  const clock = new VirtualClock();
  const random = new Random(1);
  const seen: number[] = [];
  for (let i = 0; i < 1_000; i++) {
    const at = us(random.between(0, 500));
    clock.at(at, () => seen.push(at));
  }
  await clock.run();
  expect(seen).toHaveLength(1_000);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("what promises do because of an event is done before the next event, however long the chain", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const chain = async (): Promise<void> => {
    for (let i = 0; i < 10_000; i++) await Promise.resolve();
    seen.push("chain");
  };
  clock.at(us(1), () => void chain());
  clock.at(us(1), () => seen.push("next"));
  await clock.run();
  expect(seen).toEqual(["chain", "next"]);
});

test("an action asked for in the past comes now, and never in the same tick", async () => {
  const clock = new VirtualClock();
  await clock.run({ until: seconds(5) });
  let isDone = false;
  clock.at(us(0), () => {
    isDone = true;
  });
  expect(isDone).toBe(false);
  await clock.run({ until: seconds(5) });
  expect(isDone).toBe(true);
});

test("time is whole microseconds, and nothing comes before its instant", async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  clock.at(us(10.2), () => seen.push(clock.now()));
  clock.at(us(10.9), () => seen.push(clock.now()));
  clock.at(us(12), () => seen.push(clock.now()));
  await clock.run();
  expect(seen).toEqual([11, 11, 12]);
});

test("a cancelled action does not happen, and run ends at `until` or when `while` says so", async () => {
  const clock = new VirtualClock();
  let ticks = 0;
  const tick = (): void => {
    ticks++;
    after(clock, seconds(1), tick);
  };
  tick();
  clock.at(seconds(2), never).cancel();
  await clock.run({ until: us(3_500_000) });
  expect([ticks, clock.now()]).toEqual([4, 3_500_000]);
  await clock.run({ while: () => ticks < 6 });
  expect([ticks, clock.now()]).toEqual([6, 5_000_000]);
});

test("when most of many timers are cancelled, the others still come in their order", async () => {
  const clock = new VirtualClock();
  const random = new Random(5);
  const seen: number[] = [];
  const timers = Array.from({ length: 10_000 }, (_, number) => {
    const at = us(random.between(0, 5_000));
    return { at, number, timer: clock.at(at, () => seen.push(number)) };
  });
  const kept = timers.filter(({ number }) => number % 7 === 0);
  for (const { number, timer } of timers) if (number % 7 !== 0) timer.cancel();
  await clock.run();
  const inOrder = [...kept].sort((a, b) => a.at - b.at || a.number - b.number);
  expect(seen).toEqual(inOrder.map(({ number }) => number));
});

test("what was asked for hours ahead comes in one order with what is asked for on the way, equal instants included", async () => {
  const clock = new VirtualClock();
  const random = new Random(3);
  const seen: { readonly at: number; readonly asked: number }[] = [];
  let asked = 0;
  const ask = (longest: number): void => {
    const number = asked++;
    // Whole seconds, so that many are equal, and some lie at a second's very beginning.
    const at = seconds(Math.ceil(clock.now() / 1_000_000) + random.between(0, longest));
    const timer = clock.at(at, () => {
      expect(clock.now()).toBe(at);
      seen.push({ at, asked: number });
      if (asked < 3_000) ask(random.chance(0.5) ? 3 : 7_200);
    });
    if (random.chance(0.3)) {
      timer.cancel();
      if (asked < 3_000) ask(longest);
    }
  };
  for (let i = 0; i < 200; i++) ask(7_200);
  while (seen.length < 1_500) await clock.run({ until: us(clock.now() + 700_000) });
  await clock.run();
  expect(seen).toEqual([...seen].sort((a, b) => a.at - b.at || a.asked - b.asked));
});

test("the wall clock can be stepped without the monotonic one noticing", async () => {
  const clock = new VirtualClock(1_000);
  await clock.run({ until: seconds(2) });
  expect(clock.wallMs()).toBe(3_000);
  clock.stepWall(-500);
  expect([clock.wallMs(), clock.now()]).toEqual([2_500, 2_000_000]);
});

test("a loop that never waits is named instead of hanging", async () => {
  const clock = new VirtualClock();
  const spin = (): void => void after(clock, us(0), spin);
  spin();
  await expect(clock.run()).rejects.toThrow(/virtual time stands still at 0 us: 100000 events.*spin/s);
});

test("the real clock never fires early, and about on time", async () => {
  const clock = new RealClock();
  const before = clock.now();
  await new Promise<void>((resolve) => void after(clock, ms(5), resolve));
  expect(clock.now() - before).toBeGreaterThanOrEqual(5_000);
  await new Promise<void>((resolve) => {
    clock.at(us(0), resolve);
    clock.at(us(0), never).cancel();
  });
});

test("one seed gives the same numbers, another seed others", () => {
  const draw = (seed: number) => {
    const random = new Random(seed);
    return [random.uuid(), random.hex(10), random.between(1, 6), random.next()];
  };
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
  // Pinned: a recorded seed has to give the same run in every later version.
  expect(new Random(42).hex(16)).toBe("b3788b15ec0ea289");
  expect(draw(42)[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("chances and ranges are kept", () => {
  const random = new Random(3);
  const draws = Array.from({ length: 10_000 }, () => random.between(1, 6));
  expect(new Set(draws)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  const hits = draws.filter(() => random.chance(0.25)).length;
  expect(hits / draws.length).toBeCloseTo(0.25, 1);
  expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
});
