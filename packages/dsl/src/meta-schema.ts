import type { ValidateFunction } from "ajv";

/** Whether a value is a JSON Schema of draft 2020-12; made by scripts/bundle.mjs. */
export const { validate: isJsonSchema }: { readonly validate: ValidateFunction } = require("../dist/meta-schema.js");
