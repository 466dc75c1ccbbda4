import type { GatewayFigures } from "../../src/demo/measure";
import { brokenPromises, type DemoReport, renderReport } from "../../src/demo/report";
import { colorsOf } from "../../src/io";

const figures = (overrides: Partial<GatewayFigures> = {}): GatewayFigures => ({
  name: "nvd",
  limits: [{ calls: 10, windowMs: 6_000, mostInWindow: 10 }],
  requests: 80,
  succeeded: 79,
  failed: 1,
  calls: 80,
  refused: 0,
  shareOfAllowedRate: 0.991,
  measuredJitterMs: 3.2,
  tiers: [{ name: "HIGH", requests: 20, p50WaitMs: 310, p99WaitMs: 640, idealP99WaitMs: 600 }],
  ...overrides,
});

const report = (gateway: Partial<GatewayFigures>, backAfterMs: number | null = 8_700): DemoReport => ({
  gateways: [figures(gateway)],
  killedWorker: {
    gateway: "nvd",
    atMs: 24_000,
    backAfterMs,
    shareWithOutage: 0.84,
    requestsHeld: 3,
    allCalledAfterMs: 34_100,
  },
  naive: { gateways: [figures({ refused: 17, limits: [{ calls: 10, windowMs: 6_000, mostInWindow: 19 }] })] },
});

test("a full window is no broken promise, nor is a request that failed", () => {
  expect(brokenPromises(report({}))).toEqual([]);
});

test("one call too many in a window is a broken promise", () => {
  expect(brokenPromises(report({ limits: [{ calls: 10, windowMs: 6_000, mostInWindow: 11 }] }))).toEqual([
    "nvd: 11 calls in a window of 6 s, where 10 are allowed.",
  ]);
});

test("a request that never ended is a broken promise", () => {
  expect(brokenPromises(report({ succeeded: 78 }))).toEqual(["nvd: 1 request of 80 never ended."]);
});

test("a gateway that never calls again after its worker was killed is a broken promise", () => {
  expect(brokenPromises(report({}, null))).toEqual(["nvd: no call came after its worker had been killed."]);
});

test("the tables say what the gateway did, what the killed worker cost, and what the naive limiter collected", () => {
  const text = renderReport(report({}), colorsOf({ write: () => undefined }, {}));
  expect(text).toMatch(/nvd +10 in 6 s +80 +10 of 10 +0 +99\.1 % +3\.2 ms +79 +1/);
  expect(text).toMatch(/nvd +HIGH +20 +0\.31 s +0\.64 s +0\.60 s/);
  expect(text).toContain("killed (SIGKILL) after 24.00 s; the next one called 8.70 s later.");
  expect(text).toContain("It had 3 requests in its hands; they were called (again) within 34.10 s.");
  expect(text).toContain("its share is 84.0 %");
  expect(text).toContain("The fixed-window limiter was refused 17 times.");
});
