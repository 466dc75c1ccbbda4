import { type Micros, ms, seconds, us } from "@sluice/dsl";
import fc from "fast-check";
import { type IdealArrival, idealWaits, percentile } from "../src/ideal";

const TIERS = ["HIGH", "NORMAL", "BATCH"];

/** `H0 B0 B250`: a HIGH and a BATCH request at 0 ms, a BATCH request at 250 ms. */
const arrivals = (text: string): IdealArrival[] =>
  text.split(" ").map((word) => ({
    tier: { H: "HIGH", N: "NORMAL", B: "BATCH" }[word[0] ?? ""] ?? word,
    atUs: ms(Number(word.slice(1))),
  }));

const waits = (text: string, intervalMs: number, untilMs?: number) => {
  const found = idealWaits(arrivals(text), ms(intervalMs), TIERS, untilMs === undefined ? undefined : ms(untilMs));
  return Object.fromEntries([...found].map(([tier, durations]) => [tier, durations.map((wait) => wait / 1_000)]));
};

test("a request that finds nothing before it does not wait", () => {
  expect(waits("H0 N200 B500", 100)).toEqual({ HIGH: [0], NORMAL: [0], BATCH: [0] });
});

test("requests of one instant start one interval apart, the higher tier first", () => {
  expect(waits("B0 H0 N0 H0", 100)).toEqual({ HIGH: [0, 100], NORMAL: [200], BATCH: [300] });
});

test("a HIGH request waits for the next start and for no BATCH request before it", () => {
  // Starts: B at 0, H (came at 10) at 100, B at 200, H (came at 250) at 300, B at 400.
  expect(waits("B0 B0 B0 H10 H250", 100)).toEqual({ HIGH: [90, 50], NORMAL: [], BATCH: [0, 200, 400] });
});

test("a request that comes at the very instant of a start takes part in it", () => {
  expect(waits("B0 B0 H100", 100)).toEqual({ HIGH: [0], NORMAL: [], BATCH: [0, 200] });
});

test("after a silence the next start is at once, and never earlier than an interval after the last", () => {
  // Starts: 0, 100 (came at 50), 1000, 1100 (came at 1000).
  expect(waits("H0 H50 H1000 H1000", 100)).toEqual({ HIGH: [0, 50, 0, 100], NORMAL: [], BATCH: [] });
});

test("what has not started by the end of the observation has no wait", () => {
  expect(waits("B0 B0 B0", 100, 200)).toEqual({ HIGH: [], NORMAL: [], BATCH: [0, 100] });
});

test("within a tier the oldest goes first, in whatever order they were given", () => {
  expect(waits("N30 N0 N10", 100)).toEqual({ HIGH: [], NORMAL: [0, 90, 170], BATCH: [] });
});

test("a tier that does not exist is refused with those that do", () => {
  expect(() => waits("X0 H0", 1)).toThrow("X0 is none of the tiers HIGH, NORMAL, BATCH");
});

test("nothing arrives, nothing waits", () => {
  expect(idealWaits([], ms(1), TIERS)).toEqual(new Map(TIERS.map((tier) => [tier, []])));
});

const anyArrivals = fc.array(
  fc.record({ atUs: fc.integer({ min: 0, max: 5_000 }).map(us), tier: fc.constantFrom(...TIERS) }),
  { maxLength: 80 },
);

test("no spacer of the same interval makes the requests of all tiers together wait less", () => {
  fc.assert(
    fc.property(anyArrivals, fc.integer({ min: 1, max: 300 }), (requests, intervalUs) => {
      const total = (byTier: ReadonlyMap<string, Micros[]>) =>
        [...byTier.values()].flat().reduce((sum, wait) => sum + wait, 0);
      // First come, first served, spelled out: the sum of waits is the same for every order that never idles.
      let free = Number.NEGATIVE_INFINITY;
      let sum = 0;
      for (const { atUs } of [...requests].sort((a, b) => a.atUs - b.atUs)) {
        const start = Math.max(atUs, free);
        sum += start - atUs;
        free = start + intervalUs;
      }
      expect(total(idealWaits(requests, us(intervalUs), TIERS))).toBe(sum);
    }),
  );
});

test("what lower tiers ask for changes a HIGH request's wait by less than one interval", () => {
  fc.assert(
    fc.property(anyArrivals, fc.integer({ min: 1, max: 300 }), (requests, intervalUs) => {
      const high = (some: readonly IdealArrival[]) => idealWaits(some, us(intervalUs), TIERS).get("HIGH") ?? [];
      const alone = high(requests.filter(({ tier }) => tier === "HIGH"));
      const among = high(requests);
      expect(among).toHaveLength(alone.length);
      for (const [index, wait] of among.entries()) {
        expect(wait).toBeGreaterThanOrEqual(alone[index] ?? 0);
        expect(wait - (alone[index] ?? 0)).toBeLessThan(intervalUs);
      }
    }),
  );
});

test("a hundred thousand requests take well under a second", () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({
    atUs: us(index % 1_000),
    tier: TIERS[index % 3] ?? "",
  }));
  // Of the processor: by the clock it takes as long as others leave it none.
  const before = process.cpuUsage();
  expect(idealWaits(many, us(10), TIERS).get("BATCH")).toHaveLength(33_333);
  expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
});

test("a percentile is one of the values: the nearest rank", () => {
  const values = [30, 10, 20, 50, 40];
  expect([1, 20, 21, 50, 99, 100].map((percent) => percentile(values, percent))).toEqual([10, 10, 20, 30, 50, 50]);
  expect(percentile([], 50)).toBeUndefined();
  expect(values).toEqual([30, 10, 20, 50, 40]);
  expect(percentile([seconds(1)], 99)).toBe(1_000_000);
});
