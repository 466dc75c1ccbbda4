import { seconds, type TierPlan } from "@sluice/dsl";
import { type Credits, creditsAfter, pickTier, predictPicks } from "../../src/core/pick";

const tier = (name: string, share: number): TierPlan => ({
  name,
  share,
  timeoutUs: seconds(60),
  retentionUs: seconds(3_660),
});
const TIERS = [tier("HIGH", 0), tier("NORMAL", 0.05), tier("BATCH", 0.05)];

/** Starts `count` calls while `waiting` tiers have endless work; returns how often each was started. */
function starts(count: number, waiting: readonly string[], from: Credits = {}): Record<string, number> {
  const started: Record<string, number> = { HIGH: 0, NORMAL: 0, BATCH: 0 };
  const waits = (name: string) => waiting.includes(name);
  let credits = from;
  for (let i = 0; i < count; i++) {
    const name = pickTier(TIERS, credits, waits) ?? "none";
    started[name] = (started[name] ?? 0) + 1;
    credits = creditsAfter(TIERS, credits, name, waits);
  }
  return started;
}

test("the highest tier that waits starts next", () => {
  expect(pickTier(TIERS, {}, (name) => name !== "HIGH")).toBe("NORMAL");
  expect(pickTier(TIERS, {}, () => true)).toBe("HIGH");
  expect(pickTier(TIERS, {}, () => false)).toBeUndefined();
});

test("each lower tier gets its share of the starts while all tiers have endless work", () => {
  // 5 % of 2,000 is 100; the last two may still be owed.
  expect(starts(2_000, ["HIGH", "NORMAL", "BATCH"])).toEqual({ HIGH: 1_804, NORMAL: 98, BATCH: 98 });
});

test("a lower tier waits no longer than forty starts for its first share and twenty for each after it", () => {
  let credits: Credits = {};
  const order: string[] = [];
  for (let i = 0; i < 200; i++) {
    const name = pickTier(TIERS, credits, () => true) ?? "none";
    order.push(name);
    credits = creditsAfter(TIERS, credits, name, () => true);
  }
  const batches = order.flatMap((name, i) => (name === "BATCH" ? [i] : []));
  const gaps = batches.slice(1).map((at, i) => at - (batches[i] ?? 0));
  expect(batches[0]).toBeLessThanOrEqual(41);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(21);
});

test("a tier that was silent is owed nothing for it", () => {
  const waits = (name: string) => name === "HIGH";
  let credits: Credits = { BATCH: 0.95 };
  for (let i = 0; i < 100; i++) credits = creditsAfter(TIERS, credits, "HIGH", waits);
  expect(credits.BATCH ?? 0).toBe(0);
});

test("a tier that had all starts while nobody else asked has no debt when HIGH comes", () => {
  const waits = (name: string) => name === "BATCH";
  let credits: Credits = {};
  for (let i = 0; i < 1_000; i++) credits = creditsAfter(TIERS, credits, "BATCH", waits);
  expect(starts(41, ["HIGH", "BATCH"], credits).BATCH).toBeGreaterThanOrEqual(1);
});

test("a tier that is owed one start takes it from NORMAL, and leaves it to a HIGH request that waits", () => {
  expect(pickTier(TIERS, { BATCH: 1 }, (name) => name !== "HIGH")).toBe("BATCH");
  expect(pickTier(TIERS, { BATCH: 1 }, () => true)).toBe("HIGH");
  expect(pickTier(TIERS, { BATCH: 2 }, () => true)).toBe("BATCH");
});

test("what is predicted is what would be picked", () => {
  expect(predictPicks(TIERS, { BATCH: 2 }, { HIGH: 1, NORMAL: 2, BATCH: 1 }, 4)).toEqual([
    "BATCH",
    "HIGH",
    "NORMAL",
    "NORMAL",
  ]);
  expect(predictPicks(TIERS, {}, {}, 3)).toEqual([]);
});
