import { type Json, type Micros, ms, us } from "@sluice/dsl";
import { after, type Timer } from "../../clock";
import type { ServiceOperations } from "../../cloud";
import {
  type DeployedFunction,
  type Environment,
  type EnvironmentHost,
  type InvocationEnd,
  ServiceError,
} from "../../cloud-types";
import { allowOnly, type Input, optionalText } from "../../input";
import type { World } from "../../world";
import { Admission, TooManyRequests } from "./admission";

/**
 * Which execution environment gets the next invocation. AWS documents only that any may, and that it ends them every
 * few hours.
 */
export type Placement =
  /** The one used last, as AWS seems to do most of the time. */
  | { readonly kind: "reuse" }
  /** Any of so many with equal chance; one that does not exist yet is started. */
  | { readonly kind: "any"; readonly environments: number }
  /** Always a new one; the others stay, frozen. */
  | { readonly kind: "new" };

/** How an invocation ended, as Invoke tells it. */
export interface InvokeResult {
  readonly requestId: string;
  /** `Unhandled` when the function failed. */
  readonly functionError: string | undefined;
  readonly payload: Json;
}

/** What a function has cost so far. */
export interface Usage {
  readonly invocations: number;
  readonly throttles: number;
  /** Invocations that failed: errors, crashes, time-outs, failed initialisations. */
  readonly errors: number;
  readonly coldStarts: number;
  /** Sum of the invocations' durations, without initialisation. */
  readonly durationUs: Micros;
}

/** Frozen environments beyond these are shut down, the one unused longest first; each is a process in the local mode. */
const MAX_IDLE_ENVIRONMENTS = 8;

/**
 * Lambda: functions with reserved concurrency, each over several execution environments that are frozen between
 * invocations. Not modelled: asynchronous invocations, versions, provisioned concurrency, extensions.
 */
export class Lambda {
  private readonly functions = new Map<string, RunningFunction>();
  readonly operations: ServiceOperations = {
    Invoke: {
      action: "lambda:InvokeFunction",
      resource: (input) => this.arnOf(nameIn(input)),
      run: (input) => this.invokeOperation(input),
    },
  };

  constructor(
    private readonly world: World,
    private readonly host: EnvironmentHost,
  ) {}

  /** @throws ServiceError ResourceConflictException */
  createFunction(fn: DeployedFunction, placement: Placement = { kind: "reuse" }): void {
    if (this.functions.has(fn.name))
      throw new ServiceError("ResourceConflictException", `Function already exist: ${fn.name}`, 409);
    this.functions.set(fn.name, new RunningFunction(fn, placement, this.world, this.host));
  }

  /**
   * New code, layers or settings: the next invocation gets a new environment, one that runs ends as it began.
   *
   * @throws ServiceError ResourceNotFoundException
   */
  updateFunction(fn: DeployedFunction): void {
    this.find(fn.name).update(fn);
  }

  arnOf(name: string): string {
    return `arn:aws:lambda:${this.world.region}:${this.world.account}:function:${name}`;
  }

  /** By name or ARN. @throws ServiceError ResourceNotFoundException */
  deployed(nameOrArn: string): DeployedFunction {
    return this.find(nameOrArn).fn;
  }

  /**
   * Invokes and waits for the end. A function that fails is a result, not an error.
   *
   * @throws TooManyRequests when the function is at its concurrency or its rate
   */
  async invoke(nameOrArn: string, event: Json): Promise<InvokeResult> {
    return this.find(nameOrArn).invoke(event);
  }

  setPlacement(nameOrArn: string, placement: Placement): void {
    this.find(nameOrArn).placement = placement;
  }

  /** Kills the environments of running invocations, of all or of `most`, as a crash does. @returns how many */
  killRunning(nameOrArn: string, most?: number): number {
    return this.find(nameOrArn).killRunning(most);
  }

  /** Ends every environment as AWS does every few hours: frozen ones now, running ones after their invocation. */
  replaceEnvironments(nameOrArn: string): void {
    this.find(nameOrArn).replaceEnvironments();
  }

  /** The environments that exist now. */
  environments(nameOrArn: string): readonly { readonly id: string; readonly isRunning: boolean }[] {
    return this.find(nameOrArn).environments();
  }

  usage(nameOrArn: string): Usage {
    return this.find(nameOrArn).usage;
  }

  /** Ends the function's environments for good; invocations that run end as crashes, later ones are refused. */
  stopFunction(nameOrArn: string): void {
    this.find(nameOrArn).stop();
  }

  /** {@link stopFunction} for all. */
  stop(): void {
    for (const fn of this.functions.values()) fn.stop();
  }

  private find(nameOrArn: string): RunningFunction {
    const name = nameOrArn.slice(nameOrArn.lastIndexOf(":") + 1);
    const fn = this.functions.get(name);
    if (fn === undefined)
      throw new ServiceError("ResourceNotFoundException", `Function not found: ${this.arnOf(name)}`, 404);
    return fn;
  }

  private async invokeOperation(input: Input): Promise<Json> {
    allowOnly("Lambda Invoke", input, ["FunctionName", "InvocationType", "LogType", "Payload"]);
    const type = optionalText(input, "InvocationType") ?? "RequestResponse";
    if (type !== "RequestResponse")
      throw new ServiceError("InvalidParameterValueException", `The invocation type ${type} is not modelled locally`);
    const { functionError, payload } = await this.invoke(nameIn(input), parsePayload(optionalText(input, "Payload")));
    return {
      StatusCode: 200,
      ExecutedVersion: "$LATEST",
      ...(functionError !== undefined && { FunctionError: functionError }),
      Payload: JSON.stringify(payload),
    };
  }
}

const nameIn = (input: Input): string => {
  const name = optionalText(input, "FunctionName") ?? "";
  return name.slice(name.lastIndexOf(":") + 1);
};

function parsePayload(text: string | undefined): Json {
  try {
    return text === undefined || text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ServiceError("InvalidRequestContentException", "Could not parse request body into json");
  }
}

/** How an invocation ended, a time-out included. */
type End = InvocationEnd | { readonly kind: "timedOut" };

class RunningFunction {
  private readonly admission: Admission;
  /** The one used last is last. */
  private idle: Environment[] = [];
  private readonly running = new Set<Environment>();
  /** To be ended when their invocation has. */
  private readonly retired = new WeakSet<Environment>();
  private started = 0;
  private isStopped = false;
  usage: Usage = { invocations: 0, throttles: 0, errors: 0, coldStarts: 0, durationUs: us(0) };

  constructor(
    public fn: DeployedFunction,
    public placement: Placement,
    private readonly world: World,
    private readonly host: EnvironmentHost,
  ) {
    this.admission = new Admission(fn.reservedConcurrency);
  }

  async invoke(event: Json): Promise<InvokeResult> {
    this.enter();
    const requestId = this.world.random.uuid();
    try {
      const end = await this.run(requestId, event);
      if (end.kind === "ok") return { requestId, functionError: undefined, payload: end.payload };
      this.count({ errors: 1 });
      return { requestId, functionError: "Unhandled", payload: renderFailure(end, requestId, this.fn.timeoutMs) };
    } finally {
      this.admission.leave();
    }
  }

  update(fn: DeployedFunction): void {
    if (fn.reservedConcurrency !== this.fn.reservedConcurrency)
      throw new ServiceError("InvalidParameterValueException", "A change of concurrency is not modelled locally");
    this.fn = fn;
    this.replaceEnvironments();
  }

  killRunning(most?: number): number {
    const killed = [...this.running].slice(0, most);
    for (const environment of killed) environment.kill();
    return killed.length;
  }

  replaceEnvironments(): void {
    for (const environment of this.idle) environment.kill();
    this.idle = [];
    for (const environment of this.running) this.retired.add(environment);
  }

  environments(): { readonly id: string; readonly isRunning: boolean }[] {
    return [
      ...this.idle.filter(({ isAlive }) => isAlive).map(({ id }) => ({ id, isRunning: false })),
      ...[...this.running].map(({ id }) => ({ id, isRunning: true })),
    ];
  }

  stop(): void {
    this.isStopped = true;
    this.replaceEnvironments();
    this.killRunning();
  }

  private enter(): void {
    if (this.isStopped) throw new ServiceError("ServiceException", `${this.fn.name} has been stopped`, 500);
    try {
      this.admission.enter(this.world.clock.now());
    } catch (error) {
      if (error instanceof TooManyRequests) this.count({ throttles: 1 });
      throw error;
    }
    this.count({ invocations: 1 });
  }

  private async run(requestId: string, event: Json): Promise<End> {
    let environment: Environment;
    try {
      environment = this.takeIdle() ?? (await this.start());
    } catch (error) {
      return { kind: "crash", message: `The initialisation failed: ${error instanceof Error ? error.message : error}` };
    }
    this.running.add(environment);
    const startedAt = this.world.clock.now();
    const end = await this.within(environment, requestId, event);
    this.count({ durationUs: us(this.world.clock.now() - startedAt) });
    this.running.delete(environment);
    this.putBack(environment, end);
    return end;
  }

  /** Runs the invocation, no longer than the function's timeout. */
  private within(environment: Environment, requestId: string, event: Json): Promise<End> {
    const { fn, world } = this;
    const deadlineMs = world.clock.wallMs() + fn.timeoutMs;
    let timer: Timer | undefined;
    const timedOut = new Promise<End>((resolve) => {
      timer = after(world.clock, ms(fn.timeoutMs), () => {
        resolve({ kind: "timedOut" });
        environment.kill();
      });
    });
    const ended = environment.invoke({ requestId, event, deadlineMs, functionArn: fn.arn });
    return Promise.race([ended, timedOut]).finally(() => timer?.cancel());
  }

  private takeIdle(): Environment | undefined {
    this.idle = this.idle.filter(({ isAlive }) => isAlive);
    const { placement } = this;
    switch (placement.kind) {
      case "reuse":
        return this.idle.pop();
      case "any": {
        const [environment] = this.idle.splice(this.world.random.between(0, placement.environments - 1), 1);
        return environment;
      }
      case "new":
        return undefined;
    }
  }

  private async start(): Promise<Environment> {
    this.started += 1;
    this.count({ coldStarts: 1 });
    const environment = await this.host.start(this.fn, `${this.fn.name}-${this.started}`);
    if (!this.isStopped) return environment;
    environment.kill();
    throw new Error("the function has been stopped");
  }

  private putBack(environment: Environment, end: End): void {
    const isUsable = end.kind === "ok" || end.kind === "error";
    if (!isUsable || !environment.isAlive || this.retired.has(environment)) {
      environment.kill();
      return;
    }
    this.idle.push(environment);
    while (this.idle.length > MAX_IDLE_ENVIRONMENTS) this.idle.shift()?.kill();
  }

  private count(more: Partial<Usage>): void {
    const { invocations, throttles, errors, coldStarts, durationUs } = this.usage;
    this.usage = {
      invocations: invocations + (more.invocations ?? 0),
      throttles: throttles + (more.throttles ?? 0),
      errors: errors + (more.errors ?? 0),
      coldStarts: coldStarts + (more.coldStarts ?? 0),
      durationUs: us(durationUs + (more.durationUs ?? 0)),
    };
  }
}

/** Recorded on AWS: the texts of a time-out and of a process that is gone. */
function renderFailure(end: Exclude<End, { kind: "ok" }>, requestId: string, timeoutMs: number): Json {
  switch (end.kind) {
    case "error":
      return { errorType: end.errorType, errorMessage: end.message };
    case "crash":
      return {
        errorType: "Runtime.ExitError",
        errorMessage: `RequestId: ${requestId} Error: ${end.message || "Runtime exited without providing a reason"}`,
      };
    case "timedOut":
      return {
        errorType: "Sandbox.Timedout",
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`,
      };
  }
}
