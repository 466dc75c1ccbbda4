import { type GatewayPlan, ms, seconds, us } from "@sluice/dsl";

/** A gateway of 10 calls a second with one operation of each kind; the numbers are the plan's defaults written out. */
export const samplePlan = (changes: Partial<GatewayPlan> = {}): GatewayPlan => ({
  planVersion: 2,
  name: "register",
  limit: {
    rate: { calls: 10, windowUs: seconds(1), text: "10/s" },
    jitterUs: ms(20),
    latenessUs: ms(5),
    intervalUs: us(102_000),
  },
  openCalls: 100,
  tiers: [
    { name: "HIGH", timeoutUs: seconds(120), share: 0, retentionUs: seconds(3_720) },
    { name: "NORMAL", timeoutUs: seconds(3_600), share: 0.05, retentionUs: seconds(7_200) },
    { name: "BATCH", timeoutUs: seconds(86_400), share: 0.05, retentionUs: seconds(90_000) },
  ],
  defaultTier: "NORMAL",
  timeouts: { connectUs: seconds(2), responseUs: seconds(10) },
  endpoint: { adapter: "http", url: "http://127.0.0.1:1", headers: {} },
  operations: [
    { name: "read", method: "GET", path: "/{id}", headers: {}, repeatable: true },
    { name: "order", method: "POST", path: "/orders", headers: {}, repeatable: false },
  ],
  outcomes: { throttled: { pauseUs: seconds(30), maxPauseUs: seconds(900) } },
  retries: {
    throttled: { attempts: 10, backoffSeconds: 5, maxSeconds: 300 },
    unavailable: { attempts: 5, backoffSeconds: 2, maxSeconds: 60 },
    unknown: { attempts: 3, backoffSeconds: 5, maxSeconds: 60 },
  },
  dispatch: {
    kind: "doorbell",
    turn: { lengthUs: seconds(200), bellHoldUs: seconds(10), bellRenewUs: seconds(3) },
    bellVisibilityUs: seconds(240),
    bellRetentionUs: seconds(10_100),
  },
  worker: { memoryMb: 512, functionTimeoutUs: seconds(240) },
  queues: { tierVisibilityUs: seconds(40) },
  secrets: [],
  ...changes,
});
