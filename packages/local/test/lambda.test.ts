import { type Json, type Micros, ms, seconds, us } from "@sluice/dsl";
import { after } from "../src/clock";
import type { DeployedFunction, Environment, EnvironmentHost, Invocation, InvocationEnd } from "../src/cloud-types";
import { inputObject } from "../src/input";
import { TooManyRequests } from "../src/models/lambda/admission";
import { type InvokeResult, Lambda, type Placement } from "../src/models/lambda/lambda";
import { Random } from "../src/random";
import { VirtualClock } from "../src/virtual-clock";
import { NO_FAULTS } from "../src/world";

const FUNCTION: DeployedFunction = {
  name: "worker",
  arn: "arn:aws:lambda:eu-west-1:123456789012:function:worker",
  roleArn: "arn:aws:iam::123456789012:role/worker",
  handler: "index.handler",
  timeoutMs: 10_000,
  memoryMb: 512,
  reservedConcurrency: 1,
  environment: {},
  codePath: "/code",
  layerPaths: [],
};

/**
 * A host whose functions do what their event says: `{ "for": seconds }`, `{ "error": text }`, `{ "crash": text }`; the
 * answer names the environment.
 */
class ScriptedHost implements EnvironmentHost {
  readonly alive = new Set<string>();
  refusesToStart = false;

  constructor(private readonly clock: VirtualClock) {}

  async start(_: DeployedFunction, id: string): Promise<Environment> {
    await new Promise<void>((resolve) => void after(this.clock, ms(200), resolve));
    if (this.refusesToStart) throw new Error("Cannot find module 'index.mjs'");
    this.alive.add(id);
    let crash: (end: InvocationEnd) => void = () => undefined;
    const { alive, clock } = this;
    return {
      id,
      get isAlive() {
        return alive.has(id);
      },
      kill() {
        alive.delete(id);
        crash({ kind: "crash", message: "" });
      },
      invoke: ({ event }: Invocation) =>
        new Promise((resolve) => {
          crash = resolve;
          const fields = inputObject(event);
          after(clock, seconds(Number(fields.for ?? 0)), () => {
            if (typeof fields.error === "string") resolve({ kind: "error", errorType: "Error", message: fields.error });
            else if (typeof fields.crash !== "string") resolve({ kind: "ok", payload: { environment: id } });
            else {
              alive.delete(id);
              resolve({ kind: "crash", message: fields.crash });
            }
          });
        }),
    };
  }
}

function lambda(fn: Partial<DeployedFunction> = {}, placement?: Placement) {
  const clock = new VirtualClock();
  const host = new ScriptedHost(clock);
  const world = { clock, random: new Random(5), faults: NO_FAULTS, region: "eu-west-1", account: "123456789012" };
  const model = new Lambda(world, host);
  model.createFunction({ ...FUNCTION, ...fn }, placement);
  const pass = (duration: Micros) => clock.run({ until: us(clock.now() + duration) });
  return {
    clock,
    host,
    model,
    pass,
    /** Invokes and lets time pass until the end, at most a minute. */
    invoke: async (event: Json = {}): Promise<InvokeResult> => {
      const result = model.invoke("worker", event);
      let isDone = false;
      const end = () => {
        isDone = true;
      };
      result.then(end, end);
      await clock.run({ while: () => !isDone });
      return result;
    },
  };
}

const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => "let in",
    (reason: unknown) => reason,
  );
  return error instanceof TooManyRequests ? error.reason : String(error);
};

const environmentOf = ({ payload }: InvokeResult): string => String(inputObject(payload).environment);

describe("reserved concurrency", () => {
  test("throttles the invocation above it, and lets the next one in when one has ended", async () => {
    const { model, pass } = lambda({ reservedConcurrency: 2 });
    const running = [model.invoke("worker", { for: 1 }), model.invoke("worker", { for: 3 })];
    const refused = model.invoke("worker", {});
    await expect(refused).rejects.toMatchObject({
      name: "TooManyRequestsException",
      message: "Rate Exceeded.",
      status: 429,
      reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
    });
    await pass(seconds(2));
    await running[0];
    const third = model.invoke("worker", {});
    await pass(seconds(5));
    await Promise.all([...running, third]);
    expect(model.usage("worker")).toEqual({
      invocations: 3,
      throttles: 1,
      errors: 0,
      coldStarts: 2,
      durationUs: 4_000_000,
    });
  });

  test("of 0 stops the function", async () => {
    const { model } = lambda({ reservedConcurrency: 0 });
    expect(await reasonOf(model.invoke("worker", {}))).toBe("ReservedFunctionConcurrentInvocationLimitExceeded");
  });

  test("also allows ten starts a second for each unit, and no more", async () => {
    const { model, invoke, pass, clock } = lambda();
    await invoke();
    await pass(seconds(1));
    const firstAt = clock.now();
    for (let start = 0; start < 10; start++) await invoke();
    expect(await reasonOf(model.invoke("worker", {}))).toBe("ReservedFunctionInvocationRateLimitExceeded");
    await pass(us(firstAt + 999_999 - clock.now()));
    expect(await reasonOf(model.invoke("worker", {}))).toBe("ReservedFunctionInvocationRateLimitExceeded");
    await pass(us(1));
    await invoke();
  });

  test("left out leaves the account's thousand", async () => {
    const { model, pass } = lambda({ reservedConcurrency: undefined });
    const running = Array.from({ length: 1_000 }, () => model.invoke("worker", {}));
    expect(await reasonOf(model.invoke("worker", {}))).toBe("ConcurrentInvocationLimitExceeded");
    await pass(seconds(1));
    await Promise.all(running);
  });
});

describe("an execution environment", () => {
  test("is started once and then used again", async () => {
    const { invoke, model } = lambda();
    expect([environmentOf(await invoke()), environmentOf(await invoke())]).toEqual(["worker-1", "worker-1"]);
    expect(model.environments("worker")).toEqual([{ id: "worker-1", isRunning: false }]);
  });

  test("may be any of several, when that is asked for, and each is kept", async () => {
    const { invoke, host } = lambda({}, { kind: "any", environments: 3 });
    const used: string[] = [];
    for (let turn = 0; turn < 40; turn++) used.push(environmentOf(await invoke({ for: 0.2 })));
    expect(new Set(used)).toEqual(new Set(["worker-1", "worker-2", "worker-3"]));
    const changes = used.filter((id, at) => id !== used[at + 1]).length;
    expect(changes).toBeGreaterThan(15);
    expect(host.alive.size).toBe(3);
  });

  test("may be a new one each time, of which the oldest idle ones are ended", async () => {
    const { invoke, host } = lambda({}, { kind: "new" });
    for (let turn = 0; turn < 12; turn++) expect(environmentOf(await invoke())).toBe(`worker-${turn + 1}`);
    expect([...host.alive]).toEqual([
      "worker-5",
      "worker-6",
      "worker-7",
      "worker-8",
      "worker-9",
      "worker-10",
      "worker-11",
      "worker-12",
    ]);
  });

  test("that overruns the function's timeout is killed, and the next invocation gets another", async () => {
    const { invoke, host, clock } = lambda();
    const result = await invoke({ for: 30 });
    expect(result).toEqual({
      requestId: result.requestId,
      functionError: "Unhandled",
      payload: {
        errorType: "Sandbox.Timedout",
        errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 10.00 seconds`,
      },
    });
    expect(clock.now()).toBe(10_200_000);
    expect(host.alive.size).toBe(0);
    expect(environmentOf(await invoke())).toBe("worker-2");
  });

  test("that crashes or is killed ends its invocation as Runtime.ExitError and is gone", async () => {
    const { invoke, model, pass } = lambda();
    expect(await invoke({ crash: "Runtime exited with error: exit status 1" })).toMatchObject({
      functionError: "Unhandled",
      payload: { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/exit status 1$/) },
    });
    const killed = model.invoke("worker", { for: 5 });
    await pass(seconds(1));
    expect(model.killRunning("worker")).toBe(1);
    expect(await killed).toMatchObject({
      payload: {
        errorMessage: expect.stringMatching(/^RequestId: .* Error: Runtime exited without providing a reason$/),
      },
    });
    expect(model.environments("worker")).toEqual([]);
    expect(environmentOf(await invoke())).toBe("worker-3");
    expect(model.usage("worker").errors).toBe(2);
  });

  test("survives an error of the handler's", async () => {
    const { invoke } = lambda();
    expect(await invoke({ error: "no" })).toMatchObject({
      functionError: "Unhandled",
      payload: { errorType: "Error", errorMessage: "no" },
    });
    expect(environmentOf(await invoke())).toBe("worker-1");
  });

  test("that cannot be initialised fails its invocation", async () => {
    const { invoke, host } = lambda();
    host.refusesToStart = true;
    expect(await invoke()).toMatchObject({
      functionError: "Unhandled",
      payload: { errorMessage: expect.stringContaining("Cannot find module 'index.mjs'") },
    });
    host.refusesToStart = false;
    expect(environmentOf(await invoke())).toBe("worker-2");
  });

  test("is replaced, when frozen at once and when running after its invocation", async () => {
    const { invoke, model, pass, host } = lambda({ reservedConcurrency: 2 });
    await invoke();
    model.replaceEnvironments("worker");
    expect(host.alive.size).toBe(0);
    const running = model.invoke("worker", { for: 5 });
    await pass(seconds(1));
    model.replaceEnvironments("worker");
    await pass(seconds(9));
    expect(environmentOf(await running)).toBe("worker-2");
    expect(host.alive.size).toBe(0);
  });

  test("that died while it was frozen is not used", async () => {
    const { invoke, host } = lambda();
    await invoke();
    host.alive.clear();
    expect(environmentOf(await invoke())).toBe("worker-2");
  });
});

test("a stopped function ends its environments, its running invocation and one that is just starting, and takes none", async () => {
  const { model, host, pass } = lambda({ reservedConcurrency: 3 });
  const running = model.invoke("worker", { for: 5 });
  await pass(seconds(1));
  const starting = model.invoke("worker", {});
  model.stop();
  await pass(seconds(1));
  expect(await running).toMatchObject({ functionError: "Unhandled" });
  expect(await starting).toMatchObject({ functionError: "Unhandled" });
  expect(host.alive.size).toBe(0);
  await expect(model.invoke("worker", {})).rejects.toMatchObject({ name: "ServiceException" });
});

test("Invoke answers as the API does, and refuses an unknown function and asynchronous invocations", async () => {
  const { model, pass } = lambda();
  const { Invoke } = model.operations;
  const invoke = async (input: Json) => {
    const fields = inputObject(input);
    return Invoke?.run(fields, { kind: "user" });
  };
  expect(Invoke?.resource({ FunctionName: "worker" })).toBe(FUNCTION.arn);
  const ended = invoke({ FunctionName: FUNCTION.arn, Payload: '{"for":1}' });
  await pass(seconds(5));
  expect(await ended).toEqual({ StatusCode: 200, ExecutedVersion: "$LATEST", Payload: '{"environment":"worker-1"}' });
  const failed = invoke({ FunctionName: "worker", Payload: '{"error":"no"}' });
  await pass(seconds(5));
  expect(await failed).toMatchObject({
    FunctionError: "Unhandled",
    Payload: '{"errorType":"Error","errorMessage":"no"}',
  });
  await expect(invoke({ FunctionName: "gone" })).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    status: 404,
  });
  await expect(invoke({ FunctionName: "worker", Payload: "{" })).rejects.toMatchObject({
    name: "InvalidRequestContentException",
  });
  await expect(invoke({ FunctionName: "worker", InvocationType: "Event" })).rejects.toThrow("is not modelled locally");
});
