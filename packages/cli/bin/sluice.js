#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const ROOT = join(__dirname, "..", "..", "..");
const PROGRAM = join(__dirname, "..", "dist", "sluice.cjs");

/** The program and every package's main file are there, as the build leaves them. */
const isBuilt = () =>
  existsSync(PROGRAM) &&
  ["dsl", "runtime", "infra", "local", "cli"].every((name) =>
    existsSync(join(ROOT, "packages", name, "lib", "index.js")),
  );

function load() {
  try {
    return require(PROGRAM);
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND" || isBuilt()) throw error;
    process.stderr.write(`sluice: this clone is not built yet; run \`npm run build\` in ${ROOT} first.\n`);
    process.exit(2);
  }
}

load().runProcess();
