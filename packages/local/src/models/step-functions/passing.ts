import type { FailState, State, TaskState } from "./definition";
import type { Failure } from "./integrations";
import { stateFailureOf } from "./state-failure";
import type { Template } from "./template-value";
import type { Step, Visit } from "./visit";

/** Visits a state in which nothing is waited for but its expressions. */
export async function pass(visit: Visit, state: Exclude<State, TaskState>): Promise<void> {
  const { input } = visit;
  let step: Step;
  try {
    if (state.type === "Fail") {
      visit.fail(await failureIn(visit, state));
      return;
    }
    const output = await visit.outputOf(state.output, () => ({ input, context: visit.context() }), input);
    step = visit.stepTo(state.type === "Pass" ? state.next : undefined, output);
  } catch (error) {
    visit.fail(stateFailureOf(error).failure);
    return;
  }
  visit.leave(step);
}

async function failureIn(visit: Visit, state: FailState): Promise<Failure> {
  const states = { input: visit.input, context: visit.context() };
  const text = async (template: Template | undefined): Promise<string | undefined> => {
    if (template === undefined) return undefined;
    const value = await visit.fill(template, states);
    if (typeof value !== "string") throw visit.wrongType(template, "string", value);
    return value;
  };
  return { error: await text(state.error), cause: await text(state.cause) };
}
