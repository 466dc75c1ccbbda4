import type { Json } from "@sluice/dsl";
import type { WorldClock } from "../../clock";
import type { State } from "./definition";
import type { Failure, Integration } from "./integrations";
import type { TimeLimits } from "./tokens";

/** One event of an execution's history. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly details: EventDetails;
}

/** The name of the field with the event's details, `taskFailedEventDetails`, and its content. */
type EventDetails = readonly [field: string, content: { readonly [key: string]: Json }];

/** A hard limit of Step Functions (its quotas page). */
export const MAX_EVENTS = 25_000;
/** What one more attempt and the execution's end may need. */
const EVENTS_RESERVED = 10;

/** What recordings show beside each text of data. */
const WHOLE: Json = { truncated: false };

/**
 * An execution's events as AWS words them, numbered from 1. Each names the one before it, but where AWS's own recordings
 * do not. What records an event of its own number returns it.
 */
export class History {
  private readonly recorded: HistoryEvent[] | undefined;
  private count = 0;

  /** @param isKept whether anybody will read it; if not, it counts its events only */
  constructor(
    private readonly clock: Pick<WorldClock, "wallMs">,
    isKept: boolean,
  ) {
    this.recorded = isKept ? [] : undefined;
  }

  get events(): readonly HistoryEvent[] {
    return this.recorded ?? [];
  }

  get lastId(): number {
    return this.count;
  }

  /** Whether one more attempt may be too much. */
  get isFull(): boolean {
    return this.count > MAX_EVENTS - EVENTS_RESERVED;
  }

  executionStarted(input: string, roleArn: string): void {
    this.record("ExecutionStarted", () => ["executionStartedEventDetails", { input, inputDetails: WHOLE, roleArn }], 0);
  }

  executionRedriven(redriveCount: number): void {
    this.record("ExecutionRedriven", () => ["executionRedrivenEventDetails", { redriveCount }]);
  }

  executionAborted(failure: Failure): void {
    this.record("ExecutionAborted", () => ["executionAbortedEventDetails", told(failure)], 0);
  }

  executionTimedOut(error: string): void {
    this.record("ExecutionTimedOut", () => ["executionTimedOutEventDetails", { error }], 0);
  }

  executionSucceeded(output: string): void {
    this.record("ExecutionSucceeded", () => ["executionSucceededEventDetails", { output, outputDetails: WHOLE }]);
  }

  executionFailed(failure: Failure): void {
    this.record("ExecutionFailed", () => ["executionFailedEventDetails", told(failure)]);
  }

  /** @returns the event's id */
  stateEntered({ type, name }: State, input: string, previousEventId: number): number {
    return this.record(
      `${type}StateEntered`,
      () => ["stateEnteredEventDetails", { input, inputDetails: WHOLE, name }],
      previousEventId,
    );
  }

  /** @returns the event's id */
  stateExited({ type, name }: State, output: string): number {
    return this.record(`${type}StateExited`, () => ["stateExitedEventDetails", { name, output, outputDetails: WHOLE }]);
  }

  evaluationFailed(
    details: { readonly cause: string; readonly error: string; readonly location: string; readonly state: string },
    previousEventId: number,
  ): void {
    this.record("EvaluationFailed", () => ["evaluationFailedEventDetails", details], previousEventId);
  }

  /** A task's attempt is scheduled, and starts. */
  taskScheduled({ resource, resourceType }: Resource, args: Json, limits: TimeLimits, region: string): void {
    const { heartbeat, timeout } = limits;
    this.record("TaskScheduled", () => [
      "taskScheduledEventDetails",
      {
        ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
        parameters: JSON.stringify(args),
        region,
        resource,
        resourceType,
        ...(timeout !== undefined && { timeoutInSeconds: timeout }),
      },
    ]);
    this.record("TaskStarted", () => ["taskStartedEventDetails", { resource, resourceType }]);
  }

  /** @param outputOf the service's response; asked only by a history that is kept */
  taskSubmitted({ resource, resourceType }: Resource, outputOf: () => string): void {
    this.record("TaskSubmitted", () => [
      "taskSubmittedEventDetails",
      { output: outputOf(), outputDetails: WHOLE, resource, resourceType },
    ]);
  }

  taskSucceeded({ resource, resourceType }: Resource, output: string): void {
    this.record("TaskSucceeded", () => [
      "taskSucceededEventDetails",
      { output, outputDetails: WHOLE, resource, resourceType },
    ]);
  }

  taskFailed({ resource, resourceType }: Resource, failure: Failure): void {
    this.record("TaskFailed", () => ["taskFailedEventDetails", { ...told(failure), resource, resourceType }]);
  }

  taskTimedOut({ resource, resourceType }: Resource, error: string): void {
    this.record("TaskTimedOut", () => ["taskTimedOutEventDetails", { error, resource, resourceType }]);
  }

  /** @param detailsOf asked at once, and only by a history that is kept */
  private record(type: string, detailsOf: () => EventDetails, previousEventId = this.count): number {
    this.count += 1;
    this.recorded?.push({ id: this.count, previousEventId, type, atMs: this.clock.wallMs(), details: detailsOf() });
    return this.count;
  }
}

type Resource = Pick<Integration, "resource" | "resourceType">;

const told = ({ error, cause }: Failure): { [key: string]: Json } => ({
  ...(cause !== undefined && { cause }),
  ...(error !== undefined && { error }),
});

/** As GetExecutionHistory shows it. */
export function renderEvent({ id, previousEventId, type, atMs, details }: HistoryEvent, withData: boolean): Json {
  const [field, content] = details;
  const shown = { [field]: withData ? content : withoutData(content) };
  return { timestamp: atMs / 1_000, type, id, previousEventId, ...shown };
}

const DATA_FIELDS = ["input", "output", "parameters", "cause"];

const withoutData = (content: { readonly [key: string]: Json }): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(content).filter(([key]) => !DATA_FIELDS.includes(key)));
