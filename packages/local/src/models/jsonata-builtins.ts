import { hash as hashOf } from "node:crypto";

/**
 * Where the quick way ends: what follows needs the library's own evaluation, from the expression's beginning. Thrown
 * instead of an error, so that failures, too, are the library's.
 */
export const NEEDS_LIBRARY = Symbol("needs the library");

export function leave(): never {
  throw NEEDS_LIBRARY;
}

/** A value within an expression; undefined is JSONata's "nothing". */
export type Value = unknown;

/** A function on as many arguments as it was given, no context filled in. */
export type Builtin = (args: readonly Value[]) => Value;

/** An object as JSON has them, without the keys by which the library knows its functions and wrappers. */
export function isPlainObject(value: Value): value is { readonly [key: string]: Value } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if ("_jsonata_lambda" in value || "_jsonata_function" in value || "outerWrapper" in value) leave();
  return true;
}

/** JSONata's truth, for what is no list and no object. */
export function isTrue(value: Value): boolean {
  switch (typeof value) {
    case "undefined":
      return false;
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return Number.isFinite(value) ? value !== 0 : leave();
    default:
      return value === null ? false : leave();
  }
}

/** `$string`, and what `&` makes of its sides. */
export function textOf(value: Value): string | undefined {
  if (typeof value === "string" || value === undefined) return value;
  if (typeof value === "number") return String(numberInText(value));
  return JSON.stringify(value, (_, part: Value) => {
    if (typeof part === "number") return numberInText(part);
    if (typeof part === "function" || (typeof part === "object" && part !== null && !Array.isArray(part)))
      return isPlainObject(part) ? part : leave();
    return part;
  });
}

function numberInText(value: number): number {
  if (!Number.isFinite(value)) leave();
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

export const HASHES: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/** The instants that Step Functions writes into its context; any other form is the library's. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Beyond the Basic Multilingual Plane a character is two units of a string, and JSONata counts characters. */
const SURROGATE = /[\ud800-\udfff]/;

/**
 * The functions of JSONata (and of Step Functions) that cost nothing but a computation, on the arguments for which they
 * need no rule of the library's: others leave.
 *
 * @param wallMs the instant of the evaluation, epoch milliseconds
 */
export function builtinsAt(wallMs: () => number): ReadonlyMap<string, Builtin> {
  return new Map<string, Builtin>([
    ["exists", (args) => only(args) !== undefined],
    ["not", (args) => whenThere(only(args), (value) => !isTrue(value))],
    ["type", (args) => typeOf(only(args))],
    ["string", (args) => textOf(only(args))],
    ["count", (args) => countOf(only(args))],
    ["length", (args) => whenText(only(args), (text) => (SURROGATE.test(text) ? [...text].length : text.length))],
    ["substring", substring],
    ["contains", contains],
    ["lookup", lookup],
    ["join", join],
    ["ceil", (args) => whenNumber(only(args), Math.ceil)],
    ["floor", (args) => whenNumber(only(args), Math.floor)],
    ["max", (args) => extreme(only(args), Math.max)],
    ["min", (args) => extreme(only(args), Math.min)],
    ["hash", hash],
    ["toMillis", (args) => whenText(only(args), (text) => instant(text))],
    ["millis", (args) => (args.length === 0 ? wallMs() : leave())],
  ]);
}

function instant(text: string): number {
  const atMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? leave() : atMs;
}

const only = (args: readonly Value[]): Value => (args.length === 1 ? args[0] : leave());

const whenThere = (value: Value, compute: (value: Value) => Value): Value =>
  value === undefined ? undefined : compute(value);

const whenText = (value: Value, compute: (text: string) => Value): Value =>
  whenThere(value, () => (typeof value === "string" ? compute(value) : leave()));

const whenNumber = (value: Value, compute: (number: number) => number): Value =>
  whenThere(value, () => (typeof value === "number" ? compute(value) : leave()));

function typeOf(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isFinite(value) ? "number" : leave();
  if (typeof value === "string" || typeof value === "boolean") return typeof value;
  return isPlainObject(value) ? "object" : leave();
}

function countOf(value: Value): number {
  if (value === undefined) return 0;
  return Array.isArray(value) ? value.length : 1;
}

function substring(args: readonly Value[]): Value {
  const [text, start, length] = args;
  if (args.length !== 3 || typeof text !== "string" || SURROGATE.test(text)) return leave();
  if (!isIndex(start) || !isIndex(length)) return leave();
  return text.slice(start, start + length);
}

const isIndex = (value: Value): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0;

function contains([text, part, ...more]: readonly Value[]): Value {
  if (typeof text !== "string" || typeof part !== "string" || more.length > 0) return leave();
  return text.includes(part);
}

function lookup([object, key, ...more]: readonly Value[]): Value {
  if (typeof key !== "string" || more.length > 0 || !isPlainObject(object)) return leave();
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function join([texts, separator, ...more]: readonly Value[]): Value {
  if (typeof separator !== "string" || more.length > 0) return leave();
  if (texts === undefined || typeof texts === "string") return texts;
  if (!Array.isArray(texts) || texts.some((text) => typeof text !== "string")) return leave();
  return texts.join(separator);
}

function extreme(value: Value, choose: (...numbers: number[]) => number): Value {
  if (value === undefined || typeof value === "number") return value;
  if (!Array.isArray(value)) return leave();
  const numbers = value.filter((item) => typeof item === "number");
  if (numbers.length < value.length) return leave();
  return numbers.length === 0 ? undefined : choose(...numbers);
}

function hash([text, algorithm, ...more]: readonly Value[]): Value {
  if (typeof text !== "string" || typeof algorithm !== "string" || more.length > 0) return leave();
  const name = HASHES[algorithm];
  return name === undefined ? leave() : digest(name, text);
}

/** In hexadecimal, of the text in UTF-8. */
export const digest = (algorithm: string, text: string): string => hashOf(algorithm, text);
