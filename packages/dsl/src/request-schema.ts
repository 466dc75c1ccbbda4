import Ajv2020, { type ErrorObject } from "ajv/dist/2020";
import { didYouMean } from "./did-you-mean";
import { isMap, valueAt } from "./merge-patch";
import { isJsonSchema } from "./meta-schema";
import type { Path } from "./parse";
import type { Json } from "./units";

/** One thing wrong in the JSON Schema of an operation's request. Paths start at the schema. */
export type RequestSchemaFault =
  | { readonly kind: "keyword"; readonly path: Path; readonly keyword: string; readonly advice: string }
  | { readonly kind: "value"; readonly path: Path; readonly keyword: string; readonly says: string }
  | { readonly kind: "reference"; readonly path: Path; readonly target: string }
  | { readonly kind: "pattern" | "whole"; readonly path: Path; readonly part?: "key" };

/** Everything wrong in a request's schema. References leave the file nowhere: the worker loads no other document. */
export function checkRequestSchema(schema: { [key: string]: Json }): RequestSchemaFault[] {
  const byMeaning = [...keywordFaults(schema, [], schema)];
  const byMetaSchema = metaSchemaFaults(schema).filter(
    ({ path }) => !byMeaning.some((known) => isSamePath(known.path, path)),
  );
  const found = [...byMeaning, ...byMetaSchema];
  // Compiling costs milliseconds, and without references there is nothing left that it could find.
  return found.length > 0 || !refers(schema) || compiles(schema) ? found : [{ kind: "whole", path: [] }];
}

/** Formats are notes to the reader here; the worker checks them no more than this does. */
const OPTIONS = {
  strict: false,
  validateFormats: false,

  allErrors: true,
  logger: false,
} as const;

const ajv = new Ajv2020(OPTIONS);

/** Keywords that say something and check nothing, beside those that ajv knows as keywords. */
const NOTES = [
  ...[
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
  ],
  ...[
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "format",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "then",
    "else",
  ],
];
const KEYWORDS: readonly string[] = [
  ...NOTES,
  ...[
    "$ref",
    "$dynamicRef",
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
  ],
  ...[
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
  ],
  ...[
    "items",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "unevaluatedItems",
  ],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"],
  ...["allOf", "anyOf", "oneOf", "not", "if"],
];

const KNOWN: ReadonlySet<string> = new Set(KEYWORDS);

const SCHEMA = new Set([
  "additionalProperties",
  "propertyNames",
  "unevaluatedProperties",
  "items",
  "contains",
  "unevaluatedItems",
  "not",
  "if",
  "then",
  "else",
]);
const SCHEMA_LIST = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const SCHEMA_MAP = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);

function* keywordFaults(schema: Json | undefined, path: Path, root: Json): Generator<RequestSchemaFault> {
  if (!isMap(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    const here = [...path, keyword];
    if (!KNOWN.has(keyword)) yield { kind: "keyword", path: here, keyword, advice: advise(keyword) };
    if (keyword === "pattern" && typeof value === "string" && !isRegExp(value)) yield { kind: "pattern", path: here };
    if (keyword === "enum" && Array.isArray(value) && value.length === 0)
      yield { kind: "value", path: here, keyword, says: SAYS.enum ?? "" };
    if (keyword === "patternProperties" && isMap(value)) {
      for (const name of Object.keys(value))
        if (!isRegExp(name)) yield { kind: "pattern", path: [...here, name], part: "key" };
    }
    if (keyword === "$ref" && typeof value === "string" && !resolves(value, root))
      yield { kind: "reference", path: here, target: value };
    if (SCHEMA.has(keyword)) yield* keywordFaults(value, here, root);
    if (SCHEMA_LIST.has(keyword) && Array.isArray(value)) {
      for (const [index, item] of value.entries()) yield* keywordFaults(item, [...here, index], root);
    }
    if (SCHEMA_MAP.has(keyword) && isMap(value)) {
      for (const [name, item] of Object.entries(value)) yield* keywordFaults(item, [...here, name], root);
    }
  }
}

function refers(schema: Json): boolean {
  return /"\$(ref|dynamicRef|id|anchor|dynamicAnchor)":/.test(JSON.stringify(schema));
}

function advise(keyword: string): string {
  const guess = didYouMean(keyword, KEYWORDS);
  return guess ? `Did you mean ${guess}?` : "Remove it. A property of the request stands under properties.";
}

function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false; // the only thing that this constructor throws is a SyntaxError
  }
}

function resolves(reference: string, root: Json): boolean {
  if (reference === "#") return true;
  if (!reference.startsWith("#/")) return reference.startsWith("#"); // an anchor: compiling decides
  const steps = reference
    .slice(2)
    .split("/")
    .map((step) => decodePointer(step));
  return stepsLead(root, steps);
}

function decodePointer(step: string): string {
  const unescaped = step.replace(/~1/g, "/").replace(/~0/g, "~");
  return /%(?![0-9A-Fa-f]{2})/.test(unescaped)
    ? unescaped
    : unescaped.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function stepsLead(root: Json, steps: readonly string[]): boolean {
  let here: Json | undefined = root;
  for (const step of steps) here = valueAt(here, [Array.isArray(here) ? Number(step) : step]);
  return here !== undefined;
}

function metaSchemaFaults(schema: { [key: string]: Json }): RequestSchemaFault[] {
  const dialect = schema.$schema;
  if (dialect !== undefined && dialect !== "https://json-schema.org/draft/2020-12/schema") {
    return [
      {
        kind: "value",
        path: ["$schema"],
        keyword: "$schema",
        says: "https://json-schema.org/draft/2020-12/schema, or left out",
      },
    ];
  }
  if (isJsonSchema(schema)) return [];
  // The first error at a place says it; those about the parts of the meta-schema repeat it.
  const errors = (isJsonSchema.errors ?? []).filter(
    (error, index, all) => all.findIndex((one) => one.instancePath === error.instancePath) === index,
  );
  const deepest = errors.filter(
    (error) => !errors.some((one) => one.instancePath.startsWith(`${error.instancePath}/`)),
  );
  return deepest.map((error) => valueFault(error, schema));
}

function valueFault(error: ErrorObject, schema: Json): RequestSchemaFault {
  const steps = error.instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
  const path: (string | number)[] = [];
  for (const step of steps) path.push(Array.isArray(valueAt(schema, path)) ? Number(step) : step);
  const keyword = String(path.findLast((step) => typeof step === "string" && KEYWORDS.includes(step)) ?? "the schema");
  return path.length === 0
    ? { kind: "whole", path }
    : { kind: "value", path, keyword, says: SAYS[keyword] ?? "a schema: a map, true or false" };
}

const NUMBER = "a number";
const COUNT = "a whole number, zero or more";
const SCHEMAS = "a list of schemas with at least one item";
const NAMED = "a map from names to schemas";
const SAYS: Readonly<Record<string, string>> = {
  type: "one of string, number, integer, boolean, object, array, null, or a list of these",
  required: "a list of names, each once",
  enum: "a list of at least one value",
  properties: NAMED,
  patternProperties: NAMED,
  $defs: NAMED,
  definitions: NAMED,
  dependentSchemas: NAMED,
  dependentRequired: "a map from names to lists of names",
  allOf: SCHEMAS,
  anyOf: SCHEMAS,
  oneOf: SCHEMAS,
  prefixItems: SCHEMAS,
  minimum: NUMBER,
  maximum: NUMBER,
  exclusiveMinimum: NUMBER,
  exclusiveMaximum: NUMBER,
  multipleOf: "a number above zero",
  minLength: COUNT,
  maxLength: COUNT,
  minItems: COUNT,
  maxItems: COUNT,
  minContains: COUNT,
  maxContains: COUNT,
  minProperties: COUNT,
  maxProperties: COUNT,
  uniqueItems: "true or false",
  deprecated: "true or false",
  readOnly: "true or false",
  writeOnly: "true or false",
  pattern: "text: a regular expression",
  format: "text",
  title: "text",
  description: "text",
  $comment: "text",
  examples: "a list",
};

function isSamePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}

function compiles(schema: { [key: string]: Json }): boolean {
  try {
    ajv.compile(schema);
    return true;
  } catch {
    return false; // whatever it could be was looked for above; what is left has no better name than "not a schema"
  } finally {
    ajv.removeSchema(schema); // another gateway's schema may bear the same $id
  }
}
