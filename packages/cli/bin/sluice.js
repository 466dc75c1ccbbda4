#!/usr/bin/env node
const { existsSync, readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const ROOT = join(__dirname, "..", "..", "..");
const PROGRAM = join(__dirname, "..", "dist", "sluice.js");
/** What V8 made of the program when it was built: compiling it again takes longer than linting a file. */
const COMPILED = join(__dirname, "..", "dist", "sluice.compiled");

/** The program and every package's main file are there, as the build leaves them. */
const isBuilt = () =>
  existsSync(PROGRAM) &&
  ["dsl", "runtime", "infra", "local", "cli"].every((name) =>
    existsSync(join(ROOT, "packages", name, "lib", "index.js")),
  );

/** The file is one function in brackets, in ASCII, as scripts/bundle.mjs writes it. */
function run() {
  const script = new Script(readFileSync(PROGRAM, "latin1"), {
    filename: PROGRAM,
    // Of another version of Node, or of other flags, V8 refuses it and compiles as usual.
    cachedData: existsSync(COMPILED) ? readFileSync(COMPILED) : undefined,
  });
  const program = { exports: {} };
  const load = [createRequire(PROGRAM), (name) => import(name)];
  script.runInThisContext()(program, ...load, PROGRAM, dirname(PROGRAM));
  return program.exports;
}

function load() {
  try {
    return run();
  } catch (error) {
    if ((error.code !== "MODULE_NOT_FOUND" && error.path !== PROGRAM) || isBuilt()) throw error;
    process.stderr.write(`sluice: this clone is not built yet; run \`npm run build\` in ${ROOT} first.\n`);
    process.exit(2);
  }
}

load().runProcess();
