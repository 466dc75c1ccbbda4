import type { Json } from "@sluice/dsl";
import { isMap } from "../../src/merge-patch";

type Schema = { readonly [key: string]: Json };

/** One key of a schema, in a file that has what is needed to come to it. */
export interface PlacedKey {
  readonly path: readonly (string | number)[];
  readonly schema: Schema;
  readonly file: Json;
}

/** Every key that a schema knows by name, under every way of writing the values above it. */
export function keysOf(schema: Schema): PlacedKey[] {
  return walk(schema, [], (value) => value);
}

function walk(schema: Schema, path: PlacedKey["path"], place: (value: Json) => Json): PlacedKey[] {
  const { properties, items, additionalProperties: values, propertyNames, anyOf, oneOf } = schema;
  const branches = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : [])).filter(isMap);
  const name = String(exampleOf(isMap(propertyNames) ? propertyNames : {}) ?? "name");
  return [
    ...(isMap(properties) ? keysOfMap(schema, properties, path, place) : []),
    ...(isMap(items) ? walk(items, [...path, 0], (value) => place([value])) : []),
    ...(isMap(values) ? walk(values, [...path, name], (value) => place({ [name]: value })) : []),
    ...branches.flatMap((branch) => walk(branch, path, place)),
  ];
}

function keysOfMap(schema: Schema, properties: Schema, path: PlacedKey["path"], place: (value: Json) => Json) {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const needed = Object.fromEntries(required.map((key) => [key, exampleOf(asMap(properties[key])) ?? null]));
  return Object.entries(properties).flatMap(([key, property]) => {
    const inside = asMap(property);
    const placed = (value: Json) => place({ ...needed, [key]: value });
    const here = { path: [...path, key], schema: inside, file: placed(exampleOf(inside) ?? null) };
    return [here, ...walk(inside, [...path, key], placed)];
  });
}

const exampleOf = (schema: Schema): Json | undefined =>
  schema.const ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);

const asMap = (value: Json | undefined): Schema => (isMap(value) ? value : {});
