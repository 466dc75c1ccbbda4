import { z } from "zod";
import { forEditors } from "./editor-schema";
import { ADAPTER_KEYS } from "./schema/endpoint";
import { gatewayFile } from "./schema/gateway-file";
import { loadFile } from "./schema/load-file";
import { projectFile } from "./schema/project-file";
import type { Json } from "./units";

/** The JSON Schema (draft 2020-12) of a gateway file as people write it, its unions as unions. */
export function gatewayJsonSchema(): { [key: string]: Json } {
  return asJson({ ...jsonSchemaOf(gatewayFile), allOf: Object.entries(ADAPTER_KEYS).flatMap(needsOfAdapter) });
}

/** The JSON Schema (draft 2020-12) of `sluice.yaml`. */
export const projectJsonSchema = (): { [key: string]: Json } => asJson(jsonSchemaOf(projectFile));

/** The JSON Schema (draft 2020-12) of a load file. */
export const loadJsonSchema = (): { [key: string]: Json } => asJson(jsonSchemaOf(loadFile));

function jsonSchemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    // Left to itself zod takes examples for output wherever something is parsed below; ours are as people write them.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = zodSchema instanceof z.ZodType ? zodSchema.meta()?.examples : undefined;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}

/** Through text, for only then it is JSON and nothing else. */
const asJson = (schema: object): { [key: string]: Json } => JSON.parse(JSON.stringify(schema));

/** What an adapter wants of each operation; the source says it in a refinement, which JSON Schema has no word for. */
function needsOfAdapter([adapter, { needs }]: [string, { readonly needs: readonly string[] }]): object[] {
  if (needs.length === 0) return [];
  const chosen = { type: "object", properties: { adapter: { const: adapter } }, required: ["adapter"] };
  const properties = Object.fromEntries(needs.map((key) => [key, true]));
  const operation = { type: "object", properties, required: needs };
  return [
    {
      if: { type: "object", properties: { endpoint: chosen }, required: ["endpoint"] },
      // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
      then: { properties: { operations: { type: "object", additionalProperties: operation } } },
    },
  ];
}

/** The text of schemas/gateway.schema.json: the same language, said so that editors show it well. */
export function gatewayJsonSchemaText(): string {
  return textOf(forEditors(gatewayJsonSchema()));
}

/** The text of schemas/sluice.schema.json. */
export function projectJsonSchemaText(): string {
  return textOf(forEditors(projectJsonSchema()));
}

/** The text of schemas/load.schema.json. */
export function loadJsonSchemaText(): string {
  return textOf(forEditors(loadJsonSchema()));
}

const textOf = (schema: { [key: string]: Json }): string => `${JSON.stringify(schema, null, 2)}\n`;
