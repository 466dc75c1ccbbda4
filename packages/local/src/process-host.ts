import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "@sluice/dsl";
import type { DeployedFunction, Environment, EnvironmentHost, Invocation, InvocationEnd } from "./cloud-types";

export interface ProcessHostOptions {
  readonly region: string;
  /** The wire server's origin, for the SDK clients inside. */
  readonly endpointUrl: string;
  /** The access key by which the wire server knows a function's role. */
  readonly accessKeyOf: (roleArn: string) => string;
  /** Each line that an environment writes to its standard output or error. */
  readonly onLog?: (fn: DeployedFunction, environmentId: string, line: string) => void;
  /** Variables for every environment beside the function's own: what reaching the target takes on this machine. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How long an initialisation may take. Left out: 10 s, as with Lambda. */
  readonly initTimeoutMs?: number;
}

/** Lambda gives an initialisation as much. */
const LAMBDA_INIT_TIMEOUT_MS = 10_000;
/** Lambda's limit of an invocation's answer. */
const MAX_RESPONSE_BYTES = 6_291_556;
/** How much of an environment's last words an error repeats. */
const LAST_LINES = 5;

const asset = (file: string): string => join(__dirname, "..", "assets", file);

/**
 * Runs functions as Lambda does: each execution environment is a process of its own, with its own temporary folder and
 * nothing of this process's environment but PATH, frozen (SIGSTOP) between invocations. Speaks Lambda's Runtime API with
 * them on loopback. No environment outlives this process, however it ends.
 *
 * It does not enforce the function's timeout: who invokes kills the environment when {@link Invocation.deadlineMs} has
 * come.
 */
export class ProcessHost implements EnvironmentHost {
  private readonly environments = new Map<string, ProcessEnvironment>();
  private readonly folder = mkdtempSync(join(tmpdir(), "sluice-lambda-"));
  private readonly api: RuntimeApi = new RuntimeApi((id) => this.environments.get(id));
  private readonly watchdog: ChildProcess;
  private readonly watchdogEnded: Promise<void>;
  private readonly killAtExit = () => {
    for (const environment of this.environments.values()) environment.kill();
  };
  private isClosed = false;

  constructor(private readonly options: ProcessHostOptions) {
    this.watchdog = spawn(process.execPath, [asset("watchdog.mjs"), this.folder], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true, // So that a Ctrl-C, which reaches the whole group, leaves it to do its work.
      env: { PATH: process.env.PATH },
    });
    this.watchdog.stdin?.on("error", () => undefined); // It has gone first: at the end of the machine's day.
    this.watchdogEnded = new Promise((resolve) => {
      this.watchdog.once("exit", () => resolve());
      this.watchdog.once("error", () => resolve()); // It never began.
    });
    this.watchdog.unref();
    process.on("exit", this.killAtExit);
  }

  /** The environments that are alive, by id. */
  get running(): ReadonlyMap<string, ProcessEnvironment> {
    return this.environments;
  }

  /**
   * @throws Error when the function's initialisation fails, with what it said; or takes too long
   */
  async start(fn: DeployedFunction, environmentId: string): Promise<ProcessEnvironment> {
    if (this.isClosed) throw new Error("the host is closed");
    if (this.environments.has(environmentId)) throw new Error(`the environment ${environmentId} is running already`);
    const folder = join(this.folder, encodeURIComponent(environmentId));
    const temporary = join(folder, "tmp");
    mkdirSync(temporary, { recursive: true });
    const address = `${await this.api.address}/${encodeURIComponent(environmentId)}`;
    const child = spawn(process.execPath, [`--max-old-space-size=${fn.memoryMb}`, asset("environment-main.mjs")], {
      cwd: fn.codePath,
      env: this.variables(fn, environmentId, { address, temporary, optRoot: layOver(fn.layerPaths, folder) }),
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    });
    const environment = new ProcessEnvironment(environmentId, child, (line) =>
      this.options.onLog?.(fn, environmentId, line),
    );
    this.environments.set(environmentId, environment);
    this.watch("+", child.pid);
    void environment.ended.then(() => {
      this.watch("-", child.pid);
      this.environments.delete(environmentId);
      rmSync(folder, { recursive: true, force: true });
    });
    await environment.initialised(fn.name, this.options.initTimeoutMs ?? LAMBDA_INIT_TIMEOUT_MS);
    return environment;
  }

  /** Kills every environment and removes what they left; afterwards no process of this host is left, its watchdog included. */
  async close(): Promise<void> {
    this.isClosed = true;
    const ended = [...this.environments.values()].map((environment) => {
      environment.kill();
      return environment.ended;
    });
    await Promise.all(ended);
    await this.api.close();
    process.off("exit", this.killAtExit);
    this.watchdog.ref();
    this.watchdog.stdin?.end();
    await this.watchdogEnded;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private watch(sign: "+" | "-", processId: number | undefined): void {
    if (processId !== undefined) this.watchdog.stdin?.write(`${sign}${processId}\n`);
  }

  private variables(
    fn: DeployedFunction,
    environmentId: string,
    place: { readonly address: string; readonly temporary: string; readonly optRoot: string | undefined },
  ): Record<string, string> {
    const { region, endpointUrl, accessKeyOf, variables } = this.options;
    return {
      ...fn.environment,
      ...variables,
      PATH: process.env.PATH ?? "",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      // Its own, so that the SDK does not find the person's AWS configuration.
      HOME: place.temporary,
      TMPDIR: place.temporary,
      LAMBDA_TASK_ROOT: fn.codePath,
      _HANDLER: fn.handler,
      AWS_LAMBDA_RUNTIME_API: place.address,
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: environmentId,
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyOf(fn.roleArn),
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_SESSION_TOKEN: "local",
      AWS_ENDPOINT_URL: endpointUrl,
      // The SDK's notice about this machine's Node says nothing about the Node of the deployed function.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      ...(place.optRoot !== undefined && { SLUICE_OPT_ROOT: place.optRoot }),
    };
  }
}

/** What Lambda would show under /opt: the one layer's folder itself, or all of them copied over each other, in order. */
function layOver(layerPaths: readonly string[], folder: string): string | undefined {
  if (layerPaths.length <= 1) return layerPaths[0];
  const merged = join(folder, "opt");
  for (const path of layerPaths) cpSync(path, merged, { recursive: true });
  return merged;
}

/** An invocation that the process has, and who waits for its end. */
interface Running {
  readonly invocation: Invocation;
  readonly resolve: (end: InvocationEnd) => void;
  /** What the function answered; the invocation ends with it once the process asks for its next one. */
  answer?: InvocationEnd;
}

/** One execution environment: a process that is frozen whenever it has nothing to do. */
export class ProcessEnvironment implements Environment {
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  private alive = true;
  private running: Running | undefined;
  /** The process's open question for its next invocation. */
  private next: ServerResponse | undefined;
  private initError: string | undefined;
  private readonly lastLines: string[] = [];
  private readonly firstNext: Promise<void>;
  private settleInit: () => void = () => undefined;

  constructor(
    readonly id: string,
    private readonly child: ChildProcess,
    private readonly onLine: (line: string) => void,
  ) {
    this.firstNext = new Promise((resolve) => {
      this.settleInit = resolve;
    });
    const output = [child.stdout, child.stderr].map((stream) => this.follow(stream));
    const gone = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ? `signal: ${signal}` : `exit status ${code}`));
      child.once("error", (error) => resolve(error.message));
    });
    this.ended = gone.then(async (reason) => {
      this.alive = false;
      // Its last words first; a grandchild that keeps the pipe open is not waited for.
      await Promise.race([Promise.all(output), sleep(500, undefined, { ref: false })]);
      this.lose(reason);
    });
    lifeline(child).on("error", () => undefined);
  }

  get isAlive(): boolean {
    return this.alive;
  }

  /** The process's id, for tests that stop it in the middle of its work. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Whether an invocation is running. */
  get isBusy(): boolean {
    return this.running !== undefined;
  }

  /** Resolves when the process has asked for its first invocation and is frozen. */
  async initialised(functionName: string, timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.initError = `it took more than ${timeoutMs / 1_000} s`;
      this.kill();
    }, timeoutMs);
    await Promise.race([this.firstNext, this.ended]);
    clearTimeout(timer);
    if (this.alive && this.next !== undefined) return;
    const reason = this.initError ?? "its process ended";
    throw new Error([`the initialisation of ${functionName} failed: ${reason}`, ...this.lastLines].join("\n"));
  }

  /** @throws Error when an invocation is running already */
  invoke(invocation: Invocation): Promise<InvocationEnd> {
    if (!this.alive) return Promise.resolve(crashed("the environment is gone"));
    const next = this.next;
    if (this.running !== undefined || next === undefined) {
      return Promise.reject(new Error(`the environment ${this.id} is busy`));
    }
    this.next = undefined;
    return new Promise((resolve) => {
      this.running = { invocation, resolve };
      this.signal("SIGCONT");
      next.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": invocation.requestId,
        "lambda-runtime-deadline-ms": String(invocation.deadlineMs),
        "lambda-runtime-invoked-function-arn": invocation.functionArn,
        "lambda-runtime-trace-id": "Root=1-00000000-000000000000000000000000;Sampled=0",
      });
      next.end(JSON.stringify(invocation.event));
    });
  }

  kill(): void {
    this.alive = false;
    this.signal("SIGKILL");
  }

  /** The Runtime API's `next`: what ran has ended, and the process waits. */
  onNext(response: ServerResponse): void {
    this.next = response;
    this.settleInit();
    if (!this.alive) return;
    this.signal("SIGSTOP");
    const { running } = this;
    this.running = undefined;
    running?.resolve(running.answer ?? { kind: "ok", payload: null });
  }

  /** The Runtime API's `response` and `error`. @returns whether such an invocation is running */
  onAnswer(requestId: string, answer: InvocationEnd): boolean {
    if (this.running?.invocation.requestId !== requestId || this.running.answer !== undefined) return false;
    this.running.answer = answer;
    return true;
  }

  onInitError(message: string): void {
    this.initError = message;
  }

  private lose(reason: string): void {
    const { running } = this;
    this.running = undefined;
    running?.resolve(running.answer ?? crashed([reason, ...this.lastLines].join("\n")));
  }

  private signal(name: NodeJS.Signals): void {
    // Node knows whether the process has been reaped, so that no other that inherited its id is hit.
    this.child.kill(name);
  }

  /** @returns resolves at the stream's end */
  private follow(stream: Readable | null): Promise<void> {
    if (stream === null) return Promise.resolve();
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
      this.onLine(line);
    });
    return new Promise((resolve) => void lines.once("close", resolve));
  }
}

/** As Lambda words it, without the request's id, which who invoked puts before it. */
const crashed = (reason: string): InvocationEnd => ({ kind: "crash", message: `Runtime exited with error: ${reason}` });

/** The pipe by which the process notices that its host is gone: held open, nothing is written to it. */
function lifeline(child: ChildProcess): Writable {
  const pipe = child.stdio[3];
  if (pipe === null || pipe === undefined || !("write" in pipe)) throw new Error("the environment has no lifeline");
  return pipe;
}

/** Lambda's Runtime API for all environments of a host; the first segment of the path says which one asks. */
class RuntimeApi {
  /** `127.0.0.1:PORT` */
  readonly address: Promise<string>;
  private readonly server: Server;

  constructor(private readonly find: (environmentId: string) => ProcessEnvironment | undefined) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch(() => response.destroy()); // The process died while it spoke.
    });
    // A frozen process keeps its connection for as long as it is frozen.
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
    this.server.timeout = 0;
    this.address = new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(this.server.address() as AddressInfo).port}`));
    });
  }

  async close(): Promise<void> {
    await this.address;
    const closed = new Promise<void>((resolve) => void this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [id = "", version, , ...path] = (request.url ?? "").split("/").slice(1).map(decodeURIComponent);
    const environment = this.find(id);
    const body = await readBody(request);
    if (environment === undefined || version !== "2018-06-01") return reply(response, 404, "no such environment");
    const [kind, requestId = "", what] = path;
    if (kind === "invocation" && requestId === "next") return environment.onNext(response);
    if (kind === "init" && requestId === "error") {
      environment.onInitError(errorOf(body).message);
      return reply(response, 202, "OK");
    }
    const isRunning = environment.onAnswer(requestId, what === "response" ? responseOf(body) : errorOf(body));
    if (!isRunning) return reply(response, 400, "InvalidRequestID");
    return reply(response, body.length > MAX_RESPONSE_BYTES ? 413 : 202, "OK");
  }
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ status: text }));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function responseOf(body: Buffer): InvocationEnd {
  if (body.length > MAX_RESPONSE_BYTES) {
    const message = `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
    return { kind: "error", errorType: "Function.ResponseSizeTooLarge", message };
  }
  const payload: Json = JSON.parse(body.toString("utf8"));
  return { kind: "ok", payload };
}

function errorOf(body: Buffer): { readonly kind: "error"; readonly errorType: string; readonly message: string } {
  const { errorType, errorMessage }: { errorType?: string; errorMessage?: string } = JSON.parse(body.toString("utf8"));
  return { kind: "error", errorType: errorType ?? "Error", message: `${errorMessage}` };
}
