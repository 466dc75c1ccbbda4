import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@sluice/dsl";
import { seconds, us } from "@sluice/dsl";
import { workerClock } from "../src/clock";
import type { DeployedFunction, InvocationEnd } from "../src/cloud-types";
import { type ProcessEnvironment, ProcessHost, type ProcessHostOptions } from "../src/process-host";
import { RealClock } from "../src/real-clock";
import { deployedFunction } from "./deployed-function";
import { wiredAccount } from "./wired-account";

const clock = workerClock(new RealClock());
const folder = mkdtempSync(join(tmpdir(), "sluice-test-"));
const hosts: ProcessHost[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with the given files, by path. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(folder, "f-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const DOES = `
import { writeFileSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
let invocations = 0;
let ticks = 0;
setInterval(() => { ticks += 1; }, 5);
const does = {
  count: () => ++invocations,
  ticks: () => ticks,
  environment: () => process.env,
  context: (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() }),
  echo: (event) => event,
  nothing: () => undefined,
  say: () => { console.log("out 1\\nout 2"); console.error("err"); },
  keep: () => writeFileSync(join(tmpdir(), "kept"), "x"),
  kept: () => readdirSync(tmpdir()),
  opt: () => readdirSync(process.env.SLUICE_OPT_ROOT).map((name) => [name, readFileSync(join(process.env.SLUICE_OPT_ROOT, name), "utf8")]),
  fail: () => { throw new RangeError("out of range"); },
  exit: () => { console.error("giving up"); process.exit(3); },
  large: () => "x".repeat(7_000_000),
  hang: () => { console.log("busy"); return new Promise(() => {}); },
};
export const handler = async (event, context) => does[event.do](event, context);
`;
const code = folderOf({ "index.mjs": DOES });

function newHost(options: Partial<ProcessHostOptions> = {}): ProcessHost {
  const host = new ProcessHost({
    region: "eu-west-1",
    endpointUrl: "http://127.0.0.1:4566",
    accessKeyOf: (role) => `ASIA-${role.split("/")[1]}`,
    ...options,
  });
  hosts.push(host);
  return host;
}

const started = (fn: Partial<DeployedFunction> = {}, options?: Partial<ProcessHostOptions>) =>
  newHost(options).start(deployedFunction(code, fn), "e1");

let lastRequest = 0;
const invoke = (environment: ProcessEnvironment, event: Json): Promise<InvocationEnd> => {
  lastRequest += 1;
  const requestId = `request-${lastRequest}`;
  return environment.invoke({ requestId, event, deadlineMs: Date.now() + 30_000, functionArn: "arn:worker" });
};

/** What the function answered. */
async function answer(environment: ProcessEnvironment, event: Json): Promise<Json> {
  const end = await invoke(environment, event);
  if (end.kind !== "ok") throw new Error(`${end.kind}: ${end.message}`);
  return end.payload;
}

/** Whether a process has ended; one that nobody has waited for yet (a zombie) has. */
function hasEnded(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch {
    return true;
  }
  const stat = `/proc/${processId}/stat`;
  return existsSync(stat) && / Z /.test(readFileSync(stat, "utf8"));
}

/** Waits for what another process is about to do. */
async function until(condition: () => boolean, what: string): Promise<void> {
  const giveUpAt = clock.now() + seconds(10);
  while (!condition()) {
    if (clock.now() > giveUpAt) throw new Error(`not within 10 s: ${what}`);
    await clock.sleepUntil(us(clock.now() + 10_000));
  }
}

test("an environment keeps its memory from one invocation to the next", async () => {
  const environment = await started();
  expect(await answer(environment, { do: "count" })).toBe(1);
  expect(await answer(environment, { do: "count" })).toBe(2);
});

test("the function gets its event and Lambda's context", async () => {
  const environment = await started();
  const event = { do: "echo", text: "grüß dich \u{1F600}", list: [1, null] };
  expect(await answer(environment, event)).toEqual(event);
  expect(await answer(environment, { do: "context" })).toMatchObject({
    awsRequestId: `request-${lastRequest}`,
    invokedFunctionArn: "arn:worker",
    functionName: "worker",
    memoryLimitInMB: "256",
    left: expect.any(Number),
  });
});

test("a function that returns nothing answers null", async () => {
  expect(await answer(await started(), { do: "nothing" })).toBeNull();
});

test("an environment has Lambda's variables, the function's own, and of this process's only PATH", async () => {
  process.env.SLUICE_TEST_SECRET = "not for the function";
  const layer = folderOf({ "gateway.json": "{}" });
  const environment = await started({ layerPaths: [layer] }, { variables: { NODE_EXTRA_CA_CERTS: "/ca.pem" } });
  const variables = await answer(environment, { do: "environment" });
  expect(variables).toEqual({
    GREETING: "hello",
    NODE_EXTRA_CA_CERTS: "/ca.pem",
    SLUICE_OPT_ROOT: layer,
    PATH: process.env.PATH,
    HOME: expect.stringContaining("e1"),
    TMPDIR: expect.stringContaining("e1"),
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    LAMBDA_TASK_ROOT: code,
    _HANDLER: "index.handler",
    AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+\/e1$/),
    AWS_LAMBDA_FUNCTION_NAME: "worker",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/worker",
    AWS_LAMBDA_LOG_STREAM_NAME: "e1",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "ASIA-worker",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "local",
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
  delete process.env.SLUICE_TEST_SECRET;
});

test("a later layer lies over an earlier one", async () => {
  const first = folderOf({ a: "first", b: "first" });
  const second = folderOf({ b: "second", c: "second" });
  expect(await answer(await started({ layerPaths: [first, second] }), { do: "opt" })).toEqual([
    ["a", "first"],
    ["b", "second"],
    ["c", "second"],
  ]);
});

test("between invocations an environment is frozen: its timers do not run", async () => {
  const environment = await started();
  const before = Number(await answer(environment, { do: "ticks" }));
  await clock.sleepUntil(us(clock.now() + 500_000));
  const after = Number(await answer(environment, { do: "ticks" }));
  // Awake it would have ticked a hundred times.
  expect(after - before).toBeLessThan(20);
});

test("every environment has a temporary folder of its own, which goes with it", async () => {
  const host = newHost();
  const one = await host.start(deployedFunction(code), "one");
  const two = await host.start(deployedFunction(code), "two");
  await answer(one, { do: "keep" });
  expect(await answer(one, { do: "kept" })).toEqual(["kept"]);
  expect(await answer(two, { do: "kept" })).toEqual([]);
  const variables = JSON.stringify(await answer(one, { do: "environment" }));
  const place = /"TMPDIR":"([^"]+)"/.exec(variables)?.[1] ?? "";
  expect(readdirSync(place)).toEqual(["kept"]);
  one.kill();
  await until(() => !existsSync(place), "the folder is removed");
  expect([...host.running.keys()]).toEqual(["two"]);
});

test("what a function prints is told line by line", async () => {
  const lines: string[] = [];
  const environment = await started({}, { onLog: (fn, id, line) => lines.push(`${fn.name} ${id} ${line}`) });
  await invoke(environment, { do: "say" });
  await until(() => lines.length === 3, "three lines");
  expect(lines.sort()).toEqual(["worker e1 err", "worker e1 out 1", "worker e1 out 2"]);
});

test("what a function throws ends its invocation, and the environment goes on", async () => {
  const environment = await started();
  expect(await invoke(environment, { do: "fail" })).toEqual({
    kind: "error",
    errorType: "RangeError",
    message: "out of range",
  });
  expect(await answer(environment, { do: "count" })).toBe(1);
});

test("an answer of more than 6 MB is an error of the function's", async () => {
  const environment = await started();
  expect(await invoke(environment, { do: "large" })).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
  expect(await answer(environment, { do: "count" })).toBe(1);
});

test("a process that exits during an invocation is a crash, with its last words", async () => {
  const environment = await started();
  const end = await invoke(environment, { do: "exit" });
  expect(end.kind).toBe("crash");
  expect(end).toMatchObject({ message: expect.stringMatching(/exit status 3\n.*giving up/s) });
  expect(environment.isAlive).toBe(false);
  expect((await invoke(environment, { do: "count" })).kind).toBe("crash");
});

test("a killed environment's invocation ends as a crash, and a frozen one can be killed too", async () => {
  const host = newHost();
  const busy = await host.start(deployedFunction(code), "busy");
  const frozen = await host.start(deployedFunction(code), "frozen");
  const end = invoke(busy, { do: "hang" });
  busy.kill();
  expect(busy.isAlive).toBe(false);
  expect(await end).toMatchObject({ kind: "crash", message: expect.stringContaining("SIGKILL") });
  frozen.kill();
  await frozen.ended;
  expect(hasEnded(frozen.pid)).toBe(true);
  expect(host.running.size).toBe(0);
});

test("an environment takes one invocation at a time", async () => {
  const environment = await started();
  void invoke(environment, { do: "hang" });
  expect(environment.isBusy).toBe(true);
  await expect(invoke(environment, { do: "count" })).rejects.toThrow("busy");
});

test("an initialisation that throws is told with its error", async () => {
  const broken = folderOf({ "index.mjs": 'throw new Error("no such table")' });
  await expect(started({ codePath: broken })).rejects.toThrow(
    /the initialisation of worker failed: no such table\n(.|\n)*index\.mjs/,
  );
});

test("a handler that is not there is told by its name", async () => {
  await expect(started({ handler: "index.main" })).rejects.toThrow("index.main is undefined or not exported");
  await expect(started({ handler: "other.handler" })).rejects.toThrow("Cannot find module");
});

test("a process that dies in its initialisation is told with its last words", async () => {
  const dying = folderOf({ "index.mjs": 'console.error("no memory"); process.exit(9)' });
  await expect(started({ codePath: dying })).rejects.toThrow(/its process ended\nno memory/);
});

test("an initialisation that does not end is ended", async () => {
  const slow = folderOf({ "index.mjs": "setInterval(() => {}, 1000); await new Promise(() => {})" });
  await expect(started({ codePath: slow }, { initTimeoutMs: 500 })).rejects.toThrow("it took more than 0.5 s");
});

test("what a function asks of AWS it asks as its role", async () => {
  const asks = `
    const ask = async (operation, input) => {
      const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_REGION } = process.env;
      const authorization = "AWS4-HMAC-SHA256 Credential=" + AWS_ACCESS_KEY_ID + "/20261124/" + AWS_REGION + "/sqs/aws4_request";
      const headers = { "x-amz-target": "AmazonSQS." + operation, authorization };
      const answer = await fetch(AWS_ENDPOINT_URL, { method: "POST", headers, body: JSON.stringify(input) });
      return [answer.status, (await answer.json()).__type];
    };
    export const handler = async (QueueUrl) => [
      await ask("SendMessage", { QueueUrl, MessageBody: "x" }),
      await ask("ReceiveMessage", { QueueUrl }),
    ];`;
  const account = await wiredAccount(
    (endpointUrl, keys) => newHost({ endpointUrl, accessKeyOf: (role) => keys.keyOf(role) }),
    folderOf({ "index.mjs": asks }),
  );
  expect(await account.services.lambda.invoke("echo", account.queueUrl)).toMatchObject({
    functionError: undefined,
    payload: [
      [200, null],
      [403, "com.amazon.coral.service#AccessDeniedException"],
    ],
  });
  await account.close();
});

test("a closed host leaves no process and starts none", async () => {
  const host = newHost();
  const environment = await host.start(deployedFunction(code), "e1");
  await host.close();
  expect(hasEnded(environment.pid)).toBe(true);
  await expect(host.start(deployedFunction(code), "e2")).rejects.toThrow("the host is closed");
});

test("environments, busy or frozen, end with a host that is killed, and its folder goes", async () => {
  const place = mkdtempSync(join(folder, "doomed-"));
  const program = join(__dirname, "programs", "doomed-host.ts");
  const host = spawn(process.execPath, ["--import", "tsx", program, code], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, TMPDIR: place },
  });
  const line = await new Promise<string>((resolve) => void host.stdout.once("data", (data) => resolve(`${data}`)));
  const processIds: number[] = JSON.parse(line);
  expect(processIds.map(hasEnded)).toEqual([false, false]);
  const left = () => readdirSync(place).filter((name) => name.startsWith("sluice-lambda-"));
  expect(left()).toHaveLength(1);

  host.kill("SIGKILL");
  await until(() => processIds.every(hasEnded), "the environments end");
  await until(() => left().length === 0, "the folder is removed");
});
