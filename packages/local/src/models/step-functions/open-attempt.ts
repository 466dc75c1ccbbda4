import type { Json } from "@sluice/dsl";
import type { Cloud } from "../../cloud-types";
import type { World } from "../../world";
import type { History } from "./history";
import { failureOf, type Integration, responded, serviceInput } from "./integrations";
import type { Machine } from "./machine";
import type { TaskEnd, TimeLimits, Tokens } from "./tokens";

/** What an attempt needs of the execution whose task it belongs to. */
export interface AttemptingExecution {
  readonly arn: string;
  readonly machine: Machine;
  readonly history: History;
  readonly surroundings: { readonly world: World; readonly cloud: Cloud; readonly tokens: Tokens };
}

/** The task whose attempt it is. */
interface AttemptedTask {
  /** Told once, when the attempt is over, unless {@link OpenAttempt.close} comes first. */
  finish(end: TaskEnd): Promise<void>;
}

/** An attempt whose service is asked. A million may be open at once: it holds what its end needs, and no promise. */
export class OpenAttempt {
  private isOver = false;
  /** Whether the service's own response has come back. */
  private isSubmitted = false;
  /** An answer that came before. */
  private answer: TaskEnd | undefined;

  constructor(
    private readonly execution: AttemptingExecution,
    private readonly task: AttemptedTask,
    private readonly integration: Integration,
    private readonly token: string,
  ) {}

  /** Hands the token to the service, and waits for its answer. */
  begin(args: { [key: string]: Json }, limits: TimeLimits): void {
    const { arn, surroundings } = this.execution;
    surroundings.tokens.wait(this.token, arn, limits, (end) => this.answered(end));
    this.submit(args);
  }

  /** No end of it is wanted any more. */
  close(): void {
    this.isOver = true;
    this.execution.surroundings.tokens.close(this.token);
  }

  /**
   * A time-out does not wait for the service. An answer does: a worker may have the message before the service's own
   * response has come back, and the history keeps its order all the same.
   */
  private answered(end: TaskEnd): void {
    if (end.kind === "timedOut" || this.isSubmitted) this.finish(end);
    else this.answer = end;
  }

  private submit(args: { [key: string]: Json }): void {
    const { integration } = this;
    const { service, operation } = integration;
    const { machine, surroundings } = this.execution;
    const requestId = surroundings.world.random.uuid();
    const input = serviceInput(integration, args);
    void surroundings.cloud.call(machine.principal, service, operation, input).then(
      (response) =>
        integration.waitsFor === "token"
          ? this.submitted(response, requestId)
          : this.finish({ kind: "succeeded", ...responded(response, requestId) }),
      (error: unknown) => this.refused({ kind: "failed", ...failureOf(integration, error, requestId) }),
    );
  }

  private submitted(response: Json, requestId: string): void {
    // When this attempt has timed out meanwhile, its history is closed.
    if (this.isOver) return;
    this.isSubmitted = true;
    this.execution.history.taskSubmitted(this.integration, () => responded(response, requestId).outputText);
    if (this.answer !== undefined) this.finish(this.answer);
  }

  /** An answer that was taken stands, whatever the service says afterwards. */
  private refused(refusal: TaskEnd): void {
    this.finish(this.answer ?? refusal);
  }

  private finish(end: TaskEnd): void {
    // Over already: the execution has ended, or the attempt has timed out.
    if (this.isOver) return;
    this.close();
    void this.task.finish(end);
  }
}
