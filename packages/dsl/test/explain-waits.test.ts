import { highestAtMostUs, type MeanWait, meanWaits, ms, type TierLoad } from "@sluice/dsl";
import fc from "fast-check";

const INTERVAL = ms(100);

/** One to ten tiers; loads as parts of the rate, so that any sum may come about. */
const anyLoads = fc.array(
  fc.record({
    perSecond: fc.oneof(fc.double({ min: 0, max: 12, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY)),
    share: fc.double({ min: 0, max: 0.1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 10 },
);

const highestHasNoShare = (loads: readonly TierLoad[]): TierLoad[] =>
  loads.map((load, rank) => (rank === 0 ? { ...load, share: 0 } : load));

const reckon = (loads: readonly TierLoad[]): MeanWait[] => meanWaits(INTERVAL, highestHasNoShare(loads));

/** A tier that does not keep up waits longer than any that does. */
const lengthOf = (wait: MeanWait): number => (wait.kind === "mean" ? wait.waitUs : Number.POSITIVE_INFINITY);

test("a mean wait is never negative, and a number", () => {
  fc.assert(fc.property(anyLoads, (loads) => reckon(loads).every((wait) => lengthOf(wait) >= 0)));
});

test("a tier of mean waits waits no longer than the tier below it", () => {
  fc.assert(
    fc.property(anyLoads, (loads) => {
      const lengths = reckon(loads).map(lengthOf);
      return lengths.every((length, rank) => rank === 0 || length >= (lengths[rank - 1] ?? 0) - 1e-6);
    }),
  );
});

test("more of any tier makes no tier's wait shorter", () => {
  fc.assert(
    fc.property(anyLoads, fc.nat(), fc.double({ min: 0, max: 5, noNaN: true }), (loads, index, more) => {
      const rank = index % loads.length;
      const raised = loads.map((load, at) => (at === rank ? { ...load, perSecond: load.perSecond + more } : load));
      const [before, after] = [reckon(loads).map(lengthOf), reckon(raised).map(lengthOf)];
      return after.every((length, at) => length >= (before[at] ?? 0) - 1e-6);
    }),
  );
});

test("where a tier and those above it need all starts or more, it grows without end or lives by its share", () => {
  fc.assert(
    fc.property(anyLoads, (loads) => {
      let needed = 0;
      return reckon(loads).every((wait, rank) => {
        needed += (loads[rank]?.perSecond ?? 0) / 10;
        return needed < 1 || wait.kind !== "mean";
      });
    }),
  );
});

test("nothing comes, nothing waits", () => {
  expect(reckon([{ perSecond: 0, share: 0 }])).toEqual([{ kind: "mean", waitUs: 0 }]);
});

test("one tier at half of the rate waits for a quarter of an interval, doubled by those before it", () => {
  // M/D/1: ρ T / 2 / (1 − ρ) = 0.5 · 100 ms / 2 / 0.5
  expect(lengthOf(reckon([{ perSecond: 5, share: 0 }])[0] ?? { kind: "endless" })).toBeCloseTo(50_000, 6);
});

test("what shares may cost the highest tier is never less than its wait without them", () => {
  fc.assert(
    fc.property(anyLoads, (loads) => {
      const [first] = reckon(loads);
      const atMost = highestAtMostUs(INTERVAL, highestHasNoShare(loads));
      return atMost === undefined || first?.kind !== "mean" || atMost >= first.waitUs - 1e-6;
    }),
  );
});
