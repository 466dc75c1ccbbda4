import { ms, seconds, us } from "@sluice/dsl";
import { FixedWindow, runNaive } from "../src/fixed-window";
import { mostInWindow } from "../src/judge";
import { backlog, type LoadKind, mergeLoads } from "../src/load";
import { type StrictTarget, startStrictTarget } from "../src/strict-target";

const kind = (tier: string): LoadKind => ({ tier, operation: "company", requestOf: () => ({}) });

const targets: StrictTarget[] = [];
afterEach(async () => {
  await Promise.all(targets.splice(0).map((target) => target.close()));
});
async function start(...settings: Parameters<typeof startStrictTarget>): Promise<StrictTarget> {
  const target = await startStrictTarget(...settings);
  targets.push(target);
  return target;
}

test("a fixed window lets N through and names the beginning of the next", () => {
  const limiter = new FixedWindow({ calls: 2, windowUs: seconds(1) });
  expect([1_500_000, 1_600_000, 1_700_000, 1_999_999].map((at) => limiter.take(us(at)))).toEqual([
    "taken",
    "taken",
    2_000_000,
    2_000_000,
  ]);
  expect(limiter.take(us(2_000_000))).toBe("taken");
});

test("a fixed window breaks the limit at its edge, and a strict target says so", async () => {
  const limit = { calls: 5, windowUs: ms(400) };
  const target = await start({ limit });
  const report = await runNaive({ targetUrl: target.url, limit, arrivals: backlog(kind("BATCH"), 20) });
  const log = await target.log();
  expect(log).toHaveLength(20);
  expect(
    mostInWindow(
      log.map(({ atUs }) => atUs),
      limit.windowUs,
    ),
  ).toBeGreaterThan(5);
  expect(report.refused).toBeGreaterThan(0);
  expect(report.refused).toBe(log.filter(({ accepted }) => !accepted).length);
  expect(report).toMatchObject({ requests: 20, calls: 20, succeeded: 20 - report.refused, failed: 0 });
});

test("all tiers wait in one queue, first in, first out", async () => {
  const target = await start();
  const arrivals = mergeLoads(backlog(kind("BATCH"), 4), backlog(kind("HIGH"), 1, us(1)));
  const report = await runNaive({ targetUrl: target.url, limit: { calls: 2, windowUs: ms(200) }, arrivals });
  // The HIGH request is the fifth, so two windows begin before its turn.
  expect(report.waits.get("HIGH")?.[0]).toBeGreaterThan(200_000);
  expect(report.waits.get("BATCH")).toHaveLength(4);
});

test("it ends at the time given or when it is told to, and counts what had arrived", async () => {
  const target = await start();
  const limit = { calls: 2, windowUs: ms(200) };
  const arrivals = mergeLoads(backlog(kind("BATCH"), 50), backlog(kind("BATCH"), 50, seconds(30)));
  const timed = await runNaive({ targetUrl: target.url, limit, arrivals, untilUs: ms(500) });
  expect(timed.requests).toBe(50);
  expect(timed.calls).toBeGreaterThanOrEqual(4);
  expect(timed.calls).toBeLessThanOrEqual(8);

  const told = new AbortController();
  const running = runNaive({ targetUrl: target.url, limit, arrivals, signal: told.signal });
  told.abort();
  expect((await running).calls).toBeLessThanOrEqual(2);
});

test("an API that refuses with 403 is understood, and a lost call is a failed one", async () => {
  const limit = { calls: 1, windowUs: seconds(60) };
  const target = await start({ limit, refusal: { status: 403 }, next: ["reset"] });
  const arrivals = backlog(kind("BATCH"), 3);
  const report = await runNaive({
    targetUrl: target.url,
    limit: { calls: 3, windowUs: seconds(3_600) },
    arrivals,
    refusedStatus: 403,
  });
  expect(report).toMatchObject({ calls: 3, succeeded: 0, refused: 2, failed: 1 });
});
