import type { Json } from "@sluice/dsl";
import { ServiceError } from "../../cloud-types";
import { isObject } from "../../input";

/** An attribute's value. Never changed in place: an update makes new ones. */
export type Value =
  | { readonly type: "S" | "N" | "B"; readonly value: string }
  | { readonly type: "BOOL" | "NULL"; readonly value: boolean }
  | SetValue
  | { readonly type: "L"; readonly value: readonly Value[] }
  | { readonly type: "M"; readonly value: Item };

/** A set of strings, numbers or binaries. */
interface SetValue {
  readonly type: "SS" | "NS" | "BS";
  readonly value: readonly string[];
}

/** Whether it is one of the three kinds of sets. */
export const isSet = (value: Value): value is SetValue => /^[SNB]S$/.test(value.type);

/** An item, or a map in one. */
export type Item = ReadonlyMap<string, Value>;

/** @throws ServiceError ValidationException for what is no attribute value */
export function parseValue(json: Json | undefined): Value {
  const [entry, ...others] = isObject(json) ? Object.entries(json) : [];
  if (entry === undefined)
    throw invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  if (others.length > 0)
    throw invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  const [type, value] = entry;
  if ((type === "S" || type === "B") && typeof value === "string") return { type, value };
  if (type === "N" && typeof value === "string") return { type, value: renderDecimal(parseDecimal(value)) };
  if (type === "BOOL" && typeof value === "boolean") return { type, value };
  if (type === "NULL" && value === true) return { type, value };
  if (type === "M" && isObject(value)) return { type, value: parseItem(value) };
  if (type === "L" && Array.isArray(value)) return { type, value: value.map(parseValue) };
  if ((type === "SS" || type === "NS" || type === "BS") && Array.isArray(value))
    return { type, value: parseSet(type, value) };
  throw invalid(`no attribute value: ${JSON.stringify(json).slice(0, 100)}`);
}

function parseSet(type: string, values: readonly Json[]): string[] {
  const texts = values.map((value) => {
    if (typeof value !== "string") throw invalid(`a ${type} holds strings only`);
    return type === "NS" ? renderDecimal(parseDecimal(value)) : value;
  });
  if (texts.length === 0) {
    const kind = type === "NS" ? "number" : "string";
    throw invalid(`One or more parameter values were invalid: An ${kind} set  may not be empty`);
  }
  if (new Set(texts).size < texts.length)
    throw invalid("One or more parameter values were invalid: Input collection contains duplicates");
  return texts;
}

/** @throws ServiceError ValidationException */
export const parseItem = (json: { readonly [name: string]: Json }): Item =>
  new Map(Object.entries(json).map(([name, value]) => [name, parseValue(value)]));

export const renderItem = (item: Item): { [name: string]: Json } =>
  Object.fromEntries([...item].map(([name, value]) => [name, renderValue(value)]));

function renderValue(value: Value): Json {
  if (isSet(value)) return { [value.type]: [...value.value] };
  if (value.type === "M") return { M: renderItem(value.value) };
  if (value.type === "L") return { L: value.value.map(renderValue) };
  return { [value.type]: value.value };
}

/** What DynamoDB counts against the size of an item: names and values; numbers as text, a little more than it does. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of item) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: Value): number {
  if (isSet(value)) return value.value.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  if (value.type === "M") return 3 + itemBytes(value.value);
  if (value.type === "L") return value.value.reduce((sum, one) => sum + 1 + valueBytes(one), 3);
  if (typeof value.value === "boolean") return 1;
  return Buffer.byteLength(value.value, value.type === "B" ? "base64" : "utf8");
}

/** Whether both are of one type and the same; the order in a set does not count. */
export function isEqual(a: Value, b: Value): boolean {
  if (a.type !== b.type) return false;
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** A form in which equal values have equal text. */
function sorted(value: Value): Json {
  if (isSet(value)) return [...value.value].sort();
  if (value.type === "L") return value.value.map((one) => [one.type, sorted(one)]);
  if (value.type !== "M") return value.value;
  return [...value.value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, one.type, sorted(one)]);
}

/**
 * Less than 0, 0, or more: numbers by value, strings and binaries by their bytes. Undefined where DynamoDB has no order:
 * two types, or one without.
 */
export function compareValues(a: Value, b: Value): number | undefined {
  if (a.type === "N" && b.type === "N") return Number(subtractDecimals(a.value, b.value));
  if (a.type === "S" && b.type === "S") return Buffer.compare(Buffer.from(a.value), Buffer.from(b.value));
  if (a.type === "B" && b.type === "B")
    return Buffer.compare(Buffer.from(a.value, "base64"), Buffer.from(b.value, "base64"));
  return undefined;
}

/** digits × 10^−scale, exactly: DynamoDB keeps 38 digits, more than a double does. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Exact sum of two numbers in text. */
export const addDecimals = (a: string, b: string): string => renderDecimal(sum(parseDecimal(a), parseDecimal(b), 1n));

/** Exact difference. */
export const subtractDecimals = (a: string, b: string): string =>
  renderDecimal(sum(parseDecimal(a), parseDecimal(b), -1n));

function sum(a: Decimal, b: Decimal, sign: bigint): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const at = ({ digits, scale: from }: Decimal): bigint => digits * 10n ** BigInt(scale - from);
  return { digits: at(a) + sign * at(b), scale };
}

function parseDecimal(text: string): Decimal {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ?? [];
  if (whole + fraction === "") throw invalid(`The parameter cannot be converted to a numeric value: ${text}`);
  if ((whole + fraction).replace(/^0+|0+$/g, "").length > 38)
    throw invalid("Attempting to store more than 38 significant digits in a Number");
  const digits = BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction}`);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

function renderDecimal({ digits, scale }: Decimal): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, "");
  return `${digits < 0n ? "-" : ""}${whole}${scale > 0 && fraction !== "" ? `.${fraction}` : ""}`;
}

/** DynamoDB's refusal of an input. */
export const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);
