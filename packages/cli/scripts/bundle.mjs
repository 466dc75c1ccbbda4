// Writes dist/sluice.cjs, what bin/sluice.js runs: the command line and the language in one file, each command evaluated
// when it is used. Loading some three hundred small files one by one takes longer than linting one gateway.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  absWorkingDir: PACKAGE,
  entryPoints: ["src/process.ts"],
  outfile: join("dist", "sluice.cjs"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Names stay, so that a report of a bug can be read; white space only costs time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  alias: { "@sluice/dsl": join(PACKAGE, "..", "dsl", "src", "index.ts") },
  // What lies beside its own files, is an ES module, or is large and needed by few commands.
  external: [
    ...["@sluice/infra", "@sluice/local", "@sluice/runtime", "@aws-sdk/*", "json-schema-faker", "@inquirer/*"],
    ...["csv-parse", "hdr-histogram-js", "jsonc-parser", "luxon", "uplot"],
  ],
});
