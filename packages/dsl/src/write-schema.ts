#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayJsonSchemaText, loadJsonSchemaText, projectJsonSchemaText } from "./json-schema";

/** Writes schemas/*.schema.json at the repository's root; run as `node packages/dsl/lib/write-schema.js`. */
const schemas = join(__dirname, "..", "..", "..", "schemas");
writeFileSync(join(schemas, "gateway.schema.json"), gatewayJsonSchemaText());
writeFileSync(join(schemas, "sluice.schema.json"), projectJsonSchemaText());
writeFileSync(join(schemas, "load.schema.json"), loadJsonSchemaText());
