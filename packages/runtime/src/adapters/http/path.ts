import type { Json, OperationPlan } from "@sluice/dsl";
import urlTemplate from "url-template";
import { NotSent } from "../../core/ports";

type Template = ReturnType<typeof urlTemplate.parse>;

const templates = new Map<string, Template>();

/**
 * An operation's path and query for one request, every value percent-encoded.
 *
 * @param base the path of the endpoint's url
 * @throws NotSent (invalidRequest) naming what the request lacks, or which value cannot stand in a path
 */
export function expandPath(base: string, operation: OperationPlan, request: Json): string {
  const { path } = operation;
  // Without a prototype: a variable named constructor is the request's or nothing.
  const variables: { [key: string]: Json } = Object.assign(Object.create(null), isMap(request) ? request : {});
  for (const name of namesIn(path)) checkValue(operation, name, variables[name]);
  for (const name of neededIn(path)) checkPresent(operation, name, variables[name]);
  const template = templates.get(path) ?? urlTemplate.parse(path);
  templates.set(path, template);
  const expanded = expand(template, operation, variables);
  const whole = `${base.replace(/\/+$/, "")}${/^[/?]/.test(expanded) ? "" : "/"}${expanded}`;
  checkSegments(operation, whole);
  return whole.startsWith("/") ? whole : `/${whole}`;
}

/** Each `{…}` of a template: its operator, if any, and its names. */
const EXPRESSIONS = /\{([./;?&]?)([^{}]*)\}/g;

const namesOf = (list: string): string[] => list.split(",").map((name) => name.replace(/(:\d+|\*)$/, ""));

const namesIn = (path: string): string[] => [...path.matchAll(EXPRESSIONS)].flatMap(([, , list = ""]) => namesOf(list));

/** The names that a request must fill: without an operator a value is a part of the path, and the path without it is another one. */
export const neededIn = (path: string): string[] =>
  [...path.matchAll(EXPRESSIONS)].flatMap(([, operator, list = ""]) => (operator === "" ? namesOf(list) : []));

function checkPresent({ name, path }: OperationPlan, variable: string, value: Json | undefined): void {
  const isEmpty =
    value === undefined ||
    value === null ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0);
  if (!isEmpty) return;
  const what = value === undefined ? "is missing in the request" : "is empty in the request";
  throw new NotSent("invalidRequest", `${variable} ${what}, and operations.${name}.path (${path}) needs it.`);
}

function checkValue({ name }: OperationPlan, variable: string, value: Json | undefined): void {
  const parts = typeof value === "object" && value !== null ? Object.values(value) : [];
  if (parts.every((part) => typeof part !== "object" || part === null)) return;
  throw new NotSent(
    "invalidRequest",
    `${variable} holds lists or maps of its own, which operations.${name}.path cannot carry.`,
  );
}

function expand(template: Template, { name }: OperationPlan, variables: { readonly [key: string]: Json }): string {
  try {
    return template.expand(variables);
  } catch (error) {
    // What encoding throws on half of a pair of UTF-16 units.
    if (!(error instanceof URIError)) throw error;
    throw new NotSent("invalidRequest", `a value of the request for operations.${name}.path is no valid Unicode.`);
  }
}

/** Servers and proxies resolve dot segments: the value `..` would lead to another path of the target. */
function checkSegments({ name, path }: OperationPlan, whole: string): void {
  const segments = whole.split("?", 1)[0]?.split("/") ?? [];
  const found = segments.find((segment) => segment === "." || segment === "..");
  if (found === undefined) return;
  throw new NotSent(
    "invalidRequest",
    `a value of the request makes ${found} a step of operations.${name}.path (${path}), which would lead elsewhere.`,
  );
}

const isMap = (value: Json): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
