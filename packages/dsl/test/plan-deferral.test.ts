import {
  explainPlan,
  type GatewayPlan,
  type GatewaySpec,
  ms,
  parseGateway,
  planGateway,
  resolveSpec,
  seconds,
  us,
} from "@sluice/dsl";
import fc from "fast-check";
import { wholeFile } from "./source";

function specOf(snippet: string): GatewaySpec {
  const { spec, findings } = resolveSpec(parseGateway(wholeFile(snippet), "test.yaml"));
  if (!spec) throw new Error(findings.map(({ message }) => message).join("\n"));
  return spec;
}

const planOf = (snippet: string, slots?: number): GatewayPlan =>
  planGateway({ ...specOf(snippet), worker: { dispatch: "deferral", ...(slots !== undefined && { slots }) } });

const deferralOf = (snippet: string, slots?: number) => {
  const { dispatch } = planOf(snippet, slots);
  if (dispatch.kind !== "deferral") throw new Error("the plan has another dispatch");
  return dispatch;
};

test("the slots together never start more than the limit in a window, whatever the limit and however many slots", () => {
  const spec = specOf("rateLimit: 600/5m");
  const limits = fc.record({
    calls: fc.integer({ min: 1, max: 10_000 }),
    windowUs: fc.integer({ min: 100_000, max: 3_600_000_000 }).map(us),
    slots: fc.integer({ min: 1, max: 1_000 }),
  });
  fc.assert(
    fc.property(limits, ({ calls, windowUs, slots: wanted }) => {
      const slots = Math.min(wanted, calls);
      const { dispatch, limit } = planGateway({
        ...spec,
        rateLimit: { calls, windowUs, text: "any" },
        worker: { dispatch: "deferral", slots },
      });
      if (dispatch.kind !== "deferral") throw new Error("the plan has another dispatch");
      // Of one slot, so many starts can arrive in half-open windows that jitter has moved together.
      const most = Math.ceil((windowUs + limit.jitterUs) / dispatch.intervalUs);
      expect(slots * most).toBeLessThanOrEqual(calls);
      expect(dispatch.leadUs).toBeLessThanOrEqual(dispatch.intervalUs / 2);
    }),
  );
});

test("a slot has its part of the limit in whole calls", () => {
  // 600 in 5 min over 6 slots is 100 for each: 303 s / 100.
  expect(deferralOf("rateLimit: 600/5m", 6)).toMatchObject({ slots: 6, intervalUs: 3_030_000, maxConcurrency: 6 });
  // 5 a second over 4 slots is one for each, and one is left over.
  expect(planOf("rateLimit: 5/s", 4).limit.intervalUs).toBe(255_000);
});

test("with no slots stated there are two a tier, as far as the limit and concurrency go round", () => {
  expect(deferralOf("rateLimit: 600/5m").slots).toBe(6);
  expect(deferralOf("rateLimit: 5/s").slots).toBe(5);
  expect(deferralOf("rateLimit: 600/5m\nconcurrency: 3").slots).toBe(3);
  // Six slots would have one of the ten calls each and leave four; five have two.
  expect(deferralOf("rateLimit: 10/6s").slots).toBe(5);
});

test("AWS takes no mapping with less than two invocations at once, also of a worker with one slot", () => {
  expect(deferralOf("rateLimit: 1/s", 1).maxConcurrency).toBe(2);
});

test("a queue hides a message for the function's timeout, which holds a new worker's wait, the call and its answer", () => {
  const { worker, queues } = planOf("rateLimit: 600/5m\ntimeouts: { connect: 2s, response: 10s }", 6);
  expect(worker.functionTimeoutUs).toBe(seconds(3.03 + 2 + 2 * 10 + 20));
  expect(queues.tierVisibilityUs).toBe(worker.functionTimeoutUs);
});

test("tiers have no shares, and a number of receives each", () => {
  const snippet =
    "rateLimit: 600/5m\ntiers: [{ name: HIGH, timeout: 1h }, { name: LOW, timeout: 1d }]\ndefaultTier: LOW";
  expect(planOf(snippet).tiers.map(({ share }) => share)).toEqual([0, 0]);
  expect(deferralOf(snippet).maxReceives).toEqual({ HIGH: 100, LOW: 100 });
});

test("explain tells what is promised, and what is not", () => {
  const { summary, facts, waits, numbers, cost } = explainPlan(planOf("rateLimit: 600/5m", 6));
  expect(summary[0]).toBe(
    "Each of 6 slots starts one call every 3.03 s at the soonest, so no window of 5 min holds more than 600 calls, but for one more when a worker dies; that is 1.98/s, 99 % of what 600/5m allows.",
  );
  expect(summary[1]).toContain("cannot be promised");
  expect(waits).toBeUndefined();
  expect(numbers).toMatchObject({ slots: 6, slotIntervalUs: 3_030_000, leadUs: ms(200) });
  expect(numbers).not.toHaveProperty("turnUs");
  expect(facts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["slots", "interval of a slot", "after a crash"]),
  );
  // 256 MB for 3.03 s.
  expect(cost.lines.find(({ part }) => part === "gbSecond")?.fullPerRequest).toBeCloseTo(3.03 / 4, 6);
  expect(cost.lines.find(({ part }) => part === "publish")).toBeUndefined();
});
