import type { Json } from "@sluice/dsl";
import type { Failure } from "./integrations";

/** A state cannot go on; its Retry and Catch may know what to do. */
export class StateFailure extends Error {
  constructor(
    readonly error: string | undefined,
    readonly failureCause: string | undefined,
    /** Whether it matches `States.HeartbeatTimeout` as well. */
    readonly isHeartbeat = false,
  ) {
    super(error);
  }

  /** The names by which an entry of Retry or Catch may mean it. */
  get names(): readonly (string | undefined)[] {
    return this.isHeartbeat ? [this.error, "States.HeartbeatTimeout"] : [this.error];
  }

  /** What the execution fails with when nothing catches it. */
  get failure(): Failure {
    return { error: this.error, cause: this.failureCause };
  }

  /** `$states.errorOutput`. Recorded: what a worker left out is null. */
  get output(): Json {
    return { Error: this.error ?? null, Cause: this.failureCause ?? null };
  }
}

/** @throws what is no failure of a state: a defect of a model */
export function stateFailureOf(error: unknown): StateFailure {
  if (error instanceof StateFailure) return error;
  throw error;
}
