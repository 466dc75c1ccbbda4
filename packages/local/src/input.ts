import type { Json } from "@sluice/dsl";
import { ServiceError } from "./cloud-types";

/** An operation's input: a JSON object whose fields nobody has looked at yet. */
export type Input = { readonly [field: string]: Json | undefined };

/** @throws ServiceError SerializationException when it is something else */
export function inputObject(value: Json | undefined, what = "the input"): Input {
  if (isObject(value)) return value;
  throw new ServiceError("SerializationException", `${what} is to be a JSON object`);
}

/** Whether it is a JSON object (and no array, no null). */
export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws ServiceError SerializationException when the field is there and no string */
export function optionalText(input: Input, field: string): string | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new ServiceError("SerializationException", `${field} is to be a string`);
  return value;
}

/** @throws ServiceError SerializationException when the field is there and no whole number */
export function optionalInteger(input: Input, field: string): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value))
    throw new ServiceError("SerializationException", `${field} is to be a whole number`);
  return value;
}

/** @throws ServiceError SerializationException when the field is there and no list of strings */
export function optionalTexts(input: Input, field: string): readonly string[] {
  return optionalList(input, field).map((value) => {
    if (typeof value !== "string") throw new ServiceError("SerializationException", `${field} is to hold strings`);
    return value;
  });
}

/** @throws ServiceError SerializationException when the field is there and no list */
export function optionalList(input: Input, field: string): readonly Json[] {
  const value = input[field];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ServiceError("SerializationException", `${field} is to be a list`);
  return value;
}

/**
 * Refuses what the model would otherwise ignore in silence.
 *
 * @throws ServiceError ValidationException naming the field and what is modelled
 */
export function allowOnly(operation: string, input: Input, fields: readonly string[]): void {
  const unknown = Object.keys(input).filter((field) => input[field] !== undefined && !fields.includes(field));
  if (unknown.length > 0)
    throw new ServiceError(
      "ValidationException",
      `${operation}: ${unknown.join(", ")} is not modelled locally (what is: ${fields.join(", ")})`,
    );
}
