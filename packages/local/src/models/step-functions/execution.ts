import { type Json, type Micros, seconds } from "@sluice/dsl";
import { after, type Timer } from "../../clock";
import { type Cloud, type Principal, ServiceError } from "../../cloud-types";
import { isObject } from "../../input";
import type { World } from "../../world";
import { ExpressionFailure, type States } from "../jsonata";
import type { Definition, FailState, State, TaskState } from "./definition";
import { History, WHOLE } from "./history";
import { type Failure, failureOf, serviceInput } from "./integrations";
import { matchesError, Retries } from "./retry";
import type { Template } from "./template-value";
import type { TaskEnd, Tokens } from "./tokens";

/** A machine as its executions see it. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  /** What its tasks call services as. */
  readonly principal: Principal;
  readonly definition: Definition;
}

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** What an execution needs of its surroundings. */
export interface Surroundings {
  readonly world: World;
  readonly cloud: Cloud;
  readonly tokens: Tokens;
  /** Told once, when the execution has ended. */
  ended(execution: Execution): void;
}

/** Hard limits of Step Functions (its quotas page). */
const MAX_PAYLOAD_BYTES = 262_144;
const MAX_EVENTS = 25_000;
/** What one more attempt and the execution's end may need. */
const EVENTS_RESERVED = 10;
const MAX_SECONDS = 99_999_999;

/** Where a state leads: on to the next, or out. */
type Step = { readonly next: string | undefined; readonly output: Json; readonly outputText: string };

/** A state cannot go on; its Retry and Catch may know what to do. */
class StateFailure extends Error {
  constructor(
    readonly error: string | undefined,
    readonly failureCause: string | undefined,
    /** Whether it matches `States.HeartbeatTimeout` as well. */
    readonly isHeartbeat = false,
  ) {
    super(error);
  }

  get names(): readonly (string | undefined)[] {
    return this.isHeartbeat ? [this.error, "States.HeartbeatTimeout"] : [this.error];
  }

  /** `$states.errorOutput`. Recorded: what a worker left out is null. */
  get output(): Json {
    return { Error: this.error ?? null, Cause: this.failureCause ?? null };
  }
}

/** One visit of a state. */
interface Visit {
  readonly state: State;
  readonly input: Json;
  /** Of the event with which it was entered, and of the one before that. */
  readonly enteredId: number;
  readonly beforeId: number;
  readonly enteredAtMs: number;
}

/** One run of a state machine, from StartExecution to its end. */
export class Execution {
  status: ExecutionStatus = "RUNNING";
  outputText: string | undefined;
  failure: Failure | undefined;
  stoppedAtMs: number | undefined;
  readonly startedAtMs: number;
  redriveCount = 0;
  redrivenAtMs: number | undefined;
  /** The state that it is in, or in which it ended. */
  private lastVisit: Visit | undefined;
  private readonly history: History;
  private readonly pending = new Set<Timer>();
  private openToken: string | undefined;

  constructor(
    readonly arn: string,
    readonly name: string,
    readonly machine: Machine,
    readonly inputText: string,
    private readonly input: Json,
    private readonly surroundings: Surroundings,
  ) {
    const { clock } = surroundings.world;
    this.history = new History(() => clock.wallMs());
    this.startedAtMs = clock.wallMs();
  }

  get events(): History["events"] {
    return this.history.events;
  }

  get isRunning(): boolean {
    return this.status === "RUNNING";
  }

  /** Begins. Everything after the first state's entry happens later. */
  start(): void {
    const { inputText, machine } = this;
    this.history.record(
      "ExecutionStarted",
      ["executionStartedEventDetails", { input: inputText, inputDetails: WHOLE, roleArn: machine.roleArn }],
      0,
    );
    this.limitTime();
    // Recorded on AWS: the first state's entry names no event before it.
    void this.run(this.enter(machine.definition.startAt, { output: this.input, outputText: inputText }, 0));
  }

  /**
   * RedriveExecution: goes on from the state that did not succeed. A task is scheduled anew with all its retries; a Fail
   * state is entered again, and fails again.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   * @throws ServiceError ExecutionNotRedrivable
   */
  redrive(): void {
    const { lastVisit: visit } = this;
    if (this.isRunning || this.status === "SUCCEEDED" || visit === undefined)
      throw new ServiceError("ExecutionNotRedrivable", `Execution is ${this.status} and cannot be redriven`);
    this.redriveCount += 1;
    this.redrivenAtMs = this.surroundings.world.clock.wallMs();
    this.status = "RUNNING";
    this.failure = undefined;
    this.stoppedAtMs = undefined;
    this.openToken = undefined;
    this.history.record("ExecutionRedriven", ["executionRedrivenEventDetails", { redriveCount: this.redriveCount }]);
    this.limitTime();
    const { state, input } = visit;
    if (state.type === "Task") void this.run(visit);
    else void this.run(this.enter(state.name, { output: input, outputText: JSON.stringify(input) }, visit.beforeId));
  }

  private limitTime(): void {
    const { timeoutSeconds } = this.machine.definition;
    if (timeoutSeconds !== undefined) this.after(seconds(timeoutSeconds), () => this.timeOut());
  }

  /** StopExecution. Without effect on one that has ended. */
  stop(error: string | undefined, cause: string | undefined): void {
    if (!this.isRunning) return;
    const details = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    this.history.record("ExecutionAborted", ["executionAbortedEventDetails", details], 0);
    this.close("ABORTED", { error, cause });
  }

  private timeOut(): void {
    this.history.record("ExecutionTimedOut", ["executionTimedOutEventDetails", { error: "States.Timeout" }], 0);
    this.close("TIMED_OUT", { error: "States.Timeout", cause: undefined });
  }

  private async run(first: Visit): Promise<void> {
    let visit = first;
    for (;;) {
      this.lastVisit = visit;
      const { state } = visit;
      const followed = await this.visit(visit);
      if (followed === undefined) return;
      const { next, outputText } = followed;
      const exitedId = this.history.record(`${state.type}StateExited`, [
        "stateExitedEventDetails",
        { name: state.name, output: outputText, outputDetails: WHOLE },
      ]);
      if (next === undefined) {
        this.succeed(outputText);
        return;
      }
      visit = this.enter(next, followed, exitedId);
    }
  }

  private succeed(outputText: string): void {
    this.history.record("ExecutionSucceeded", [
      "executionSucceededEventDetails",
      { output: outputText, outputDetails: WHOLE },
    ]);
    this.outputText = outputText;
    this.close("SUCCEEDED", undefined);
  }

  private enter(name: string, { output, outputText }: Omit<Step, "next">, beforeId: number): Visit {
    const state = this.machine.definition.states.get(name);
    if (state === undefined) throw new Error(`the definition of ${this.machine.name} has no state ${name}`);
    const enteredId = this.history.record(
      `${state.type}StateEntered`,
      ["stateEnteredEventDetails", { input: outputText, inputDetails: WHOLE, name: state.name }],
      beforeId,
    );
    const enteredAtMs = this.surroundings.world.clock.wallMs();
    return { state, input: output, enteredId, beforeId, enteredAtMs };
  }

  /** @returns undefined when the execution has ended in this state */
  private async visit(visit: Visit): Promise<Step | undefined> {
    const { state, input } = visit;
    try {
      switch (state.type) {
        case "Task":
          return await this.runTask(visit, state);
        case "Fail":
          return this.fail(await this.failureIn(visit, state));
        default: {
          const output = await this.outputOf(visit, state.output, { input, context: this.context(visit, 0) }, input);
          return this.stepTo(visit, state.type === "Pass" ? state.next : undefined, output);
        }
      }
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      return this.fail({ error: error.error, cause: error.failureCause });
    }
  }

  private async failureIn(visit: Visit, state: FailState): Promise<Failure> {
    const states = { input: visit.input, context: this.context(visit, 0) };
    const text = async (template: Template | undefined): Promise<string | undefined> => {
      if (template === undefined) return undefined;
      const value = await this.fill(visit, template, states);
      if (typeof value !== "string") throw this.wrongType(visit, template, "string", value);
      return value;
    };
    return { error: await text(state.error), cause: await text(state.cause) };
  }

  private fail(failure: Failure): undefined {
    const { error, cause } = failure;
    this.history.record("ExecutionFailed", [
      "executionFailedEventDetails",
      { ...(cause !== undefined && { cause }), ...(error !== undefined && { error }) },
    ]);
    this.close("FAILED", failure);
    return undefined;
  }

  private close(status: ExecutionStatus, failure: Failure | undefined): void {
    this.status = status;
    this.failure = failure;
    this.stoppedAtMs = this.surroundings.world.clock.wallMs();
    for (const timer of this.pending) timer.cancel();
    if (this.openToken !== undefined) this.surroundings.tokens.close(this.openToken);
    this.surroundings.ended(this);
  }

  private async runTask(visit: Visit, state: TaskState): Promise<Step> {
    const retries = new Retries(state.retriers, this.surroundings.world.random);
    for (let retryCount = 0; ; retryCount++) {
      try {
        return await this.attempt(visit, state, retryCount);
      } catch (failure) {
        if (!(failure instanceof StateFailure)) throw failure;
        const waitUs = retries.waitAfter(failure.names);
        if (waitUs === undefined) return await this.catchFailure(visit, state, retryCount, failure);
        // Recorded on AWS: the wait leaves no event.
        await this.whileRunning(new Promise<void>((resolve) => this.after(waitUs, resolve)));
      }
    }
  }

  private async catchFailure(visit: Visit, state: TaskState, retryCount: number, failure: StateFailure): Promise<Step> {
    const catcher = state.catchers.find(({ errors }) => failure.names.some((name) => matchesError(errors, name)));
    if (catcher === undefined) throw failure;
    const errorOutput = failure.output;
    const states = { input: visit.input, errorOutput, context: this.context(visit, retryCount) };
    return this.stepTo(visit, catcher.next, await this.outputOf(visit, catcher.output, states, errorOutput));
  }

  private async attempt(visit: Visit, state: TaskState, retryCount: number): Promise<Step> {
    if (this.history.lastId > MAX_EVENTS - EVENTS_RESERVED)
      throw new StateFailure(
        "States.Runtime",
        `The execution reached the maximum number of history events (${MAX_EVENTS}).`,
      );
    const { tokens } = this.surroundings;
    const token = tokens.issue(this.arn);
    const context = this.context(visit, retryCount);
    const asked: States = { input: visit.input, context: { ...context, Task: { Token: token } } };
    const args = await this.argumentsOf(visit, state, asked);
    const timeout = await this.secondsOf(visit, state.timeoutSeconds, asked);
    const heartbeat = await this.secondsOf(visit, state.heartbeatSeconds, asked);
    this.recordScheduled(visit, state, args, { timeout, heartbeat });
    const result = await this.callback(state, token, args, { timeout, heartbeat });
    const answered: States = { input: visit.input, result: result.output, context };
    return this.stepTo(visit, state.next, await this.outputOf(visit, state.output, answered, result.output));
  }

  private recordScheduled(visit: Visit, state: TaskState, args: Json, limits: Limits): void {
    const { resourceType, resource } = state.integration;
    this.history.record("TaskScheduled", [
      "taskScheduledEventDetails",
      {
        ...(limits.heartbeat !== undefined && { heartbeatInSeconds: limits.heartbeat }),
        parameters: this.sized(visit, args),
        region: this.surroundings.world.region,
        resource,
        resourceType,
        ...(limits.timeout !== undefined && { timeoutInSeconds: limits.timeout }),
      },
    ]);
    this.history.record("TaskStarted", ["taskStartedEventDetails", { resource, resourceType }]);
  }

  /** Hands the token to the service and waits for its answer. */
  private async callback(
    state: TaskState,
    token: string,
    args: { [key: string]: Json },
    limits: Limits,
  ): Promise<{ readonly output: Json }> {
    const { resourceType, resource } = state.integration;
    const { tokens } = this.surroundings;
    this.openToken = token;
    let answer: TaskEnd | undefined;
    const answered = new Promise<TaskEnd>((resolve) => {
      tokens.wait(token, this.arn, limits, (end) => {
        answer = end;
        resolve(end);
      });
    });
    const submitted = this.submit(state, args);
    // A time-out does not wait for the service. An answer does: a worker may have the message before the service's own
    // response has come back, and the history keeps its order all the same. An answer that was taken stands, whatever
    // the service says afterwards.
    const end = await this.whileRunning(
      Promise.race([
        submitted.then((refusal) => answer ?? refusal ?? answered),
        answered.then(async (end) => {
          if (end.kind !== "timedOut") await submitted;
          return end;
        }),
      ]),
    );
    tokens.close(token);
    this.openToken = undefined;
    switch (end.kind) {
      case "succeeded":
        this.history.record("TaskSucceeded", [
          "taskSucceededEventDetails",
          { output: end.outputText, outputDetails: WHOLE, resource, resourceType },
        ]);
        return end;
      case "failed": {
        const { error, cause } = end;
        const told = { ...(cause !== undefined && { cause }), ...(error !== undefined && { error }) };
        this.history.record("TaskFailed", ["taskFailedEventDetails", { ...told, resource, resourceType }]);
        throw new StateFailure(error, cause);
      }
      case "timedOut":
        this.history.record("TaskTimedOut", [
          "taskTimedOutEventDetails",
          { error: "States.Timeout", resource, resourceType },
        ]);
        throw new StateFailure("States.Timeout", undefined, end.by === "heartbeat");
    }
  }

  /** @returns how the task failed when the service refused, undefined when it has the message */
  private async submit(state: TaskState, args: { [key: string]: Json }): Promise<TaskEnd | undefined> {
    const { integration } = state;
    const { resourceType, resource, service, operation } = integration;
    const { cloud, world } = this.surroundings;
    const requestId = world.random.uuid();
    const scheduledId = this.history.lastId;
    try {
      const answer = await cloud.call(this.machine.principal, service, operation, serviceInput(integration, args));
      const output = {
        ...(isObject(answer) && answer),
        SdkHttpMetadata: { HttpStatusCode: 200 },
        SdkResponseMetadata: { RequestId: requestId },
      };
      // When this attempt has timed out meanwhile, its history is closed.
      if (this.isRunning && this.history.lastId === scheduledId)
        this.history.record("TaskSubmitted", [
          "taskSubmittedEventDetails",
          { output: JSON.stringify(output), outputDetails: WHOLE, resource, resourceType },
        ]);
      return undefined;
    } catch (error) {
      return { kind: "failed", ...failureOf(integration, error, requestId) };
    }
  }

  private async argumentsOf(visit: Visit, state: TaskState, states: States): Promise<{ [key: string]: Json }> {
    const args = await this.fill(visit, state.arguments, states);
    if (!isObject(args)) throw this.wrongType(visit, state.arguments, "object", args);
    const unknown = Object.keys(args).find((key) => !state.integration.fields.includes(key));
    if (unknown !== undefined)
      throw new StateFailure(
        "States.Runtime",
        `${this.executing(visit)} The argument '${unknown}' of ${state.integration.resource} is not modelled locally.`,
      );
    return args;
  }

  private async secondsOf(visit: Visit, template: Template | undefined, states: States): Promise<number | undefined> {
    if (template === undefined) return undefined;
    const value = await this.fill(visit, template, states);
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_SECONDS)
      throw this.wrongType(visit, template, "positive integer", value);
    return value;
  }

  private async outputOf(visit: Visit, template: Template | undefined, states: States, otherwise: Json): Promise<Json> {
    return template === undefined ? otherwise : await this.fill(visit, template, states);
  }

  private stepTo(visit: Visit, next: string | undefined, output: Json): Step {
    return { next, output, outputText: this.sized(visit, output) };
  }

  private sized(visit: Visit, value: Json): string {
    const text = JSON.stringify(value);
    // A UTF-16 unit is three bytes at most: most texts need not be counted.
    if (text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text) > MAX_PAYLOAD_BYTES)
      throw new StateFailure(
        "States.DataLimitExceeded",
        `The state/task '${visit.state.name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
      );
    return text;
  }

  /**
   * The template's value, at once where its expressions allow it. An expression that fails is told in the history, as its
   * own kind of event.
   */
  private fill(visit: Visit, template: Template, states: States): Json | Promise<Json> {
    switch (template.kind) {
      case "constant":
        return template.value;
      case "list":
        return this.fillAll(visit, template.items, states);
      case "object": {
        const { entries } = template;
        const parts = entries.map(([, part]) => part);
        const toObject = (values: Json[]): Json =>
          Object.fromEntries(entries.map(([key], at) => [key, values[at] ?? null]));
        const values = this.fillAll(visit, parts, states);
        return values instanceof Promise ? values.then(toObject) : toObject(values);
      }
      case "expression":
        return this.evaluate(visit, template, states);
    }
  }

  /** One after the other: what comes behind one that fails is not evaluated. */
  private fillAll(
    visit: Visit,
    templates: readonly Template[],
    states: States,
    filled: readonly Json[] = [],
  ): Json[] | Promise<Json[]> {
    const values = [...filled];
    for (const template of templates.slice(filled.length)) {
      const value = this.fill(visit, template, states);
      if (value instanceof Promise)
        return value.then((waited) => this.fillAll(visit, templates, states, [...values, waited]));
      values.push(value);
    }
    return values;
  }

  private evaluate(
    visit: Visit,
    template: Extract<Template, { kind: "expression" }>,
    states: States,
  ): Json | Promise<Json> {
    const failed = (error: unknown): never => {
      if (!(error instanceof ExpressionFailure)) throw error;
      throw this.evaluationFailed(visit, template, error.message);
    };
    try {
      const value = template.expression.evaluate(states);
      return value instanceof Promise ? this.whileRunning(value).catch(failed) : value;
    } catch (error) {
      return failed(error);
    }
  }

  private wrongType(visit: Visit, template: Template, expected: string, value: Json): StateFailure {
    const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
    const what = `returned an unexpected result type. Expected '${expected}', but was '${actual}' for value: ${JSON.stringify(value)}`;
    if (template.kind === "expression") return this.evaluationFailed(visit, template, what);
    return new StateFailure("States.Runtime", `${this.executing(visit)} A value of the definition ${what}`);
  }

  private evaluationFailed(
    visit: Visit,
    { expression, field }: Extract<Template, { kind: "expression" }>,
    what: string,
  ): StateFailure {
    const cause = `${this.executing(visit)} The JSONata expression '${expression.source}' specified for the field '${field}' ${what}`;
    const error = "States.QueryEvaluationError";
    // Recorded on AWS: right after a state's entry, the event before is the one before that entry.
    const previousId = this.history.lastId === visit.enteredId ? visit.beforeId : this.history.lastId;
    this.history.record(
      "EvaluationFailed",
      ["evaluationFailedEventDetails", { cause, error, location: field, state: visit.state.name }],
      previousId,
    );
    return new StateFailure(error, cause);
  }

  private executing({ state, enteredId }: Visit): string {
    return `An error occurred while executing the state '${state.name}' (entered at the event id #${enteredId}).`;
  }

  /** The context object, `$states.context`. */
  private context({ state, enteredAtMs }: Visit, retryCount: number): { [key: string]: Json } {
    const { arn, name, roleArn } = this.machine;
    return {
      Execution: {
        Id: this.arn,
        Input: this.input,
        Name: this.name,
        RoleArn: roleArn,
        StartTime: instantText(this.startedAtMs),
        RedriveCount: this.redriveCount,
        ...(this.redrivenAtMs !== undefined && { RedriveTime: instantText(this.redrivenAtMs) }),
      },
      State: { EnteredTime: instantText(enteredAtMs), Name: state.name, RetryCount: retryCount },
      StateMachine: { Id: arn, Name: name },
    };
  }

  private after(delay: Micros, action: () => void): void {
    const timer = after(this.surroundings.world.clock, delay, () => {
      this.pending.delete(timer);
      action();
    });
    this.pending.add(timer);
  }

  /**
   * What comes of `work`, and never anything once the execution has ended: one that was stopped does not go on, and one
   * that was redriven goes on anew.
   */
  private whileRunning<T>(work: Promise<T>): Promise<T> {
    const { redriveCount } = this;
    const isWanted = () => this.isRunning && this.redriveCount === redriveCount;
    return new Promise((resolve, reject) => {
      work.then(
        (value) => isWanted() && resolve(value),
        (error: unknown) => isWanted() && reject(error),
      );
    });
  }
}

let lastInstant = { atMs: 0, text: new Date(0).toISOString() };

/** An execution's start and its first state's entry are one instant, asked for again and again. */
function instantText(atMs: number): string {
  if (atMs !== lastInstant.atMs) lastInstant = { atMs, text: new Date(atMs).toISOString() };
  return lastInstant.text;
}

interface Limits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}
