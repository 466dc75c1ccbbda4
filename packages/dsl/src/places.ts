import { EXPRESSION_VARIABLES, stripBraces } from "./expressions";
import { isMap, valueAt } from "./merge-patch";
import type { Path } from "./parse";
import type { Json } from "./units";

/**
 * The places of a file where a text has a meaning of its own: a header's value, a credential, a path, an expression.
 * They are found in any file, also in one of which the rest is wrong, so that all findings come at once.
 */

/** A text and where it stands. */
export interface TextPlace {
  readonly path: Path;
  readonly text: string;
}

/** A header's value, with the header's name. */
export interface HeaderPlace extends TextPlace {
  readonly name: string;
}

/** An expression without its braces. */
export interface ExpressionPlace {
  readonly path: Path;
  readonly code: string;
  /** Where in the text at the path the code begins. */
  readonly offset: number;
  /** What it may read, without the dollar. */
  readonly variables: readonly string[];
}

/** A search that keeps what it found in a file: a dozen rules ask for the same places. */
function keeping<Place>(find: (value: Json | undefined) => readonly Place[]) {
  const known = new WeakMap<object, readonly Place[]>();
  return (value: Json | undefined): readonly Place[] => {
    if (typeof value !== "object" || value === null) return find(value);
    const places = known.get(value) ?? find(value);
    known.set(value, places);
    return places;
  };
}

type Operation = readonly [name: string, operation: { readonly [key: string]: Json }];

/** The file's operations that are maps, by name. */
export const operationsOf = keeping((value): Operation[] => {
  const operations = valueAt(value, ["operations"]);
  return Object.entries(isMap(operations) ? operations : {}).flatMap(([name, operation]) =>
    isMap(operation) ? [[name, operation]] : [],
  );
});

/** Every header's value, of the endpoint and of the operations. */
export const headersOf = keeping((value): HeaderPlace[] => {
  const owners: Path[] = [["endpoint"], ...operationsOf(value).map(([name]) => ["operations", name])];
  return owners.flatMap((owner) => textsIn(value, [...owner, "headers"]));
});

/** Every text in the endpoint's auth but its type. */
export const credentialsOf = keeping((value): HeaderPlace[] => {
  return textsIn(value, ["endpoint", "auth"]).filter(({ name }) => name !== "type" && name !== "in" && name !== "name");
});

/** The operations' paths. */
export const templatesOf = keeping((value): (TextPlace & { readonly operation: string })[] => {
  return operationsOf(value).flatMap(([name, { path }]) =>
    typeof path === "string" ? [{ operation: name, path: ["operations", name, "path"], text: path }] : [],
  );
});

/** The order in which an answer's outcomes are looked at; the first that matches decides. */
export const OUTCOME_ORDER = ["throttled", "unavailable", "unknown", "rejected", "success"] as const;

/** A status that is listed under an outcome. */
export interface StatusPlace {
  readonly outcome: (typeof OUTCOME_ORDER)[number];
  readonly status: number;
  readonly path: Path;
  /** Whether more than the status must hold. */
  readonly isConditional: boolean;
}

/** Every status that is listed under an outcome, in the order in which outcomes are looked at. */
export const listedStatuses = keeping((value): StatusPlace[] => {
  return OUTCOME_ORDER.flatMap((outcome) => {
    const rule = valueAt(value, ["outcomes", outcome]);
    const path = Array.isArray(rule) ? ["outcomes", outcome] : ["outcomes", outcome, "status"];
    const listed = valueAt(value, path);
    const isConditional = isMap(rule) && ["when", "header", "fault"].some((key) => Object.hasOwn(rule, key));
    return (Array.isArray(listed) ? listed : []).flatMap((status, index) =>
      typeof status === "number" ? [{ outcome, status, path: [...path, index], isConditional }] : [],
    );
  });
});

/** Every expression that stands in its braces. */
export const expressionsOf = keeping((value): ExpressionPlace[] => {
  const outcomes = valueAt(value, ["outcomes"]);
  const whens: Path[] = Object.keys(isMap(outcomes) ? outcomes : {}).map((name) => ["outcomes", name, "when"]);
  const answers: Path[] = operationsOf(value).map(([name]) => ["operations", name, "answer"]);
  const bodies: Path[] = operationsOf(value).map(([name]) => ["operations", name, "body"]);
  return [
    ...[...whens, ...answers].map((path) => ({ path, variables: EXPRESSION_VARIABLES.answer })),
    ...bodies.map((path) => ({ path, variables: EXPRESSION_VARIABLES.body })),
  ].flatMap(({ path, variables }) => {
    const text = valueAt(value, path);
    const found = typeof text === "string" ? stripBraces(text) : undefined;
    return found ? [{ path, variables, ...found }] : [];
  });
});

/** Every text outside of schemas, expressions and environments. */
export const placesOfText = keeping((value): TextPlace[] => {
  const url = valueAt(value, ["endpoint", "url"]);
  const urls = typeof url === "string" ? [{ path: ["endpoint", "url"], text: url }] : [];
  return [...urls, ...headersOf(value), ...credentialsOf(value), ...templatesOf(value)];
});

function textsIn(value: Json | undefined, path: Path): HeaderPlace[] {
  const map = valueAt(value, path);
  return Object.entries(isMap(map) ? map : {}).flatMap(([name, text]) =>
    typeof text === "string" ? [{ name, path: [...path, name], text }] : [],
  );
}
