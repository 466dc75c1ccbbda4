import type { Json } from "@sluice/dsl";
import { type Principal, ServiceError } from "./cloud-types";
import { isObject } from "./input";

/** A policy document, read; see {@link parsePolicy}. */
export interface Policy {
  readonly where: string;
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly matchesAction: Matcher;
  readonly matchesResource: Matcher;
  /** Undefined in an identity policy: its role is the principal. */
  readonly principals: readonly PolicyPrincipal[] | undefined;
  readonly conditions: readonly Condition[];
}

type Matcher = (text: string) => boolean;
type PolicyPrincipal = { readonly kind: "anyone" } | { readonly kind: "service" | "aws"; readonly name: string };
interface Condition {
  readonly key: ConditionKey;
  readonly matches: Matcher;
}

/** Somebody wants to do something to something. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `sqs:SendMessage` */
  readonly action: string;
  /** ARN, or `*` for an action that is on nothing in particular. */
  readonly resource: string;
  /** The policies of the principal's role; none for the others. */
  readonly identityPolicies: readonly Policy[];
  readonly resourcePolicy: Policy | undefined;
}

/** A policy says something that is not modelled. Ignored, it could let in what AWS would not. */
export class UnsupportedPolicy extends Error {
  constructor(where: string, what: string) {
    super(`${where}: ${what}, which the local authorization does not know. It reads nothing over, so this is refused.`);
    this.name = "UnsupportedPolicy";
  }
}

/**
 * Lets the request pass, or not, by IAM's rules within one account: an explicit deny wins; a role needs an allow from
 * its own policies or from the resource's; a service needs one from the resource's; the user may do everything.
 *
 * @throws ServiceError AccessDeniedException (403) naming principal, action and resource
 */
export function authorize(request: AccessRequest): void {
  const { principal, resourcePolicy } = request;
  if (principal.kind === "user") return;
  const identity = verdict(request.identityPolicies, request);
  const resource = verdict(resourcePolicy === undefined ? [] : [resourcePolicy], request);
  if (identity === "Deny") throw denied(request, "with an explicit deny in an identity-based policy");
  if (resource === "Deny") throw denied(request, "with an explicit deny in a resource-based policy");
  if (identity === "Allow" || resource === "Allow") return;
  const kind = principal.kind === "role" ? "identity-based" : "resource-based";
  throw denied(request, `because no ${kind} policy allows the ${request.action} action`);
}

const denied = ({ principal, action, resource }: AccessRequest, why: string): ServiceError =>
  new ServiceError(
    "AccessDeniedException",
    `User: ${describe(principal)} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    403,
    "AccessDenied",
  );

const describe = (principal: Principal): string => {
  if (principal.kind === "user") return "the local user";
  return principal.kind === "role" ? principal.arn : `${principal.name} (for ${principal.sourceArn})`;
};

function verdict(policies: readonly Policy[], request: AccessRequest): "Allow" | "Deny" | undefined {
  let allowed: "Allow" | undefined;
  for (const statement of policies.flatMap((policy) => policy.statements)) {
    if (!applies(statement, request)) continue;
    if (statement.effect === "Deny") return "Deny";
    allowed = "Allow";
  }
  return allowed;
}

function applies(statement: Statement, { principal, action, resource }: AccessRequest): boolean {
  return (
    statement.matchesAction(action) &&
    statement.matchesResource(resource) &&
    (statement.principals?.some((one) => isPrincipal(one, principal)) ?? true) &&
    statement.conditions.every(({ key, matches }) => {
      const value = CONTEXT[key](principal);
      return value !== undefined && matches(value);
    })
  );
}

function isPrincipal(named: PolicyPrincipal, principal: Principal): boolean {
  if (named.kind === "anyone") return true;
  if (principal.kind === "service") return named.kind === "service" && named.name === principal.name;
  return principal.kind === "role" && named.kind === "aws" && named.name === principal.arn;
}

type ConditionKey = keyof typeof CONTEXT;

/** What a condition may ask about. Calls inside the emulation count as TLS. */
const CONTEXT = {
  "aws:SourceArn": (principal: Principal) => (principal.kind === "service" ? principal.sourceArn : undefined),
  "aws:SourceAccount": (principal: Principal) =>
    principal.kind === "service" ? principal.sourceArn.split(":")[4] : undefined,
  "aws:SecureTransport": (_: Principal): string | undefined => "true",
};

const OPERATORS: Readonly<Record<string, (expected: string) => Matcher>> = {
  ArnEquals: arnPattern,
  ArnLike: arnPattern,
  StringEquals: (expected) => (value) => value === expected,
  StringLike: (expected) => wildcards(expected),
  Bool: (expected) => (value) => value.toLowerCase() === expected.toLowerCase(),
};

/**
 * Reads a policy document (identity, resource or trust policy) with all intrinsic functions resolved.
 *
 * @param where for messages: whose policy it is
 * @throws UnsupportedPolicy on any element, principal, condition operator or condition key that is not modelled
 */
export function parsePolicy(document: Json, where: string): Policy {
  if (!isObject(document)) throw new UnsupportedPolicy(where, "the policy document is no JSON object");
  onlyKeys(document, ["Version", "Id", "Statement"], where);
  return { where, statements: listed(document.Statement).map((statement) => parseStatement(statement, where)) };
}

function parseStatement(statement: Json, where: string): Statement {
  if (!isObject(statement)) throw new UnsupportedPolicy(where, "a statement is no JSON object");
  onlyKeys(statement, ["Sid", "Effect", "Action", "Resource", "Principal", "Condition"], where);
  const { Effect: effect, Action: actions, Resource: resources, Principal: principals } = statement;
  if (effect !== "Allow" && effect !== "Deny") throw new UnsupportedPolicy(where, `Effect ${JSON.stringify(effect)}`);
  return {
    effect,
    matchesAction: anyOf(texts(actions, "Action", where).map((action) => wildcards(action, "i"))),
    // A trust policy has no Resource: the role itself is it.
    matchesResource:
      resources === undefined ? () => true : anyOf(texts(resources, "Resource", where).map((arn) => wildcards(arn))),
    principals: principals === undefined ? undefined : parsePrincipals(principals, where),
    conditions: parseConditions(statement.Condition, where),
  };
}

function parsePrincipals(principals: Json, where: string): PolicyPrincipal[] {
  if (principals === "*") return [{ kind: "anyone" }];
  if (!isObject(principals)) throw new UnsupportedPolicy(where, `Principal ${JSON.stringify(principals)}`);
  onlyKeys(principals, ["AWS", "Service"], `${where}, Principal`);
  const services = texts(principals.Service ?? [], "Principal.Service", where);
  const accounts = texts(principals.AWS ?? [], "Principal.AWS", where);
  return [
    ...services.map((name) => ({ kind: "service" as const, name })),
    ...accounts.map((name) => (name === "*" ? { kind: "anyone" as const } : { kind: "aws" as const, name })),
  ];
}

function parseConditions(conditions: Json | undefined, where: string): Condition[] {
  if (conditions === undefined) return [];
  if (!isObject(conditions)) throw new UnsupportedPolicy(where, "a Condition that is no JSON object");
  return Object.entries(conditions).flatMap(([operator, keys]) => {
    const matcher = OPERATORS[operator];
    if (matcher === undefined || !isObject(keys)) throw new UnsupportedPolicy(where, `condition operator ${operator}`);
    return Object.entries(keys).map(([key, expected]) => {
      if (!isConditionKey(key)) throw new UnsupportedPolicy(where, `condition key ${key}`);
      return { key, matches: anyOf(listed(expected).map((value) => matcher(String(value)))) };
    });
  });
}

const isConditionKey = (key: string): key is ConditionKey => key in CONTEXT;

function onlyKeys(object: { [key: string]: Json }, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new UnsupportedPolicy(where, `the policy element ${unknown}`);
}

const listed = (value: Json | undefined): Json[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

const texts = (value: Json | undefined, element: string, where: string): string[] =>
  listed(value).map((one) => {
    if (typeof one !== "string") throw new UnsupportedPolicy(where, `${element} ${JSON.stringify(one)}`);
    return one;
  });

const anyOf =
  (matchers: readonly Matcher[]): Matcher =>
  (text) =>
    matchers.some((matches) => matches(text));

/** `*` is any run of characters, `?` is one. */
function wildcards(pattern: string, flags = ""): Matcher {
  if (!/[*?]/.test(pattern) && flags === "") return (text) => text === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, `s${flags}`);
  return (text) => expression.test(text);
}

/** The six parts of an ARN are compared one by one, so that a wildcard does not reach over a colon into the next. */
function arnPattern(pattern: string): Matcher {
  const expected = arnParts(pattern).map((part) => wildcards(part));
  return (arn) => {
    const parts = arnParts(arn);
    return parts.length === expected.length && expected.every((matches, at) => matches(parts[at] ?? ""));
  };
}

const arnParts = (arn: string): string[] => {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
};
