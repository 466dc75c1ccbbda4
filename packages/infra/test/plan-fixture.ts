import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayPlan, ms, seconds, us } from "@sluice/dsl";

/** A gateway of 10 calls a second with a repeatable and an unrepeatable operation. */
export const samplePlan = (changes: Partial<GatewayPlan> = {}): GatewayPlan => ({
  planVersion: 2,
  name: "register",
  limit: {
    rate: { calls: 10, windowUs: seconds(1), text: "10/s" },
    jitterUs: ms(20),
    latenessUs: ms(5),
    intervalUs: us(102_000),
  },
  openCalls: 99,
  tiers: [
    { name: "HIGH", timeoutUs: seconds(120), share: 0, retentionUs: seconds(3_720) },
    { name: "NORMAL", timeoutUs: seconds(3_600), share: 0.05, retentionUs: seconds(7_200) },
    { name: "BATCH", timeoutUs: seconds(86_400), share: 0.05, retentionUs: seconds(90_000) },
  ],
  defaultTier: "NORMAL",
  timeouts: { connectUs: seconds(2), responseUs: seconds(10) },
  endpoint: { adapter: "http", url: "https://register.example.org", headers: {} },
  operations: [
    { name: "read", method: "GET", path: "/{id}", headers: {}, repeatable: true },
    { name: "order", method: "POST", path: "/orders", headers: {}, repeatable: false },
  ],
  outcomes: { throttled: { pauseUs: seconds(30), maxPauseUs: seconds(900) } },
  retries: {
    throttled: { attempts: 10, backoffSeconds: 5, maxSeconds: 300 },
    unavailable: { attempts: 5, backoffSeconds: 2, maxSeconds: 60 },
    unknown: { attempts: 3, backoffSeconds: 4, maxSeconds: 30 },
  },
  dispatch: {
    kind: "doorbell",
    turn: { lengthUs: seconds(200), bellHoldUs: seconds(10), bellRenewUs: seconds(3) },
    bellVisibilityUs: seconds(240),
    bellRetentionUs: seconds(10_100),
  },
  worker: { memoryMb: 512, functionTimeoutUs: seconds(240) },
  queues: { tierVisibilityUs: seconds(40) },
  secrets: ["register", "shared/oauth"],
  ...changes,
});

/** The same gateway in deferral, with six slots. */
export const deferralPlan: GatewayPlan = samplePlan({
  openCalls: 6,
  dispatch: {
    kind: "deferral",
    slots: 6,
    intervalUs: us(1_020_000),
    leadUs: us(200_000),
    maxConcurrency: 6,
    maxReceives: { HIGH: 100, NORMAL: 100, BATCH: 5 },
  },
  worker: { memoryMb: 256, functionTimeoutUs: seconds(44) },
  queues: { tierVisibilityUs: seconds(44) },
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A new folder, removed when the tests of a file are through. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-infra-test-"));
  folders.push(folder);
  return folder;
}

/** Stands in for the worker's bundle, which is built elsewhere. */
export function newWorkerAsset(): string {
  const folder = newFolder();
  writeFileSync(join(folder, "index.mjs"), "export const handler = async () => ({ batchItemFailures: [] });\n");
  return folder;
}
