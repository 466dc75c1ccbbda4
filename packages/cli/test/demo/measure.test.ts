import { type Measurement, measure, percentile, shareOfAllowedRate } from "../../src/demo/measure";

const limit = { calls: 3, windowMs: 1_000, intervalMs: 340 };

/** Requests a0, a1, … all started at 0 and called at these instants. */
const calledAt = (instants: readonly number[], tier = "HIGH"): Pick<Measurement, "arrivals" | "requests"> => ({
  arrivals: instants.map((atMs, index) => ({ atMs, isAccepted: true, requestId: `a${index}` })),
  requests: instants.map((_, index) => ({ id: `a${index}`, tier, startedAtMs: 0, end: "succeeded" })),
});

const everyMs = (interval: number, count: number) => Array.from({ length: count }, (_, index) => index * interval);

const measurement = (overrides: Partial<Measurement>): Measurement => ({
  name: "ncbi",
  limit,
  tiers: ["HIGH", "BATCH"],
  ...calledAt(everyMs(340, 20)),
  mostInWindow: 3,
  jitterMs: 1.5,
  outage: undefined,
  heldByKilled: new Set(),
  idealWaits: (arrivals) => arrivals.map(() => 0),
  ...overrides,
});

test("a worker that calls once an interval under backlog reaches the whole allowed rate", () => {
  expect(shareOfAllowedRate(measurement({}))).toBeCloseTo(1, 10);
});

test("a worker that takes a tenth longer for each interval reaches ten elevenths of it", () => {
  expect(shareOfAllowedRate(measurement(calledAt(everyMs(374, 20))))).toBeCloseTo(10 / 11, 10);
});

test("refused calls do not count towards the share", () => {
  const { arrivals, requests } = calledAt(everyMs(340, 21));
  const every3rd = arrivals.map((arrival, index) => ({ ...arrival, isAccepted: index % 2 === 0 }));
  expect(shareOfAllowedRate(measurement({ arrivals: every3rd, requests }))).toBeCloseTo(0.5, 10);
});

test("time in which nothing waited does not count towards the share", () => {
  const first = calledAt(everyMs(340, 12));
  const later = calledAt(everyMs(340, 12));
  const at = 60_000;
  const both = {
    arrivals: [
      ...first.arrivals,
      ...later.arrivals.map((one) => ({ ...one, atMs: one.atMs + at, requestId: `b${one.requestId}` })),
    ],
    requests: [...first.requests, ...later.requests.map((one) => ({ ...one, id: `b${one.id}`, startedAtMs: at }))],
  };
  expect(shareOfAllowedRate(measurement(both))).toBeCloseTo(1, 10);
});

test("an outage counts towards the share only when it is not named", () => {
  const instants = [...everyMs(340, 12), ...everyMs(340, 12).map((atMs) => atMs + 10_000)];
  const outage = { fromMs: 3_800, untilMs: 10_000 };
  expect(shareOfAllowedRate(measurement({ ...calledAt(instants), outage }))).toBeCloseTo(1, 10);
  expect(shareOfAllowedRate(measurement(calledAt(instants)))).toBeLessThan(0.6);
});

test("what a killed worker had in its hands is no backlog while nobody can see it", () => {
  const calls = calledAt([...everyMs(340, 12), 33_000]);
  expect(shareOfAllowedRate(measurement({ ...calls, heldByKilled: new Set(["a12"]) }))).toBeCloseTo(1, 10);
  expect(shareOfAllowedRate(measurement(calls))).toBeLessThan(0.2);
});

test("a gateway where requests never waited for ten calls on end has no share", () => {
  expect(shareOfAllowedRate(measurement(calledAt([0, 340])))).toBeNull();
});

test("a request's wait ends at its last call: one that was refused first waited for the second", () => {
  const figures = measure(
    measurement({
      arrivals: [
        { atMs: 100, isAccepted: false, requestId: "a0" },
        { atMs: 900, isAccepted: true, requestId: "a0" },
      ],
      requests: [{ id: "a0", tier: "HIGH", startedAtMs: 50, end: "succeeded" }],
    }),
  );
  expect(figures).toMatchObject({ requests: 1, calls: 2, refused: 1, succeeded: 1 });
  expect(figures.tiers[0]).toMatchObject({ name: "HIGH", p50WaitMs: 850, p99WaitMs: 850 });
});

test("a tier without requests has no waits", () => {
  expect(measure(measurement({})).tiers[1]).toEqual({
    name: "BATCH",
    requests: 0,
    p50WaitMs: null,
    p99WaitMs: null,
    idealP99WaitMs: null,
  });
});

test("the ideal is given the arrivals in order and stands still during the outage", () => {
  const asked: unknown[] = [];
  const figures = measure(
    measurement({
      arrivals: [],
      requests: [
        { id: "late", tier: "HIGH", startedAtMs: 9_000, end: "succeeded" },
        { id: "early", tier: "BATCH", startedAtMs: 1_000, end: "succeeded" },
      ],
      outage: { fromMs: 5_000, untilMs: 13_000 },
      idealWaits: (arrivals) => {
        asked.push(arrivals);
        return [2_000, 100];
      },
    }),
  );
  expect(asked[0]).toEqual([
    { atMs: 1_000, tier: "BATCH" },
    { atMs: 5_000, tier: "HIGH" },
  ]);
  // Called 2 s after 1 s; and 0.1 s after the outage's end at 13 s, 4.1 s after it was asked.
  expect(figures.tiers.map((tier) => tier.idealP99WaitMs)).toEqual([4_100, 2_000]);
});

test("the ideal's grid may lie anywhere within an interval: its waits are those of twenty places", () => {
  const idleUntil: number[] = [];
  const figures = measure(
    measurement({
      arrivals: [],
      requests: [{ id: "one", tier: "HIGH", startedAtMs: 1_000, end: "succeeded" }],
      idealWaits: (_, idleUntilMs) => {
        idleUntil.push(idleUntilMs);
        return [idleUntilMs - 1_000];
      },
    }),
  );
  expect([idleUntil.length, idleUntil[0], idleUntil[1]]).toEqual([20, 1_000, 1_017]);
  expect(figures.tiers[0]?.idealP99WaitMs).toBe(19 * 17);
});

test("the 99th percentile of fewer than a hundred waits is the longest", () => {
  expect(percentile([3, 1, 2], 0.99)).toBe(3);
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([], 0.5)).toBeNull();
});

test("what a killed worker held counts as requests of its tier, and not in its waits", () => {
  const figures = measure(measurement({ heldByKilled: new Set(["a19"]) }));
  expect(figures.tiers[0]).toMatchObject({ requests: 20, p99WaitMs: 18 * 340 });
});
