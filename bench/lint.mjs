// Lint: the start of `sluice lint` with one file, and a thousand files of 25 lines; with --beside also ajv-cli and Spectral
// over the same files with the JSON Schema alone. Prints a table, and with --format json one JSON object.
//
//   node bench/lint.mjs [--files 1000] [--runs 5] [--beside] [--format json]
//
// Each run is a new process, measured from its start to its end, with the processor time that it took and the most memory
// that it held. The programs take turns, so that what else the machine does meets all of them: where it is busy, compare
// processor times. --beside installs the others into a temporary folder; they check the shape only, where `sluice lint` runs
// all of its rules.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { Option } from "commander";
import { FORMAT, readWords, runsOption, wholeNumber } from "./words.mjs";

const ROOT = join(import.meta.dirname, "..");
const SLUICE = join(ROOT, "packages", "cli", "bin", "sluice.js");
const SCHEMA = join(ROOT, "schemas", "gateway.schema.json");
const BESIDE = ["ajv-cli@5.0.0", "@stoplight/spectral-cli@6.16.3"];
const MAX_START_MS = 250;
const MAX_MANY_MS = 1_000;
const MAX_MANY_MB = 300;

/** Tells, when a process ends, the processor time that it took and the most memory that it held. */
const WATCH = `process.on("exit",()=>require("node:fs").writeFileSync(process.env.BENCH_USED,JSON.stringify(process.resourceUsage())))`;

/**
 * A gateway file of 25 lines, each number another one: what is written is not what a cache would like.
 *
 * @param {number} n
 */
const gateway = (n) => `# yaml-language-server: $schema=../schemas/gateway.schema.json
version: 1
name: target-${n}
description: What target ${n} is
owner: "@acme/team-${n % 17}"
rateLimit: ${(n % 90) + 10}/${(n % 9) + 1}m
tiers:
  - { name: HIGH, timeout: ${(n % 3) + 3}m }
  - { name: BATCH, timeout: ${(n % 20) + 4}h, share: ${(n % 9) + 1}% }
timeouts: { connect: 2s, response: 15s }
endpoint:
  adapter: http
  url: https://target-${n}.example.org/v${n % 5}
  headers: { Accept: application/json }
  auth: { type: bearer, token: "\${secret:target-${n}#token}" }
operations:
  read-${n}:
    path: /items/{id${n}}
    latency: ${(n % 9) + 1}00ms
    request:
      type: object
      required: [id${n}]
      properties: { id${n}: { type: string, maxLength: ${n + 1} } }
    answer: "{% { 'item': $body.item${n}, 'at': $headers.date } %}"
outcomes: { rejected: [400, 404] }
`;

/** @param {string} folder @param {number} count */
function writeGateways(folder, count) {
  mkdirSync(folder);
  for (let n = 0; n < count; n++) writeFileSync(join(folder, `target-${n}.yaml`), gateway(n));
  return folder;
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * What is measured: a script of Node's with its words, and what it may take.
 *
 * @typedef {{ name: string, script: string, args: readonly string[], runs?: number, maxMs?: number, maxMb?: number }} Program
 */

/** One run. @param {Program} program @param {string} folder */
function runOnce({ name, script, args }, folder) {
  const watch = join(folder, "watch.cjs");
  const used = join(folder, "used");
  writeFileSync(watch, WATCH);
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--require", watch, script, ...args], {
    cwd: folder,
    env: { ...process.env, BENCH_USED: used },
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  const ms = performance.now() - began;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr.slice(0, 500)}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(used, "utf8"));
  return { ms, cpuMs: (userCPUTime + systemCPUTime) / 1_000, mb: maxRSS / 1_000 };
}

/** The programs in turns. @param {readonly Program[]} programs @param {string} folder @param {number} runs */
function measure(programs, folder, runs) {
  /** @type {Map<Program, ReturnType<typeof runOnce>[]>} */
  const measured = new Map(programs.map((program) => [program, []]));
  for (let run = 0; run < runs; run++)
    for (const [program, all] of measured) if (run < (program.runs ?? runs)) all.push(runOnce(program, folder));
  return [...measured].map(([{ name, maxMs, maxMb }, all]) => ({
    name,
    medianMs: Math.round(median(all.map(({ ms }) => ms))),
    medianCpuMs: Math.round(median(all.map(({ cpuMs }) => cpuMs))),
    mostMb: Math.round(Math.max(...all.map(({ mb }) => mb))),
    runs: all.length,
    ...(maxMs !== undefined && { maxMs }),
    ...(maxMb !== undefined && { maxMb }),
  }));
}

/** @param {string} folder @param {{ files: number, runs: number, beside: boolean }} options */
function measureAll(folder, { files, runs, beside }) {
  const one = join(writeGateways(join(folder, "one"), 1), "target-0.yaml");
  const many = writeGateways(join(folder, "many"), files);
  const own = [
    { name: "sluice lint, one file", script: SLUICE, args: ["lint", one], maxMs: MAX_START_MS },
    {
      name: `sluice lint, ${files} files`,
      script: SLUICE,
      args: ["lint", many],
      maxMs: MAX_MANY_MS,
      maxMb: MAX_MANY_MB,
    },
  ];
  return measure(beside ? [...own, ...others(folder, many)] : own, folder, runs);
}

/** @param {string} folder @param {string} many @returns {Program[]} */
function others(folder, many) {
  const tools = join(folder, "tools");
  mkdirSync(tools);
  spawnSync("npm", ["install", "--prefix", tools, "--no-audit", "--no-fund", ...BESIDE], { stdio: ["ignore", 2, 2] });
  const ruleset = join(folder, "spectral.json");
  const schema = JSON.parse(readFileSync(SCHEMA, "utf8"));
  const functionOptions = { schema, dialect: "draft2020-12" };
  const then = { function: "schema", functionOptions };
  writeFileSync(ruleset, JSON.stringify({ rules: { gateway: { given: "$", severity: "error", then } } }));
  const nothing = join(folder, "nothing.cjs");
  writeFileSync(nothing, "");
  const modules = join(tools, "node_modules");
  return [
    { name: "Node alone", script: nothing, args: [] },
    {
      name: "ajv-cli",
      script: join(modules, "ajv-cli", "dist", "index.js"),
      args: ["validate", "--spec=draft2020", "--strict=false", "-s", SCHEMA, "-d", join(many, "*.yaml")],
    },
    {
      name: "Spectral",
      script: join(modules, "@stoplight", "spectral-cli", "dist", "index.js"),
      args: ["lint", "--ruleset", ruleset, "--quiet", join(many, "*.yaml")],
      runs: 1,
    },
  ];
}

/** @param {ReturnType<typeof measureAll>} results */
function print(results) {
  const head = ["what", "median", "processor time", "most memory", "at most"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { name, medianMs, medianCpuMs, mostMb, runs, maxMs, maxMb } of results) {
    const bounds = [maxMs && `${maxMs} ms`, maxMb && `${maxMb} MB`].filter(Boolean).join(", ");
    table.push([name, `${medianMs} ms of ${runs}`, `${medianCpuMs} ms`, `${mostMb} MB`, bounds]);
  }
  console.log(table.toString());
}

/** @type {{ files: number, runs: number, beside: boolean, format: string }} */
const { files, runs, beside, format } = readWords(import.meta.filename, [
  wholeNumber("--files <count>", "gateway files", { least: 1, default: 1_000 }),
  runsOption(5),
  new Option("--beside", "ajv-cli and Spectral over the same files, too").default(false),
  FORMAT,
]);
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  const results = measureAll(folder, { files, runs, beside });
  if (format === "json") console.log(JSON.stringify({ node: process.version, results }));
  else print(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
