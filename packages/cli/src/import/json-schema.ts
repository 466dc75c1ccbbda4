import type { Json } from "@sluice/dsl";
import { type ApiDocument, asList, asMap, asText, isMap, type JsonMap } from "./document";
import type { Notes } from "./notes";
import { inShort } from "./words";

/** What the schemas of one operation are read with. */
export interface SchemaReader {
  readonly document: ApiDocument;
  readonly notes: Notes;
  /** The operation, for notes. */
  readonly where: string;
  /** Maps that may still be written for this operation: inlined references can multiply without end. */
  budget: { maps: number };
}

/** More than a person would read of one operation, and less than what makes a file that cannot be linted. */
export const MAX_MAPS_PER_OPERATION = 1_500;
const MAX_DEPTH = 25;

/** Keywords that mean the same in draft 2020-12 and hold no schemas. */
const KEPT = new Set([
  ...["type", "enum", "const", "required", "format", "default", "examples", "pattern", "minLength", "maxLength"],
  ...[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
  ],
  ...["minProperties", "maxProperties", "minContains", "maxContains", "dependentRequired", "contentMediaType"],
  ...["contentEncoding"],
]);
const HOLDS_ONE = new Set([
  ...["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"],
  ...["unevaluatedProperties", "unevaluatedItems"],
]);
const HOLDS_LIST = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const HOLDS_NAMED = new Set(["properties", "patternProperties", "dependentSchemas"]);
const TYPES = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);

/**
 * A schema of the document as JSON Schema, draft 2020-12: references written out, `nullable` and the other words of
 * Swagger 2.0 and OpenAPI 3.0 in today's. A part that holds itself is cut where it comes again.
 */
export function toJsonSchema(schema: Json | undefined, reader: SchemaReader): Json {
  return convert(schema, reader, []);
}

function convert(schema: Json | undefined, reader: SchemaReader, open: readonly string[]): Json {
  if (typeof schema === "boolean") return schema;
  if (!isMap(schema)) return {};
  if (typeof schema.$ref === "string") return convertReference(schema, schema.$ref, reader, open);
  if (reader.budget.maps <= 0 || open.length > MAX_DEPTH) {
    reader.notes.add("a schema was cut because it is too large; below the cut anything is let through", reader.where);
    return { description: "Cut: the document goes on here, and nothing below is checked." };
  }
  reader.budget.maps -= 1;
  return nullable(schema, plainWords(schema, convertKeywords(schema, reader, [...open, ""])));
}

function convertReference(schema: JsonMap, target: string, reader: SchemaReader, open: readonly string[]): Json {
  if (open.includes(target)) {
    const name = target.split("/").at(-1) ?? target;
    reader.notes.add(
      "a schema holds itself; it was cut where it comes again, and below that anything is let through",
      `${reader.where} (${name})`,
    );
    return { description: `Cut: ${name} again, and nothing below is checked.` };
  }
  const found = reader.document.find(target);
  if (found === undefined) {
    reader.notes.add("a reference leads nowhere; what it stands for is not checked", `${reader.where} (${target})`);
    return {};
  }
  const { $ref: _, ...beside } = schema;
  // Beside a reference only the words for people are safe to keep: before 3.1 everything there was to be ignored.
  const said: JsonMap = asText(beside.description) ? { description: beside.description ?? "" } : {};
  const converted = convert(isMap(found) ? { ...found, ...said } : found, reader, [...open, target]);
  return beside.nullable === true ? withNull(converted) : converted;
}

function convertKeywords(schema: JsonMap, reader: SchemaReader, open: readonly string[]): JsonMap {
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, Json][] => {
    if (KEPT.has(keyword)) return [[keyword, value]];
    if (HOLDS_ONE.has(keyword)) return convertOne(keyword, value, reader, open);
    if (HOLDS_LIST.has(keyword)) {
      const items = asList(value).map((item) => convert(item, reader, open));
      return items.length > 0 ? [[keyword, items]] : [];
    }
    if (HOLDS_NAMED.has(keyword)) {
      const named = Object.entries(asMap(value)).map(([name, item]) => [name, convert(item, reader, open)]);
      return [[keyword, Object.fromEntries(named)]];
    }
    if (keyword === "description") return asText(value) ? [[keyword, inShort(String(value))]] : [];
    return [];
  });
  return Object.fromEntries(entries);
}

function convertOne(keyword: string, value: Json, reader: SchemaReader, open: readonly string[]): [string, Json][] {
  // Before 3.1 a list of schemas in `items` meant one for each place.
  if (keyword === "items" && Array.isArray(value))
    return [["prefixItems", value.map((item) => convert(item, reader, open))]];
  return typeof value === "boolean" || isMap(value) ? [[keyword, convert(value, reader, open)]] : [];
}

/** Today's words for those that changed, and nothing that draft 2020-12 would refuse. */
function plainWords(schema: JsonMap, converted: JsonMap): JsonMap {
  // The words for people first, as a reader expects them.
  const result: JsonMap = {
    ...(converted.description !== undefined && { description: converted.description }),
    ...converted,
  };
  setExclusive(result, "minimum", "exclusiveMinimum");
  setExclusive(result, "maximum", "exclusiveMaximum");
  if (schema.example !== undefined && result.examples === undefined) result.examples = [schema.example];
  if (result.examples !== undefined && !Array.isArray(result.examples)) delete result.examples;
  setType(result);
  setRequired(schema, result);
  if (typeof result.pattern === "string") result.pattern = withoutNeedlessEscapes(result.pattern);
  if (Array.isArray(result.enum)) result.enum = distinct(result.enum);
  if (result.enum !== undefined && (!Array.isArray(result.enum) || result.enum.length === 0)) delete result.enum;
  return result;
}

/** `\\:` and the like mean the character itself; JavaScript with the u flag refuses them, other languages do not. */
function withoutNeedlessEscapes(pattern: string): string {
  const plain = pattern.replace(/\\([^A-Za-z0-9^$\\.*+?()[\]{}|/-])/g, "$1");
  return isRegExp(pattern) ? pattern : plain;
}

function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false; // A SyntaxError is all that it can throw.
  }
}

/** Before 3.1 `exclusiveMinimum: true` spoke of the `minimum` beside it. */
function setExclusive(schema: JsonMap, bound: "minimum" | "maximum", exclusive: string): void {
  const value = schema[exclusive];
  if (typeof value !== "boolean") return;
  delete schema[exclusive];
  const limit = schema[bound];
  if (!value || limit === undefined) return;
  schema[exclusive] = limit;
  delete schema[bound];
}

/** `file` and words that are no type say nothing that can be checked. */
function setType(schema: JsonMap): void {
  const { type } = schema;
  if (type === undefined) return;
  const known = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === "string" && TYPES.has(one));
  const [only] = known;
  if (only === undefined) delete schema.type;
  else schema.type = known.length === 1 ? only : distinct(known);
}

/** What only answers carry is not asked of a request. */
function setRequired(schema: JsonMap, result: JsonMap): void {
  if (result.required === undefined) return;
  const properties = asMap(schema.properties);
  const names = asList(result.required).filter(
    (name) => typeof name === "string" && asMap(properties[name]).readOnly !== true,
  );
  if (names.length > 0) result.required = distinct(names);
  else delete result.required;
}

function nullable(schema: JsonMap, converted: JsonMap): Json {
  return schema.nullable === true || schema["x-nullable"] === true ? withNull(converted) : converted;
}

function withNull(schema: Json): Json {
  if (!isMap(schema)) return schema;
  const { type, enum: words } = schema;
  if (type === undefined && words === undefined)
    return isAnything(schema) ? schema : { anyOf: [schema, { type: "null" }] };
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  return {
    ...schema,
    ...(types.length > 0 && { type: distinct([...types, "null"]) }),
    ...(Array.isArray(words) && { enum: distinct([...words, null]) }),
  };
}

const isAnything = (schema: JsonMap): boolean =>
  Object.keys(schema).every((keyword) => ["description", "examples", "default"].includes(keyword));

function distinct(values: readonly Json[]): Json[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
