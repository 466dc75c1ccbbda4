import { type Micros, ms, us } from "@sluice/dsl";
import fc from "fast-check";
import { judge, measuredJitter, mostInWindow, tooMany, type WindowLimit } from "../src/judge";

const at = (...milliseconds: number[]): Micros[] => milliseconds.map(ms);
const limit = (calls: number, windowMs: number): WindowLimit => ({ calls, windowUs: ms(windowMs) });

test("a window is half-open: arrivals exactly one window apart share none", () => {
  expect(mostInWindow(at(0, 1000, 2000), ms(1000))).toBe(1);
  expect(mostInWindow([us(0), us(999_999)], ms(1000))).toBe(2);
});

test("the fullest window counts, wherever it begins", () => {
  //               |------- 4 in 1 s -------|
  expect(mostInWindow(at(0, 900, 1100, 1500, 1800, 2500), ms(1000))).toBe(4);
  expect(mostInWindow(at(0, 0, 0), ms(1))).toBe(3);
  expect(mostInWindow([], ms(1))).toBe(0);
});

test("the order in which arrivals are given does not matter", async () => {
  const arrivals = at(1500, 0, 900, 1100);
  expect(mostInWindow(arrivals, ms(1000))).toBe(3);
  expect(await tooMany(arrivals, limit(2, 1000))).toEqual(at(1500));
});

test("two in a row at a window's edge break a limit that a counter per second keeps", async () => {
  const arrivals = at(990, 995, 1000, 1005);
  expect(await judge(arrivals, limit(2, 1000))).toEqual({ mostInWindow: 4, overLimit: 2, isKept: false });
});

test("arrivals spaced by the window over the calls keep the limit to the microsecond", async () => {
  const every = (intervalUs: number) => Array.from({ length: 50 }, (_, index) => us(index * intervalUs));
  expect(await judge(every(200_000), limit(5, 1000))).toEqual({ mostInWindow: 5, overLimit: 0, isKept: true });
  expect((await judge(every(199_999), limit(5, 1000))).isKept).toBe(false);
});

test("the counting judge and rolling-rate-limiter agree on any arrivals", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      // Windows that arrivals in whole tenths of a second often hit exactly.
      fc.oneof(fc.integer({ min: 1_000, max: 1_500_000 }), fc.constantFrom(100_000, 200_000, 500_000)),
      fc.boolean(),
      async (instants, calls, windowUs, isCoarse) => {
        const arrivals = instants.map((instant) => us(isCoarse ? Math.round(instant / 1e5) * 1e5 : instant));
        const verdict = await judge(arrivals, { calls, windowUs: us(windowUs) }); // throws when they differ
        expect(verdict.isKept).toBe(verdict.mostInWindow <= calls);
      },
    ),
    { numRuns: 500 },
  );
});

test("the judge leaves the limiter's clock as it was", async () => {
  const before = Date.now();
  await judge(at(1, 2, 3), limit(1, 1));
  const { getCurrentMicroseconds } = await import("rolling-rate-limiter");
  expect(getCurrentMicroseconds() / 1_000).toBeGreaterThanOrEqual(before - 1);
});

test("a window of more than 24 days is refused rather than judged wrongly", async () => {
  await expect(judge([], limit(1, 25 * 86_400_000))).rejects.toThrow(RangeError);
});

test("arrivals exactly on the grid have used no jitter", () => {
  expect(measuredJitter(at(0, 100, 200, 300, 400), 3, ms(100))).toBe(0);
  expect(measuredJitter(at(0, 150, 300, 450), 3, ms(100))).toBe(0);
});

test("measured jitter is the most by which N+1 arrivals came closer than N intervals", () => {
  // N = 2, T = 100 ms: of three arrivals in a row, 30 to 190 are 160 ms apart instead of 200.
  expect(measuredJitter(at(30, 100, 190, 300, 400), 2, ms(100))).toBe(ms(40));
});

test("measured jitter above the allowed one and a broken window are the same thing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1_500_000 }).map(us), { maxLength: 60 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1_000, max: 300_000 }),
      fc.integer({ min: 0, max: 50_000 }),
      (arrivals, calls, windowUs, jitterUs) => {
        const intervalUs = us(Math.ceil((windowUs + jitterUs) / calls));
        const isBroken = mostInWindow(arrivals, us(windowUs)) > calls;
        expect(measuredJitter(arrivals, calls, intervalUs) > calls * intervalUs - windowUs).toBe(isBroken);
      },
    ),
  );
});
