import { isMap } from "./merge-patch";
import type { Json } from "./units";

/** What a request's schema says of a property. */
export type Property =
  | { readonly kind: "declared"; readonly schema: Json | undefined }
  /** Not declared; `isClosed`: a request that has it is refused. */
  | { readonly kind: "undeclared"; readonly known: readonly string[]; readonly isClosed: boolean }
  /** The schema does not say. */
  | { readonly kind: "open" };

/** Looks a property up as an expression would read it, which reads a list's items one by one. */
export function propertyOf(schema: Json | undefined, name: string): Property {
  if (!isMap(schema) || ELSEWHERE.some((keyword) => Object.hasOwn(schema, keyword))) return { kind: "open" };
  const { properties, items, additionalProperties } = schema;
  if (properties === undefined && items !== undefined) return propertyOf(items, name);
  if (!isMap(properties)) return { kind: "open" };
  if (Object.hasOwn(properties, name)) return { kind: "declared", schema: properties[name] };
  return { kind: "undeclared", known: Object.keys(properties), isClosed: additionalProperties === false };
}

/** Where one of these stands, properties may be declared elsewhere than in `properties`. */
const ELSEWHERE = [
  ...["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else"],
  ...["patternProperties", "dependentSchemas", "unevaluatedProperties", "prefixItems"],
];
