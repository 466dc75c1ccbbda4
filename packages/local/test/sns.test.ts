import { type Json, seconds } from "@sluice/dsl";
import type { Faults } from "../src/world";
import { listOf, localWorld, refusal } from "./local-world";

/** A FIFO topic with a standard tier queue and a FIFO bell queue, as a gateway has them. */
function topicWorld(faults: Partial<Faults> = {}, isRaw = true) {
  const local = localWorld(faults);
  const tier = local.sqs.createQueue("tier", {});
  const bell = local.sqs.createQueue("bell.fifo", { FifoQueue: true, ContentBasedDeduplication: true });
  const topicArn = local.sns.createTopic("high.fifo", { isFifo: true, hasContentBasedDeduplication: false });
  for (const queue of [tier, bell]) {
    local.sqs.setPolicy(queue, letIn(queue.arn, topicArn));
    local.sns.subscribe(topicArn, queue.arn, isRaw);
  }
  return {
    ...local,
    tier,
    bell,
    topicArn,
    publish: (Message: string, id: string, more: { [field: string]: Json } = {}) =>
      local.call("sns", "Publish", {
        TopicArn: topicArn,
        Message,
        MessageGroupId: "turn",
        MessageDeduplicationId: id,
        ...more,
      }),
    received: async (queue: typeof tier) =>
      listOf(
        (
          await local.call("sqs", "ReceiveMessage", {
            QueueUrl: local.sqs.urlOf(queue),
            MaxNumberOfMessages: 10,
            MessageSystemAttributeNames: ["All"],
            MessageAttributeNames: ["All"],
          })
        ).Messages,
      ),
  };
}

const letIn = (queueArn: string, topicArn: string): Json => ({
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
    },
  ],
});

test("one publish reaches the standard queue and the FIFO queue, the group only the latter", async () => {
  const t = topicWorld();
  const MessageAttributes = { colour: { DataType: "String", StringValue: "blue" } };
  const answer = await t.publish("hello", "1", { MessageAttributes });
  expect(answer).toEqual({ MessageId: expect.any(String), SequenceNumber: expect.stringMatching(/^\d{20}$/) });
  await t.clock.run();
  const [message] = await t.received(t.tier);
  expect(message).toMatchObject({ Body: "hello", MessageAttributes });
  expect(message?.Attributes).not.toHaveProperty("MessageGroupId");
  const [bell] = await t.received(t.bell);
  expect(bell).toMatchObject({ Body: "hello", Attributes: { MessageGroupId: "turn", MessageDeduplicationId: "1" } });
});

test("a copy within five minutes is answered like the first and delivered to nobody", async () => {
  const t = topicWorld();
  const first = await t.publish("hello", "1");
  await t.pass(seconds(299));
  expect(await t.publish("hello", "1")).toEqual(first);
  await t.publish("hello", "2");
  await t.pass(seconds(1));
  await t.publish("hello", "1");
  await t.publish("hello", "2");
  await t.clock.run();
  expect(t.tier.size().visible).toBe(3);
});

test("the two deliveries of one publish arrive separately, and a FIFO queue's stay in order", async () => {
  const t = topicWorld({ deliveryWithinUs: seconds(10) });
  const bodies = Array.from({ length: 20 }, (_, i) => String(i));
  for (const body of bodies) await t.publish(body, body);
  await t.pass(seconds(2));
  expect(t.tier.size().visible).toBeGreaterThan(0);
  expect(t.tier.size().visible).not.toBe(t.bell.size().visible);
  await t.pass(seconds(8));
  expect(t.tier.size().visible).toBe(20);
  expect((await t.received(t.bell)).map((m) => m.Body)).toEqual(bodies.slice(0, 10));
  expect((await t.received(t.tier)).map((m) => m.Body)).not.toEqual(bodies.slice(0, 10));
});

test("a bell may be lost and a message come twice", async () => {
  const t = topicWorld({ fifoDeliveryLost: 1, deliveryTwice: 1 });
  await t.publish("hello", "1");
  await t.clock.run();
  expect([t.bell.size().visible, t.tier.size().visible]).toEqual([0, 2]);
});

test("a queue whose policy does not let the topic in gets nothing, and the delivery is discarded", async () => {
  const t = topicWorld();
  t.sqs.setPolicy(t.tier, letIn(t.tier.arn, "arn:aws:sns:eu-west-1:123456789012:other.fifo"));
  await t.publish("hello", "1");
  await t.clock.run();
  expect([t.bell.size().visible, t.tier.size().visible]).toEqual([1, 0]);
  expect(t.sns.discarded).toEqual([
    expect.objectContaining({
      queueArn: t.tier.arn,
      reason: `User: sns.amazonaws.com (for ${t.topicArn}) is not authorized to perform: sqs:SendMessage on resource: ${t.tier.arn} because no resource-based policy allows the sqs:SendMessage action`,
    }),
  ]);
});

test("a delivery that is not raw comes in an envelope", async () => {
  const t = topicWorld({}, false);
  const { MessageId } = await t.publish("hello", "1");
  await t.clock.run();
  const [message] = await t.received(t.tier);
  expect(JSON.parse(String(message?.Body))).toMatchObject({
    Type: "Notification",
    MessageId,
    TopicArn: t.topicArn,
    Message: "hello",
    Timestamp: "2026-01-01T00:00:00.000Z",
  });
});

test("more than ten attributes cannot be delivered raw", async () => {
  const t = topicWorld();
  const MessageAttributes = Object.fromEntries(
    Array.from({ length: 11 }, (_, i) => [`a${i}`, { DataType: "Number", StringValue: "1" }]),
  );
  await t.publish("hello", "1", { MessageAttributes });
  await t.clock.run();
  expect(t.tier.size().visible).toBe(0);
  expect(t.sns.discarded).toHaveLength(2);
});

test("256 KiB are published, a byte more is too long", async () => {
  const t = topicWorld();
  await t.publish("x".repeat(262_144), "1");
  const error = await refusal(t.publish("x".repeat(262_145), "2"));
  expect([error.name, error.queryCode, error.message]).toEqual([
    "InvalidParameterException",
    "InvalidParameter",
    "Invalid parameter: Message too long",
  ]);
});

test.each([
  ["Empty message", { Message: "" }],
  [
    "MessageGroupId Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length",
    { MessageGroupId: "x".repeat(129) },
  ],
])("a publish is refused: %s", async (text, fields) => {
  expect((await refusal(topicWorld().publish("m", "1", fields))).message).toBe(`Invalid parameter: ${text}`);
});

test("a FIFO topic wants a group and a deduplication id", async () => {
  const t = topicWorld();
  const publish = (fields: { [field: string]: Json }) =>
    refusal(t.call("sns", "Publish", { TopicArn: t.topicArn, Message: "m", ...fields }));
  expect((await publish({})).message).toBe(
    "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
  );
  expect((await publish({ MessageGroupId: "g" })).message).toBe(
    "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  );
  const unknown = await publish({ TopicArn: "arn:aws:sns:eu-west-1:123456789012:none" });
  expect([unknown.name, unknown.status, unknown.queryCode]).toEqual(["NotFoundException", 404, "NotFound"]);
});

test("a standard topic takes no FIFO queue, and passes the group on for fair queues", async () => {
  const t = topicWorld();
  const topicArn = t.sns.createTopic("standard", { isFifo: false, hasContentBasedDeduplication: false });
  expect(() => t.sns.subscribe(topicArn, t.bell.arn, true)).toThrow("FIFO SQS Queues can not be subscribed");
  t.sqs.setPolicy(t.tier, letIn(t.tier.arn, topicArn));
  t.sns.subscribe(topicArn, t.tier.arn, true);
  await t.call("sns", "Publish", { TopicArn: topicArn, Message: "m", MessageGroupId: "tenant" });
  await t.clock.run();
  expect((await t.received(t.tier))[0]?.Attributes).toMatchObject({ MessageGroupId: "tenant" });
});
