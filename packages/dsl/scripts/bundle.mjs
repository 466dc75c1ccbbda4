// Writes dist/meta-schema.js, which tells whether a value is a JSON Schema of draft 2020-12: ajv's own meta-schema, compiled
// to code. Compiling it takes longer than everything else that `sluice lint` does with one file.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";

const FOLDER = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";

const ajv = new Ajv2020.default({ strict: false, validateFormats: false, allErrors: true, code: { source: true } });
const code = standaloneCode.default(ajv, { validate: META_SCHEMA });
mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, "meta-schema.js"), code);
