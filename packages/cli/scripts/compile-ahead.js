// Writes dist/sluice.compiled: runs `sluice lint` once, and keeps what V8 has compiled for it. Only what ran is in it; the
// rest is compiled when it is used, as always.

const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const PACKAGE = dirname(__dirname);
const PROGRAM = join(PACKAGE, "dist", "sluice.js");
const COMPILED = join(PACKAGE, "dist", "sluice.compiled");

const script = new Script(readFileSync(PROGRAM, "latin1"), { filename: PROGRAM });

// The program ends the process itself.
process.on("exit", () => {
  // Whole or not at all.
  writeFileSync(`${COMPILED}.${process.pid}`, script.createCachedData());
  renameSync(`${COMPILED}.${process.pid}`, COMPILED);
});

process.chdir(join(PACKAGE, "..", ".."));
process.argv = [
  process.argv[0] ?? "node",
  join(PACKAGE, "bin", "sluice.js"),
  "lint",
  "packages/cli/scripts/sample.yaml",
];
const program = { exports: /** @type {{ runProcess?(): void }} */ ({}) };
script.runInThisContext()(program, createRequire(PROGRAM), undefined, PROGRAM, dirname(PROGRAM));
program.exports.runProcess?.();
