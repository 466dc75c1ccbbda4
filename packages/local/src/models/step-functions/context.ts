import type { Json } from "@sluice/dsl";
import type { Machine } from "./machine";

/** An execution as its context object shows it. */
export interface ContextExecution {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  readonly input: Json;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  readonly redriveCount: number;
  readonly redrivenAtMs: number | undefined;
}

/** A visit of a state as the context object shows it. */
export interface ContextVisit {
  readonly state: { readonly name: string };
  /** Epoch milliseconds. */
  readonly enteredAtMs: number;
}

/**
 * The context object, `$states.context`.
 *
 * @param retryCount how many attempts of this visit have failed
 * @param token of a task's attempt that waits for it
 */
export function contextObject(
  execution: ContextExecution,
  { state, enteredAtMs }: ContextVisit,
  retryCount: number,
  token?: string,
): { [key: string]: Json } {
  const { arn, name, roleArn } = execution.machine;
  const context: { [key: string]: Json } = {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: roleArn,
      StartTime: instantText(execution.startedAtMs),
      RedriveCount: execution.redriveCount,
      ...(execution.redrivenAtMs !== undefined && { RedriveTime: instantText(execution.redrivenAtMs) }),
    },
    State: { EnteredTime: instantText(enteredAtMs), Name: state.name, RetryCount: retryCount },
    StateMachine: { Id: arn, Name: name },
  };
  if (token !== undefined) context.Task = { Token: token };
  return context;
}

let lastInstant = { atMs: 0, text: new Date(0).toISOString() };

/** An execution's start and its first state's entry are one instant, asked for again and again. */
function instantText(atMs: number): string {
  if (atMs !== lastInstant.atMs) lastInstant = { atMs, text: new Date(atMs).toISOString() };
  return lastInstant.text;
}
