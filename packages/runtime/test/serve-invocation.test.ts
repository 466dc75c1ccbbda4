import { type Envelope, type Json, ms, us } from "@sluice/dsl";
import { httpEndpoint } from "../src/adapters/http/endpoint";
import type { AwsCall } from "../src/aws-call";
import { awsPorts } from "../src/aws-ports/aws-ports";
import type { Clock } from "../src/core/ports";
import { createEvaluate } from "../src/expressions";
import { createSecrets } from "../src/secrets";
import { serveInvocation } from "../src/serve-invocation";
import { systemClock } from "../src/system-clock";
import { createTelemetry } from "../src/telemetry";
import { createWorker } from "../src/worker";
import { closeAll, httpTarget } from "./adapters/loopback";
import { samplePlan } from "./core/sample-plan";

afterEach(closeAll);

/** The machine's clock, whose timers do not keep the test's process: a turn leaves some that nobody waits for. */
const clock: Clock = {
  ...systemClock,
  sleepUntil: (instant) =>
    new Promise((resolve) => {
      setTimeout(resolve, Math.ceil(Math.max(0, instant - systemClock.now()) / 1_000)).unref();
    }),
};

const HIGH = "http://queues/high";

const envelopeOf = (id: string, request: Json): Envelope => ({
  version: 1,
  id,
  token: `token of ${id}`,
  execution: `arn:${id}`,
  startedAtMs: Date.now(),
  attempt: 0,
  tier: "HIGH",
  operation: "read",
  repeatable: undefined,
  deadlineMs: Date.now() + 60_000,
  request,
});

/** The parts of AWS that a turn meets, holding these messages in HIGH's queue; and what became of them. */
function awsWith(messages: readonly Envelope[]) {
  const waiting = messages.map((envelope) => ({
    Body: JSON.stringify(envelope),
    ReceiptHandle: envelope.id,
    Attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) },
  }));
  const done: string[] = [];
  const call: AwsCall = async (service, operation, input) => {
    const fields = input as Record<string, string>;
    // Like a network, and unlike a promise that is kept already: other events get their turn meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1));
    switch (`${service}:${operation}`) {
      case "sqs:ReceiveMessage":
        return fields.QueueUrl === HIGH && waiting.length > 0 ? { Messages: waiting.splice(0) } : {};
      case "sqs:DeleteMessage":
        done.push(`deleted ${fields.ReceiptHandle}`);
        return {};
      case "sfn:SendTaskSuccess":
        done.push(`${fields.taskToken}: ${fields.output}`);
        return {};
      case "sfn:SendTaskFailure":
        done.push(`${fields.taskToken}: ${fields.error}`);
        return {};
      case "dynamodb:GetItem":
        return { Item: { turn: { S: "turn-1" } } };
      default:
        return {};
    }
  };
  return { call, done };
}

test("a bell becomes a turn: the request is called, answered, and then deleted", async () => {
  const target = await httpTarget((request, response) => {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ path: request.url }));
  });
  const plan = samplePlan({
    endpoint: { adapter: "http", url: target.url, headers: {} },
    operations: [{ name: "read", method: "GET", path: "/{id}", headers: {}, repeatable: true, answer: "$body.path" }],
  });
  const { call, done } = awsWith([envelopeOf("r1", { id: "7" })]);
  const lines: string[] = [];
  const addresses = {
    tierQueueUrls: { HIGH, NORMAL: "http://queues/normal", BATCH: "http://queues/batch" },
    bellQueueUrl: "http://queues/bell",
    gateTable: "gate",
  };
  const evaluate = createEvaluate();
  const secrets = createSecrets(call, systemClock);
  const worker = createWorker(
    plan,
    {
      ...awsPorts(call, addresses),
      endpoint: httpEndpoint({ plan, secrets, evaluate, clock }),
      clock,
      telemetry: createTelemetry({
        plan,
        write: (line) => lines.push(line),
        wallMs: systemClock.wallMs,
        redact: secrets.redact,
      }),
    },
    evaluate,
  );
  const bell = { messageId: "m1", receiptHandle: "b1", body: JSON.stringify(envelopeOf("r1", null)) };
  const facts = { requestId: "turn-1", deadlineAt: us(systemClock.now() + ms(60_000)) };

  expect(await serveInvocation(worker, { Records: [bell] }, facts)).toEqual({ batchItemFailures: [] });

  expect(target.requests.map(({ url, headers }) => [url, headers["x-sluice-execution"]])).toEqual([["/7", "arn:r1"]]);
  expect(done).toEqual(['token of r1: "/7"', "deleted r1"]);
  expect(lines.map((line) => JSON.parse(line).event)).toContain("call");
});
