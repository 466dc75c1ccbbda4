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
  dispatch: "doorbell",
  gateways: [figures(gateway)],
  killedWorker: {
    gateway: "nvd",
    atMs: 24_000,
    backAfterMs,
    shareWithOutage: 0.84,
    requestsHeld: 3,
    calledTwice: 2,
    allCalledAfterMs: 34_100,
  },
  naive: { gateways: [figures({ refused: 17, limits: [{ calls: 10, windowMs: 6_000, mostInWindow: 19 }] })] },
});

test("a full window is no broken promise, nor is a request that failed", () => {
  expect(brokenPromises(report({}))).toEqual([]);
});

test("in deferral one call more in a window of the gateway whose worker was killed is none, and two are", () => {
  const inDeferral = (mostInWindow: number) =>
    brokenPromises({ ...report({ limits: [{ calls: 10, windowMs: 6_000, mostInWindow }] }), dispatch: "deferral" });
  expect(inDeferral(11)).toEqual([]);
  expect(inDeferral(12)).toHaveLength(1);
  const over = {
    ...report({ limits: [{ calls: 10, windowMs: 6_000, mostInWindow: 11 }] }),
    dispatch: "deferral",
  } as const;
  const text = renderReport(over, colorsOf({ write: () => undefined }, {}), 100);
  expect(text).toContain("nvd: one call more than its limit in a window, because its worker's death set a slot free.");
  expect(text).not.toContain("No limit was broken");
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

const rendered = (gateway: Partial<GatewayFigures>, width = 100): string =>
  renderReport(report(gateway), colorsOf({ write: () => undefined }, {}), width);

test("the tables say what the gateway did, what the killed worker cost, and what the naive limiter collected", () => {
  const text = rendered({}, 140);
  const [gateway = "", naive = ""] = text.split("The same traffic through");
  expect(gateway).toMatch(/limit +10 in 6 s\n/);
  expect(gateway).toMatch(/most in a window +10 of 10\n/);
  expect(gateway).toMatch(/calls +80\nrefused +0\nsucceeded +79\nfailed +1\n/);
  expect(gateway).toMatch(/share of allowed rate +99\.1 %\njitter +3\.2 ms\n/);
  expect(gateway).toMatch(/nvd +HIGH +20 +0\.31 s +0\.64 s +0\.60 s/);
  expect(gateway).toContain("killed (SIGKILL) after 24.00 s; the next one called 8.70 s later.");
  expect(gateway).toContain("It had 3 requests in its hands;");
  expect(naive).toMatch(/most in a window +19 of 10\n[\s\S]*refused +17\n/);
  expect(naive).toContain("The fixed-window limiter was refused 17 times.");
});

test("more calls than requests are explained: what the killed worker had called, and what the file lets be repeated", () => {
  const text = rendered({ calls: 83 }, 140).replaceAll(/\s+/g, " ");
  expect(text).toContain("nvd: 83 calls for 80 requests. 3 are repeats: 2 because the answer to the first call died");
  expect(text).toContain(", 1 because the call failed");
  expect(rendered({ calls: 80 })).not.toContain("repeats");
});

test.each([60, 80, 120])("no line of the report is longer than a terminal of %d columns", (width) => {
  const three = report({ calls: 83 });
  const gateways = ["companies-house", "ncbi-eutils", "nvd"].map((name) => figures({ name, calls: 83 }));
  const text = renderReport({ ...three, gateways }, colorsOf({ write: () => undefined }, {}), width);
  expect(text.split("\n").filter((line) => line.length > Math.max(width, 78))).toEqual([]);
});
