import { type Json, type Micros, seconds } from "@sluice/dsl";
import { after, type Timer } from "../../clock";
import { ServiceError } from "../../cloud-types";
import type { World } from "../../world";
import type { Failure } from "./integrations";

/** How a task that waits for its token ended. */
export type TaskEnd =
  | { readonly kind: "succeeded"; readonly output: Json; readonly outputText: string }
  | ({ readonly kind: "failed" } & Failure)
  | { readonly kind: "timedOut"; readonly by: "timeout" | "heartbeat" };

/** In seconds; undefined: for ever. */
export interface TimeLimits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

interface OpenTask {
  readonly executionArn: string;
  readonly end: (end: TaskEnd) => void;
  readonly heartbeatUs: Micros | undefined;
  heartbeat: Timer | undefined;
  readonly timeout: Timer | undefined;
}

/**
 * The task tokens that wait for an answer. A token tells by itself of which execution it is, so that closed ones need
 * not be remembered to be told from those that never were.
 */
export class Tokens {
  private readonly open = new Map<string, OpenTask>();

  constructor(private readonly world: World) {}

  /** A new token for an attempt of `executionArn`; nobody can answer it yet. */
  issue(executionArn: string): string {
    return `${MARK}/${executionArn}/${this.world.random.uuid()}`;
  }

  /**
   * Waits for the token's answer, from now on.
   *
   * @param end told once, unless {@link close} comes first
   */
  wait(token: string, executionArn: string, limits: TimeLimits, end: (end: TaskEnd) => void): void {
    const { clock } = this.world;
    const { timeout, heartbeat } = limits;
    const expire = () => this.finish(token, { kind: "timedOut", by: "timeout" });
    const heartbeatUs = heartbeat === undefined ? undefined : seconds(heartbeat);
    this.open.set(token, {
      executionArn,
      end,
      heartbeatUs,
      heartbeat: heartbeatUs && this.nextBeat(token, heartbeatUs),
      timeout: timeout === undefined ? undefined : after(clock, seconds(timeout), expire),
    });
  }

  /** The execution whose token it is. @throws ServiceError InvalidToken */
  executionOf(token: string): string {
    const task = this.open.get(token);
    if (task !== undefined) return task.executionArn;
    const [mark, executionArn, id] = token.split("/");
    if (mark !== MARK || executionArn === undefined || !/^[0-9a-f-]{36}$/.test(id ?? "")) throw invalidToken();
    return executionArn;
  }

  /** @throws ServiceError InvalidToken, TaskTimedOut (answered before, expired, or its execution has ended) */
  answer(token: string, end: TaskEnd): void {
    this.openTask(token);
    this.finish(token, end);
  }

  /** Starts the heartbeat's time anew. @throws as {@link answer} */
  beat(token: string): void {
    const task = this.openTask(token);
    if (task.heartbeatUs === undefined) return;
    task.heartbeat?.cancel();
    task.heartbeat = this.nextBeat(token, task.heartbeatUs);
  }

  private nextBeat(token: string, withinUs: Micros): Timer {
    return after(this.world.clock, withinUs, () => this.finish(token, { kind: "timedOut", by: "heartbeat" }));
  }

  /** No answer is wanted any more; without effect on a token that is not open. */
  close(token: string): void {
    const task = this.open.get(token);
    task?.timeout?.cancel();
    task?.heartbeat?.cancel();
    this.open.delete(token);
  }

  private openTask(token: string): OpenTask {
    const task = this.open.get(token);
    if (task !== undefined) return task;
    this.executionOf(token);
    throw new ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
  }

  private finish(token: string, end: TaskEnd): void {
    const task = this.open.get(token);
    this.close(token);
    task?.end(end);
  }
}

const MARK = "sluice-task";

const invalidToken = (): ServiceError => new ServiceError("InvalidToken", "Invalid Token: 'Invalid token'");
