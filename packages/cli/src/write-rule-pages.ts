#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "@sluice/dsl";
import { renderPageTexts, renderRuleIndex } from "./print/rule-index";

/**
 * Collects the pages of docs/rules: their index beside them, and their texts for the formats of `lint` that carry them.
 * Run as `node packages/cli/lib/write-rule-pages.js`.
 */
const ROOT = join(__dirname, "..", "..", "..");
const FOLDER = join(ROOT, "docs", "rules");

const pages = Object.fromEntries(RULES.map(({ name }) => [name, readFileSync(join(FOLDER, `${name}.md`), "utf8")]));
writeFileSync(join(FOLDER, "README.md"), renderRuleIndex(RULES, pages));
writeFileSync(join(ROOT, "packages", "cli", "src", "print", "rule-page-texts.ts"), renderPageTexts(RULES, pages));
