#!/usr/bin/env node
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayJsonSchema } from "./json-schema";
import { renderReference } from "./reference";

const FOLDER = join(__dirname, "..", "..", "..", "docs", "reference");

/** Writes docs/reference/gateway-file.md; run as `node packages/dsl/lib/write-reference.js`. */
mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, "gateway-file.md"), renderReference(gatewayJsonSchema()));
