#!/usr/bin/env node
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayJsonSchemaText } from "./json-schema";

/** Writes schemas/gateway.schema.json at the repository's root; run as `node packages/dsl/lib/write-schema.js`. */
writeFileSync(join(__dirname, "..", "..", "..", "schemas", "gateway.schema.json"), gatewayJsonSchemaText());
