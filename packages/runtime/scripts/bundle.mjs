// Writes dist/worker/index.mjs, the code of every gateway's worker function: sources, AWS SDK and all, in one file.
//
// From the sources and not from lib, so that it depends on no order of builds. The same input gives the same bytes: the
// asset's hash is what tells CloudFormation that the worker changed.

import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const DSL = join(PACKAGE, "..", "dsl", "src", "index.ts");
const FOLDER = join(PACKAGE, "dist", "worker");

/**
 * The worker takes the contract and the types from the dsl, whose index names much more. None of its files does anything
 * when it is imported but define, so that what is not used is left out with all that it imports.
 *
 * @type {import("esbuild").Plugin}
 */
const onlyWhatIsUsed = {
  name: "only-what-is-used",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@sluice\/dsl$/ }, () => ({ path: DSL, sideEffects: false }));
    onResolve({ filter: /^\.\.?\// }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === onlyWhatIsUsed || dirname(importer) !== dirname(DSL)) return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: onlyWhatIsUsed });
      return { ...found, sideEffects: false };
    });
  },
};

/**
 * Lambda gives a function its credentials in the environment. The SDK would look for them in a dozen other places too,
 * with a client for each, which costs every cold start and finds nothing.
 *
 * @type {import("esbuild").Plugin}
 */
const credentialsFromEnvironment = {
  name: "credentials-from-environment",
  setup({ onLoad }) {
    onLoad({ filter: /credential-provider-node\/dist-es\/index\.js$/ }, ({ path }) => ({
      contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
      resolveDir: dirname(path),
    }));
  },
};

/** @param {string} outfile @returns {Promise<import("esbuild").Metafile>} */
export async function bundleWorker(outfile = join(FOLDER, "index.mjs")) {
  const { metafile } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: ["src/lambda.ts"],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // The SDK's ES modules: of its CommonJS ones everything would be kept.
    mainFields: ["module", "main"],
    // Packages of the CommonJS kind ask for Node's own modules by require, which an ES module does not have.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    plugins: [onlyWhatIsUsed, credentialsFromEnvironment],
  });
  return metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await bundleWorker();
}
