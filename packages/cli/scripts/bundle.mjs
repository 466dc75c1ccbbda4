// Writes dist/sluice.js, what bin/sluice.js runs: the command line and the language in one file, each command evaluated
// when it is used. Loading some three hundred small files one by one takes longer than linting one gateway. Beside it
// dist/sluice.compiled: what V8 compiles of it to lint.

import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const PROGRAM = join(PACKAGE, "dist", "sluice.js");

/** Zod's own messages are never shown, and in fifty languages they are a sixth of the program. */
const inEnglishOnly = {
  name: "in-english-only",
  /** @param {import("esbuild").PluginBuild} build */
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: dirname(path),
    }));
  },
};

// V8 takes what was compiled of another text of the same length for that of this one: never leave the two side by side.
rmSync(join(PACKAGE, "dist", "sluice.compiled"), { force: true });
const { outputFiles } = await build({
  absWorkingDir: PACKAGE,
  entryPoints: ["src/process.ts"],
  outfile: PROGRAM,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  write: false,
  // Names stay, so that a report of a bug can be read; white space only costs time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [inEnglishOnly],
  alias: { "@sluice/dsl": join(PACKAGE, "..", "dsl", "src", "index.ts") },
  // What lies beside its own files, is an ES module, or is large and needed by few commands.
  external: [
    ...["@sluice/infra", "@sluice/local", "@sluice/runtime", "@aws-sdk/*", "json-schema-faker", "@inquirer/*"],
    ...["csv-parse", "hdr-histogram-js", "jsonc-parser", "luxon", "uplot"],
  ],
});
const [{ text } = { text: "" }] = outputFiles;
// One character more than ASCII doubles what Node reads and holds. esbuild escapes them, but for tagged templates.
const beyond = /.{0,60}[^\0-\x7f]/.exec(text)?.[0];
if (beyond !== undefined) throw new Error(`write this with an escape, as \\u2026: ${beyond}`);
// One function, much as Node wraps a module; done here, the text need not be copied at each start. What was compiled of an
// import() has forgotten by whom modules are loaded, so that is handed in.
const body = text.replaceAll(/\bimport\((?=")/g, "importModule(");
mkdirSync(dirname(PROGRAM), { recursive: true });
writeFileSync(PROGRAM, `(function (module, require, importModule, __filename, __dirname) {${body}})`);
const ahead = join(PACKAGE, "scripts", "compile-ahead.js");
const { status } = spawnSync(process.execPath, [ahead], { stdio: ["ignore", "ignore", 2] });
if (status !== 0) throw new Error("lint of scripts/sample.yaml by compile-ahead.js failed");
