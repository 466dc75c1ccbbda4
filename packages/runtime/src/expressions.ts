import type { Json } from "@sluice/dsl";
import jsonata from "jsonata";
import type { Evaluate } from "./core/classify";

/** Why an expression has no value, in JSONata's words. */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}

/**
 * Evaluates the expressions of a gateway file. Each is compiled once: compiling costs a hundred times an evaluation.
 *
 * Bindings are the variables, without their `$`. A result that is no JSON (a function) is a failure.
 */
export function createEvaluate(): Evaluate {
  const compiled = new Map<string, jsonata.Expression>();
  return async (expression, bindings) => {
    try {
      const known = compiled.get(expression) ?? jsonata(expression);
      compiled.set(expression, known);
      return toJson(await known.evaluate(undefined, bindings));
    } catch (error) {
      throw error instanceof ExpressionFailure ? error : new ExpressionFailure(describe(error));
    }
  };
}

/** JSONata throws plain records, whose text would be lost on the way to a person. */
function describe(error: unknown): string {
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  const position = "position" in error && typeof error.position === "number" ? ` (at character ${error.position})` : "";
  return `${String(error.message)}${position}`;
}

/** A copy without JSONata's own marks on lists. */
function toJson(value: unknown): Json | undefined {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (isFunction(part)) throw new ExpressionFailure("it gives a function, which is no JSON");
    return part;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

function isFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && ("_jsonata_lambda" in value || "_jsonata_function" in value);
}
