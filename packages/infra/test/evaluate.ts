import { createHash } from "node:crypto";
import type { Json } from "@sluice/dsl";
import jsonata from "jsonata";

/** What `$states` holds while a field of a state is evaluated. */
export interface States {
  readonly input: Json;
  readonly errorOutput?: Json;
  readonly context: Json;
}

type Fields = { readonly [key: string]: Json };

export const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Fills in a field of a state as Step Functions does: strings in `{% %}` are JSONata, whose values must exist.
 *
 * @param nowMs what `$millis()` gives
 */
export async function fill(template: Json, states: States, nowMs = 0): Promise<Json> {
  if (Array.isArray(template)) return Promise.all(template.map((part) => fill(part, states, nowMs)));
  if (isFields(template)) {
    const parts = Object.entries(template).map(async ([key, part]) => [key, await fill(part, states, nowMs)] as const);
    return Object.fromEntries(await Promise.all(parts));
  }
  const source = typeof template === "string" ? /^\{%(.*)%\}$/s.exec(template)?.[1] : undefined;
  if (source === undefined) return template;
  const compiled = jsonata(source);
  compiled.registerFunction("hash", (text: string, algorithm: string) => hash(text, algorithm), "<ss:s>");
  compiled.registerFunction("millis", () => nowMs, "<:n>");
  const value: unknown = await compiled.evaluate(undefined, { states });
  if (value === undefined) throw new Error("the expression returned nothing");
  return JSON.parse(JSON.stringify(value));
}

function hash(text: string, algorithm: string): string {
  if (algorithm !== "SHA-256") throw new Error(`no such algorithm in this test: ${algorithm}`);
  return createHash("sha256").update(text).digest("hex");
}
