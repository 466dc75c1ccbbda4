#!/usr/bin/env node
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayJsonSchema, loadJsonSchema } from "./json-schema";
import { renderLoadReference, renderReference } from "./reference";

const FOLDER = join(__dirname, "..", "..", "..", "docs", "reference");

/** Writes docs/reference/*.md; run as `node packages/dsl/lib/write-reference.js`. */
mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, "gateway-file.md"), renderReference(gatewayJsonSchema()));
writeFileSync(join(FOLDER, "load-file.md"), renderLoadReference(loadJsonSchema()));
