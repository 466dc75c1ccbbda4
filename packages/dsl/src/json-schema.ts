import { z } from "zod";
import { gatewayFile } from "./schema";
import type { Json } from "./units";

/** The JSON Schema (draft 2020-12) of a gateway file as people write it. */
export function gatewayJsonSchema(): { [key: string]: Json } {
  const schema = z.toJSONSchema(gatewayFile, {
    target: "draft-2020-12",
    io: "input",
    // Left to itself zod takes examples for output wherever something is parsed below; ours are as people write them.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = zodSchema instanceof z.ZodType ? zodSchema.meta()?.examples : undefined;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  // Through text, for only then it is JSON and nothing else.
  return JSON.parse(JSON.stringify(schema));
}

/** The text of schemas/gateway.schema.json. */
export function gatewayJsonSchemaText(): string {
  return `${JSON.stringify(gatewayJsonSchema(), null, 2)}\n`;
}
