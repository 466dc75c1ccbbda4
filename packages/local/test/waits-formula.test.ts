import { highestAtMostUs, type MeanWait, meanWaits, ms, seconds, type TierLoad, us } from "@sluice/dsl";
import { creditsAfter, pickTier } from "@sluice/runtime";
import { type IdealArrival, idealWaits } from "../src/ideal";
import { backlog, mergeLoads, poisson } from "../src/load";
import { Random } from "../src/random";

const TIERS = ["HIGH", "NORMAL", "BATCH"];
const INTERVAL = ms(100);
const RATE = 10;
const SHARE = 0.05;

const kind = (tier: string) => ({ tier, operation: "read", requestOf: () => ({}) });

/** Poisson arrivals in each tier; where a rate is infinite, more than can start in that time. */
function arrivalsOf(perSecond: readonly number[], forSeconds: number, seed: number): IdealArrival[] {
  const random = new Random(seed);
  const span = { fromUs: us(0), untilUs: seconds(forSeconds) };
  return mergeLoads(
    ...TIERS.map((tier, rank) => {
      const rate = perSecond[rank] ?? 0;
      return rate === Number.POSITIVE_INFINITY
        ? backlog(kind(tier), forSeconds * RATE + 1)
        : poisson(kind(tier), rate, span, random);
    }),
  );
}

const loadsOf = (perSecond: readonly number[]): TierLoad[] =>
  perSecond.map((rate, rank) => ({ perSecond: rate, share: rank === 0 ? 0 : SHARE }));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const waitUs = (wait: MeanWait | undefined): number | undefined => (wait?.kind === "mean" ? wait.waitUs : undefined);

const evenly = (share: number): number[] => TIERS.map(() => (share * RATE) / TIERS.length);

test.each([
  ["half of the rate", evenly(0.5), 30_000, 0.04],
  ["80 % of it", evenly(0.8), 30_000, 0.04],
  ["95 % of it", evenly(0.95), 150_000, 0.1],
  ["a load of one tier", [0, 0, 8], 30_000, 0.04],
  ["a small HIGH before much NORMAL", [1, 8, 0.5], 60_000, 0.05],
])("the formula's mean waits are the ideal spacer's at %s", (_, perSecond, forSeconds, tolerance) => {
  const reckoned = meanWaits(INTERVAL, loadsOf(perSecond));
  const seen = idealWaits(arrivalsOf(perSecond, forSeconds, 3), INTERVAL, TIERS);
  for (const [rank, tier] of TIERS.entries()) {
    const waits = seen.get(tier) ?? [];
    if (waits.length === 0) continue;
    const ratio = mean(waits) / (waitUs(reckoned[rank]) ?? Number.NaN);
    expect([tier, Math.abs(ratio - 1) < tolerance, ratio]).toEqual([tier, true, ratio]);
  }
});

test("before an endless backlog the formula's mean waits are the ideal spacer's", () => {
  const perSecond = [2, 3, Number.POSITIVE_INFINITY];
  const reckoned = meanWaits(INTERVAL, loadsOf(perSecond));
  const seen = idealWaits(arrivalsOf(perSecond, 20_000, 5), INTERVAL, TIERS, seconds(20_000));
  // HIGH: half an interval is left of the one under way, and one start in five is HIGH's own: 50 ms / 0.8.
  expect(waitUs(reckoned[0])).toBeCloseTo(62_500, 6);
  expect(mean(seen.get("HIGH") ?? []) / 62_500).toBeCloseTo(1, 1);
  expect(mean(seen.get("NORMAL") ?? []) / (waitUs(reckoned[1]) ?? 0)).toBeCloseTo(1, 1);
  expect(reckoned[2]).toEqual({ kind: "endless" });
});

/** The mean wait of HIGH when starts are given out as the worker gives them, shares and all. */
function highWithShares(perSecond: readonly number[], forSeconds: number, seed: number): number {
  const tiers = TIERS.map((name, rank) => ({
    name,
    share: rank === 0 ? 0 : SHARE,
    timeoutUs: seconds(1),
    retentionUs: seconds(1),
  }));
  const coming = arrivalsOf(perSecond, forSeconds, seed);
  const queues = new Map(TIERS.map((tier) => [tier, [] as number[]]));
  const first = new Map(TIERS.map((tier) => [tier, 0]));
  const waits: number[] = [];
  const hasWork = (tier: string) => (first.get(tier) ?? 0) < (queues.get(tier)?.length ?? 0);
  let credits = {};
  let come = 0;
  for (let startUs = 0; startUs < forSeconds * 1_000_000; startUs += INTERVAL) {
    for (let next = coming[come]; next !== undefined && next.atUs <= startUs; next = coming[++come])
      queues.get(next.tier)?.push(next.atUs);
    const tier = pickTier(tiers, credits, hasWork);
    if (tier === undefined) continue;
    credits = creditsAfter(tiers, credits, tier, hasWork);
    const index = first.get(tier) ?? 0;
    first.set(tier, index + 1);
    if (tier === "HIGH") waits.push(startUs - (queues.get(tier)?.[index] ?? 0));
  }
  return mean(waits);
}

test.each([
  ["little HIGH", [2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ["HIGH at half of the rate", [5, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ["HIGH near all that the shares leave it", [8.5, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
])("with shares, HIGH's mean wait lies between the formula and its bound: %s", (_, perSecond) => {
  const loads = loadsOf(perSecond);
  const without = waitUs(meanWaits(INTERVAL, loads)[0]) ?? Number.NaN;
  const atMost = highestAtMostUs(INTERVAL, loads) ?? Number.NaN;
  const seen = highWithShares(perSecond, 20_000, 11);
  expect(seen).toBeGreaterThan(without * 0.97);
  expect(seen).toBeLessThan(atMost * 1.03);
});

test("HIGH does not keep up where it needs more than the shares of lower tiers leave", () => {
  const loads = loadsOf([9.2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  expect(meanWaits(INTERVAL, loads)[0]).toEqual({ kind: "endless" });
  expect(highestAtMostUs(INTERVAL, loads)).toBeUndefined();
  // In truth: at 92 % of the rate with 10 % claimed, the waits of the second half are far above those of the first.
  const [half, whole] = [
    highWithShares([9.2, 1e9, 1e9].map(toBacklog), 2_000, 13),
    highWithShares([9.2, 1e9, 1e9].map(toBacklog), 4_000, 13),
  ];
  expect(whole).toBeGreaterThan(1.5 * half);
});

const toBacklog = (rate: number): number => (rate > RATE ? Number.POSITIVE_INFINITY : rate);
