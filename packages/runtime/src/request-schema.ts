import { isNativeError } from "node:util/types";
import type { GatewayPlan, Json, OperationPlan } from "@sluice/dsl";
import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020";

/** As many errors as one sentence can hold. */
const MAX_TOLD = 5;
const MAX_SHOWN_CHARS = 60;

/**
 * Checks requests against the schemas of their operations, each compiled once, here: a schema that does not compile
 * stops the worker when it starts and not at its first request.
 *
 * @returns a sentence about everything that does not fit; undefined when it fits or the operation has no schema
 * @throws Error naming the operation whose schema is none; lint never lets that through
 */
export function createRequestValidator(
  plan: Pick<GatewayPlan, "operations">,
): (operation: Pick<OperationPlan, "name">, request: Json) => string | undefined {
  const validators = new Map<string, ValidateFunction>();
  for (const { name, request } of plan.operations) {
    if (request !== undefined) validators.set(name, compile(name, request));
  }
  return ({ name }, request) => {
    const validate = validators.get(name);
    if (validate === undefined || validate(request)) return undefined;
    return tell(validate.errors ?? []);
  };
}

/** One instance for each operation: two schemas may bear one `$id`. */
function compile(name: string, schema: Json): ValidateFunction {
  // As lint compiles them: formats are notes to the reader. Lint has checked each against the meta-schema, whose own
  // compilation would be half of a cold start.
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    allErrors: true,
    verbose: true,
    logger: false,
    meta: false,
    validateSchema: false,
  });
  try {
    if (typeof schema !== "object" || schema === null || Array.isArray(schema)) throw new Error("it is no map");
    return ajv.compile(schema);
  } catch (error) {
    const text = isNativeError(error) ? error.message : String(error);
    throw new Error(`operations.${name}.request is no JSON Schema: ${text}`);
  }
}

function tell(errors: readonly ErrorObject[]): string {
  const sentences = [...new Set(withoutBranches(errors).map(describe))];
  const more = sentences.length - MAX_TOLD;
  return `${sentences.slice(0, MAX_TOLD).join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}

/** What each branch of a choice missed is noise beside the fact that none of them fits. */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  return errors.filter(({ keyword, schemaPath }) => {
    if (keyword === "if") return false; // what its then or else missed is told by itself
    return !choices.some((choice) => schemaPath.startsWith(`${choice.schemaPath}/`));
  });
}

type Describe = (subject: string, params: Readonly<Record<string, unknown>>, data: unknown, schema: unknown) => string;

const COUNTED = { minLength: "characters", maxLength: "characters", minItems: "items", maxItems: "items" } as const;

const limits = (bound: "at least" | "at most", unit: string): Describe => {
  return (subject, { limit }, data) => `${subject} must have ${bound} ${limit} ${unit}, and has ${sizeOf(data)}`;
};

const SENTENCES: Readonly<Record<string, Describe>> = {
  required: (subject, { missingProperty }) => `${inside(subject, String(missingProperty))} is missing`,
  additionalProperties: (subject, { additionalProperty }, _, schema) =>
    `${inside(subject, String(additionalProperty))} is not known${knownKeys(schema)}`,
  unevaluatedProperties: (subject, { unevaluatedProperty }, _, schema) =>
    `${inside(subject, String(unevaluatedProperty))} is not known${knownKeys(schema)}`,
  type: (subject, { type }, data) =>
    `${subject} must be ${[type].flat().map(typeName).join(" or ")}, and is ${show(data)}`,
  enum: (subject, { allowedValues }, data) => `${subject} must be one of ${list(allowedValues)}, and is ${show(data)}`,
  const: (subject, { allowedValue }, data) => `${subject} must be ${show(allowedValue)}, and is ${show(data)}`,
  pattern: (subject, { pattern }, data) => `${subject} must match ${pattern}, and is ${show(data)}`,
  minLength: limits("at least", COUNTED.minLength),
  maxLength: limits("at most", COUNTED.maxLength),
  minItems: limits("at least", COUNTED.minItems),
  maxItems: limits("at most", COUNTED.maxItems),
  minimum: (subject, { limit }, data) => `${subject} must be at least ${limit}, and is ${show(data)}`,
  maximum: (subject, { limit }, data) => `${subject} must be at most ${limit}, and is ${show(data)}`,
  exclusiveMinimum: (subject, { limit }, data) => `${subject} must be more than ${limit}, and is ${show(data)}`,
  exclusiveMaximum: (subject, { limit }, data) => `${subject} must be less than ${limit}, and is ${show(data)}`,
  multipleOf: (subject, { multipleOf }, data) => `${subject} must be a multiple of ${multipleOf}, and is ${show(data)}`,
  uniqueItems: (subject) => `${subject} must not hold an item twice`,
  anyOf: (subject, _, data) => `${subject} fits none of the forms that are allowed, and is ${show(data)}`,
  oneOf: (subject, _, data) => `${subject} must fit exactly one of the forms that are allowed, and is ${show(data)}`,
  not: (subject, _, data) => `${subject} must not be ${show(data)}`,
};

function describe({ keyword, instancePath, params, data, parentSchema, message }: ErrorObject): string {
  const subject = subjectOf(instancePath);
  const sentence = SENTENCES[keyword];
  return sentence ? sentence(subject, params, data, parentSchema) : `${subject} ${message ?? `breaks ${keyword}`}`;
}

const WHOLE = "the request";

/** `/lines/0/sku` as `lines[0].sku`. */
function subjectOf(pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce((subject, step) => inside(subject, step), WHOLE);
}

function inside(subject: string, step: string): string {
  if (/^\d+$/.test(step)) return `${subject}[${step}]`;
  return subject === WHOLE ? step : `${subject}.${step}`;
}

function knownKeys(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return "";
  const names = Object.keys(schema.properties ?? {});
  return names.length === 0 ? "" : ` (known: ${names.slice(0, 12).join(", ")})`;
}

const typeName = (type: unknown): string => {
  if (type === "object") return "a map";
  if (type === "array") return "a list";
  if (type === "string") return "text";
  if (type === "integer") return "a whole number";
  if (type === "boolean") return "true or false";
  return type === "null" ? "null" : `a ${String(type)}`;
};

const list = (values: unknown): string => (Array.isArray(values) ? values.map(show).join(", ") : show(values));

const sizeOf = (data: unknown): number | string =>
  typeof data === "string" ? [...data].length : Array.isArray(data) ? data.length : show(data);

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
}
