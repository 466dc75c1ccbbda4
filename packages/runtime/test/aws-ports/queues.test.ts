import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ms, seconds, us } from "@sluice/dsl";
import { type FauxqsServer, interceptLocalhostDns, startFauxqs } from "fauxqs";
import { sqsBells } from "../../src/aws-ports/bells";
import { sdkAwsCall } from "../../src/aws-ports/sdk-call";
import { sqsTiers } from "../../src/aws-ports/tiers";
import type { Bell, Received } from "../../src/core/ports";
import { pointAt } from "./aws-env";

// The queues through the SDK against an SQS that nobody here wrote.

let server: FauxqsServer;
let client: SQSClient;
let queues = 0;
/** Its queues have URLs below localhost, which not every machine can look up. */
let restoreDns: () => void;

beforeAll(async () => {
  restoreDns = interceptLocalhostDns();
  server = await startFauxqs({ port: 0, logger: false });
  pointAt("SQS", `http://sqs.us-east-1.localhost:${server.port}`);
  client = new SQSClient({});
});

afterAll(async () => {
  client.destroy();
  await server.stop();
  restoreDns();
});

function newQueue() {
  queues += 1;
  const name = `queue-${queues}`;
  const { queueUrl: url } = server.createQueue(name, { attributes: { VisibilityTimeout: "600" } });
  return {
    url,
    tiers: sqsTiers(sdkAwsCall(), { HIGH: url }),
    bells: sqsBells(sdkAwsCall(), url),
    send: (body: string) => client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body })),
    /** Seconds for which each message in flight stays hidden, from now. */
    hidden: () =>
      server
        .inspectQueue(name)
        ?.messages.inflight.map(({ visibilityDeadline }) => (visibilityDeadline - Date.now()) / 1_000),
    ready: () => server.inspectQueue(name)?.messages.ready.length,
  };
}

const ENVELOPE = {
  version: 1,
  id: "a1",
  token: "T",
  execution: "arn",
  startedAtMs: 1,
  attempt: 0,
  tier: "HIGH",
  operation: "read",
  deadlineMs: 2,
  request: null,
};

async function receiveOne(tiers: ReturnType<typeof sqsTiers>): Promise<Received> {
  const [message] = await tiers.receive("HIGH", 10, seconds(1));
  if (message === undefined) throw new Error("nothing was received");
  return message;
}

test("a message comes with its envelope, how often it came, and when it was sent", async () => {
  const { tiers, send } = newQueue();
  const before = Date.now();
  await send(JSON.stringify(ENVELOPE));
  const first = await receiveOne(tiers);
  expect(first).toMatchObject({ tier: "HIGH", envelope: ENVELOPE, receiveCount: 1, body: JSON.stringify(ENVELOPE) });
  expect(first.sentAtMs).toBeGreaterThanOrEqual(before);
  await tiers.setVisibility(first, us(0));
  expect((await receiveOne(tiers)).receiveCount).toBe(2);
});

test("a message that is no envelope is received all the same", async () => {
  const { tiers, send } = newQueue();
  await send("hello");
  expect(await receiveOne(tiers)).toMatchObject({ body: "hello", envelope: undefined });
});

test("an empty queue gives nothing, and no more is taken than was asked for", async () => {
  const { tiers, send } = newQueue();
  expect(await tiers.receive("HIGH", 10, us(0))).toEqual([]);
  for (let count = 0; count < 3; count += 1) await send("x");
  expect((await tiers.receive("HIGH", 2, us(0))).length).toBe(2);
});

test("a deleted message is gone", async () => {
  const { tiers, send, hidden, ready } = newQueue();
  await send("x");
  await tiers.delete(await receiveOne(tiers));
  expect([hidden(), ready()]).toEqual([[], 0]);
});

test("a visibility is rounded up to whole seconds, and nothing is at once", async () => {
  const { tiers, send, hidden, ready } = newQueue();
  await send("x");
  const message = await receiveOne(tiers);
  await tiers.setVisibility(message, ms(40_001));
  expect(hidden()?.[0]).toBeCloseTo(41, 0);
  await tiers.setVisibility(message, us(0));
  expect(ready()).toBe(1);
});

test("a tier without a queue is a mistake that is named", async () => {
  await expect(newQueue().tiers.receive("LOW", 1, us(0))).rejects.toThrow("no queue is known for the tier LOW");
});

const asBell = ({ receiptHandle }: Received): Bell => ({ messageId: "m", receiptHandle, requestId: undefined });

test("any number of bells is held together", async () => {
  const { tiers, bells, send, hidden } = newQueue();
  for (let count = 0; count < 23; count += 1) await send("bell");
  const held: Bell[] = [];
  while (held.length < 23) held.push(...(await tiers.receive("HIGH", 10, us(0))).map(asBell));
  await bells.hold(held, seconds(9.5));
  expect(hidden()?.filter((left) => left > 9 && left <= 10).length).toBe(23);
});

test("no bells need no call", async () => {
  await expect(
    sqsBells(() => Promise.reject(new Error("called")), "url").hold([], seconds(1)),
  ).resolves.toBeUndefined();
});

test("bells that could not be held are a failure, though the batch was answered", async () => {
  const { tiers, bells, send } = newQueue();
  await send("bell");
  const good = asBell(await receiveOne(tiers));
  const bad: Bell = { ...good, receiptHandle: "garbage" };
  await expect(bells.hold([good, bad], seconds(10))).rejects.toThrow(
    /^1 of 2 bells could not be held for 10 s: ReceiptHandleIsInvalid/,
  );
});
