import type { Json } from "@sluice/dsl";
import type { Expression } from "../jsonata";

/** A JSON value of the definition in which some strings are expressions. */
export type Template =
  | { readonly kind: "constant"; readonly value: Json }
  | { readonly kind: "expression"; readonly expression: Expression; readonly field: string }
  | { readonly kind: "object"; readonly entries: readonly (readonly [key: string, value: Template])[] }
  | { readonly kind: "list"; readonly items: readonly Template[] };
