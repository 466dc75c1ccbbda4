import { seconds, us } from "@sluice/dsl";
import { backlog, gusts, type LoadKind, mergeLoads, poisson } from "../src/load";
import { Random } from "../src/random";

const kind = (tier: string): LoadKind => ({ tier, operation: "company", requestOf: (index) => ({ number: index }) });
const MINUTE = { fromUs: seconds(0), untilUs: seconds(60) };

test("a backlog is there from the beginning, numbered", () => {
  expect(backlog(kind("BATCH"), 2)).toEqual([
    { atUs: 0, tier: "BATCH", operation: "company", request: { number: 0 } },
    { atUs: 0, tier: "BATCH", operation: "company", request: { number: 1 } },
  ]);
  expect(backlog(kind("BATCH"), 3, seconds(2)).map(({ atUs }) => atUs)).toEqual([2_000_000, 2_000_000, 2_000_000]);
});

test("a Poisson load comes as often as it should, with gaps as uneven as chance", () => {
  const load = poisson(kind("HIGH"), 20, MINUTE, new Random(1));
  // 1200 expected; three standard deviations are 104.
  expect(Math.abs(load.length - 1_200)).toBeLessThan(104);
  const gaps = load.slice(1).map(({ atUs }, index) => atUs - (load[index]?.atUs ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  // Of exponential gaps, one in e is longer than the mean.
  expect(gaps.filter((gap) => gap > 50_000).length / gaps.length).toBeCloseTo(1 / Math.E, 1);
  expect(load.at(-1)?.atUs).toBeLessThan(seconds(60));
  expect(poisson(kind("HIGH"), 0, MINUTE, new Random(1))).toEqual([]);
});

test("gusts come together and are followed by silence", () => {
  const spreadUs = us(200_000);
  const load = gusts(kind("HIGH"), { size: 5, spreadUs, silenceUs: seconds(8) }, MINUTE, new Random(2));
  expect(load.length % 5).toBe(0);
  expect(load.length).toBeGreaterThanOrEqual(20);
  const starts = load.filter((_, index) => index % 5 === 0).map(({ atUs }) => atUs);
  for (const [index, start] of starts.entries()) {
    const last = load[index * 5 + 4]?.atUs ?? 0;
    expect(last - start).toBeLessThanOrEqual(spreadUs);
    expect(start - (load[index * 5 - 1]?.atUs ?? 0)).toBeGreaterThanOrEqual(seconds(4));
  }
});

test("the same seed gives the same load", () => {
  const load = (seed: number) => poisson(kind("HIGH"), 5, MINUTE, new Random(seed));
  expect(load(4)).toEqual(load(4));
  expect(load(4)).not.toEqual(load(5));
});

test("merged loads are in the order of time", () => {
  const high = poisson(kind("HIGH"), 3, MINUTE, new Random(1));
  const merged = mergeLoads(backlog(kind("BATCH"), 10, seconds(30)), high);
  expect(merged).toHaveLength(10 + high.length);
  expect(merged.map(({ atUs }) => atUs)).toEqual(merged.map(({ atUs }) => atUs).sort((a, b) => a - b));
});
