import { type TrafficParameters, traffic } from "../../src/demo/traffic";

const parameters: TrafficParameters = {
  shape: "backlog",
  tiers: ["HIGH", "NORMAL", "BATCH"],
  ratePerSecond: 2,
  runMs: 60_000,
  outageMs: 0,
  seed: 1,
};

test("the same seed gives the same traffic, another one gives another", () => {
  expect(traffic(parameters)).toEqual(traffic(parameters));
  expect(traffic(parameters)).not.toEqual(traffic({ ...parameters, seed: 2 }));
});

test("a backlog is all there at the beginning, in the lowest tier, and no larger than the run can call", () => {
  const asks = traffic(parameters);
  const batch = asks.filter((ask) => ask.tier === "BATCH");
  expect(batch.every((ask) => ask.atMs < 2_000)).toBe(true);
  expect(batch.length).toBeGreaterThan(30);
  expect(asks.length).toBeLessThanOrEqual(120);
});

test("HIGH asks throughout, and nobody asks in the last tenth of the run", () => {
  const high = traffic(parameters).filter((ask) => ask.tier === "HIGH");
  expect(high.some((ask) => ask.atMs < 15_000)).toBe(true);
  expect(high.some((ask) => ask.atMs > 35_000)).toBe(true);
  expect(Math.max(...traffic(parameters).map((ask) => ask.atMs))).toBeLessThan(54_000);
});

test("a gateway whose worker is killed gets so much less that its backlog still drains", () => {
  const spared = traffic(parameters).length - traffic({ ...parameters, outageMs: 10_000 }).length;
  expect(spared).toBe(20);
});

test("a gust follows silence", () => {
  const asks = traffic({ ...parameters, shape: "gusts" });
  const begin = 0.36 * 60_000;
  expect(asks.filter((ask) => ask.atMs >= begin && ask.atMs <= begin + 200).length).toBeGreaterThanOrEqual(18);
  expect(asks.filter((ask) => ask.atMs >= begin - 4_000 && ask.atMs < begin)).toEqual([]);
});
