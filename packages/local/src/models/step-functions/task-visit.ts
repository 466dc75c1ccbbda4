import type { Json, Micros } from "@sluice/dsl";
import { isObject } from "../../input";
import type { States } from "../jsonata";
import type { TaskState } from "./definition";
import { MAX_EVENTS } from "./history";
import { type AttemptingExecution, OpenAttempt } from "./open-attempt";
import { checkPayload } from "./payload";
import { matchesError, Retries } from "./retry";
import { StateFailure, stateFailureOf } from "./state-failure";
import type { Template } from "./template-value";
import type { TaskEnd, TimeLimits } from "./tokens";
import type { Step, Visit } from "./visit";

/** What a task needs of its execution. */
export interface TaskExecution extends AttemptingExecution {
  /** Does `action` after `delay`, unless the execution has ended by then. */
  after(delay: Micros, action: () => void): void;
}

/** A hard limit of Step Functions (its quotas page). */
const MAX_SECONDS = 99_999_999;

/** One visit of a Task state, over all its attempts. */
export class TaskVisit {
  /** Undefined until an attempt has failed. */
  private retries: Retries | undefined;
  private retryCount = 0;
  private attempt: OpenAttempt | undefined;
  private isClosed = false;

  constructor(
    private readonly execution: TaskExecution,
    private readonly visit: Visit,
    private readonly state: TaskState,
  ) {}

  /** An attempt: the first, or one more. */
  async begin(): Promise<void> {
    const { execution, visit, state } = this;
    try {
      if (execution.history.isFull) throw tooManyEvents();
      const token = execution.surroundings.tokens.issue(execution.arn);
      const shown = state.integration.waitsFor === "token" ? token : undefined;
      const states: States = { input: visit.input, context: visit.context(this.retryCount, shown) };
      const filled = visit.fill(state.arguments, states);
      const args = this.argumentsIn(filled instanceof Promise ? await filled : filled);
      const limits: TimeLimits = {
        timeout: await this.secondsOf(state.timeoutSeconds, states),
        heartbeat: await this.secondsOf(state.heartbeatSeconds, states),
      };
      checkPayload(args, state.name);
      // Stopped while it was being prepared.
      if (this.isClosed) return;
      execution.history.taskScheduled(state.integration, args, limits, execution.surroundings.world.region);
      this.attempt = new OpenAttempt(execution, this, state.integration, token);
      this.attempt.begin(args, limits);
    } catch (failure) {
      this.retry(failure);
    }
  }

  /** What its attempt led to: the way on, or the next attempt, or what the state does with the failure. */
  async finish(end: TaskEnd): Promise<void> {
    this.attempt = undefined;
    const { visit, state } = this;
    let step: Step;
    try {
      const result = this.resultOf(end);
      const states = () => ({ input: visit.input, result, context: visit.context(this.retryCount) });
      const output = visit.outputOf(state.output, states, result);
      step = visit.stepTo(state.next, output instanceof Promise ? await output : output);
    } catch (failure) {
      this.retry(failure);
      return;
    }
    visit.leave(step);
  }

  /** The execution has ended. */
  close(): void {
    this.isClosed = true;
    this.attempt?.close();
    this.attempt = undefined;
  }

  /** @throws what is no failure of the state: a defect of a model */
  private retry(error: unknown): void {
    const failure = stateFailureOf(error);
    if (this.isClosed) return;
    this.retries ??= new Retries(this.state.retriers, this.execution.surroundings.world.random);
    const waitUs = this.retries.waitAfter(failure.names);
    if (waitUs === undefined) void this.catchFailure(failure);
    // Recorded on AWS: the wait leaves no event.
    else this.execution.after(waitUs, () => this.beginAnew());
  }

  private beginAnew(): void {
    this.retryCount += 1;
    void this.begin();
  }

  private async catchFailure(failure: StateFailure): Promise<void> {
    const { visit } = this;
    const catcher = this.state.catchers.find(({ errors }) => failure.names.some((name) => matchesError(errors, name)));
    if (catcher === undefined) {
      visit.fail(failure.failure);
      return;
    }
    const errorOutput = failure.output;
    const states = () => ({ input: visit.input, errorOutput, context: visit.context(this.retryCount) });
    let step: Step;
    try {
      step = visit.stepTo(catcher.next, await visit.outputOf(catcher.output, states, errorOutput));
    } catch (error) {
      visit.fail(stateFailureOf(error).failure);
      return;
    }
    visit.leave(step);
  }

  /** @throws StateFailure when the task did not succeed */
  private resultOf(end: TaskEnd): Json {
    const { integration } = this.state;
    const { history } = this.execution;
    switch (end.kind) {
      case "succeeded":
        history.taskSucceeded(integration, end.outputText);
        return end.output;
      case "failed":
        history.taskFailed(integration, end);
        throw new StateFailure(end.error, end.cause);
      case "timedOut":
        history.taskTimedOut(integration, "States.Timeout");
        throw new StateFailure("States.Timeout", undefined, end.by === "heartbeat");
    }
  }

  private argumentsIn(args: Json): { [key: string]: Json } {
    const { integration, arguments: template } = this.state;
    if (!isObject(args)) throw this.visit.wrongType(template, "object", args);
    const unknown = Object.keys(args).find((key) => !integration.fields.includes(key));
    if (unknown !== undefined)
      throw this.visit.runtimeFailure(`The argument '${unknown}' of ${integration.resource} is not modelled locally.`);
    return args;
  }

  private async secondsOf(template: Template | undefined, states: States): Promise<number | undefined> {
    if (template === undefined) return undefined;
    const value = await this.visit.fill(template, states);
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_SECONDS)
      throw this.visit.wrongType(template, "positive integer", value);
    return value;
  }
}

const tooManyEvents = (): StateFailure =>
  new StateFailure("States.Runtime", `The execution reached the maximum number of history events (${MAX_EVENTS}).`);
