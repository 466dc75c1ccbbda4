import { type Json, seconds, us } from "@sluice/dsl";
import { type Cloud, type Principal, ServiceError } from "../src/cloud-types";
import { inputObject } from "../src/input";
import { StepFunctions, type StepFunctionsOptions } from "../src/models/step-functions/step-functions";
import { Random } from "../src/random";
import { VirtualClock } from "../src/virtual-clock";
import { NO_FAULTS } from "../src/world";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:companies";
const ROLE: Principal = { kind: "role", arn: "arn:aws:iam::123456789012:role/machine" };

const publish = (more: { [field: string]: Json } = {}): { [field: string]: Json } => ({
  Type: "Task",
  Resource: "arn:aws:states:::sns:publish.waitForTaskToken",
  Arguments: {
    TopicArn: "arn:aws:sns:eu-west-1:123456789012:high.fifo",
    Message: { token: "{% $states.context.Task.Token %}", attempt: "{% $states.context.State.RetryCount %}" },
    MessageGroupId: "turn",
  },
  End: true,
  ...more,
});

const definition = (states: Json, more: { [field: string]: Json } = {}): string =>
  JSON.stringify({ QueryLanguage: "JSONata", StartAt: "Publish", States: states, ...more });

interface Published {
  readonly principal: Principal;
  readonly service: string;
  readonly operation: string;
  readonly input: { readonly [field: string]: Json | undefined };
  readonly message: { readonly [field: string]: Json | undefined };
  readonly token: string;
  readonly atUs: number;
}

/** Step Functions with a service behind it that takes down what it is asked, and does with it what the test says. */
function machine(text: string, options: StepFunctionsOptions = {}) {
  const clock = new VirtualClock();
  const world = { clock, random: new Random(3), faults: NO_FAULTS, region: "eu-west-1", account: "123456789012" };
  const published: Published[] = [];
  const peer = {
    answer: (_: Published): Json | Promise<Json> => ({ MessageId: "m-1", SequenceNumber: "10" }),
  };
  const cloud: Cloud = {
    async call(principal, service, operation, given) {
      const input = inputObject(given);
      const text = typeof input.Message === "string" ? input.Message : String(input.MessageBody);
      const message = text.startsWith("{") ? inputObject(JSON.parse(text)) : {};
      const call = { principal, service, operation, input, message, token: String(message.token), atUs: clock.now() };
      published.push(call);
      return peer.answer(call);
    },
  };
  const sfn = new StepFunctions(world, cloud, options);
  sfn.createStateMachine({
    name: "companies",
    definition: text,
    roleArn: "arn:aws:iam::123456789012:role/machine",
    principal: ROLE,
  });
  const call = async (operation: string, input: Json) => {
    const found = sfn.operations[operation];
    if (found === undefined) throw new Error(`no operation ${operation}`);
    const fields = inputObject(input);
    found.resource(fields);
    return inputObject(await found.run(fields, { kind: "user" }));
  };
  const start = async (input: Json = {}, name = "one"): Promise<string> => {
    const { executionArn } = await call("StartExecution", {
      stateMachineArn: MACHINE,
      name,
      input: JSON.stringify(input),
    });
    await clock.run({ until: clock.now() });
    return String(executionArn);
  };
  return {
    clock,
    sfn,
    peer,
    published,
    call,
    start,
    pass: (secondsLater: number) => clock.run({ until: us(clock.now() + seconds(secondsLater)) }),
    settle: () => clock.run({ until: clock.now() }),
    describe: (executionArn: string) => call("DescribeExecution", { executionArn }),
    /** One line an event: `3 (2) TaskScheduled { … }`. */
    history: async (executionArn: string): Promise<string[]> => {
      const { events } = await call("GetExecutionHistory", { executionArn });
      return (Array.isArray(events) ? events : []).map((event) => renderEvent(inputObject(event)));
    },
  };
}

function renderEvent({
  id,
  previousEventId,
  type,
  timestamp: _,
  ...details
}: {
  readonly [field: string]: Json | undefined;
}) {
  const shown = inputObject(Object.values(details)[0] ?? {});
  const told = Object.entries(shown).filter(
    ([key]) => !["inputDetails", "outputDetails", "roleArn", "region"].includes(key),
  );
  return `${id} (${previousEventId}) ${type} ${JSON.stringify(Object.fromEntries(told))}`;
}

async function refusal(promise: Promise<unknown>): Promise<ServiceError> {
  const error = await promise.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceError) return error;
  throw error;
}

const refusedDefinition = (states: Json, more?: { [field: string]: Json }): string => {
  try {
    machine(definition(states, more));
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
  return "nothing was refused";
};

describe("an execution", () => {
  test("goes on with a service's own response, or its refusal, where no token is asked for", async () => {
    const put = {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Arguments: { TableName: "gate", Item: { pk: { S: "{% $exists($states.context.Task) ? 'a token' : 'none' %}" } } },
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed", Output: "{% $states.errorOutput %}" }],
      Output: "{% $states.result %}",
      End: true,
    };
    const failed = { Type: "Fail", Error: "{% $states.input.Error %}", Cause: "{% $states.input.Cause %}" };
    const world = machine(definition({ Publish: put, Failed: failed }));
    world.peer.answer = () => ({});
    const arn = await world.start();
    expect(world.published).toMatchObject([
      { principal: ROLE, service: "dynamodb", operation: "PutItem", input: { Item: { pk: { S: "none" } } } },
    ]);
    const { status, output } = await world.describe(arn);
    expect([status, Object.keys(JSON.parse(String(output)))]).toEqual([
      "SUCCEEDED",
      ["SdkHttpMetadata", "SdkResponseMetadata"],
    ]);
    expect((await world.history(arn)).map((line) => line.split(" ")[2])).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
    world.peer.answer = () => {
      throw new ServiceError("ConditionalCheckFailedException", "The conditional request failed");
    };
    const refused = await world.start({}, "two");
    expect(await world.describe(refused)).toMatchObject({
      status: "FAILED",
      error: "DynamoDB.ConditionalCheckFailedException",
      cause: expect.stringContaining(
        "The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException;",
      ),
    });
  });
  test("publishes as the machine's role, waits for its token, and ends with the worker's answer", async () => {
    const { start, published, call, describe: describeExecution, settle } = machine(definition({ Publish: publish() }));
    const arn = await start({ company: "00000006" });
    expect(published).toMatchObject([
      {
        principal: ROLE,
        service: "sns",
        operation: "Publish",
        input: { TopicArn: "arn:aws:sns:eu-west-1:123456789012:high.fifo", MessageGroupId: "turn" },
        message: { attempt: 0 },
      },
    ]);
    expect(await describeExecution(arn)).toMatchObject({
      status: "RUNNING",
      name: "one",
      input: '{"company":"00000006"}',
    });
    await call("SendTaskSuccess", { taskToken: published[0]?.token ?? "", output: '{"status":200}' });
    await settle();
    expect(await describeExecution(arn)).toMatchObject({
      status: "SUCCEEDED",
      output: '{"status":200}',
      redriveCount: 0,
    });
  });

  test("has a history in the order and with the ids that were recorded on AWS", async () => {
    const { start, published, call, history, settle } = machine(
      definition({
        Publish: publish({
          TimeoutSeconds: 60,
          HeartbeatSeconds: "{% $states.input.heartbeat %}",
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed", Output: "{% $states.errorOutput %}" }],
        }),
        Failed: { Type: "Fail", Error: "Gateway.Unknown", Cause: "{% $states.input.Cause & '!' %}" },
      }),
    );
    const arn = await start({ heartbeat: 30 });
    const token = published[0]?.token ?? "";
    await call("SendTaskFailure", { taskToken: token, error: "Gateway.Odd", cause: "why" });
    await settle();
    expect(await history(arn)).toEqual([
      '1 (0) ExecutionStarted {"input":"{\\"heartbeat\\":30}"}',
      '2 (0) TaskStateEntered {"input":"{\\"heartbeat\\":30}","name":"Publish"}',
      `3 (2) TaskScheduled {"heartbeatInSeconds":30,"parameters":${JSON.stringify(
        `{"TopicArn":"arn:aws:sns:eu-west-1:123456789012:high.fifo","Message":{"token":"${token}","attempt":0},"MessageGroupId":"turn"}`,
      )},"resource":"publish.waitForTaskToken","resourceType":"sns","timeoutInSeconds":60}`,
      '4 (3) TaskStarted {"resource":"publish.waitForTaskToken","resourceType":"sns"}',
      expect.stringMatching(/^5 \(4\) TaskSubmitted \{"output":"\{\\"MessageId\\":\\"m-1\\"/),
      '6 (5) TaskFailed {"cause":"why","error":"Gateway.Odd","resource":"publish.waitForTaskToken","resourceType":"sns"}',
      '7 (6) TaskStateExited {"name":"Publish","output":"{\\"Error\\":\\"Gateway.Odd\\",\\"Cause\\":\\"why\\"}"}',
      '8 (7) FailStateEntered {"input":"{\\"Error\\":\\"Gateway.Odd\\",\\"Cause\\":\\"why\\"}","name":"Failed"}',
      '9 (8) ExecutionFailed {"cause":"why!","error":"Gateway.Unknown"}',
    ]);
  });

  test("shows a worker's failure without a name as null to its Catch", async () => {
    const {
      start,
      published,
      call,
      describe: describeExecution,
      settle,
    } = machine(
      definition({
        Publish: publish({ Catch: [{ ErrorEquals: ["States.TaskFailed"], Next: "Told" }] }),
        Told: { Type: "Succeed" },
      }),
    );
    const arn = await start();
    await call("SendTaskFailure", { taskToken: published[0]?.token ?? "" });
    await settle();
    expect(await describeExecution(arn)).toMatchObject({ output: '{"Error":null,"Cause":null}' });
  });

  test("hands its context object to expressions", async () => {
    const { start, describe: describeExecution } = machine(
      definition({ Publish: { Type: "Pass", Output: "{% $states.context %}", End: true } }),
    );
    const { output } = await describeExecution(await start({ a: 1 }));
    expect(JSON.parse(String(output))).toEqual({
      Execution: {
        Id: "arn:aws:states:eu-west-1:123456789012:execution:companies:one",
        Input: { a: 1 },
        Name: "one",
        RoleArn: "arn:aws:iam::123456789012:role/machine",
        StartTime: "2026-01-01T00:00:00.000Z",
        RedriveCount: 0,
      },
      State: { EnteredTime: "2026-01-01T00:00:00.000Z", Name: "Publish", RetryCount: 0 },
      StateMachine: { Id: MACHINE, Name: "companies" },
    });
  });

  test("keeps its name: started again with the same input while it runs it is the same, otherwise refused", async () => {
    const { start, call, published } = machine(definition({ Publish: publish() }));
    const arn = await start({ a: 1 });
    expect(await start({ a: 1 })).toBe(arn);
    expect(published).toHaveLength(1);
    expect(await refusal(start({ a: 2 }))).toMatchObject({
      name: "ExecutionAlreadyExists",
      message: `Execution Already Exists: '${arn}'`,
    });
    await call("StopExecution", { executionArn: arn });
    expect(await refusal(start({ a: 1 }))).toMatchObject({ name: "ExecutionAlreadyExists" });
  });

  test("that is stopped answers its token no more and goes nowhere", async () => {
    const {
      start,
      call,
      published,
      history,
      describe: describeExecution,
      pass,
    } = machine(definition({ Publish: publish({ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ["States.ALL"] }] }) }));
    const arn = await start();
    await call("StopExecution", { executionArn: arn, cause: "not wanted" });
    const taskToken = published[0]?.token ?? "";
    expect(await refusal(call("SendTaskSuccess", { taskToken, output: "{}" }))).toMatchObject({ name: "TaskTimedOut" });
    await pass(60);
    expect(await describeExecution(arn)).toMatchObject({ status: "ABORTED", cause: "not wanted" });
    expect((await history(arn)).at(-1)).toBe('6 (0) ExecutionAborted {"cause":"not wanted"}');
    expect(published).toHaveLength(1);
  });

  /** Started and stopped before anything could happen in between. */
  async function stoppedAtOnce(text: string) {
    const { call, published, history, settle, sfn, describe: describeExecution } = machine(text);
    const ends: string[] = [];
    sfn.onEnded(({ status }) => ends.push(status));
    const starting = call("StartExecution", { stateMachineArn: MACHINE, name: "one", input: "{}" });
    const executionArn = `${MACHINE.replace("stateMachine", "execution")}:one`;
    await Promise.all([starting, call("StopExecution", { executionArn })]);
    await settle();
    const types = (await history(executionArn)).map((line) => line.split(" ")[2]);
    const { status } = await describeExecution(executionArn);
    return { ends, published, status, types };
  }

  test.each([
    ["whose attempt is being prepared", publish()],
    ["whose attempt cannot be prepared", publish({ TimeoutSeconds: "{% 'soon' %}" })],
    ["that leads on at once", { Type: "Pass", End: true }],
    ["that fails", { Type: "Fail", Error: "No" }],
  ])("that is stopped in a state %s ends once, asks nobody and goes nowhere", async (_, state) => {
    expect(await stoppedAtOnce(definition({ Publish: state }))).toEqual({
      ends: ["ABORTED"],
      published: [],
      status: "ABORTED",
      types: ["ExecutionStarted", `${state.Type}StateEntered`, "ExecutionAborted"],
    });
  });

  test("with a machine's TimeoutSeconds ends as TIMED_OUT", async () => {
    const {
      start,
      pass,
      describe: describeExecution,
    } = machine(definition({ Publish: publish() }, { TimeoutSeconds: 90 }));
    const arn = await start();
    await pass(89);
    expect(await describeExecution(arn)).toMatchObject({ status: "RUNNING" });
    await pass(1);
    expect(await describeExecution(arn)).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout" });
  });

  test("beyond the number that is kept is forgotten once it has ended, with its name", async () => {
    const { start, call, sfn } = machine(definition({ Publish: { Type: "Succeed" } }), { keepEnded: 1 });
    const ends: string[] = [];
    sfn.onEnded(({ name, status }) => ends.push(`${name} ${status}`));
    const first = await start({}, "first");
    await start({}, "second");
    expect(await refusal(call("DescribeExecution", { executionArn: first }))).toMatchObject({
      name: "ExecutionDoesNotExist",
    });
    await start({}, "first");
    expect(ends).toEqual(["first SUCCEEDED", "second SUCCEEDED", "first SUCCEEDED"]);
  });

  test("that returns more than 256 KiB fails, and States.ALL does not catch it", async () => {
    const {
      start,
      published,
      call,
      describe: describeExecution,
      settle,
    } = machine(
      definition({
        Publish: publish({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Caught" }] }),
        Caught: { Type: "Succeed" },
      }),
    );
    const arn = await start();
    await call("SendTaskSuccess", {
      taskToken: published[0]?.token ?? "",
      output: JSON.stringify("ä".repeat(140_000)),
    });
    await settle();
    expect(await describeExecution(arn)).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
  });

  test("whose arguments take more than 256 KiB fails, whatever histories are kept, and one byte less is sent", async () => {
    // As JSON: {"Message":"…"}, 14 bytes about the text; half of it is of two bytes a character.
    const text = (bytes: number) => "ä".repeat(60_000) + "a".repeat(bytes - 14 - 120_000);
    const ends = async (bytes: number) => {
      const { start, published, sfn } = machine(
        definition({ Publish: publish({ Arguments: { Message: "{% $states.input %}" } }) }),
        { keepsHistory: false },
      );
      const errors: unknown[] = [];
      sfn.onEnded(({ error }) => errors.push(error));
      await start(text(bytes));
      return [...errors, published.length];
    };
    expect(await ends(262_145)).toEqual(["States.DataLimitExceeded", 0]);
    expect(await ends(262_144)).toEqual([1]);
  });
});

describe("a task token", () => {
  test("is answered once: afterwards, and after its time, it is TaskTimedOut, and an invented one InvalidToken", async () => {
    const { start, published, call, pass } = machine(definition({ Publish: publish({ TimeoutSeconds: 5 }) }));
    await start();
    const taskToken = published[0]?.token ?? "";
    await call("SendTaskSuccess", { taskToken, output: "1" });
    for (const operation of ["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"])
      expect(
        await refusal(call(operation, { taskToken, ...(operation === "SendTaskSuccess" && { output: "1" }) })),
      ).toMatchObject({
        name: "TaskTimedOut",
        message: "Task Timed Out: 'Provided task does not exist anymore'",
        status: 400,
      });
    await start({}, "two");
    await pass(5);
    expect(await refusal(call("SendTaskHeartbeat", { taskToken: published[1]?.token ?? "" }))).toMatchObject({
      name: "TaskTimedOut",
    });
    for (const garbage of ["garbage", taskToken.slice(0, -8), ""])
      expect(await refusal(call("SendTaskHeartbeat", { taskToken: garbage }))).toMatchObject({ name: "InvalidToken" });
  });

  test("takes JSON only, of at most 262,144 characters, and refusing leaves it open", async () => {
    const { start, published, call } = machine(definition({ Publish: publish() }));
    await start();
    const taskToken = published[0]?.token ?? "";
    const send = (output: string) => call("SendTaskSuccess", { taskToken, output });
    expect(await refusal(send("{"))).toMatchObject({ name: "InvalidOutput" });
    expect(await refusal(send(JSON.stringify("x".repeat(262_143))))).toMatchObject({ name: "InvalidOutput" });
    expect(await refusal(call("SendTaskFailure", { taskToken, error: "x".repeat(257) }))).toMatchObject({
      name: "ValidationException",
    });
    expect(await refusal(call("SendTaskFailure", { taskToken, cause: "x".repeat(32_769) }))).toMatchObject({
      name: "ValidationException",
    });
    await send(JSON.stringify("x".repeat(262_142)));
  });

  test("that is answered before SNS has answered counts, and the history keeps its order", async () => {
    const {
      start,
      peer,
      call,
      history,
      describe: describeExecution,
      pass,
    } = machine(definition({ Publish: publish() }));
    let answerOfSns: (answer: Json) => void = () => undefined;
    peer.answer = async ({ token }) => {
      await call("SendTaskSuccess", { taskToken: token, output: '"early"' });
      return new Promise((resolve) => {
        answerOfSns = resolve;
      });
    };
    const arn = await start();
    await pass(1);
    answerOfSns({ MessageId: "m-1" });
    await pass(1);
    expect(await describeExecution(arn)).toMatchObject({ status: "SUCCEEDED", output: '"early"' });
    expect((await history(arn)).map((line) => line.split(" ")[2])).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
  });

  test("of which a heartbeat is due dies without one, and a heartbeat does not move the timeout", async () => {
    const states = { Publish: publish({ TimeoutSeconds: 20, HeartbeatSeconds: 8 }) };
    const { start, published, call, pass, describe: describeExecution, history } = machine(definition(states));
    const silent = await start({}, "silent");
    const beating = await start({}, "beating");
    for (let beat = 0; beat < 3; beat++) {
      await pass(6);
      await call("SendTaskHeartbeat", { taskToken: published[1]?.token ?? "" });
    }
    expect(await describeExecution(silent)).toMatchObject({
      status: "FAILED",
      error: "States.Timeout",
      stopDate: 1_767_225_608,
    });
    expect(await describeExecution(beating)).toMatchObject({ status: "RUNNING" });
    await pass(2);
    expect(await describeExecution(beating)).toMatchObject({ status: "FAILED", stopDate: 1_767_225_620 });
    expect((await history(beating)).slice(-2)).toEqual([
      '6 (5) TaskTimedOut {"error":"States.Timeout","resource":"publish.waitForTaskToken","resourceType":"sns"}',
      '7 (6) ExecutionFailed {"error":"States.Timeout"}',
    ]);
  });
});

describe("Retry", () => {
  const failing = async (retry: Json, error: (attempt: number) => string, attempts: number) => {
    const world = machine(definition({ Publish: publish({ Retry: retry }) }));
    const arn = await world.start();
    for (let attempt = 0; attempt < attempts; attempt++) {
      const token = world.published[attempt]?.token;
      if (token === undefined) break;
      await world.call("SendTaskFailure", { taskToken: token, error: error(attempt), cause: "c" });
      await world.pass(100_000);
    }
    return { ...world, arn };
  };

  test("waits the interval times the rate to the power of what was tried, capped, then fails with the last error", async () => {
    const {
      published,
      arn,
      describe: describeExecution,
      history,
    } = await failing(
      [{ ErrorEquals: ["Gateway.Throttled"], IntervalSeconds: 5, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 20 }],
      () => "Gateway.Throttled",
      4,
    );
    // Each failure follows its attempt by 100,000 s less the wait: 5 s, 15 s, and 45 s capped at 20 s.
    expect(published.map(({ atUs }) => (atUs / 1_000_000) % 100_000)).toEqual([0, 5, 15, 20]);
    expect(published.map(({ message }) => message.attempt)).toEqual([0, 1, 2, 3]);
    expect(new Set(published.map(({ token }) => token)).size).toBe(4);
    expect(await describeExecution(arn)).toMatchObject({ status: "FAILED", error: "Gateway.Throttled", cause: "c" });
    expect((await history(arn)).filter((line) => line.includes("TaskStateEntered"))).toHaveLength(1);
  });

  test("counts for each retrier on its own, and one that is used up does not hand over to a later one", async () => {
    const { published } = await failing(
      [
        { ErrorEquals: ["A"], MaxAttempts: 1 },
        { ErrorEquals: ["B"], MaxAttempts: 2 },
        { ErrorEquals: ["States.ALL"], MaxAttempts: 50 },
      ],
      (attempt) => ["A", "B", "C", "B", "A"][attempt] ?? "none",
      5,
    );
    expect(published).toHaveLength(5);
  });

  test("with full jitter waits anything from nothing to what was computed, by the world's randomness", async () => {
    const { published } = await failing(
      [
        {
          ErrorEquals: ["States.ALL"],
          IntervalSeconds: 1_000,
          BackoffRate: 1,
          MaxAttempts: 40,
          JitterStrategy: "FULL",
        },
      ],
      () => "E",
      40,
    );
    const waits = published.slice(1).map(({ atUs }) => (atUs / 1_000_000) % 100_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    expect(Math.max(...waits)).toBeGreaterThan(900);
    expect(Math.min(...waits)).toBeLessThan(100);
  });

  test("names match as AWS says: States.TaskFailed all but time-outs, States.HeartbeatTimeout a missed heartbeat", async () => {
    const timesPublished = async (task: { [field: string]: Json }) => {
      const { start, pass, published } = machine(definition({ Publish: publish(task) }));
      await start();
      await pass(1_000);
      return published.length;
    };
    const once = (name: string): Json => [{ ErrorEquals: [name], MaxAttempts: 1 }];
    expect(await timesPublished({ TimeoutSeconds: 5, Retry: once("States.TaskFailed") })).toBe(1);
    expect(await timesPublished({ TimeoutSeconds: 5, Retry: once("States.Timeout") })).toBe(2);
    expect(await timesPublished({ TimeoutSeconds: 5, Retry: once("States.HeartbeatTimeout") })).toBe(1);
    expect(await timesPublished({ HeartbeatSeconds: 5, Retry: once("States.HeartbeatTimeout") })).toBe(2);
    expect(await timesPublished({ HeartbeatSeconds: 5, Retry: once("States.Timeout") })).toBe(2);
  });
});

describe("a refused publish", () => {
  const refusedBy = async (error: ServiceError) => {
    const { start, peer, describe: describeExecution, history } = machine(definition({ Publish: publish() }));
    peer.answer = () => Promise.reject(error);
    const arn = await start();
    return { ...(await describeExecution(arn)), events: (await history(arn)).map((line) => line.split(" ")[2]) };
  };

  test("fails the task with the name and the cause that were recorded on AWS", async () => {
    expect(
      await refusedBy(new ServiceError("NotFoundException", "Topic does not exist", 404, "NotFound")),
    ).toMatchObject({
      error: "SNS.NotFoundException",
      cause: expect.stringMatching(
        /^Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: [0-9a-f-]{36}; Proxy: null\)$/,
      ),
      events: ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"],
    });
    expect(
      await refusedBy(new ServiceError("InvalidParameterException", "Invalid parameter: x", 400, "InvalidParameter")),
    ).toMatchObject({ error: "SNS.InvalidParameterException" });
  });

  test("is an authorization error of SNS when the machine's role may not publish", async () => {
    expect(
      await refusedBy(new ServiceError("AccessDeniedException", "User: x is not authorized", 403, "AccessDenied")),
    ).toMatchObject({
      error: "SNS.AuthorizationErrorException",
      cause: expect.stringContaining("Status Code: 403; Error Code: AuthorizationError"),
    });
  });

  test("does not undo an answer that the worker has already given", async () => {
    const { start, peer, call, describe: describeExecution } = machine(definition({ Publish: publish() }));
    peer.answer = async ({ token }) => {
      await call("SendTaskSuccess", { taskToken: token, output: "1" });
      throw new ServiceError("InternalErrorException", "lost", 500, "InternalError");
    };
    expect(await describeExecution(await start())).toMatchObject({ status: "SUCCEEDED", output: "1" });
  });
});

test("a task may send to SQS instead, and its MessageBody is serialised in the same way", async () => {
  const { start, published } = machine(
    definition({
      Publish: publish({
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Arguments: "{% { 'QueueUrl': 'https://q', 'MessageBody': { 'token': $states.context.Task.Token } } %}",
      }),
    }),
  );
  await start();
  expect(published).toMatchObject([
    {
      service: "sqs",
      operation: "SendMessage",
      input: { QueueUrl: "https://q", MessageBody: expect.stringContaining('{"token":"') },
    },
  ]);
});

describe("expressions", () => {
  const evaluate = async (expression: string, input: Json = {}): Promise<Json> => {
    const { start, describe: describeExecution } = machine(
      definition({ Publish: { Type: "Pass", Output: { result: `{% ${expression} %}` }, End: true } }),
    );
    const { output, cause } = await describeExecution(await start(input));
    return output === undefined ? String(cause) : (inputObject(JSON.parse(String(output))).result ?? null);
  };

  test("know the functions that Step Functions adds", async () => {
    expect(await evaluate("$hash('input data', 'SHA-1')")).toBe("aaff4a450a104cd177d28d18d74485e8cae074b7");
    expect(await evaluate("$hash('abc', 'SHA-256')")).toMatch(/^ba7816bf8f01cfea/);
    expect(await evaluate("$partition([1,2,3,4,5], 2)")).toEqual([[1, 2], [3, 4], [5]]);
    expect(await evaluate("$range(1, 9, 2)")).toEqual([1, 3, 5, 7, 9]);
    expect(await evaluate("$range(5, 1, -2)")).toEqual([5, 3, 1]);
    expect(await evaluate("$parse('{\"a\":[1,2]}').a")).toEqual([1, 2]);
    expect(await evaluate("$uuid()")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await evaluate("$random(7) = $random(7)")).toBe(true);
    expect(await evaluate("$random() < 1")).toBe(true);
  });

  test("read the world's clock, not the machine's", async () => {
    expect(await evaluate("$now()")).toBe("2026-01-01T00:00:00.000Z");
    expect(await evaluate("$now('[Y0001]-[M01]-[D01]')")).toBe("2026-01-01");
    expect(await evaluate("$millis()")).toBe(1_767_225_600_000);
    expect(await evaluate("$toMillis($states.context.Execution.StartTime)")).toBe(1_767_225_600_000);
    expect(await evaluate("$toMillis('06:30', '[H01]:[m01]')")).toBe(1_767_249_000_000);
  });

  test("that yield nothing, a function or an error fail the execution with the words recorded on AWS", async () => {
    const where = "An error occurred while executing the state 'Publish' (entered at the event id #2).";
    expect(await evaluate("$states.input.missing")).toBe(
      `${where} The JSONata expression '$states.input.missing' specified for the field 'Output/result' returned nothing (undefined).`,
    );
    expect(await evaluate("function($x){$x}")).toBe(
      `${where} The JSONata expression 'function($x){$x}' specified for the field 'Output/result' returned an unsupported result type.`,
    );
    expect(await evaluate("$number('x')")).toMatch(
      /specified for the field 'Output\/result' threw an error at position 8: /,
    );
  });

  test("that fail are an event of their own, which names the event before the state's entry", async () => {
    const {
      start,
      history,
      describe: describeExecution,
    } = machine(definition({ Publish: { Type: "Pass", Output: "{% $states.input.missing %}", End: true } }));
    const arn = await start();
    expect(await describeExecution(arn)).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
    expect((await history(arn)).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "1 (0) ExecutionStarted",
      "2 (0) PassStateEntered",
      "3 (0) EvaluationFailed",
      "4 (3) ExecutionFailed",
    ]);
  });

  test("that fail in a task's arguments can be caught, before anything was published", async () => {
    const {
      start,
      published,
      describe: describeExecution,
    } = machine(
      definition({
        Publish: publish({
          Arguments: { TopicArn: "{% $lookup({'HIGH': 't'}, $states.input.tier) %}", Message: "m" },
          Catch: [
            {
              ErrorEquals: ["States.QueryEvaluationError"],
              Next: "Told",
              Output: { tier: "{% $states.input.tier %}", why: "{% $states.errorOutput.Error %}" },
            },
          ],
        }),
        Told: { Type: "Succeed" },
      }),
    );
    const { output } = await describeExecution(await start({ tier: "LOW" }));
    expect(output).toBe('{"tier":"LOW","why":"States.QueryEvaluationError"}');
    expect(published).toHaveLength(0);
  });

  test("for a timeout have to yield a positive integer", async () => {
    const timeout = async (value: Json) => {
      const { start, describe: describeExecution } = machine(
        definition({ Publish: publish({ TimeoutSeconds: "{% $states.input.timeout %}" }) }),
      );
      return describeExecution(await start({ timeout: value }));
    };
    expect(await timeout(5)).toMatchObject({ status: "RUNNING" });
    for (const wrong of [0, 1.5, "5", -1])
      expect(await timeout(wrong)).toMatchObject({ error: "States.QueryEvaluationError" });
  });
});

describe("a definition", () => {
  test("is refused for whatever is not modelled, with every place at once", () => {
    expect(
      refusedDefinition({
        Publish: publish({ ResultPath: "$.x", Assign: { a: 1 }, Retry: [{ ErrorEquals: ["E"], Jitter: "FULL" }] }),
        Wait: { Type: "Wait", Seconds: 5, Next: "Publish" },
        Lambda: publish({ Resource: "arn:aws:states:::lambda:invoke" }),
      }),
    ).toBe(
      "Invalid State Machine Definition: '" +
        [
          "The field 'ResultPath' is not modelled locally at /States/Publish/ResultPath",
          "The field 'Assign' is not modelled locally at /States/Publish/Assign",
          "The field 'Jitter' is not modelled locally at /States/Publish/Retry/0/Jitter",
          "The state type 'Wait' is not modelled locally at /States/Wait/Type",
          "The resource 'arn:aws:states:::lambda:invoke' is not modelled locally at /States/Lambda/Resource",
        ]
          .map((problem) => `SCHEMA_VALIDATION_FAILED: ${problem}`)
          .join(", ") +
        "'",
    );
  });

  test.each<[what: string, states: Json, more: { [field: string]: Json }]>([
    ["There is no state 'Gone'", { Publish: publish({ Next: "Gone" }) }, {}],
    ["There is no state 'Start'", { Publish: publish() }, { StartAt: "Start" }],
    ["Only the query language JSONata", { Publish: publish() }, { QueryLanguage: "JSONPath" }],
    ["$eval is not part of JSONata in Step Functions", { Publish: publish({ Output: "{% $eval('1') %}" }) }, {}],
    ["The JSONata expression '1 +' is not valid", { Publish: publish({ Output: "{% 1 + %}" }) }, {}],
    ["has only one of the braces", { Publish: publish({ Output: "{% 1 " }) }, {}],
    ["The field 'Subject' is not modelled", { Publish: publish({ Arguments: { Message: "m", Subject: "s" } }) }, {}],
    ["HeartbeatSeconds is to be less", { Publish: publish({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }) }, {}],
    [
      "is to be a whole number from 1",
      { Publish: publish({ Retry: [{ ErrorEquals: ["E"], IntervalSeconds: 0.5 }] }) },
      {},
    ],
    ["States.ALL is to stand alone", { Publish: publish({ Retry: [{ ErrorEquals: ["States.ALL", "E"] }] }) }, {}],
  ])("is refused: %s", (what, states, more) => {
    expect(refusedDefinition(states, more)).toContain(what);
  });
});

describe("the API", () => {
  test("lists executions newest first, by status and in pages, and a history backwards and without data", async () => {
    const { start, call, clock } = machine(definition({ Publish: publish() }));
    const arns: string[] = [];
    for (const name of ["a", "b", "c"]) {
      arns.push(await start({}, name));
      await clock.run({ until: us(clock.now() + 1_000_000) });
    }
    await call("StopExecution", { executionArn: arns[1] ?? "" });
    const list = (more: { [field: string]: Json }) => call("ListExecutions", { stateMachineArn: MACHINE, ...more });
    const first = await list({ maxResults: 2 });
    expect(first).toMatchObject({ executions: [{ name: "c" }, { name: "b", status: "ABORTED" }], nextToken: "2" });
    expect(await list({ maxResults: 2, nextToken: "2" })).toMatchObject({ executions: [{ name: "a" }] });
    expect(await list({ statusFilter: "ABORTED" })).toMatchObject({ executions: [{ name: "b" }] });
    expect(await refusal(list({ maxResults: 1_001 }))).toMatchObject({
      name: "ValidationException",
      message:
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
    });
    const { events } = await call("GetExecutionHistory", {
      executionArn: arns[0] ?? "",
      reverseOrder: true,
      maxResults: 1,
      includeExecutionData: false,
    });
    expect(events).toMatchObject([{ type: "TaskSubmitted", id: 5, timestamp: 1_767_225_600 }]);
    expect(JSON.stringify(events)).not.toContain("MessageId");
  });

  test("refuses a bad name, a bad input, and what does not exist", async () => {
    const { call } = machine(definition({ Publish: publish() }));
    const start = (more: { [field: string]: Json }) =>
      refusal(call("StartExecution", { stateMachineArn: MACHINE, ...more }));
    expect(await start({ name: "a b" })).toMatchObject({ name: "InvalidName", message: "Invalid Name: 'a b'" });
    expect(await start({ input: "{" })).toMatchObject({ name: "InvalidExecutionInput" });
    expect(await start({ stateMachineArn: `${MACHINE}x` })).toMatchObject({
      name: "StateMachineDoesNotExist",
      message: `State Machine Does Not Exist: '${MACHINE}x'`,
    });
    expect(await start({ odd: 1 })).toMatchObject({ name: "ValidationException" });
  });
});
