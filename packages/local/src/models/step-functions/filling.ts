import type { Json } from "@sluice/dsl";
import { ExpressionFailure, type States } from "../jsonata";
import type { Template } from "./template-value";

type ExpressionTemplate = Extract<Template, { kind: "expression" }>;

/** What to throw for an expression that has no value; `what` says why. */
type FailedBy = (template: ExpressionTemplate, what: string) => Error;

/**
 * The template's value, at once where its expressions allow it. One after the other: what comes behind an expression that
 * fails is not evaluated.
 *
 * @throws what `failedBy` makes of an expression that fails, or rejects with it
 */
export function fillTemplate(template: Template, states: States, failedBy: FailedBy): Json | Promise<Json> {
  switch (template.kind) {
    case "constant":
      return template.value;
    case "list":
      return fillAll(template.items, states, failedBy);
    case "object":
      return fillObject(template.entries, states, failedBy);
    case "expression":
      return evaluate(template, states, failedBy);
  }
}

function fillObject(
  entries: readonly (readonly [key: string, part: Template])[],
  states: States,
  failedBy: FailedBy,
): Json | Promise<Json> {
  const parts = entries.map(([, part]) => part);
  const toObject = (values: readonly Json[]): Json =>
    Object.fromEntries(entries.map(([key], at) => [key, values[at] ?? null]));
  const values = fillAll(parts, states, failedBy);
  return values instanceof Promise ? values.then(toObject) : toObject(values);
}

function fillAll(
  templates: readonly Template[],
  states: States,
  failedBy: FailedBy,
  filled: readonly Json[] = [],
): Json[] | Promise<Json[]> {
  const values = [...filled];
  for (const template of templates.slice(filled.length)) {
    const value = fillTemplate(template, states, failedBy);
    if (value instanceof Promise)
      return value.then((waited) => fillAll(templates, states, failedBy, [...values, waited]));
    values.push(value);
  }
  return values;
}

function evaluate(template: ExpressionTemplate, states: States, failedBy: FailedBy): Json | Promise<Json> {
  const failed = (error: unknown): never => {
    throw error instanceof ExpressionFailure ? failedBy(template, error.message) : error;
  };
  try {
    const value = template.expression.evaluate(states);
    return value instanceof Promise ? value.catch(failed) : value;
  } catch (error) {
    return failed(error);
  }
}
