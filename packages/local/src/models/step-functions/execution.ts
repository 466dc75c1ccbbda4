import { type Json, type Micros, seconds } from "@sluice/dsl";
import { after, type Timer } from "../../clock";
import { type Cloud, type Principal, ServiceError } from "../../cloud-types";
import { isObject } from "../../input";
import type { World } from "../../world";
import type { States } from "../jsonata";
import type { Definition, FailState, State, TaskState } from "./definition";
import { fillTemplate } from "./filling";
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
  /** Whether anybody will read histories. */
  readonly keepsHistory: boolean;
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

/** One visit of a Task state, over all its attempts. */
interface TaskVisit {
  readonly visit: Visit;
  readonly state: TaskState;
  /** Undefined until an attempt has failed. */
  readonly retries: Retries | undefined;
  readonly retryCount: number;
}

/** An attempt whose service was asked. A million may be open at once: it holds what its end needs, and no promise. */
interface OpenAttempt {
  readonly task: TaskVisit;
  readonly token: string;
  /** Whether the service's own response has come back. */
  isSubmitted: boolean;
  /** An answer that came before. */
  answer: TaskEnd | undefined;
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
  /** What it waits for, its attempt's answer apart. Most executions have none, and there may be a million. */
  private pending: Set<Timer> | undefined;
  private attempt: OpenAttempt | undefined;

  constructor(
    readonly arn: string,
    readonly name: string,
    readonly machine: Machine,
    readonly inputText: string,
    private readonly input: Json,
    private readonly surroundings: Surroundings,
  ) {
    const { clock } = surroundings.world;
    this.history = new History(clock, surroundings.keepsHistory);
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
      () => ["executionStartedEventDetails", { input: inputText, inputDetails: WHOLE, roleArn: machine.roleArn }],
      0,
    );
    this.limitTime();
    // Recorded on AWS: the first state's entry names no event before it.
    this.goOn(this.enter(machine.definition.startAt, { output: this.input, outputText: inputText }, 0));
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
    const { redriveCount } = this;
    this.history.record("ExecutionRedriven", () => ["executionRedrivenEventDetails", { redriveCount }]);
    this.limitTime();
    const { state, input } = visit;
    if (state.type === "Task") this.goOn(visit);
    else this.goOn(this.enter(state.name, { output: input, outputText: JSON.stringify(input) }, visit.beforeId));
  }

  private limitTime(): void {
    const { timeoutSeconds } = this.machine.definition;
    if (timeoutSeconds !== undefined) this.after(seconds(timeoutSeconds), () => this.timeOut());
  }

  /** StopExecution. Without effect on one that has ended. */
  stop(error: string | undefined, cause: string | undefined): void {
    if (!this.isRunning) return;
    const details = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    this.history.record("ExecutionAborted", () => ["executionAbortedEventDetails", details], 0);
    this.close("ABORTED", { error, cause });
  }

  private timeOut(): void {
    this.history.record("ExecutionTimedOut", () => ["executionTimedOutEventDetails", { error: "States.Timeout" }], 0);
    this.close("TIMED_OUT", { error: "States.Timeout", cause: undefined });
  }

  /** On from a state that was entered. Whatever waits there goes on by itself when it has what it waits for. */
  private goOn(visit: Visit): void {
    this.lastVisit = visit;
    const { state } = visit;
    if (state.type === "Task") void this.begin({ visit, state, retries: undefined, retryCount: 0 });
    else void this.pass(visit, state);
  }

  private leave({ state }: Visit, { next, output, outputText }: Step): void {
    const exitedId = this.history.record(`${state.type}StateExited`, () => [
      "stateExitedEventDetails",
      { name: state.name, output: outputText, outputDetails: WHOLE },
    ]);
    if (next === undefined) this.succeed(outputText);
    else this.goOn(this.enter(next, { output, outputText }, exitedId));
  }

  private succeed(outputText: string): void {
    this.history.record("ExecutionSucceeded", () => [
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
      () => ["stateEnteredEventDetails", { input: outputText, inputDetails: WHOLE, name: state.name }],
      beforeId,
    );
    const enteredAtMs = this.surroundings.world.clock.wallMs();
    return { state, input: output, enteredId, beforeId, enteredAtMs };
  }

  /** A state in which nothing is waited for but its expressions. */
  private async pass(visit: Visit, state: Exclude<State, TaskState>): Promise<void> {
    const { input } = visit;
    let step: Step;
    try {
      if (state.type === "Fail") {
        this.fail(await this.failureIn(visit, state));
        return;
      }
      const output = await this.outputOf(
        visit,
        state.output,
        () => ({ input, context: this.context(visit, 0) }),
        input,
      );
      step = this.stepTo(visit, state.type === "Pass" ? state.next : undefined, output);
    } catch (error) {
      this.failBy(error);
      return;
    }
    this.leave(visit, step);
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

  private fail(failure: Failure): void {
    const { error, cause } = failure;
    this.history.record("ExecutionFailed", () => [
      "executionFailedEventDetails",
      { ...(cause !== undefined && { cause }), ...(error !== undefined && { error }) },
    ]);
    this.close("FAILED", failure);
  }

  /** @throws what is no failure of the state: a defect of a model */
  private failBy(error: unknown): void {
    if (!(error instanceof StateFailure)) throw error;
    this.fail({ error: error.error, cause: error.failureCause });
  }

  private close(status: ExecutionStatus, failure: Failure | undefined): void {
    this.status = status;
    this.failure = failure;
    this.stoppedAtMs = this.surroundings.world.clock.wallMs();
    for (const timer of this.pending ?? []) timer.cancel();
    if (this.attempt !== undefined) this.surroundings.tokens.close(this.attempt.token);
    this.attempt = undefined;
    this.surroundings.ended(this);
  }

  private async begin(task: TaskVisit): Promise<void> {
    const { visit, state, retryCount } = task;
    try {
      if (this.history.lastId > MAX_EVENTS - EVENTS_RESERVED) throw tooManyEvents();
      const token = this.surroundings.tokens.issue(this.arn);
      const shown = state.integration.waitsFor === "token" ? token : undefined;
      const states: States = { input: visit.input, context: this.context(visit, retryCount, shown) };
      const filled = this.fill(visit, state.arguments, states);
      const args = this.argumentsIn(visit, state, filled instanceof Promise ? await filled : filled);
      const limits: Limits = {
        timeout: await this.secondsOf(visit, state.timeoutSeconds, states),
        heartbeat: await this.secondsOf(visit, state.heartbeatSeconds, states),
      };
      this.recordScheduled(visit, state, args, limits);
      this.open(task, token, args, limits);
    } catch (failure) {
      this.retry(task, failure);
    }
  }

  /** @throws what is no failure of the state: a defect of a model */
  private retry(task: TaskVisit, failure: unknown): void {
    if (!(failure instanceof StateFailure)) throw failure;
    const retries = task.retries ?? new Retries(task.state.retriers, this.surroundings.world.random);
    const waitUs = retries.waitAfter(failure.names);
    if (waitUs === undefined) void this.catchFailure(task, failure);
    // Recorded on AWS: the wait leaves no event.
    else this.after(waitUs, () => void this.begin({ ...task, retries, retryCount: task.retryCount + 1 }));
  }

  private async catchFailure({ visit, state, retryCount }: TaskVisit, failure: StateFailure): Promise<void> {
    const catcher = state.catchers.find(({ errors }) => failure.names.some((name) => matchesError(errors, name)));
    if (catcher === undefined) {
      this.failBy(failure);
      return;
    }
    const errorOutput = failure.output;
    const states = () => ({ input: visit.input, errorOutput, context: this.context(visit, retryCount) });
    let step: Step;
    try {
      step = this.stepTo(visit, catcher.next, await this.outputOf(visit, catcher.output, states, errorOutput));
    } catch (error) {
      this.failBy(error);
      return;
    }
    this.leave(visit, step);
  }

  private recordScheduled(visit: Visit, state: TaskState, args: Json, limits: Limits): void {
    const { resourceType, resource } = state.integration;
    if (mayBeTooLarge(args)) this.sized(visit, args);
    this.history.record("TaskScheduled", () => [
      "taskScheduledEventDetails",
      {
        ...(limits.heartbeat !== undefined && { heartbeatInSeconds: limits.heartbeat }),
        parameters: JSON.stringify(args),
        region: this.surroundings.world.region,
        resource,
        resourceType,
        ...(limits.timeout !== undefined && { timeoutInSeconds: limits.timeout }),
      },
    ]);
    this.history.record("TaskStarted", () => ["taskStartedEventDetails", { resource, resourceType }]);
  }

  /** Hands the token to the service, and waits for its answer. */
  private open(task: TaskVisit, token: string, args: { [key: string]: Json }, limits: Limits): void {
    const attempt: OpenAttempt = { task, token, isSubmitted: false, answer: undefined };
    this.attempt = attempt;
    this.surroundings.tokens.wait(token, this.arn, limits, (end) => this.answered(attempt, end));
    this.submit(attempt, args);
  }

  /**
   * A time-out does not wait for the service. An answer does: a worker may have the message before the service's own
   * response has come back, and the history keeps its order all the same.
   */
  private answered(attempt: OpenAttempt, end: TaskEnd): void {
    if (end.kind === "timedOut" || attempt.isSubmitted) void this.finish(attempt, end);
    else attempt.answer = end;
  }

  private submit(attempt: OpenAttempt, args: { [key: string]: Json }): void {
    const { integration } = attempt.task.state;
    const { service, operation } = integration;
    const { cloud, world } = this.surroundings;
    const requestId = world.random.uuid();
    const input = serviceInput(integration, args);
    void cloud.call(this.machine.principal, service, operation, input).then(
      (response) =>
        integration.waitsFor === "token"
          ? this.submitted(attempt, response, requestId)
          : void this.finish(attempt, responded(response, requestId)),
      (error: unknown) => this.refused(attempt, { kind: "failed", ...failureOf(integration, error, requestId) }),
    );
  }

  private submitted(attempt: OpenAttempt, response: Json, requestId: string): void {
    // When this attempt has timed out meanwhile, its history is closed.
    if (this.attempt !== attempt) return;
    attempt.isSubmitted = true;
    const { resourceType, resource } = attempt.task.state.integration;
    this.history.record("TaskSubmitted", () => {
      const { outputText } = responded(response, requestId);
      return ["taskSubmittedEventDetails", { output: outputText, outputDetails: WHOLE, resource, resourceType }];
    });
    if (attempt.answer !== undefined) void this.finish(attempt, attempt.answer);
  }

  /** An answer that was taken stands, whatever the service says afterwards. */
  private refused(attempt: OpenAttempt, refusal: TaskEnd): void {
    void this.finish(attempt, attempt.answer ?? refusal);
  }

  private async finish(attempt: OpenAttempt, end: TaskEnd): Promise<void> {
    // Over already: the execution has ended, or the attempt has timed out.
    if (this.attempt !== attempt) return;
    this.attempt = undefined;
    this.surroundings.tokens.close(attempt.token);
    const { task } = attempt;
    const { visit, state, retryCount } = task;
    let step: Step;
    try {
      const result = this.resultOf(state, end);
      const states = () => ({ input: visit.input, result, context: this.context(visit, retryCount) });
      const output = this.outputOf(visit, state.output, states, result);
      step = this.stepTo(visit, state.next, output instanceof Promise ? await output : output);
    } catch (failure) {
      this.retry(task, failure);
      return;
    }
    this.leave(visit, step);
  }

  /** @throws StateFailure when the task did not succeed */
  private resultOf({ integration }: TaskState, end: TaskEnd): Json {
    const { resourceType, resource } = integration;
    switch (end.kind) {
      case "succeeded":
        this.history.record("TaskSucceeded", () => [
          "taskSucceededEventDetails",
          { output: end.outputText, outputDetails: WHOLE, resource, resourceType },
        ]);
        return end.output;
      case "failed": {
        const { error, cause } = end;
        const told = { ...(cause !== undefined && { cause }), ...(error !== undefined && { error }) };
        this.history.record("TaskFailed", () => ["taskFailedEventDetails", { ...told, resource, resourceType }]);
        throw new StateFailure(error, cause);
      }
      case "timedOut":
        this.history.record("TaskTimedOut", () => [
          "taskTimedOutEventDetails",
          { error: "States.Timeout", resource, resourceType },
        ]);
        throw new StateFailure("States.Timeout", undefined, end.by === "heartbeat");
    }
  }

  private argumentsIn(visit: Visit, state: TaskState, args: Json): { [key: string]: Json } {
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

  /** @param statesOf asked only where there is a template to fill */
  private outputOf(
    visit: Visit,
    template: Template | undefined,
    statesOf: () => States,
    otherwise: Json,
  ): Json | Promise<Json> {
    return template === undefined ? otherwise : this.fill(visit, template, statesOf());
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

  /** The template's value, at once where its expressions allow it. */
  private fill(visit: Visit, template: Template, states: States): Json | Promise<Json> {
    const value = fillTemplate(template, states, (expression, what) => this.evaluationFailed(visit, expression, what));
    return value instanceof Promise ? this.whileRunning(value) : value;
  }

  private wrongType(visit: Visit, template: Template, expected: string, value: Json): StateFailure {
    const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
    const what = `returned an unexpected result type. Expected '${expected}', but was '${actual}' for value: ${JSON.stringify(value)}`;
    if (template.kind === "expression") return this.evaluationFailed(visit, template, what);
    return new StateFailure("States.Runtime", `${this.executing(visit)} A value of the definition ${what}`);
  }

  /** An expression that fails is told in the history, as its own kind of event. */
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
      () => ["evaluationFailedEventDetails", { cause, error, location: field, state: visit.state.name }],
      previousId,
    );
    return new StateFailure(error, cause);
  }

  private executing({ state, enteredId }: Visit): string {
    return `An error occurred while executing the state '${state.name}' (entered at the event id #${enteredId}).`;
  }

  /** The context object, `$states.context`; of a task's attempt with its token. */
  private context({ state, enteredAtMs }: Visit, retryCount: number, token?: string): { [key: string]: Json } {
    const { arn, name, roleArn } = this.machine;
    const context: { [key: string]: Json } = {
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
    if (token !== undefined) context.Task = { Token: token };
    return context;
  }

  private after(delay: Micros, action: () => void): void {
    this.pending ??= new Set();
    const { pending } = this;
    const timer = after(this.surroundings.world.clock, delay, () => {
      pending.delete(timer);
      action();
    });
    pending.add(timer);
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

/** A service's response, as Step Functions shows it. */
function responded(response: Json, requestId: string): Extract<TaskEnd, { kind: "succeeded" }> {
  const output = {
    ...(isObject(response) && response),
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
  };
  return { kind: "succeeded", output, outputText: JSON.stringify(output) };
}

const tooManyEvents = (): StateFailure =>
  new StateFailure("States.Runtime", `The execution reached the maximum number of history events (${MAX_EVENTS}).`);

/** Whether it may exceed the payload's limit. What says no is far smaller, and nobody has to write it as JSON to know. */
const mayBeTooLarge = (value: Json): boolean => bytesAtMost(value) > MAX_PAYLOAD_BYTES;

/** No fewer than its JSON takes, the comma behind it included: a UTF-16 unit takes six bytes at most, a number 24. */
function bytesAtMost(value: Json): number {
  if (typeof value === "string") return 3 + 6 * value.length;
  if (typeof value !== "object" || value === null) return 25;
  let bytes = 3;
  for (const [key, part] of Object.entries(value)) bytes += 4 + 6 * key.length + bytesAtMost(part);
  return bytes;
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
