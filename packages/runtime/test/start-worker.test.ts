import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ms, seconds } from "@sluice/dsl";
import { serveInvocation } from "../src/serve-invocation";
import { startWorker } from "../src/start-worker";
import { samplePlan } from "./core/sample-plan";

let layer: string;
let log: string[];
beforeEach(() => {
  log = [];
  layer = mkdtempSync(join(tmpdir(), "sluice-layer-"));
});
afterEach(() => rmSync(layer, { recursive: true }));

const URLS = { HIGH: "http://q/high", NORMAL: "http://q/normal", BATCH: "http://q/batch" };

/** The worker of a function whose layer holds `plan`, with these environment variables changed. */
function start(plan: unknown, changes: Record<string, string | undefined> = {}) {
  if (plan !== undefined) writeFileSync(join(layer, "gateway.json"), JSON.stringify(plan));
  const environment = {
    SLUICE_OPT_ROOT: layer,
    SLUICE_TIER_QUEUE_URLS: JSON.stringify(URLS),
    SLUICE_BELL_QUEUE_URL: "http://q/bell",
    SLUICE_GATE_TABLE: "gate",
    ...changes,
  };
  return startWorker(
    environment,
    () => Promise.reject(new Error("AWS was asked")),
    (line) => log.push(line),
  );
}

test("a worker starts with its plan and asks AWS nothing", () => {
  expect(start(samplePlan()).plan).toEqual(samplePlan());
});

test("a function without its layer says so", () => {
  expect(() => start(undefined)).toThrow(
    /^The gateway's plan could not be read from its layer \(.*ENOENT: .*gateway\.json'\)\. Deploy the gateway again\.$/,
  );
});

test("a plan of another version is refused in one sentence", () => {
  expect(() => start({ ...samplePlan(), planVersion: 1 })).toThrow(
    /^The plan in .*gateway\.json has version 1, and this worker reads version 2: the layer and the worker's code come from different versions of Sluice\. Deploy the gateway again, whole\.$/,
  );
});

test.each(["SLUICE_TIER_QUEUE_URLS", "SLUICE_BELL_QUEUE_URL", "SLUICE_GATE_TABLE"])(
  "a function without %s says so",
  (name) => {
    expect(() => start(samplePlan(), { [name]: undefined })).toThrow(
      `The function has no environment variable ${name}. Deploy the gateway again.`,
    );
  },
);

/** {@link samplePlan} with the other dispatch. */
const deferralPlan = () =>
  samplePlan({
    dispatch: {
      kind: "deferral",
      slots: 6,
      intervalUs: seconds(1.02),
      leadUs: ms(200),
      maxConcurrency: 6,
      maxReceives: { HIGH: 100, NORMAL: 100, BATCH: 100 },
    },
  });

test("in deferral there is no bell queue to be told of", () => {
  expect(start(deferralPlan(), { SLUICE_BELL_QUEUE_URL: undefined }).plan.dispatch.kind).toBe("deferral");
});

test("in deferral a message of no tier, and two at a time, are refused in words", async () => {
  const worker = start(deferralPlan());
  const facts = { requestId: "one", deadlineAt: worker.ports.clock.now() };
  const record = { messageId: "m", receiptHandle: "r", body: "{}", eventSourceARN: "arn:aws:sqs:eu-west-1:1:other" };
  await expect(serveInvocation(worker, { Records: [record] }, facts)).rejects.toThrow(
    "the queue arn:aws:sqs:eu-west-1:1:other is no tier's",
  );
  await expect(serveInvocation(worker, { Records: [record, record] }, facts)).rejects.toThrow(
    "This function takes one message at a time, and was given 2.",
  );
});

test("a tier without a queue is named", () => {
  expect(() => start(samplePlan(), { SLUICE_TIER_QUEUE_URLS: '{"HIGH":"x"}' })).toThrow(
    "SLUICE_TIER_QUEUE_URLS names no queue for the tier NORMAL. Deploy the gateway again.",
  );
  expect(() => start(samplePlan(), { SLUICE_TIER_QUEUE_URLS: "x" })).toThrow(
    /must be a JSON map from tier to queue URL/,
  );
});

test("an invocation that fails before anything was called fails as a whole, so that its bells ring again", async () => {
  const bell = { messageId: "m", receiptHandle: "r", body: "2026-11-24T12:00:00Z" };
  const facts = { requestId: "one", deadlineAt: start(samplePlan()).ports.clock.now() };
  await expect(serveInvocation(start(samplePlan()), { Records: [bell] }, facts)).rejects.toThrow("AWS was asked");
  expect(log.map((line) => JSON.parse(line).event)).toEqual(["hold-bells-failed"]);
});

test("an event that is no bell is refused", async () => {
  const worker = start(samplePlan());
  const facts = { requestId: "one", deadlineAt: worker.ports.clock.now() };
  await expect(serveInvocation(worker, { hello: 1 }, facts)).rejects.toThrow(
    "This function is woken by its bell queue; the event it was given holds no SQS records.",
  );
});
