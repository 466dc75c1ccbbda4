import { z } from "zod";
import { isMap, valueAt } from "./merge-patch";
import type { Path } from "./parse";
import { ADAPTER_KEYS } from "./schema/endpoint";
import { type Leaf, leaves } from "./schema/leaves";
import type { Json } from "./units";

/**
 * One way in which a value does not have the shape of the language. The validator finds them; which one it is, and so
 * which rule speaks, is decided here by the user's value and the schema, never by the validator's words.
 */
export type ShapeIssue =
  | { readonly kind: "unknown-key"; readonly path: Path; readonly key: string; readonly known: readonly string[] }
  | { readonly kind: "missing-key"; readonly path: Path; readonly key: string; readonly about: About }
  | {
      readonly kind: "bare-number";
      readonly path: Path;
      readonly number: string;
      readonly leaf: Leaf["kind"];
      readonly about: About;
    }
  | {
      readonly kind: "bad-unit";
      readonly path: Path;
      readonly text: string;
      readonly leaf: Leaf["kind"];
      readonly about: About;
    }
  /** `"?"`: left for a person to answer. */
  | { readonly kind: "question"; readonly path: Path; readonly about: About }
  | { readonly kind: "no-expression"; readonly path: Path; readonly text: string; readonly about: About }
  | {
      readonly kind: "wrong-type";
      readonly path: Path;
      readonly part: "key" | "value";
      readonly value: Json;
      readonly about: About;
    };

/** What the schema says of a place, in the user's words. */
export interface About {
  /** The key, or what a list's item or a map's value belongs to. */
  readonly subject: string;
  /** Completes "… must be". */
  readonly says: string;
  readonly description: string;
  /** As the user would write it. */
  readonly example: string;
  /** The words allowed, where it is one of a few. */
  readonly words: readonly string[];
}

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** Everything in which a value differs from a schema, each once; `error` is what the schema's own check gave. */
export function shapeIssues(schema: z.ZodType, value: Json, error: z.ZodError): ShapeIssue[] {
  const found = flatten(schema, value, error.issues).flatMap((issue) => classify(schema, value, issue));
  const needed = missingForAdapter(schema, value).filter(
    ({ path }) => !found.some((known) => known.path.join("\0") === path.join("\0")),
  );
  return [...found, ...needed];
}

/** What the endpoint's adapter wants of an operation: said also when the file has other faults. */
function missingForAdapter(schema: Schema, value: Json): ShapeIssue[] {
  const { needs = [] } = ADAPTER_KEYS[String(valueAt(value, ["endpoint", "adapter"]))] ?? {};
  const operations = valueAt(value, ["operations"]);
  return Object.entries(isMap(operations) ? operations : {}).flatMap(([name, operation]) =>
    needs
      .filter((key) => isMap(operation) && !Object.hasOwn(operation, key))
      .map((key): ShapeIssue => {
        const path = ["operations", name, key];
        return { kind: "missing-key", path, key, about: describe(schemaAt(schema, value, path), path) };
      }),
  );
}

/** The issues with each union's replaced by those of the branch that the user's value chose. */
function flatten(schema: Schema, value: Json, issues: readonly Issue[], prefix: Path = []): Issue[] {
  return issues.flatMap((issue) => {
    const path = asPath(issue.path);
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path: [...prefix, ...path] }];
    const inner = valueAt(value, path);
    const branch = inner === undefined ? undefined : chooseBranch(schemaAt(schema, value, path), inner);
    if (!branch || inner === undefined) return [{ ...issue, path: [...prefix, ...path] }];
    return flatten(branch, inner, z.core.safeParse(branch, inner).error?.issues ?? [], [...prefix, ...path]);
  });
}

function classify(schema: Schema, value: Json, issue: Issue): ShapeIssue[] {
  const path = asPath(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => classifyKey(schema, value, [...path, key], key));
  const actual = valueAt(value, path);
  const last = path.at(-1);
  const at = settle(schemaAt(schema, value, path), actual) ?? schemaAt(schema, value, path);
  const about = describe(at, path);
  if (issue.code === "invalid_key") {
    const owner = path.slice(0, -1);
    const keys = settle(schemaAt(schema, value, owner), valueAt(value, owner));
    const keyAbout = describe(keys instanceof z.ZodRecord ? keys.keyType : undefined, path);
    return [{ kind: "wrong-type", path, part: "key", value: String(last), about: keyAbout }];
  }
  if (actual === undefined) return [{ kind: "missing-key", path, key: String(last ?? ""), about }];
  return [classifyValue(path, actual, at, about)];
}

function classifyKey(schema: Schema, value: Json, path: Path, key: string): ShapeIssue {
  const owner = path.slice(0, -1);
  const parent = settle(schemaAt(schema, value, owner), valueAt(value, owner));
  return { kind: "unknown-key", path, key, known: parent instanceof z.ZodObject ? Object.keys(parent.shape) : [] };
}

function classifyValue(path: Path, value: Json, schema: Schema | undefined, about: About): ShapeIssue {
  if (isQuestion(value)) return { kind: "question", path, about };
  const leaf = leafOf(schema)?.kind;
  if (leaf === "duration" || leaf === "rate" || leaf === "share") {
    const written = typeof value === "number" || typeof value === "string" ? String(value).trim() : "";
    if (/^[0-9]+(\.[0-9]+)?$/.test(written)) return { kind: "bare-number", path, number: written, leaf, about };
    if (/[0-9]/.test(written)) return { kind: "bad-unit", path, text: written, leaf, about };
  }
  if (leaf === "expression" && typeof value === "string") return { kind: "no-expression", path, text: value, about };
  return { kind: "wrong-type", path, part: "value", value, about };
}

/** Whether a value only marks a place that a person has to fill. */
export function isQuestion(value: Json | undefined): boolean {
  return typeof value === "string" && value.trim() === "?";
}

function asPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}

/** The schema without what only says optional, default or parsed. */
function unwrap(schema: Schema | undefined): Schema | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  return schema;
}

/** The schema with its union, if it is one, decided by the value. */
function settle(schema: Schema | undefined, value: Json | undefined): Schema | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodUnion && value !== undefined ? unwrap(chooseBranch(inner, value)) : inner;
}

/** The schema of the place that a path leads to, unions decided by the value. Undefined where there is none. */
function schemaAt(schema: Schema, value: Json, path: Path): Schema | undefined {
  let here: Schema | undefined = schema;
  path.forEach((step, depth) => {
    here = stepInto(here, valueAt(value, path.slice(0, depth)), step);
  });
  return here;
}

function stepInto(schema: Schema | undefined, value: Json | undefined, step: string | number): Schema | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return Object.hasOwn(inner.shape, step) ? inner.shape[step] : undefined;
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodDiscriminatedUnion && step === inner.def.discriminator) return z.enum(tagsOf(inner));
  if (inner instanceof z.ZodUnion && value !== undefined) return stepInto(chooseBranch(inner, value), value, step);
  return undefined;
}

/** The branch of a union that the value means: by its tag, or by being a list, a map, or neither. */
function chooseBranch(schema: Schema | undefined, value: Json): Schema | undefined {
  const union = unwrap(schema);
  if (!(union instanceof z.ZodUnion)) return undefined;
  if (union instanceof z.ZodDiscriminatedUnion) {
    const tag = isMap(value) ? value[union.def.discriminator] : undefined;
    return union.options.find((option) => tagOf(option, union.def.discriminator) === tag);
  }
  return union.options.find((option) => {
    const inner = unwrap(option);
    if (Array.isArray(value)) return inner instanceof z.ZodArray;
    if (isMap(value)) return inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
    return inner instanceof z.ZodString || inner instanceof z.ZodEnum;
  });
}

function tagOf(option: Schema, discriminator: string): unknown {
  const tag = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
  return tag instanceof z.ZodLiteral ? tag.value : undefined;
}

function tagsOf(union: z.ZodDiscriminatedUnion): string[] {
  return union.options.map((option) => String(tagOf(option, union.def.discriminator)));
}

function leafOf(schema: Schema | undefined): Leaf | undefined {
  const inner = unwrap(schema);
  return inner && leaves.get(inner);
}

function describe(schema: Schema | undefined, path: Path): About {
  const inner = unwrap(schema);
  const meta = inner instanceof z.ZodType ? inner.meta() : undefined;
  const example = Array.isArray(meta?.examples) ? meta.examples[0] : undefined;
  return {
    subject: subjectOf(path),
    says: says(inner),
    description: meta?.description ?? "",
    example: typeof example === "string" && !isNumeric(example) ? example : JSON.stringify(example ?? null),
    words: inner instanceof z.ZodEnum ? inner.options.map(String) : [],
  };
}

/** Without quotes YAML reads such a text as a number. */
const isNumeric = (text: string): boolean => /^[0-9]+(\.[0-9]+)?$/.test(text);

/** `response`; `an item of status`; `the file` for the whole document. */
function subjectOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "the file";
  return typeof last === "string"
    ? last
    : `item ${last + 1} of ${path.findLast((step) => typeof step === "string") ?? "the list"}`;
}

function says(schema: Schema | undefined): string {
  const leaf = leafOf(schema);
  if (leaf) return leaf.says;
  if (schema instanceof z.ZodLiteral) return String(schema.value);
  if (schema instanceof z.ZodEnum)
    return schema.options.length > 1 ? `one of ${schema.options.join(", ")}` : String(schema.options[0]);
  if (schema instanceof z.ZodNumber) return `a whole number from ${schema.minValue} to ${schema.maxValue}`;
  if (schema instanceof z.ZodArray) return "a list with at least one item";
  if (schema instanceof z.ZodDiscriminatedUnion)
    return `a map whose ${schema.def.discriminator} is one of ${tagsOf(schema).join(", ")}`;
  return "a map of keys and values";
}
