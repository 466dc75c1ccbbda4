import { type Json, type Micros, seconds, us } from "@sluice/dsl";
import { after } from "../src/clock";
import { LocalCloud } from "../src/cloud";
import type { Environment, EnvironmentHost, Invocation, InvocationEnd, Principal } from "../src/cloud-types";
import { inputObject } from "../src/input";
import {
  createEventSourceMapping,
  type MappingSettings,
} from "../src/models/event-source-mapping/event-source-mapping";
import { Lambda } from "../src/models/lambda/lambda";
import { Sqs } from "../src/models/sqs/sqs";
import { Random } from "../src/random";
import { VirtualClock } from "../src/virtual-clock";
import { NO_FAULTS } from "../src/world";

const ACCOUNT = "123456789012";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/worker`;
const ROLE: Principal = { kind: "role", arn: ROLE_ARN };
const ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const TRUST: Json = { Statement: [] };

interface Invoked {
  readonly atSeconds: number;
  readonly records: readonly { readonly [field: string]: Json | undefined }[];
  readonly bodies: readonly string[];
}

interface Wanted {
  readonly queue?: { readonly [attribute: string]: Json };
  readonly actions?: readonly string[];
  readonly mapping?: Partial<MappingSettings>;
  readonly reservedConcurrency?: number;
}

/** A queue, a function that does what the test says with each batch, and a mapping between the two. */
function mapped({ queue: attributes = {}, actions = ACTIONS, mapping = {}, reservedConcurrency = 1 }: Wanted = {}) {
  const clock = new VirtualClock();
  const world = { clock, random: new Random(11), faults: NO_FAULTS, region: "eu-west-1", account: ACCOUNT };
  const cloud = new LocalCloud(world);
  const sqs = new Sqs(world, "http://127.0.0.1:4566");
  cloud.register("sqs", sqs.operations);
  const isFifo = attributes.FifoQueue === true;
  const queue = sqs.createQueue(isFifo ? "bell.fifo" : "bell", { VisibilityTimeout: 30, ...attributes });
  const granted = mapping.queueUrl === undefined ? queue.arn : "*";
  cloud.declareRole(ROLE_ARN, [{ Statement: [{ Effect: "Allow", Action: [...actions], Resource: granted }] }], TRUST);
  const invoked: Invoked[] = [];
  const worker = {
    /** How a batch ends, and after how many seconds. */
    handle: (_: Invoked): { end: InvocationEnd; after?: number } => ({ end: { kind: "ok", payload: null } }),
  };
  const host: EnvironmentHost = {
    async start(_, id): Promise<Environment> {
      return { id, isAlive: true, kill: () => undefined, invoke };
    },
  };
  const invoke = ({ event }: Invocation): Promise<InvocationEnd> => {
    const { Records } = inputObject(event);
    const records = (Array.isArray(Records) ? Records : []).map((record) => inputObject(record));
    const call = { atSeconds: clock.now() / 1_000_000, records, bodies: records.map(({ body }) => String(body)) };
    invoked.push(call);
    const { end, after: delay = 0 } = worker.handle(call);
    return new Promise((resolve) => void after(clock, seconds(delay), () => resolve(end)));
  };
  const lambda = new Lambda(world, host);
  lambda.createFunction({
    name: "worker",
    arn: lambda.arnOf("worker"),
    roleArn: ROLE_ARN,
    handler: "index.handler",
    timeoutMs: 20_000,
    memoryMb: 128,
    reservedConcurrency,
    environment: {},
    codePath: "/code",
    layerPaths: [],
  });
  const url = sqs.urlOf(queue);
  const settings: MappingSettings = {
    queueArn: queue.arn,
    queueUrl: url,
    functionName: "worker",
    principal: ROLE,
    batchSize: 10,
    reportsItemFailures: true,
    maxConcurrency: undefined,
    ...mapping,
  };
  return {
    clock,
    cloud,
    lambda,
    queue,
    invoked,
    worker,
    create: () => createEventSourceMapping(world, cloud, lambda, settings),
    start: async () => {
      const created = await createEventSourceMapping(world, cloud, lambda, settings);
      created.start();
      return created;
    },
    send: (body: string, more: { [field: string]: Json } = {}) =>
      cloud.call({ kind: "user" }, "sqs", "SendMessage", {
        QueueUrl: url,
        MessageBody: body,
        ...(isFifo && { MessageGroupId: "turn", MessageDeduplicationId: body }),
        ...more,
      }),
    pass: (duration: Micros) => clock.run({ until: us(clock.now() + duration) }),
  };
}

const reporting = (failures: Json) => ({ end: { kind: "ok", payload: { batchItemFailures: failures } } as const });

const FIFO = { FifoQueue: true };

test("a function gets records in the form that was recorded on AWS, and what it has done is deleted", async () => {
  const { start, send, pass, invoked, queue } = mapped({ queue: FIFO });
  await start();
  await send("ring", { MessageAttributes: { kind: { DataType: "String", StringValue: "bell" } } });
  await pass(seconds(1));
  expect(invoked).toHaveLength(1);
  expect(invoked[0]?.records).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: "ring",
      attributes: {
        ApproximateReceiveCount: "1",
        ApproximateFirstReceiveTimestamp: "1767225600000",
        SentTimestamp: "1767225600000",
        SenderId: expect.any(String),
        MessageGroupId: "turn",
        MessageDeduplicationId: "ring",
        SequenceNumber: expect.any(String),
      },
      messageAttributes: {
        kind: { stringValue: "bell", stringListValues: [], binaryListValues: [], dataType: "String" },
      },
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:eu-west-1:${ACCOUNT}:bell.fifo`,
      awsRegion: "eu-west-1",
    },
  ]);
  expect(queue.size()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});

test("of one FIFO group there is one batch at a time, of at most the batch size", async () => {
  const { start, send, pass, invoked, worker } = mapped({
    queue: FIFO,
    mapping: { batchSize: 2 },
    reservedConcurrency: 5,
  });
  worker.handle = () => ({ end: { kind: "ok", payload: null }, after: 3 });
  for (const body of ["a", "b", "c", "d", "e"]) await send(body);
  await start();
  await pass(seconds(60));
  expect(invoked.map(({ atSeconds, bodies }) => [atSeconds, bodies.join("")])).toEqual([
    [0, "ab"],
    [3, "cd"],
    [6, "e"],
  ]);
});

test("of a standard queue five batches are in hand at once, or the maximum concurrency", async () => {
  for (const [maxConcurrency, at] of [
    [undefined, [0, 0, 0, 0, 0, 4]],
    [2, [0, 0, 4, 4, 8, 8]],
  ] as const) {
    const { start, send, pass, invoked, worker } = mapped({
      mapping: { batchSize: 1, maxConcurrency },
      reservedConcurrency: 10,
    });
    worker.handle = () => ({ end: { kind: "ok", payload: null }, after: 4 });
    for (const body of ["a", "b", "c", "d", "e", "f"]) await send(body);
    await start();
    await pass(seconds(20));
    expect(invoked.map(({ atSeconds }) => atSeconds)).toEqual(at);
  }
});

describe("ReportBatchItemFailures", () => {
  const handled = async (reports: boolean, end: (call: Invoked) => InvocationEnd): Promise<string[]> => {
    const { start, send, pass, invoked, worker } = mapped({ mapping: { reportsItemFailures: reports } });
    worker.handle = (call) => ({ end: invoked.length === 1 ? end(call) : { kind: "ok", payload: null } });
    for (const body of ["a", "b", "c"]) await send(body);
    await start();
    await pass(seconds(29));
    const [first, ...early] = invoked;
    expect(first?.bodies).toEqual(["a", "b", "c"]);
    expect(early).toEqual([]);
    await pass(seconds(2));
    return invoked
      .slice(1)
      .flatMap(({ bodies }) => bodies)
      .sort();
  };
  const answer = (payload: Json) => () => ({ kind: "ok", payload }) as const;

  test.each<[what: string, payload: Json]>([
    ["nothing at all", null],
    ["an empty text", ""],
    ["an empty object", {}],
    ["an empty list of failures", { batchItemFailures: [] }],
    ["no list of failures", { batchItemFailures: null }],
  ])("%s reports complete success", async (_, payload) => {
    expect(await handled(true, answer(payload))).toEqual([]);
  });

  test.each<[what: string, payload: Json]>([
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a wrong key", { batchItemFailures: [{ foo: "notvalid" }] }],
    ["the id of no message of the batch", { batchItemFailures: [{ itemIdentifier: "00000000-0000" }] }],
    ["a report of another shape", { batchItemFailures: "all" }],
    ["a text", "done"],
  ])("%s counts as complete failure", async (_, payload) => {
    expect(await handled(true, answer(payload))).toEqual(["a", "b", "c"]);
  });

  test("the messages named come back by their visibility, the others are deleted", async () => {
    const second = ({ records }: Invoked): InvocationEnd =>
      reporting([{ itemIdentifier: records[1]?.messageId ?? "" }]).end;
    expect(await handled(true, second)).toEqual(["b"]);
  });

  test("without it only an error keeps a batch, and then all of it", async () => {
    expect(await handled(false, answer({ batchItemFailures: [{ itemIdentifier: "" }] }))).toEqual([]);
    expect(await handled(false, () => ({ kind: "error", errorType: "E", message: "m" }))).toEqual(["a", "b", "c"]);
    expect(await handled(true, () => ({ kind: "crash", message: "" }))).toEqual(["a", "b", "c"]);
  });
});

test("a throttled batch is held and tried again until its messages are visible again", async () => {
  const { start, send, pass, invoked, lambda, queue } = mapped({ queue: FIFO, reservedConcurrency: 0 });
  const mapping = await start();
  await send("ring");
  await pass(seconds(29));
  expect(invoked).toEqual([]);
  expect(lambda.usage("worker").throttles).toBeGreaterThan(8);
  expect(lambda.usage("worker").throttles).toBeLessThan(20);
  expect(mapping.lastProcessingResult).toBe(
    "PROBLEM: Function call was throttled: ReservedFunctionConcurrentInvocationLimitExceeded",
  );
  await pass(seconds(2));
  expect(queue.size()).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
});

test("a throttled batch is invoked once there is room", async () => {
  const { start, send, pass, invoked, lambda, worker } = mapped({ queue: FIFO });
  worker.handle = ({ bodies }) => ({ end: { kind: "ok", payload: null }, after: bodies.length === 0 ? 3 : 0 });
  await start();
  const other = lambda.invoke("worker", { Records: [] });
  await send("ring");
  await pass(seconds(10));
  await other;
  expect(invoked.map(({ bodies }) => bodies)).toEqual([[], ["ring"]]);
  expect(invoked[1]?.atSeconds).toBeGreaterThan(3);
  expect(invoked[1]?.atSeconds).toBeLessThan(7);
});

test("a stopped mapping invokes no more, and started again it goes on", async () => {
  const { start, send, pass, invoked } = mapped({ queue: FIFO });
  const mapping = await start();
  mapping.stop();
  await send("ring");
  await pass(seconds(10));
  expect(invoked).toEqual([]);
  expect(mapping.isEnabled).toBe(false);
  mapping.start();
  await pass(seconds(60));
  expect(invoked.flatMap(({ bodies }) => bodies)).toEqual(["ring"]);
});

describe("a mapping is refused", () => {
  const refusal = async (wanted: Wanted): Promise<unknown> =>
    mapped(wanted)
      .create()
      .then(
        () => "created",
        ({ name, message, status }: Error & { status: number }) => `${name} ${status} ${message}`,
      );

  test("when the queue hides messages for less than the function may take", async () => {
    expect(await refusal({ queue: { VisibilityTimeout: 19 } })).toBe(
      "InvalidParameterValueException 400 Queue visibility timeout: 19 seconds is less than Function timeout: 20 seconds",
    );
    expect(await refusal({ queue: { VisibilityTimeout: 20 } })).toBe("created");
  });

  test.each(ACTIONS)("when the function's role lacks %s", async (action) => {
    expect(await refusal({ actions: ACTIONS.filter((other) => other !== action) })).toBe(
      `InvalidParameterValueException 400 The provided execution role does not have permissions to call ${action.slice(4)} on SQS`,
    );
  });

  test("when there is no such queue, or its numbers are out of range", async () => {
    const queueUrl = `http://127.0.0.1:4566/${ACCOUNT}/gone`;
    expect(await refusal({ mapping: { queueUrl } })).toBe(
      "InvalidParameterValueException 400 Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    );
    expect(await refusal({ mapping: { batchSize: 11 } })).toMatch(/batch size of 11/);
    expect(await refusal({ mapping: { maxConcurrency: 1 } })).toMatch(/from 2 to 1000/);
  });
});

test("a permission that is lost later is told by the mapping, and polling goes on with it", async () => {
  const { start, send, pass, invoked, cloud, queue } = mapped({ queue: FIFO });
  const mapping = await start();
  const grant = (actions: string[]) =>
    cloud.declareRole(ROLE_ARN, [{ Statement: [{ Effect: "Allow", Action: actions, Resource: queue.arn }] }], TRUST);
  grant(["sqs:DeleteMessage"]);
  await pass(seconds(25));
  expect(mapping.lastProcessingResult).toBe(
    "PROBLEM: The provided execution role does not have permissions to call ReceiveMessage on SQS",
  );
  grant(ACTIONS);
  await send("ring");
  await pass(seconds(5));
  expect(invoked.flatMap(({ bodies }) => bodies)).toEqual(["ring"]);
});
