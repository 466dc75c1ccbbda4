const { existsSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const roots = [...readdirSync(join(__dirname, "packages")).map((name) => `packages/${name}/test`), "bench/test"]
  .filter((folder) => existsSync(join(__dirname, folder)))
  .map((folder) => `<rootDir>/${folder}`);

const swc = [
  "@swc/jest",
  { swcrc: false, jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
];

/** @type {import("jest").Config} */
module.exports = {
  // Before the first test exists there is no root, and Jest wants one.
  roots: roots.length > 0 ? roots : ["<rootDir>/scripts"],
  testMatch: ["**/*.test.ts"],
  testEnvironment: "node",
  transform: { "^.+\\.[jt]s$": swc },
  transformIgnorePatterns: ["/node_modules/(?!(fauxqs|json-schema-faker)/)", "/packages/[^/]+/(lib|dist|bin)/"],
  moduleNameMapper: {
    "^@sluice/(.*)$": "<rootDir>/packages/$1/src",
    // A lazy import names its file as it will be built.
    "^(\\.{1,2}/(?:commands|import|new|print)/[a-z-]+)\\.js$": "$1",
    // ESM only: found by its path, and compiled like our own files.
    "^fauxqs$": "<rootDir>/node_modules/fauxqs/dist/app.js",
    "^json-schema-faker$": "<rootDir>/node_modules/json-schema-faker/dist/index.js",
  },
  globalSetup: "<rootDir>/scripts/jest-temporary-folder.js",
  setupFiles: ["<rootDir>/scripts/jest-setup.js"],
  reporters: ["default", "<rootDir>/scripts/jest-closing-line.js"],
  testTimeout: 30_000,
  maxWorkers: 2,
};
