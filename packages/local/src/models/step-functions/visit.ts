import type { Json } from "@sluice/dsl";
import type { World } from "../../world";
import type { States } from "../jsonata";
import { type ContextExecution, contextObject } from "./context";
import type { State } from "./definition";
import { fillTemplate } from "./filling";
import type { History } from "./history";
import type { Failure } from "./integrations";
import { payloadText } from "./payload";
import { StateFailure } from "./state-failure";
import type { Template } from "./template-value";

/** Where a state leads: on to the next, or out. */
export interface Step {
  readonly next: string | undefined;
  readonly output: Json;
  readonly outputText: string;
}

/** What a visit needs of its execution. */
export interface VisitingExecution extends ContextExecution {
  readonly history: History;
  readonly isRunning: boolean;
  readonly surroundings: { readonly world: World };
  leave(visit: Visit, step: Step): void;
  fail(visit: Visit, failure: Failure): void;
  /** What comes of `work`, and never anything once the execution has ended. */
  whileRunning<T>(work: Promise<T>): Promise<T>;
}

/** One visit of a state: it fills the state's templates, and says in the history which of them fail. */
export class Visit {
  /** Epoch milliseconds. */
  readonly enteredAtMs: number;
  /** Of the event with which the state was entered. */
  private readonly enteredId: number;

  /**
   * Enters the state.
   *
   * @param beforeId of the event before
   */
  constructor(
    private readonly execution: VisitingExecution,
    readonly state: State,
    readonly input: Json,
    inputText: string,
    readonly beforeId: number,
  ) {
    this.enteredId = execution.history.stateEntered(state, inputText, beforeId);
    this.enteredAtMs = execution.surroundings.world.clock.wallMs();
  }

  /** On to the next state, unless the execution has ended meanwhile. */
  leave(step: Step): void {
    this.execution.leave(this, step);
  }

  /** Ends the execution, unless it has ended meanwhile. */
  fail(failure: Failure): void {
    this.execution.fail(this, failure);
  }

  /** `$states.context`; of a task's attempt with its token. */
  context(retryCount = 0, token?: string): { [key: string]: Json } {
    return contextObject(this.execution, this, retryCount, token);
  }

  /** @throws StateFailure when the output is too large */
  stepTo(next: string | undefined, output: Json): Step {
    return { next, output, outputText: payloadText(output, this.state.name) };
  }

  /**
   * @param statesOf asked only where there is a template to fill
   * @throws StateFailure as {@link fill}
   */
  outputOf(template: Template | undefined, statesOf: () => States, otherwise: Json): Json | Promise<Json> {
    return template === undefined ? otherwise : this.fill(template, statesOf());
  }

  /**
   * The template's value, at once where its expressions allow it.
   *
   * @throws StateFailure for an expression that has no value, or rejects with it
   */
  fill(template: Template, states: States): Json | Promise<Json> {
    const value = fillTemplate(template, states, (expression, what) => this.evaluationFailed(expression, what));
    return value instanceof Promise ? this.execution.whileRunning(value) : value;
  }

  /** The failure to throw for a template's value of a wrong type. */
  wrongType(template: Template, expected: string, value: Json): StateFailure {
    const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
    const what = `returned an unexpected result type. Expected '${expected}', but was '${actual}' for value: ${JSON.stringify(value)}`;
    if (template.kind === "expression") return this.evaluationFailed(template, what);
    return this.runtimeFailure(`A value of the definition ${what}`);
  }

  /** The failure to throw for what the definition makes impossible. */
  runtimeFailure(what: string): StateFailure {
    return new StateFailure("States.Runtime", `${this.executing()} ${what}`);
  }

  /** An expression that fails is told in the history, as its own kind of event. */
  private evaluationFailed(
    { expression, field }: Extract<Template, { kind: "expression" }>,
    what: string,
  ): StateFailure {
    const cause = `${this.executing()} The JSONata expression '${expression.source}' specified for the field '${field}' ${what}`;
    const error = "States.QueryEvaluationError";
    const { history, isRunning } = this.execution;
    // Recorded on AWS: right after a state's entry, the event before is the one before that entry.
    const previousId = history.lastId === this.enteredId ? this.beforeId : history.lastId;
    // The history of one that was stopped meanwhile is closed.
    if (isRunning) history.evaluationFailed({ cause, error, location: field, state: this.state.name }, previousId);
    return new StateFailure(error, cause);
  }

  private executing(): string {
    return `An error occurred while executing the state '${this.state.name}' (entered at the event id #${this.enteredId}).`;
  }
}
