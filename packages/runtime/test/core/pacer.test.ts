import { type LimitPlan, ms, us } from "@sluice/dsl";
import fc from "fast-check";
import { decided, nextStartAt, type Pace, unknownPast, written } from "../../src/core/pacer";

const limitOf = (calls: number, windowMs: number, jitterMs: number, latenessMs: number): LimitPlan => ({
  rate: { calls, windowUs: ms(windowMs), text: `${calls}/${windowMs}ms` },
  jitterUs: ms(jitterMs),
  latenessUs: ms(latenessMs),
  intervalUs: us(Math.ceil((ms(windowMs) + ms(jitterMs)) / calls)),
});

/** A call as the outside sees it: when it was decided, and when its bytes really left. */
interface Start {
  readonly decidedAt: number;
  readonly leftAt: number;
}

/**
 * Starts calls as early as the pacer allows, with pauses of the process before the decision, between the decision and the
 * bytes, and between the bytes and their confirmation.
 */
function run(limit: LimitPlan, pauses: readonly { before: number; between: number; confirm: number }[]): Start[] {
  let pace: Pace = unknownPast(us(0));
  let now = 0;
  return pauses.map(({ before, between, confirm }) => {
    const decidedAt = Math.max(now, nextStartAt(pace, limit)) + before;
    pace = decided(pace, limit, us(decidedAt));
    const leftAt = decidedAt + between;
    now = leftAt + confirm;
    pace = written(pace, limit, us(now));
    return { decidedAt, leftAt };
  });
}

const pause = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(5_000) },
  fc.nat(3_000_000),
);
const pauses = fc.array(fc.record({ before: pause, between: pause, confirm: pause }), { minLength: 1, maxLength: 120 });
const limits = fc
  .record({
    calls: fc.integer({ min: 1, max: 40 }),
    windowMs: fc.integer({ min: 100, max: 60_000 }),
    jitter: fc.integer({ min: 5, max: 600 }),
  })
  .map(({ calls, windowMs, jitter }) => limitOf(calls, windowMs, jitter, jitter / 4));

test("whatever pauses the process makes, N + 1 calls leave at least W + J less the lateness apart", () => {
  fc.assert(
    fc.property(limits, pauses, (limit, all) => {
      const starts = run(limit, all);
      const { calls, windowUs } = limit.rate ?? { calls: 0, windowUs: 0 };
      const least = windowUs + limit.jitterUs - limit.latenessUs;
      for (let i = 0; i + calls < starts.length; i++) {
        expect((starts[i + calls]?.leftAt ?? 0) - (starts[i]?.leftAt ?? 0)).toBeGreaterThanOrEqual(least);
      }
    }),
    { numRuns: 300 },
  );
});

test("timers that are late by less than the lateness cost no rate", () => {
  const limit = limitOf(10, 1_000, 40, 10);
  const late = Array.from({ length: 100 }, () => ({ before: 9_000, between: 500, confirm: 100 }));
  const starts = run(limit, late);
  const span = (starts[99]?.decidedAt ?? 0) - (starts[0]?.decidedAt ?? 0);
  expect(span).toBeLessThanOrEqual(99 * limit.intervalUs + 10_000);
});

test("a pause between decision and bytes moves the next start, so that the two do not come closer", () => {
  const limit = limitOf(10, 1_000, 20, 5);
  const [first, second] = run(limit, [
    { before: 0, between: 100_000, confirm: 0 },
    { before: 0, between: 0, confirm: 0 },
  ]);
  expect((second?.leftAt ?? 0) - (first?.leftAt ?? 0)).toBe(limit.intervalUs - 5_000);
});

test("the first start of a process that does not know the past waits one interval from its entry", () => {
  const limit = limitOf(2, 1_000, 20, 5);
  expect(nextStartAt(unknownPast(us(7_000)), limit)).toBe(7_000 + limit.intervalUs);
});

test("a start that is decided late moves the grid although no bytes follow, or an outage would take a backlog in one go", () => {
  const limit = limitOf(10, 1_000, 20, 5);
  const late = decided({ gridAt: us(0) }, limit, us(60_000_000));
  expect(nextStartAt(late, limit)).toBe(60_000_000 - 5_000 + limit.intervalUs);
});
