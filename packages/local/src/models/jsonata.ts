import type { Json } from "@sluice/dsl";
import jsonata from "jsonata";
import { Random } from "../random";
import type { World } from "../world";
import { builtinsAt, digest, HASHES, NEEDS_LIBRARY } from "./jsonata-builtins";
import { compileQuickly } from "./jsonata-closures";

/** What an expression may look at: `$states.input`, `$states.result`, `$states.errorOutput`, `$states.context`. */
export interface States {
  readonly input: Json;
  readonly result?: Json;
  readonly errorOutput?: Json;
  readonly context: Json;
}

/** A compiled JSONata expression of a state machine. */
export interface Expression {
  /** Without its braces. */
  readonly source: string;
  /**
   * At once where it can be, for most expressions.
   *
   * @throws ExpressionFailure (or rejects with it) when it yields nothing, something that is no JSON, or an error
   */
  evaluate(states: States): Json | Promise<Json>;
}

/** Why an expression has no value, worded to follow "The JSONata expression '…' specified for the field '…'". */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}

/** The text between `{%` and `%}`, or undefined when `text` is no expression. */
export const expressionIn = (text: string): string | undefined => /^\{%([\s\S]*)%\}$/.exec(text)?.[1]?.trim();

/**
 * Compiles an expression with the functions that Step Functions adds to JSONata (`$hash`, `$uuid`, `$random`, `$parse`,
 * `$partition`, `$range`) and without `$eval`, which it leaves out. Time and randomness are the world's.
 *
 * @throws Error when it does not parse, or uses `$eval`
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function compileExpression(source: string, world: World): Expression {
  const compiled = compileInLibrary(source, world);
  const quick = compileQuickly(
    compiled.ast(),
    builtinsAt(() => world.clock.wallMs()),
  );
  return {
    source,
    evaluate(states) {
      const outcome = quick(states);
      if (outcome === NEEDS_LIBRARY) return evaluateInLibrary(compiled, states);
      return isJson(outcome) ? outcome : toJson(outcome);
    },
  };
}

/** As {@link compileExpression}, for {@link evaluateInLibrary}. */
export function compileInLibrary(source: string, world: World): jsonata.Expression {
  const compiled = jsonata(source);
  if (usesVariable(compiled.ast(), "eval"))
    throw new Error("$eval is not part of JSONata in Step Functions; $parse reads JSON from a string");
  registerFunctions(compiled, world);
  return compiled;
}

/** The library's own evaluation: it says what an expression means. */
export const evaluateInLibrary = async (compiled: jsonata.Expression, states: States): Promise<Json> =>
  toJson(await outcomeOf(compiled, states));

async function outcomeOf(compiled: jsonata.Expression, states: States): Promise<unknown> {
  try {
    return await compiled.evaluate(undefined, { states });
  } catch (error) {
    const where = hasPosition(error) ? ` at position ${error.position}` : "";
    throw new ExpressionFailure(`threw an error${where}: ${messageOf(error)}`);
  }
}

/** The library throws plain objects as well as errors; what they have in common is a message. */
export const messageOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);

const hasPosition = (error: unknown): error is { readonly position: number } =>
  typeof error === "object" && error !== null && "position" in error && typeof error.position === "number";

function registerFunctions(compiled: jsonata.Expression, { clock, random }: World): void {
  compiled.registerFunction(
    "now",
    async (...format) => (await FROM_MILLIS).call(undefined, clock.wallMs(), ...format),
    "<s?s?:s>",
  );
  compiled.registerFunction("millis", () => clock.wallMs(), "<:n>");
  // A picture without a year takes it from the current time, for which the library would ask the machine.
  compiled.registerFunction(
    "toMillis",
    async (text, picture) =>
      (await TO_MILLIS).call({ environment: { timestamp: new Date(clock.wallMs()) } }, text, picture),
    "<s-s?:n>",
  );
  compiled.registerFunction(
    "random",
    (seed?: number) => (seed === undefined ? random : new Random(seed)).next(),
    "<n?:n>",
  );
  compiled.registerFunction("uuid", () => random.uuid(), "<:s>");
  compiled.registerFunction("shuffle", (items: unknown[]) => shuffled(items, random), "<a:a>");
  compiled.registerFunction("hash", hash, "<ss:s>");
  compiled.registerFunction("parse", (text: string) => JSON.parse(text), "<s:x>");
  compiled.registerFunction("partition", partition, "<an:a>");
  compiled.registerFunction("range", range, "<nnn:a>");
}

function hash(text: string, algorithm: string): string {
  const name = HASHES[algorithm];
  if (name === undefined)
    throw new Error(`$hash does not know ${algorithm}; it knows ${Object.keys(HASHES).join(", ")}`);
  return digest(name, text);
}

function partition(items: unknown[], size: number): unknown[][] {
  if (!Number.isInteger(size) || size < 1) throw new Error("$partition takes a size of at least 1");
  const parts: unknown[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}

/** Both ends included, as in States.ArrayRange. */
function range(first: number, last: number, step: number): number[] {
  const length = Math.floor((last - first) / step) + 1;
  if (!Number.isFinite(length) || length > 1_000) throw new Error("$range makes at most 1000 numbers, by a step not 0");
  return Array.from({ length: Math.max(0, length) }, (_, at) => first + at * step);
}

function shuffled(items: unknown[], random: Random): unknown[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = random.between(0, at);
    [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
  }
  return mixed;
}

type DateFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The library's own functions of date and time, found in it as values, because it does not export them. */
const FROM_MILLIS = builtIn("fromMillis");
const TO_MILLIS = builtIn("toMillis");

async function builtIn(name: string): Promise<DateFunction> {
  const found: { readonly implementation: DateFunction } = await jsonata(`$${name}`).evaluate(undefined);
  return found.implementation;
}

function usesVariable(node: unknown, name: string): boolean {
  if (typeof node !== "object" || node === null) return false;
  if ("type" in node && node.type === "variable" && "value" in node && node.value === name) return true;
  return Object.values(node).some((part) => usesVariable(part, name));
}

/**
 * Whether the quick way's outcome may be handed on without a copy, parts of its input and all: nobody changes either, and
 * it bears no marks of the library's.
 */
function isJson(value: unknown): value is Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || (Array.isArray(value) ? value.every(isJson) : isJsonObject(value));
    default:
      return false;
  }
}

function isJsonObject(value: object): boolean {
  if ("_jsonata_lambda" in value || "_jsonata_function" in value) return false;
  for (const key in value) if (!isJson(value[key as keyof typeof value])) return false;
  return true;
}

function toJson(value: unknown): Json {
  if (value === undefined) throw new ExpressionFailure("returned nothing (undefined).");
  return copied(value);
}

/** A plain copy: the library's arrays carry marks of its own, and its results share structure with its input. */
function copied(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "object": {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : copied(item)));
      if ("_jsonata_lambda" in value || "_jsonata_function" in value) break;
      return copiedObject(value);
    }
  }
  throw new ExpressionFailure("returned an unsupported result type.");
}

function copiedObject(value: object): Json {
  const copy: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    // Assigned, this one key would be the copy's prototype.
    if (key === "__proto__")
      Object.defineProperty(copy, key, { value: copied(item), enumerable: true, writable: true, configurable: true });
    else copy[key] = copied(item);
  }
  return copy;
}
