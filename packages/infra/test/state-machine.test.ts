import { createHash } from "node:crypto";
import { BELL_GROUP, type Cause, type Envelope, type GatewayPlan, type Json } from "@sluice/dsl";
import aslValidator from "asl-validator";
import { stateMachineDefinition } from "../src/state-machine";
import { fill, isFields } from "./evaluate";
import { samplePlan } from "./plan-fixture";

const STARTED = Date.parse("2026-11-24T10:00:00.000Z");
const ENTERED = Date.parse("2026-11-24T10:00:00.250Z");
const TOPICS = {
  HIGH: "arn:aws:sns:eu-west-1:123456789012:sluice-register-HIGH.fifo",
  NORMAL: "arn:aws:sns:eu-west-1:123456789012:sluice-register-NORMAL.fifo",
  BATCH: "arn:aws:sns:eu-west-1:123456789012:sluice-register-BATCH.fifo",
};

const GATE = "sluice-register-gate";

interface Moment {
  readonly retryCount?: number;
  readonly redriveCount?: number;
  readonly redriveTime?: string;
}

function context({ retryCount = 0, redriveCount = 0, redriveTime }: Moment): Json {
  return {
    Execution: {
      Id: "arn:aws:states:eu-west-1:123456789012:execution:sluice-register:one",
      StartTime: new Date(STARTED).toISOString(),
      RedriveCount: redriveCount,
      ...(redriveTime === undefined ? {} : { RedriveTime: redriveTime }),
    },
    State: { EnteredTime: new Date(ENTERED).toISOString(), Name: "Call", RetryCount: retryCount },
    Task: { Token: "the-token" },
  };
}

const fields = (value: Json | undefined) => {
  if (!isFields(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
};
const list = (value: Json | undefined): Json[] => {
  if (!Array.isArray(value)) throw new Error(`no list: ${JSON.stringify(value)}`);
  return value;
};

const stateOf = (plan: GatewayPlan, name: string) =>
  fields(fields(fields(stateMachineDefinition(plan, TOPICS, GATE)).States)[name]);

async function argumentsFor(input: Json, moment: Moment = {}, plan = samplePlan()): Promise<{ [key: string]: Json }> {
  const call = stateOf(plan, "Call");
  return fields(await fill(call.Arguments ?? null, { input, context: context(moment) }));
}

const envelopeFor = async (input: Json, moment: Moment = {}): Promise<Envelope> => {
  const { Message } = await argumentsFor(input, moment);
  return JSON.parse(JSON.stringify(Message));
};

const timeoutFor = (input: Json, nowMs: number, moment: Moment = {}): Promise<Json> =>
  fill(stateOf(samplePlan(), "Call").TimeoutSeconds ?? null, { input, context: context(moment) }, nowMs);

interface Failed {
  readonly error: Json | undefined;
  readonly cause: string;
}

/**
 * What the execution fails with when the task fails with this error: by way of the Catch, then the Fail state, and in
 * between of Settle where the Catch leads there.
 */
async function failureFor(
  error: string | null,
  said: string | null,
  input: Json = { operation: "read", request: {} },
  plan = samplePlan(),
  isClaimed = true,
): Promise<Failed> {
  const catchers = list(stateOf(plan, "Call").Catch).map(fields);
  const names = (catcher: { readonly [key: string]: Json }) => list(catcher.ErrorEquals);
  const caught =
    catchers.find((catcher) => names(catcher).includes(error)) ??
    catchers.find((catcher) => names(catcher).includes("States.ALL"));
  const states = { input, errorOutput: { Error: error, Cause: said }, context: context({ retryCount: 2 }) };
  let output = await fill(fields(caught).Output ?? null, states);
  if (fields(caught).Next === "Settle") {
    const settle = stateOf(plan, "Settle");
    const next = isClaimed ? fields(list(settle.Catch)[0]) : settle;
    output = await fill(next.Output ?? null, { input: output, context: context({ retryCount: 2 }) });
    expect(next.Next).toBe("Failed");
  } else expect(fields(caught).Next).toBe("Failed");
  const { Error: name, Cause: cause } = stateOf(plan, "Failed");
  const ended = { error: name ?? null, cause: cause ?? null };
  const failed = fields(await fill(ended, { input: output, context: context({}) }));
  if (typeof failed.cause !== "string") throw new Error("a Fail state's cause is a string");
  return { error: failed.error, cause: failed.cause };
}

/** The reason why an input is refused, which the publish must not get past. */
async function refusalOf(input: Json, plan = samplePlan()): Promise<Cause> {
  await expect(argumentsFor(input, {}, plan)).rejects.toBeDefined();
  const { error, cause } = await failureFor("States.QueryEvaluationError", "An error occurred …", input, plan);
  expect(error).toBe("Gateway.InvalidRequest");
  return JSON.parse(cause);
}

describe("the definition", () => {
  test("is valid in the Amazon States Language", () => {
    const { isValid, errorsText } = aslValidator(stateMachineDefinition(samplePlan(), TOPICS, GATE));
    expect(isValid ? "" : errorsText("\n")).toBe("");
  });

  test("takes one transition when all goes well", () => {
    const { StartAt, States } = fields(stateMachineDefinition(samplePlan(), TOPICS, GATE));
    expect(StartAt).toBe("Call");
    expect(fields(fields(States).Call)).toMatchObject({ Type: "Task", End: true });
  });

  test("asks for a topic of every tier", () => {
    expect(() => stateMachineDefinition(samplePlan(), { HIGH: TOPICS.HIGH, BATCH: TOPICS.BATCH }, GATE)).toThrow(
      /NORMAL/,
    );
  });
});

describe("a request", () => {
  test("is published to its tier's topic, in the gateway's one group", async () => {
    const published = await argumentsFor({ operation: "read", tier: "HIGH", request: { id: 7 } });
    expect(published).toMatchObject({ TopicArn: TOPICS.HIGH, MessageGroupId: BELL_GROUP });
  });

  test("carries everything that the worker must know", async () => {
    const id = createHash("sha256").update("the-token/1/0").digest("hex");
    const published = await argumentsFor({ operation: "read", tier: "HIGH", request: { id: 7 } }, { retryCount: 1 });
    expect(published.MessageDeduplicationId).toBe(id);
    expect(published.Message).toEqual({
      version: 1,
      id,
      token: "the-token",
      execution: "arn:aws:states:eu-west-1:123456789012:execution:sluice-register:one",
      startedAtMs: STARTED,
      attempt: 1,
      tier: "HIGH",
      operation: "read",
      repeatable: true,
      // 2 minutes for the tier, of which the last 10 s are for the call.
      deadlineMs: ENTERED + 110_000,
      request: { id: 7 },
    });
  });

  test("says whether a second call does harm, which the execution goes by to its end", async () => {
    const said = async (operation: string) => (await envelopeFor({ operation })).repeatable;
    expect([await said("read"), await said("order")]).toEqual([true, false]);
  });

  test("has another id for each attempt and each redrive, short enough for SNS", async () => {
    const input = { operation: "read" };
    const moments = [{}, { retryCount: 1 }, { redriveCount: 1 }, { retryCount: 1, redriveCount: 1 }];
    const ids = await Promise.all(moments.map(async (moment) => (await envelopeFor(input, moment)).id));
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(128);
  });

  test("goes to the default tier when it names none", async () => {
    const published = await argumentsFor({ operation: "read" });
    expect(published).toMatchObject({ TopicArn: TOPICS.NORMAL, Message: { tier: "NORMAL" } });
  });

  test("may leave out the operation where there is only one", async () => {
    const [read] = samplePlan().operations;
    const plan = samplePlan({ operations: read ? [read] : [] });
    expect(await argumentsFor({}, {}, plan)).toMatchObject({ Message: { operation: "read" } });
    expect(await argumentsFor({ operation: "read" }, {}, plan)).toMatchObject({ Message: { operation: "read" } });
    expect((await refusalOf({ operation: "raed" }, plan)).message).toContain("Those of register: read.");
  });

  test.each<[string, Json]>([
    ["an empty list", []],
    ["a list of one", [{ a: 1 }]],
    ["a list in a list", [[1]]],
    ["null", null],
    ["a text", "{% not an expression %}"],
    ["an empty object", {}],
  ])("arrives as it was given: %s", async (_, request) => {
    expect((await envelopeFor({ operation: "read", request })).request).toEqual(request);
  });

  test("left out is an empty object", async () => {
    expect((await envelopeFor({ operation: "read" })).request).toEqual({});
  });

  test("of a redriven execution has its tier's time again", async () => {
    const redriven = { redriveCount: 1, redriveTime: "2026-11-25T08:00:00.000Z" };
    const { deadlineMs } = await envelopeFor({ operation: "read", tier: "HIGH" }, redriven);
    expect(deadlineMs).toBe(Date.parse("2026-11-25T08:00:00.000Z") + 110_000);
  });
});

describe("an input that can never become a request fails at once", () => {
  test("for an unknown tier, with the names that exist", async () => {
    expect(await refusalOf({ operation: "read", tier: "URGENT" })).toEqual({
      outcome: "rejected",
      message: 'There is no tier "URGENT". Those of register: HIGH, NORMAL, BATCH.',
      attempt: 2,
      gateway: "register",
      operation: "read",
      tier: "URGENT",
    });
  });

  test("for an unknown operation, with the names that exist", async () => {
    const { message, operation } = await refusalOf({ operation: "reed" });
    expect(message).toBe('There is no operation "reed". Those of register: read, order.');
    expect(operation).toBe("reed");
  });

  test("for no operation where there are several", async () => {
    const { message } = await refusalOf({ request: {} });
    expect(message).toBe("The input names no operation. Those of register: read, order.");
  });

  test("for a key that is not known", async () => {
    const { message } = await refusalOf({ operation: "read", teir: "HIGH", priority: 1 });
    expect(message).toContain('"teir, priority"');
    expect(message).toContain('"operation"');
    expect((await refusalOf({ operation: "read", teir: "HIGH" })).message).toContain('"teir"');
  });

  test.each<[string, Json, string]>([
    ["a text", "read", '"read"'],
    ["a list", [{ operation: "read" }], '[{"operation":"read"}]'],
    ["a number", 7, "7"],
    ["null", null, "null"],
  ])("for %s in an object's place", async (_, input, shown) => {
    expect((await refusalOf(input)).message).toContain(`The input is ${shown}, which is no JSON object.`);
  });

  test.each<[string, Json]>([
    ["null", null],
    ["a number", 5],
    ["a list with a name in it", ["HIGH"]],
    ["a name of JavaScript's own", "constructor"],
  ])("for a tier that is %s", async (_, tier) => {
    expect((await refusalOf({ operation: "read", tier })).message).toContain("There is no tier");
  });

  test("and its cause stays short, however long what was given", async () => {
    const { error, cause } = await failureFor("States.QueryEvaluationError", "x".repeat(30_000), {
      operation: "o".repeat(200_000),
      tier: "HIGH",
    });
    expect(error).toBe("Gateway.InvalidRequest");
    expect(cause.length).toBeLessThan(1_000);
  });
});

describe("the task's timeout", () => {
  const input = { operation: "read", tier: "HIGH" };

  test("is what is left to the deadline, then a call, the visibility and a minute", async () => {
    // 110 s to the deadline; 10 s response, 40 s visibility, 60 s margin.
    expect(await timeoutFor(input, ENTERED)).toBe(220);
    expect(await timeoutFor(input, ENTERED + 30_000, { retryCount: 1 })).toBe(190);
  });

  test("is rounded up to whole seconds", async () => {
    expect(await timeoutFor(input, ENTERED + 1)).toBe(220);
    expect(await timeoutFor(input, ENTERED + 1_000)).toBe(219);
  });

  test("never ends an attempt that a worker may still answer, however late it began", async () => {
    expect(await timeoutFor(input, ENTERED + 3_600_000, { retryCount: 9 })).toBe(110);
  });

  test("follows the tier", async () => {
    expect(await timeoutFor({ operation: "read", tier: "BATCH" }, ENTERED)).toBe(86_400 + 40 + 60);
  });
});

describe("retries", () => {
  const retriersOf = (plan: GatewayPlan) => list(stateOf(plan, "Call").Retry).map(fields);

  test("follow the plan, one attempt less because the first is one", () => {
    const byName = Object.fromEntries(retriersOf(samplePlan()).map((one) => [String(list(one.ErrorEquals)[0]), one]));
    const common = { BackoffRate: 2, JitterStrategy: "FULL" };
    expect(byName["Gateway.Throttled"]).toMatchObject({
      ...common,
      MaxAttempts: 9,
      IntervalSeconds: 5,
      MaxDelaySeconds: 300,
    });
    expect(byName["Gateway.Unavailable"]).toMatchObject({
      ...common,
      MaxAttempts: 4,
      IntervalSeconds: 2,
      MaxDelaySeconds: 60,
    });
    expect(byName["Gateway.UnknownRepeatable"]).toMatchObject({ MaxAttempts: 2, IntervalSeconds: 4 });
  });

  test("of a publish are counted apart, and never for a message that SNS will refuse again", () => {
    const [publish] = retriersOf(samplePlan());
    expect(list(publish?.ErrorEquals)).toContain("SNS.InternalErrorException");
    expect(list(publish?.ErrorEquals)).not.toContain("SNS.InvalidParameterException");
  });

  test("are left out where the first attempt is the only one", () => {
    const once = { attempts: 1, backoffSeconds: 1, maxSeconds: 1 };
    const retriers = retriersOf(samplePlan({ retries: { throttled: once, unavailable: once, unknown: once } }));
    expect(retriers.flatMap(({ ErrorEquals }) => list(ErrorEquals))).not.toContain("Gateway.Throttled");
    expect(retriers).toHaveLength(1);
  });

  test("never repeat an unknown outcome of an operation that is not repeatable, nor a timeout", () => {
    const retried = retriersOf(samplePlan()).flatMap(({ ErrorEquals }) => list(ErrorEquals));
    expect(retried).not.toContain("Gateway.Unknown");
    expect(retried).not.toContain("States.Timeout");
    expect(retried).not.toContain("States.ALL");
  });
});

describe("a failure", () => {
  const workersCause = JSON.stringify({ outcome: "rejected", message: "404", attempt: 0 });

  test("of the worker's is passed on with its cause", async () => {
    const failed = await failureFor("Gateway.Rejected", workersCause);
    expect(failed).toEqual({ error: "Gateway.Rejected", cause: workersCause });
  });

  test("with an unknown outcome has one name, whether it was retried or not", async () => {
    const failed = await failureFor("Gateway.UnknownRepeatable", workersCause);
    expect(failed).toEqual({ error: "Gateway.Unknown", cause: workersCause });
  });

  test("without a reason is unknown", async () => {
    const { error, cause } = await failureFor(null, null);
    expect(error).toBe("Gateway.Unknown");
    expect(JSON.parse(cause)).toMatchObject({ outcome: "unknown", gateway: "register", operation: "read" });
  });

  test.each(["States.Timeout", "States.HeartbeatTimeout"])(
    "by %s is expired for a repeatable operation, with a full cause",
    async (name) => {
      const { error, cause } = await failureFor(name, null, { operation: "read", tier: "HIGH" });
      expect(error).toBe("Gateway.Expired");
      const { message, ...rest }: Cause = JSON.parse(cause);
      expect(rest).toEqual({ outcome: "unknown", attempt: 2, gateway: "register", operation: "read", tier: "HIGH" });
      expect(message).toContain("tier HIGH (2 min)");
    },
  );

  test.each(["States.Timeout", "States.HeartbeatTimeout"])(
    "by %s is unknown for one that is not repeatable",
    async (name) => {
      const { error, cause } = await failureFor(name, null, { operation: "order" });
      expect(error).toBe("Gateway.Unknown");
      expect(JSON.parse(cause)).toMatchObject({ outcome: "unknown", operation: "order", tier: "NORMAL" });
    },
  );

  test("by the timeout of what nobody had claimed means that nothing was done", async () => {
    const order = { operation: "order", tier: "HIGH" };
    const { error, cause } = await failureFor("States.Timeout", null, order, samplePlan(), false);
    expect(error).toBe("Gateway.Expired");
    expect(JSON.parse(cause)).toMatchObject({ outcome: "rejected", attempt: 2, operation: "order", tier: "HIGH" });
    expect(JSON.parse(cause).message).toMatch(/tier HIGH \(2 min\)\. Nothing was done/);
    const read = await failureFor("States.Timeout", null, { operation: "read" }, samplePlan(), false);
    expect(JSON.parse(read.cause).message).toContain("A call may have been made");
  });

  test("by the timeout asks the gate as the worker does: its claim, under the worker's key, unless there is one", async () => {
    const at = Date.parse("2026-11-24T10:05:00.500Z");
    const states = { input: {}, context: context({}) };
    const asked = fields(await fill(stateOf(samplePlan(), "Settle").Arguments ?? null, states, at));
    expect(asked).toEqual({
      TableName: GATE,
      Item: {
        pk: { S: "claim#arn:aws:states:eu-west-1:123456789012:execution:sluice-register:one" },
        turn: { S: "timeout" },
        at: { N: String(at) },
        ttl: { N: String(Math.ceil(at / 1_000) + 14 * 86_400) },
      },
      ConditionExpression: "attribute_not_exists(#pk) OR #turn = :turn",
      ExpressionAttributeNames: { "#pk": "pk", "#turn": "turn" },
      ExpressionAttributeValues: { ":turn": { S: "timeout" } },
    });
  });

  test("by the timeout is not settled where everything may be repeated", () => {
    const [read] = samplePlan().operations;
    const plan = samplePlan({ operations: read ? [read] : [] });
    expect(Object.keys(fields(fields(stateMachineDefinition(plan, TOPICS, GATE)).States))).toEqual(["Call", "Failed"]);
  });

  test("of the publish means that nothing was sent", async () => {
    const { error, cause } = await failureFor("SNS.AuthorizationErrorException", "not authorized (Service: AmazonSNS)");
    expect(error).toBe("Gateway.Unavailable");
    const { outcome, message }: Cause = JSON.parse(cause);
    expect(outcome).toBe("unavailable");
    expect(message).toContain("SNS.AuthorizationErrorException: not authorized");
  });

  test("of a publish too long is told as such", async () => {
    const said = "Invalid parameter: Message too long (Service: AmazonSNS; Status Code: 400)";
    const { error, cause } = await failureFor("SNS.InvalidParameterException", said);
    expect(error).toBe("Gateway.RequestTooLarge");
    expect(JSON.parse(cause)).toMatchObject({ outcome: "rejected", attempt: 2 });
  });

  test("by Step Functions' own size limit tells whether the request or the answer was too large", async () => {
    const large = { operation: "read", request: { text: "ä".repeat(131_000) } };
    expect((await failureFor("States.DataLimitExceeded", "…", large)).error).toBe("Gateway.RequestTooLarge");
    const { error, cause } = await failureFor("States.DataLimitExceeded", "…", { operation: "read" });
    expect(error).toBe("Gateway.ResponseTooLarge");
    expect(JSON.parse(cause)).toMatchObject({ outcome: "success" });
  });

  test("of an expression where the input is right says what Step Functions said", async () => {
    const { error, cause } = await failureFor("States.QueryEvaluationError", "the expression threw", {
      operation: "read",
    });
    expect(error).toBe("Gateway.InvalidRequest");
    expect(JSON.parse(cause).message).toContain("the expression threw");
  });
});

test("expressions use nothing that AWS has left out of JSONata, or added after version 2.0.6", () => {
  const text = JSON.stringify(stateMachineDefinition(samplePlan({ defaultTier: "HIGH" }), TOPICS, GATE));
  const called = new Set([...text.matchAll(/\$([A-Za-z]+)\(/g)].map(([, name]) => name));
  const own = ["shown", "text", "failed"];
  const known = [
    "ceil",
    "contains",
    "count",
    "error",
    "exists",
    "hash",
    "join",
    "keys",
    "length",
    "lookup",
    "max",
    "millis",
  ];
  const more = ["not", "string", "substring", "toMillis", "type"];
  expect([...called].sort()).toEqual([...own, ...known, ...more].sort());
});
