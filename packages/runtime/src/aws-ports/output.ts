/** What AWS returned, taken apart without trust: the SDK types every field as possibly absent anyway. */
export type Output = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Output =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The records of a list; an empty list where there is none (SQS leaves `Messages` out when there are none). */
export const records = (value: unknown): Output[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** A text; empty where there is none. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The exception's name, `ConditionalCheckFailedException`; empty when what was thrown is no Error. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");
