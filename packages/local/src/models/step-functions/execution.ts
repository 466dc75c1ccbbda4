import { type Json, type Micros, seconds } from "@sluice/dsl";
import { after, type Timer } from "../../clock";
import { type Cloud, ServiceError } from "../../cloud-types";
import type { World } from "../../world";
import { History } from "./history";
import type { Failure } from "./integrations";
import type { Machine } from "./machine";
import { pass } from "./passing";
import { TaskVisit } from "./task-visit";
import type { Tokens } from "./tokens";
import { type Step, Visit } from "./visit";

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

/** One run of a state machine, from StartExecution to its end: its way from state to state. */
export class Execution {
  status: ExecutionStatus = "RUNNING";
  outputText: string | undefined;
  failure: Failure | undefined;
  stoppedAtMs: number | undefined;
  readonly startedAtMs: number;
  redriveCount = 0;
  redrivenAtMs: number | undefined;
  readonly history: History;
  /** The state that it is in, or in which it ended. */
  private lastVisit: Visit | undefined;
  /** The last Task that it was in, until it has ended. */
  private task: TaskVisit | undefined;
  /** What it waits for, its task's answer apart. Most executions have none, and there may be a million. */
  private pending: Set<Timer> | undefined;

  constructor(
    readonly arn: string,
    readonly name: string,
    readonly machine: Machine,
    readonly inputText: string,
    readonly input: Json,
    readonly surroundings: Surroundings,
  ) {
    const { clock } = surroundings.world;
    this.history = new History(clock, surroundings.keepsHistory);
    this.startedAtMs = clock.wallMs();
  }

  get isRunning(): boolean {
    return this.status === "RUNNING";
  }

  /** Begins. Everything after the first state's entry happens later. */
  start(): void {
    const { input, inputText, machine } = this;
    this.history.executionStarted(inputText, machine.roleArn);
    this.limitTime();
    // Recorded on AWS: the first state's entry names no event before it.
    this.goOn(this.enter(machine.definition.startAt, input, inputText, 0));
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
    this.history.executionRedriven(this.redriveCount);
    this.limitTime();
    const { state, input, beforeId } = visit;
    this.goOn(state.type === "Task" ? visit : this.enter(state.name, input, JSON.stringify(input), beforeId));
  }

  private limitTime(): void {
    const { timeoutSeconds } = this.machine.definition;
    if (timeoutSeconds !== undefined) this.after(seconds(timeoutSeconds), () => this.timeOut());
  }

  /** StopExecution. Without effect on one that has ended. */
  stop(error: string | undefined, cause: string | undefined): void {
    if (!this.isRunning) return;
    this.history.executionAborted({ error, cause });
    this.close("ABORTED", { error, cause });
  }

  private timeOut(): void {
    const error = "States.Timeout";
    this.history.executionTimedOut(error);
    this.close("TIMED_OUT", { error, cause: undefined });
  }

  private enter(name: string, input: Json, inputText: string, beforeId: number): Visit {
    const state = this.machine.definition.states.get(name);
    if (state === undefined) throw new Error(`the definition of ${this.machine.name} has no state ${name}`);
    return new Visit(this, state, input, inputText, beforeId);
  }

  /** On from a state that was entered. Whatever waits there goes on by itself when it has what it waits for. */
  private goOn(visit: Visit): void {
    this.lastVisit = visit;
    const { state } = visit;
    if (state.type === "Task") {
      this.task = new TaskVisit(this, visit, state);
      void this.task.begin();
    } else void pass(visit, state);
  }

  /** A visit has come to the end of the state. */
  leave(visit: Visit, { next, output, outputText }: Step): void {
    if (!this.isIn(visit)) return;
    const exitedId = this.history.stateExited(visit.state, outputText);
    if (next === undefined) this.succeed(outputText);
    else this.goOn(this.enter(next, output, outputText, exitedId));
  }

  private succeed(outputText: string): void {
    this.history.executionSucceeded(outputText);
    this.outputText = outputText;
    this.close("SUCCEEDED", undefined);
  }

  /** A visit cannot go on, and nothing catches that. */
  fail(visit: Visit, failure: Failure): void {
    if (!this.isIn(visit)) return;
    this.history.executionFailed(failure);
    this.close("FAILED", failure);
  }

  /** An execution that was stopped while a visit was under way hears no more of it. */
  private isIn(visit: Visit): boolean {
    return this.isRunning && visit === this.lastVisit;
  }

  private close(status: ExecutionStatus, failure: Failure | undefined): void {
    this.status = status;
    this.failure = failure;
    this.stoppedAtMs = this.surroundings.world.clock.wallMs();
    for (const timer of this.pending ?? []) timer.cancel();
    this.task?.close();
    this.task = undefined;
    this.surroundings.ended(this);
  }

  /** Does `action` after `delay`, unless the execution has ended by then. */
  after(delay: Micros, action: () => void): void {
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
  whileRunning<T>(work: Promise<T>): Promise<T> {
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
