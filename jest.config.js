const { existsSync, readdirSync, renameSync } = require("node:fs");
const { join } = require("node:path");
const { buildSync } = require("esbuild");

const roots = [...readdirSync(join(__dirname, "packages")).map((name) => `packages/${name}/test`), "bench/test"]
  .filter((folder) => existsSync(join(__dirname, folder)))
  .map((folder) => `<rootDir>/${folder}`);

const swc = [
  "@swc/jest",
  { swcrc: false, jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
];

/**
 * Large libraries that are loaded once a worker, see `scripts/jest-library.js`: the CDK anew in each suite takes a second.
 * They live outside of Jest's sandbox, where `Error` and `Promise` are others than a suite's, and so does `process.env`:
 * a library whose errors our code tells apart by `instanceof` is not one of these. A library's own plugins (ajv-draft-04)
 * must come with it.
 */
const SHARED = ["aws-cdk-lib", "constructs", "cdk-nag", "zod", "ajv(-[^/]+)?", "asl-validator", "fast-check"].join("|");

/**
 * A library as one file. Each suite loads most of its libraries anew, file by file.
 *
 * @param {string} name
 */
function inOneFile(name) {
  const { version } = require(`${name}/package.json`);
  const file = join(__dirname, ".build", "jest", `${name}-${version}.js`);
  if (!existsSync(file)) {
    const unfinished = `${file}.${process.pid}`;
    buildSync({ entryPoints: [require.resolve(name)], outfile: unfinished, bundle: true, platform: "node" });
    renameSync(unfinished, file);
  }
  return file;
}

/** @type {import("jest").Config} */
module.exports = {
  // Before the first test exists there is no root, and Jest wants one.
  roots: roots.length > 0 ? roots : ["<rootDir>/scripts"],
  testMatch: ["**/*.test.ts"],
  testEnvironment: "<rootDir>/scripts/jest-environment.js",
  // Jest looks each global up through a proxy. Those of inner loops are handed to a module as parameters instead.
  sandboxInjectedGlobals: ["Math", "Number", "Array", "Object"],
  transform: {
    [`/node_modules/(${SHARED})/.+\\.c?js$`]: "<rootDir>/scripts/jest-library.js",
    "^.+\\.[jt]s$": swc,
  },
  transformIgnorePatterns: [
    "/.build/",
    `/node_modules/(?!(fauxqs|json-schema-faker|${SHARED})/)`,
    "/packages/[^/]+/(lib|dist|bin)/",
  ],
  moduleNameMapper: {
    "^yaml$": inOneFile("yaml"),
    "^@sluice/(.*)$": "<rootDir>/packages/$1/src",
    // A lazy import names its file as it will be built.
    "^(\\.{1,2}/(?:commands|import|new|print)/[a-z-]+)\\.js$": "$1",
    // ESM only: found by its path, and compiled like our own files.
    "^fauxqs$": "<rootDir>/node_modules/fauxqs/dist/app.js",
    "^json-schema-faker$": "<rootDir>/node_modules/json-schema-faker/dist/index.js",
  },
  testSequencer: "<rootDir>/scripts/jest-longest-first.js",
  globalSetup: "<rootDir>/scripts/jest-global-setup.js",
  reporters: ["default", "<rootDir>/scripts/jest-closing-line.js"],
  testTimeout: 30_000,
  // Two keep two processors busy; the third has what waits for a real clock, see `scripts/jest-longest-first.js`.
  maxWorkers: 3,
};
