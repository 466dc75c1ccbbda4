#!/usr/bin/env node
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const ROOT = join(__dirname, "..", "..", "..");

/** Every package's main file is there, as the build leaves them. */
const isBuilt = () =>
  ["dsl", "runtime", "infra", "local", "cli"].every((name) =>
    existsSync(join(ROOT, "packages", name, "lib", "index.js")),
  );

function load() {
  try {
    return require("../lib/process.js");
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND" || isBuilt()) throw error;
    process.stderr.write(`sluice: this clone is not built yet; run \`npm run build\` in ${ROOT} first.\n`);
    process.exit(2);
  }
}

load().runProcess();
