import { type Json, ms, seconds } from "@sluice/dsl";
import type { SqsLimits } from "../src/models/sqs/limits";
import { Random } from "../src/random";
import type { Faults } from "../src/world";
import { type Fields, listOf, localWorld, refusal } from "./local-world";

/** One queue in virtual time, with its operations in small words. */
function queueWorld(
  attributes: Record<string, Json> = {},
  { faults, limits }: { faults?: Partial<Faults>; limits?: Partial<SqsLimits> } = {},
) {
  const local = localWorld(faults, limits);
  const queue = local.sqs.createQueue(attributes.FifoQueue === true ? "q.fifo" : "q", attributes);
  const QueueUrl = local.sqs.urlOf(queue);
  const sqs = (operation: string, input: { [field: string]: Json } = {}): Promise<Fields> =>
    local.call("sqs", operation, { QueueUrl, ...input });
  return {
    ...local,
    queue,
    QueueUrl,
    sqs,
    send: (MessageBody: string, more: { [field: string]: Json } = {}) => sqs("SendMessage", { MessageBody, ...more }),
    /** The bodies of up to ten messages. */
    bodies: async (more: { [field: string]: Json } = {}): Promise<Json[]> =>
      listOf((await sqs("ReceiveMessage", { MaxNumberOfMessages: 10, ...more })).Messages).map((m) => m.Body ?? null),
    receive: async (more: { [field: string]: Json } = {}): Promise<Fields[]> =>
      listOf((await sqs("ReceiveMessage", { MessageSystemAttributeNames: ["All"], ...more })).Messages),
    handle: async (): Promise<string> => {
      const [message] = listOf((await sqs("ReceiveMessage")).Messages);
      return String(message?.ReceiptHandle);
    },
  };
}

const fifo = { FifoQueue: true, ContentBasedDeduplication: true };
const inGroup = (MessageGroupId: string) => ({ MessageGroupId });

describe("visibility", () => {
  test("a received message is hidden for the queue's visibility timeout and comes back to its old place", async () => {
    const q = queueWorld({ VisibilityTimeout: 60 });
    await q.send("a");
    await q.send("b");
    expect(await q.bodies({ MaxNumberOfMessages: 1 })).toEqual(["a"]);
    await q.pass(ms(59_999));
    expect(await q.bodies({ VisibilityTimeout: 0 })).toEqual(["b"]);
    await q.pass(ms(1));
    expect(await q.bodies()).toEqual(["a", "b"]);
  });

  test("a receive with a visibility of 0 leaves the message there", async () => {
    const q = queueWorld();
    await q.send("a");
    expect(await q.bodies({ VisibilityTimeout: 0 })).toEqual(["a"]);
    expect(await q.bodies()).toEqual(["a"]);
  });

  test("ChangeMessageVisibility counts from the call, and 0 gives the message back at once", async () => {
    const q = queueWorld({ VisibilityTimeout: 60 });
    await q.send("a");
    const ReceiptHandle = await q.handle();
    await q.pass(seconds(50));
    await q.sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 60 });
    await q.pass(seconds(59));
    expect(await q.bodies()).toEqual([]);
    await q.sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 0 });
    expect(await q.bodies()).toEqual(["a"]);
    await q.pass(seconds(59));
    expect(await q.bodies()).toEqual([]);
  });

  test("an older handle still changes the visibility, and so does one whose time has ended", async () => {
    const q = queueWorld({ VisibilityTimeout: 10 });
    await q.send("a");
    const older = await q.handle();
    await q.pass(seconds(10));
    await q.sqs("ChangeMessageVisibility", { ReceiptHandle: older, VisibilityTimeout: 5 });
    expect(await q.bodies()).toEqual([]);
    await q.pass(seconds(5));
    await q.handle();
    await q.sqs("ChangeMessageVisibility", { ReceiptHandle: older, VisibilityTimeout: 0 });
    expect(await q.bodies()).toEqual(["a"]);
  });

  test("no extension reaches beyond twelve hours from the receive", async () => {
    const q = queueWorld();
    await q.send("a");
    const ReceiptHandle = await q.handle();
    await q.pass(seconds(5));
    await q.sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 43_195 });
    const error = await refusal(q.sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 43_200 }));
    expect([error.name, error.message]).toEqual([
      "InvalidParameterValueException",
      "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
    ]);
  });

  test("the visibility of a deleted message cannot be changed", async () => {
    const q = queueWorld();
    await q.send("a");
    const ReceiptHandle = await q.handle();
    await q.sqs("DeleteMessage", { ReceiptHandle });
    const error = await refusal(q.sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 1 }));
    expect(error.queryCode).toBe("InvalidParameterValue");
    expect(error.message).toBe(
      `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  });
});

describe("handles and deleting", () => {
  test("each receive gives a new handle and counts", async () => {
    const q = queueWorld({ VisibilityTimeout: 1 });
    const sentAt = String(q.clock.wallMs());
    await q.send("a");
    await q.pass(seconds(3));
    const [first] = await q.receive();
    const firstAt = String(q.clock.wallMs());
    await q.pass(seconds(1));
    const [second] = await q.receive();
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    expect(second?.Attributes).toEqual({
      SenderId: "local-user",
      SentTimestamp: sentAt,
      ApproximateReceiveCount: "2",
      ApproximateFirstReceiveTimestamp: firstAt,
    });
  });

  test("deleting works after the visibility ended, with an older handle, and twice", async () => {
    const q = queueWorld({ VisibilityTimeout: 1 });
    await q.send("a");
    const ReceiptHandle = await q.handle();
    await q.pass(seconds(2));
    await q.handle();
    await q.sqs("DeleteMessage", { ReceiptHandle });
    await q.sqs("DeleteMessage", { ReceiptHandle });
    expect(q.queue.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test("garbage is no handle, and neither is another queue's", async () => {
    const q = queueWorld();
    const other = q.sqs("DeleteMessage", { ReceiptHandle: "other/id/1" });
    expect((await refusal(other)).name).toBe("ReceiptHandleIsInvalid");
    const error = await refusal(q.sqs("DeleteMessage", { ReceiptHandle: "garbage" }));
    expect([error.name, error.status, error.message]).toEqual([
      "ReceiptHandleIsInvalid",
      404,
      'The input receipt handle "garbage" is not a valid receipt handle.',
    ]);
  });
});

describe("order and time", () => {
  test("a message received three times goes to the back of the queue", async () => {
    const q = queueWorld();
    await q.send("a");
    await q.send("b");
    for (let i = 0; i < 3; i++) expect(await q.bodies({ MaxNumberOfMessages: 1, VisibilityTimeout: 0 })).toEqual(["a"]);
    expect(await q.bodies({ MaxNumberOfMessages: 1, VisibilityTimeout: 0 })).toEqual(["b"]);
    expect(await q.bodies()).toEqual(["b", "a"]);
  });

  test("DelaySeconds of the message overrides that of the queue", async () => {
    const q = queueWorld({ DelaySeconds: 10 });
    await q.send("late", { DelaySeconds: 20 });
    await q.send("now", { DelaySeconds: 0 });
    await q.send("soon");
    expect(await q.bodies()).toEqual(["now"]);
    await q.pass(seconds(10));
    expect(await q.bodies()).toEqual(["soon"]);
    expect(q.queue.size()).toEqual({ visible: 0, inFlight: 2, delayed: 1 });
    await q.pass(seconds(10));
    expect(await q.bodies()).toEqual(["late"]);
  });

  test("retention counts from the sending, receives do not renew it", async () => {
    const q = queueWorld({ MessageRetentionPeriod: 60 });
    await q.send("a");
    await q.pass(seconds(30));
    await q.send("b");
    await q.bodies({ MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
    await q.pass(seconds(30));
    expect(await q.bodies()).toEqual(["b"]);
    await q.pass(seconds(30));
    expect(q.queue.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

describe("polls", () => {
  test("an empty receive has no Messages at all", async () => {
    expect(await queueWorld().sqs("ReceiveMessage")).toEqual({});
  });

  test("a long poll ends as soon as a message is there, the longest waiting first", async () => {
    const q = queueWorld();
    const seen: string[] = [];
    const poll = async (name: string): Promise<void> => {
      const found = await q.bodies({ WaitTimeSeconds: 20 });
      seen.push(`${name} ${found} at ${q.clock.now() / 1e6}`);
    };
    const polls = [poll("first"), poll("second"), poll("third")];
    q.clock.at(seconds(3), () => void q.send("a"));
    q.clock.at(seconds(4), () => void q.send("b"));
    await q.pass(seconds(30));
    await Promise.all(polls);
    expect(seen).toEqual(["first a at 3", "second b at 4", "third  at 20"]);
  });

  test("a long poll sees messages whose delay or visibility ends while it waits", async () => {
    const q = queueWorld({ VisibilityTimeout: 5, ReceiveMessageWaitTimeSeconds: 20 });
    await q.send("hidden");
    await q.bodies();
    await q.send("delayed", { DelaySeconds: 7 });
    expect(await q.done(q.bodies())).toEqual(["hidden"]);
    expect(q.clock.now()).toBe(5_000_000);
    expect(await q.done(q.bodies())).toEqual(["delayed"]);
    expect(q.clock.now()).toBe(7_000_000);
  });

  test("a long poll gets a batch that is sent while it waits in one piece", async () => {
    const q = queueWorld();
    const poll = q.bodies({ WaitTimeSeconds: 5 });
    await q.clock.run({ until: seconds(1) });
    const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id }));
    await q.sqs("SendMessageBatch", { Entries });
    expect(await q.done(poll)).toEqual(["a", "b", "c"]);
  });

  test("a short poll may miss what is there, a long one does not", async () => {
    const q = queueWorld({}, { faults: { shortPollMiss: 1 } });
    await q.send("a");
    expect(await q.bodies()).toEqual([]);
    expect(await q.done(q.bodies({ WaitTimeSeconds: 1 }))).toEqual(["a"]);
  });

  test("beyond the limit of messages in flight a short poll is refused and a long one waits for room", async () => {
    const q = queueWorld({}, { limits: { maxInFlight: 2 } });
    for (const body of ["a", "b", "c"]) await q.send(body);
    const [first] = await q.receive({ MaxNumberOfMessages: 10 });
    const error = await refusal(q.sqs("ReceiveMessage"));
    expect([error.name, error.status]).toEqual(["OverLimit", 403]);
    q.clock.at(seconds(4), () => void q.sqs("DeleteMessage", { ReceiptHandle: String(first?.ReceiptHandle) }));
    expect(await q.done(q.bodies({ WaitTimeSeconds: 20 }))).toEqual(["c"]);
    expect(q.clock.now()).toBe(4_000_000);
  });
});

describe("FIFO", () => {
  test("nothing more of a group is given out while some of it is in flight", async () => {
    const q = queueWorld(fifo);
    for (const body of ["a1", "a2", "a3"]) await q.send(body, inGroup("a"));
    await q.send("b1", inGroup("b"));
    const taken = await q.receive({ MaxNumberOfMessages: 2 });
    expect(taken.map((m) => m.Body)).toEqual(["a1", "a2"]);
    expect(await q.bodies()).toEqual(["b1"]);
    await q.sqs("DeleteMessage", { ReceiptHandle: String(taken[0]?.ReceiptHandle) });
    expect(await q.bodies()).toEqual([]);
    await q.sqs("DeleteMessage", { ReceiptHandle: String(taken[1]?.ReceiptHandle) });
    expect(await q.bodies()).toEqual(["a3"]);
  });

  test("what comes back goes first, in order, however often it was received", async () => {
    const q = queueWorld({ ...fifo, VisibilityTimeout: 10 });
    for (const body of ["1", "2", "3"]) await q.send(body, inGroup("g"));
    for (let i = 0; i < 4; i++) {
      expect(await q.bodies({ MaxNumberOfMessages: 2 })).toEqual(["1", "2"]);
      await q.pass(seconds(10));
    }
    expect(await q.bodies()).toEqual(["1", "2", "3"]);
  });

  test("a long poll is answered when a group becomes free", async () => {
    const q = queueWorld(fifo);
    await q.send("1", inGroup("g"));
    await q.send("2", inGroup("g"));
    const ReceiptHandle = await q.handle();
    q.clock.at(seconds(2), () => void q.sqs("DeleteMessage", { ReceiptHandle }));
    expect(await q.done(q.bodies({ WaitTimeSeconds: 20 }))).toEqual(["2"]);
    expect(q.clock.now()).toBe(2_000_000);
  });

  test("a copy within five minutes is answered like the first and not kept, even when that one is deleted", async () => {
    const q = queueWorld({ FifoQueue: true });
    const send = () => q.send("a", { ...inGroup("g"), MessageDeduplicationId: "d" });
    const first = await send();
    await q.sqs("DeleteMessage", { ReceiptHandle: await q.handle() });
    await q.pass(ms(299_999));
    expect(await send()).toEqual(first);
    expect(await q.bodies()).toEqual([]);
    await q.pass(ms(1));
    expect((await send()).SequenceNumber).not.toBe(first.SequenceNumber);
    expect(await q.bodies()).toEqual(["a"]);
  });

  test("content-based deduplication compares the body, and its id is shown", async () => {
    const q = queueWorld(fifo);
    await q.send("a", inGroup("g"));
    await q.send("a", inGroup("h"));
    const [message, ...others] = await q.receive({ MaxNumberOfMessages: 10 });
    expect(others).toEqual([]);
    expect(message?.Attributes).toMatchObject({
      MessageGroupId: "g",
      MessageDeduplicationId: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    });
  });

  test("a handle expires with its visibility", async () => {
    const q = queueWorld({ ...fifo, VisibilityTimeout: 5 });
    await q.send("a", inGroup("g"));
    const ReceiptHandle = await q.handle();
    await q.pass(seconds(5));
    expect((await refusal(q.sqs("DeleteMessage", { ReceiptHandle }))).message).toBe(
      `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    );
    await refusal(q.sqs("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 5 }));
    expect(await q.bodies()).toEqual(["a"]);
  });

  test.each([
    ["a group id", {}, "The request must contain the parameter MessageGroupId."],
    [
      "a deduplication id",
      inGroup("g"),
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    ],
    [
      "no delay of its own",
      { ...inGroup("g"), MessageDeduplicationId: "d", DelaySeconds: 1 },
      "Value 1 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.",
    ],
  ])("a message needs %s", async (_, fields, message) => {
    expect((await refusal(queueWorld({ FifoQueue: true }).send("a", fields))).message).toBe(message);
  });
});

describe("batches", () => {
  test("one entry's refusal does not keep back the others", async () => {
    const q = queueWorld();
    const Entries = [
      { Id: "good", MessageBody: "a" },
      { Id: "bad", MessageBody: "\u0000" },
    ];
    const sent = await q.sqs("SendMessageBatch", { Entries });
    expect(listOf(sent.Successful).map((entry) => entry.Id)).toEqual(["good"]);
    expect(sent.Failed).toEqual([
      { Id: "bad", SenderFault: true, Code: "InvalidMessageContents", Message: expect.stringContaining("#x9") },
    ]);
    const ReceiptHandle = await q.handle();
    const changed = await q.sqs("ChangeMessageVisibilityBatch", {
      Entries: [
        { Id: "1", ReceiptHandle, VisibilityTimeout: 0 },
        { Id: "2", ReceiptHandle: "garbage", VisibilityTimeout: 0 },
      ],
    });
    expect(changed.Successful).toEqual([{ Id: "1" }]);
    expect(listOf(changed.Failed)[0]?.Code).toBe("ReceiptHandleIsInvalid");
    expect(await q.sqs("DeleteMessageBatch", { Entries: [{ Id: "1", ReceiptHandle: await q.handle() }] })).toEqual({
      Successful: [{ Id: "1" }],
    });
  });

  test.each([
    ["EmptyBatchRequest", [], "There should be at least one SendMessageBatchRequestEntry in the request."],
    [
      "TooManyEntriesInBatchRequest",
      Array.from({ length: 20 }, (_, i) => ({ Id: String(i), MessageBody: "x" })),
      "Maximum number of entries per request are 10. You have sent 20.",
    ],
    [
      "BatchEntryIdsNotDistinct",
      [
        { Id: "a", MessageBody: "x" },
        { Id: "a", MessageBody: "y" },
      ],
      "Id a repeated.",
    ],
    ["InvalidBatchEntryId", [{ Id: "a b", MessageBody: "x" }], expect.stringContaining("hyphens and underscores")],
    [
      "BatchRequestTooLong",
      [
        { Id: "a", MessageBody: "x".repeat(1_048_576) },
        { Id: "b", MessageBody: "y" },
      ],
      "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
    ],
  ])("a batch as a whole is refused with %s", async (name, Entries, message) => {
    const error = await refusal(queueWorld().sqs("SendMessageBatch", { Entries }));
    expect([error.name, error.queryCode, error.message]).toEqual([name, `AWS.SimpleQueueService.${name}`, message]);
  });
});

describe("contents", () => {
  test("digests are those that the clients of AWS compute", async () => {
    const q = queueWorld();
    const sent = await q.send("hello", {
      MessageAttributes: {
        timestamp: { StringValue: "1493147359900", DataType: "Number" },
        bytes: { BinaryValue: Buffer.from([1, 2, 3]).toString("base64"), DataType: "Binary" },
      },
    });
    expect(sent.MD5OfMessageBody).toBe("5d41402abc4b2a76b9719d911017c592");
    const [message] = await q.receive({ MessageAttributeNames: ["time*", "timestamp"] });
    // Known from clients of the real service, for one Number attribute of this name and value.
    expect(message?.MD5OfMessageAttributes).toBe("235c5c510d26fb653d073faed50ae77c");
    expect(message?.MessageAttributes).toEqual({ timestamp: { StringValue: "1493147359900", DataType: "Number" } });
  });

  test.each([
    ["no body", {}, "MissingParameter", "The request must contain the parameter MessageBody."],
    ["an empty body", { MessageBody: "" }, "MissingParameter", "The request must contain the parameter MessageBody."],
    ["half a surrogate pair", { MessageBody: "\ud800" }, "InvalidMessageContents", expect.any(String)],
    [
      "a body over the limit",
      { MessageBody: "x".repeat(1_048_577) },
      "InvalidParameterValue",
      "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
    ],
    [
      "a delay over the limit",
      { MessageBody: "x", DelaySeconds: 901 },
      "InvalidParameterValue",
      "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
    ],
    ["a field that is not modelled", { MessageBody: "x", Foo: 1 }, undefined, expect.stringContaining("Foo")],
  ])("%s is refused", async (_, input, code, message) => {
    const error = await refusal(queueWorld().sqs("SendMessage", input));
    expect([error.queryCode, error.message]).toEqual([code, message]);
  });

  test("an astral character, a tab and 1 MiB are taken", async () => {
    const q = queueWorld();
    await q.send("😀\t");
    await q.send("x".repeat(1_048_576));
    expect((await q.bodies())[0]).toBe("😀\t");
  });
});

describe("the queue itself", () => {
  test("a URL of any origin names the queue, one of another account does not", async () => {
    const q = queueWorld();
    expect(q.QueueUrl).toBe("http://127.0.0.1:4566/123456789012/q");
    expect(await q.call("sqs", "GetQueueUrl", { QueueName: "q" })).toEqual({ QueueUrl: q.QueueUrl });
    expect(await q.call("sqs", "ListQueues", { QueueNamePrefix: "q" })).toEqual({ QueueUrls: [q.QueueUrl] });
    await q.send("a", { QueueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/q" });
    for (const QueueUrl of ["http://127.0.0.1:4566/999999999999/q", "http://127.0.0.1:4566/123456789012/other"]) {
      const error = await refusal(q.send("a", { QueueUrl }));
      expect([error.name, error.queryCode, error.message]).toEqual([
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.",
      ]);
    }
  });

  test("its attributes show what was set, the defaults and the counts", async () => {
    const q = queueWorld({ VisibilityTimeout: "90" });
    await q.send("a");
    await q.send("b");
    await q.handle();
    const { Attributes } = await q.sqs("GetQueueAttributes", { AttributeNames: ["All"] });
    expect(Attributes).toMatchObject({
      QueueArn: "arn:aws:sqs:eu-west-1:123456789012:q",
      VisibilityTimeout: "90",
      MessageRetentionPeriod: "345600",
      ApproximateNumberOfMessages: "1",
      ApproximateNumberOfMessagesNotVisible: "1",
      ApproximateNumberOfMessagesDelayed: "0",
    });
    expect((await refusal(q.sqs("GetQueueAttributes", { AttributeNames: ["Colour"] }))).message).toBe(
      "Unknown Attribute Colour.",
    );
  });

  test.each([
    ["InvalidAttributeName", { RedrivePolicy: "{}" }],
    ["InvalidAttributeValue", { VisibilityTimeout: 43_201 }],
    ["InvalidAttributeValue", { MessageRetentionPeriod: 59 }],
  ])("%s for the attributes %j", async (name, attributes) => {
    await expect(async () => queueWorld(attributes)).rejects.toMatchObject({ name });
  });

  test("purging takes messages in flight and delayed ones, once a minute", async () => {
    const q = queueWorld(fifo);
    for (const body of ["1", "2"]) await q.send(body, inGroup("g"));
    const ReceiptHandle = await q.handle();
    await q.sqs("PurgeQueue");
    await q.sqs("DeleteMessage", { ReceiptHandle });
    expect(q.queue.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    const error = await refusal(q.sqs("PurgeQueue"));
    expect([error.queryCode, error.status]).toEqual(["AWS.SimpleQueueService.PurgeQueueInProgress", 403]);
    await q.send("3", inGroup("g"));
    expect(await q.bodies()).toEqual(["3"]);
    await q.pass(seconds(60));
    await q.sqs("PurgeQueue");
  });

  test.each([
    [
      { MaxNumberOfMessages: 11 },
      "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
    ],
    [
      { WaitTimeSeconds: 21 },
      "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
    ],
  ])("a receive with %j is refused", async (input, message) => {
    expect((await refusal(queueWorld().sqs("ReceiveMessage", input))).message).toBe(message);
  });
});

describe("faults", () => {
  test("a duplicate is visible again long before its visibility ends", async () => {
    const q = queueWorld({ VisibilityTimeout: 600 }, { faults: { duplicate: 1, copyWithinUs: seconds(2) } });
    await q.send("a");
    await q.bodies();
    await q.pass(seconds(2));
    expect(await q.bodies()).toEqual(["a"]);
  });

  test("a deleted message may come back, once", async () => {
    const q = queueWorld({}, { faults: { duplicateAfterDelete: 1, copyWithinUs: seconds(2) } });
    await q.send("a");
    await q.sqs("DeleteMessage", { ReceiptHandle: await q.handle() });
    await q.pass(seconds(2));
    await q.sqs("DeleteMessage", { ReceiptHandle: await q.handle() });
    await q.pass(seconds(600));
    expect(q.queue.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  test("a delete may be lost, late, or done with too old a handle", async () => {
    const q = queueWorld({ VisibilityTimeout: 10 });
    const now = async (faults: Partial<Faults>, ReceiptHandle: string): Promise<void> => {
      q.world.faults = { ...q.world.faults, lostDelete: 0, lateDelete: 0, staleHandleKeeps: 0, ...faults };
      await q.sqs("DeleteMessage", { ReceiptHandle });
    };
    await q.send("a");
    const oldest = await q.handle();
    await now({ lostDelete: 1 }, oldest);
    await q.pass(seconds(10));
    const latest = await q.handle();
    await now({ staleHandleKeeps: 1 }, oldest);
    expect(q.queue.size().inFlight).toBe(1);
    await now({ lateDelete: 1, lateDeleteWithinUs: seconds(1) }, latest);
    expect(q.queue.size().inFlight).toBe(1);
    await q.pass(seconds(1));
    expect(q.queue.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

/** Sends, takes, gives back, deletes and lets time pass at random; tells `onTaken` of every receive. */
async function playAtRandom(
  q: ReturnType<typeof queueWorld>,
  seed: number,
  onTaken: (bodies: string[], held: ReadonlyMap<string, { readonly until: number }>) => void,
): Promise<void> {
  const random = new Random(seed);
  const held = new Map<string, { readonly handle: string; readonly until: number }>();
  const sent = new Map<string, "sent" | "deleted">();
  const forgetEnded = (): void => {
    for (const [body, { until }] of held) if (until <= q.clock.now()) held.delete(body);
  };
  const any = () => [...held][random.between(0, held.size - 1)];
  const steps = [
    async () => {
      const body = `${random.between(1, 3)} ${String(sent.size).padStart(4, "0")}`;
      sent.set(body, "sent");
      await q.send(body, q.queue.settings.isFifo ? inGroup(body.slice(0, 1)) : {});
    },
    async () => {
      const messages = await q.receive({ MaxNumberOfMessages: random.between(1, 4) });
      const bodies = messages.map(({ Body }) => String(Body));
      onTaken(bodies, held);
      const until = q.clock.now() + q.queue.settings.visibilityUs;
      for (const { Body, ReceiptHandle } of messages) held.set(String(Body), { handle: String(ReceiptHandle), until });
    },
    async () => {
      const [body, one] = any() ?? [];
      if (body === undefined || one === undefined) return;
      held.delete(body);
      sent.set(body, "deleted");
      await q.sqs("DeleteMessage", { ReceiptHandle: one.handle });
    },
    async () => {
      const [body, one] = any() ?? [];
      if (body === undefined || one === undefined) return;
      held.delete(body);
      await q.sqs("ChangeMessageVisibility", { ReceiptHandle: one.handle, VisibilityTimeout: 0 });
    },
    () => q.pass(seconds(random.between(1, 4))),
  ];
  for (let i = 0; i < 600; i++) {
    forgetEnded();
    await steps[random.between(0, steps.length - 1)]?.();
  }
  const left = [...sent].filter(([, state]) => state === "sent").length;
  const { visible, inFlight } = q.queue.size();
  expect(visible + inFlight).toBe(left);
}

test.each([1, 2, 3])("without faults no message is in two hands, and none is lost (seed %i)", async (seed) => {
  const q = queueWorld({ VisibilityTimeout: 10 });
  await playAtRandom(q, seed, (bodies, held) => {
    for (const body of bodies) expect(held.has(body)).toBe(false);
  });
});

test.each([1, 2, 3])("a FIFO group is in one hand at a time, and in order (seed %i)", async (seed) => {
  const q = queueWorld({ ...fifo, VisibilityTimeout: 10 });
  const groupOf = (body: string): string => body.slice(0, 1);
  await playAtRandom(q, seed, (bodies, held) => {
    const busy = new Set([...held.keys()].map(groupOf));
    for (const body of bodies) expect(busy.has(groupOf(body))).toBe(false);
    for (const group of new Set(bodies.map(groupOf))) {
      const ofGroup = bodies.filter((body) => groupOf(body) === group);
      expect(ofGroup).toEqual([...ofGroup].sort());
    }
  });
});

test("twenty thousand messages in flight cost a receive nothing", async () => {
  const q = queueWorld({ VisibilityTimeout: 43_200 });
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: "x" }));
  const roundUs = async (): Promise<number> => {
    const before = process.hrtime.bigint();
    for (let i = 0; i < 100; i++) {
      await q.sqs("SendMessageBatch", { Entries });
      await q.bodies();
    }
    return Number(process.hrtime.bigint() - before) / 1e3 / 100;
  };
  await roundUs();
  const empty = Math.min(await roundUs(), await roundUs());
  while (q.queue.size().inFlight < 20_000) await roundUs();
  const full = Math.min(await roundUs(), await roundUs());
  expect(full).toBeLessThan(empty * 20);
});
