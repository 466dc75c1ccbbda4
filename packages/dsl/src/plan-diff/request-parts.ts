import { isMap } from "../merge-patch";
import type { Json } from "../units";
import { isSame } from "./same";
import type { RequestPart } from "./types";

type Path = RequestPart["path"];
type Schema = { readonly [key: string]: Json };
type Effect = RequestPart["effect"];

/**
 * What differs between two JSON Schemas of a request, keyword by keyword, and whether fewer or more requests fit. Says
 * `other` rather than guess.
 *
 * @param before undefined: any request fitted
 */
export function requestParts(before: Json | undefined, after: Json | undefined): RequestPart[] {
  if (before === undefined || after === undefined) {
    if (before === after) return [];
    return [part(after === undefined ? "wider" : "narrower", [], before, after)];
  }
  return [...compare(before, after, [])];
}

const part = (effect: Effect, path: Path, before: Json | undefined, after: Json | undefined): RequestPart => ({
  effect,
  path,
  before: before ?? null,
  after: after ?? null,
});

/** They describe, and check nothing. */
const NOTES = new Set([
  ...["$schema", "$id", "$comment", "title", "description", "default", "examples", "format", "deprecated"],
  ...["readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema"],
]);
/** The larger, the fewer fit; left out, it is the least there is. */
const FLOORS = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
/** The smaller, the fewer fit. */
const CEILINGS = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);
/** What they do depends on other keywords. */
const UNSURE = new Set(["definitions", "if", "then", "else", "minContains", "maxContains"]);

function* compare(before: Json, after: Json, path: Path): Generator<RequestPart> {
  if (isSame(before, after)) return;
  if (!isMap(before) || !isMap(after)) {
    yield part("other", path, before, after);
    return;
  }
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const keyword of keywords) {
    if (NOTES.has(keyword) || isSame(before[keyword], after[keyword])) continue;
    yield* keyword === "properties"
      ? properties(before, after, [...path, keyword])
      : keyword === "items" && before.items !== undefined && after.items !== undefined
        ? compare(before.items, after.items, [...path, keyword])
        : [
            part(
              effectOf(keyword, before[keyword], after[keyword]),
              [...path, keyword],
              before[keyword],
              after[keyword],
            ),
          ];
  }
}

function* properties(before: Schema, after: Schema, path: Path): Generator<RequestPart> {
  const [old, now] = [mapOf(before.properties), mapOf(after.properties)];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [was, is] = [old[name], now[name]];
    if (was !== undefined && is !== undefined) yield* compare(was, is, [...path, name]);
    // Where nothing else is allowed, a property that is not declared is refused; elsewhere it goes unchecked.
    else if (was === undefined) yield part(isClosed(before) ? "wider" : "narrower", [...path, name], was, is);
    else yield part(isClosed(after) ? "narrower" : "wider", [...path, name], was, is);
  }
}

const isClosed = ({ additionalProperties }: Schema): boolean => additionalProperties === false;

const mapOf = (value: Json | undefined): Schema => (isMap(value) ? value : {});

function effectOf(keyword: string, before: Json | undefined, after: Json | undefined): Effect {
  if (FLOORS.has(keyword)) return byNumber(before ?? Number.NEGATIVE_INFINITY, after ?? Number.NEGATIVE_INFINITY);
  if (CEILINGS.has(keyword))
    return flipped(byNumber(before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY));
  if (keyword === "required") return bySet(setOf(after) ?? new Set(), setOf(before) ?? new Set());
  if (keyword === "enum" || keyword === "type") return bySet(setOf(before), setOf(after));
  if (keyword === "additionalProperties") return byOpenness(before ?? true, after ?? true);
  if (keyword.startsWith("$") || UNSURE.has(keyword)) return "other";
  if (before === undefined) return "narrower";
  return after === undefined ? "wider" : "other";
}

const flipped = (effect: Effect): Effect =>
  effect === "narrower" ? "wider" : effect === "wider" ? "narrower" : "other";

function byNumber(before: unknown, after: unknown): Effect {
  if (typeof before !== "number" || typeof after !== "number") return "other";
  return after > before ? "narrower" : "wider";
}

/** The values that a keyword lists; undefined, where it is missing, stands for all. */
const setOf = (value: Json | undefined): ReadonlySet<string> | undefined =>
  value === undefined ? undefined : new Set((Array.isArray(value) ? value : [value]).map((one) => JSON.stringify(one)));

function bySet(before: ReadonlySet<string> | undefined, after: ReadonlySet<string> | undefined): Effect {
  if (before === undefined) return "narrower";
  if (after === undefined || [...before].every((one) => after.has(one))) return "wider";
  return [...after].every((one) => before.has(one)) ? "narrower" : "other";
}

function byOpenness(before: Json, after: Json): Effect {
  if (before === true || after === false) return "narrower";
  return before === false || after === true ? "wider" : "other";
}
