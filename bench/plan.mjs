// plan of a repository with many gateways, of which a few change: the pure part, and the whole command as a person types
// it. Prints a table, and with --format json one JSON object.
//
//   node bench/plan.mjs [--size real|small] [--runs 5] [--format json]
//
// The pure part is given the plans of every gateway on both sides, the command has the files of a real git repository.
// Each is the median of its runs; a command's run is a new process, Node's own start included.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMAT, readWords, runsOption, SIZE } from "./words.mjs";

const require = createRequire(import.meta.url);
const { diffPlans, parseGateway, plansOf } = require("@sluice/dsl");
const Table = require("cli-table3");

const SLUICE = join(import.meta.dirname, "..", "packages", "cli", "bin", "sluice.js");
const MAX_PURE_MS = 1_000;
const MAX_COMMAND_MS = 1_000;

const SIZES = {
  real: { gateways: 1_000, changed: 10 },
  small: { gateways: 20, changed: 2 },
};

/** @typedef {{ gateways: number, changed: number, runs: number }} Options */

/** A file of some 25 lines, each with a target of its own. @param {number} i @param {string} rate */
const textOf = (i, rate) => `version: 1
name: gateway-${i}
description: Number ${i} of many
rateLimit: ${rate}
tiers:
  - { name: HIGH, timeout: 2m }
  - { name: NORMAL, timeout: 1h }
  - { name: BATCH, timeout: 24h }
timeouts: { connect: 2s, response: 10s }
endpoint:
  adapter: http
  url: https://target-${i}.example.org
  auth: { type: bearer, token: "\${secret:gateway-${i}#token}" }
operations:
  read:
    method: GET
    path: /items/{id}
    request:
      type: object
      required: [id]
      properties: { id: { type: string, pattern: "^[A-Z0-9]{8}$" } }
  order:
    method: POST
    path: /orders
    body: "{% $request.order %}"
environments:
  staging: { rateLimit: 1/s }
`;

/** @param {Pick<Options, "gateways" | "changed">} options */
function filesOf({ gateways, changed }) {
  const before = Array.from({ length: gateways }, (_, i) => textOf(i, "10/s"));
  return { before, after: before.map((text, i) => (i < changed ? textOf(i, "5/s") : text)) };
}

/** @param {readonly string[]} texts */
const plansOfTexts = (texts) => texts.flatMap((text, i) => plansOf(parseGateway(text, `gateway-${i}.yaml`)));

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Milliseconds of the median run. @param {number} runs @param {() => unknown} run */
function timed(runs, run) {
  const times = Array.from({ length: runs }, () => {
    const from = performance.now();
    run();
    return performance.now() - from;
  });
  return Math.round(median(times) * 10) / 10;
}

/** @param {string} folder @param {string[]} words */
function git(folder, ...words) {
  const settings = ["user.name=Nobody", "user.email=nobody@example.org", "gc.auto=0", "commit.gpgSign=false"];
  execFileSync("git", [...settings.flatMap((setting) => ["-c", setting]), ...words], { cwd: folder, stdio: "ignore" });
}

/** @param {string} folder @param {readonly string[]} texts */
function writeAll(folder, texts) {
  mkdirSync(join(folder, "gateways"), { recursive: true });
  for (const [i, text] of texts.entries()) writeFileSync(join(folder, "gateways", `gateway-${i}.yaml`), text);
}

/** @param {string} folder */
function runPlan(folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SLUICE, "plan", "--format", "json"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(`plan failed: ${stderr}`);
  return JSON.parse(stdout);
}

/** @param {Options} options */
function measure({ gateways, changed, runs }) {
  const { before, after } = filesOf({ gateways, changed });
  const [was, is] = [plansOfTexts(before), plansOfTexts(after)];
  let diff = diffPlans(was, is);
  const pureMs = timed(runs, () => {
    diff = diffPlans(was, is);
  });
  const folder = mkdtempSync(join(tmpdir(), "sluice-plan-bench-"));
  try {
    writeAll(folder, before);
    git(folder, "init", "--quiet");
    git(folder, "add", ".");
    git(folder, "commit", "--quiet", "--message", "all");
    writeAll(folder, after);
    let report = runPlan(folder);
    const commandMs = timed(runs, () => {
      report = runPlan(folder);
    });
    return {
      gateways,
      changed,
      plans: was.length,
      pureMs,
      maxPureMs: MAX_PURE_MS,
      commandMs,
      maxCommandMs: MAX_COMMAND_MS,
      found: diff.gateways.length,
      foundByCommand: report.gateways.length,
      hash: createHash("sha256")
        .update(JSON.stringify([diff.gateways, report.gateways]))
        .digest("hex")
        .slice(0, 12),
      runs,
      node: process.version,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {ReturnType<typeof measure>} result */
function print(result) {
  const table = new Table({ head: ["", "median", "at most"], style: { head: [], border: [] } });
  table.push(["diff of all plans", `${result.pureMs} ms`, `${result.maxPureMs} ms`]);
  table.push(["the command", `${result.commandMs} ms`, `${result.maxCommandMs} ms`]);
  console.log(table.toString());
  const { gateways, plans, changed, runs, node, hash } = result;
  console.log(`${gateways} gateways (${plans} plans), ${changed} changed; ${runs} runs, Node ${node}; result ${hash}`);
}

/** @type {{ size: keyof typeof SIZES, runs: number, format: string }} */
const { size, runs, format } = readWords(import.meta.filename, [SIZE, runsOption(5), FORMAT]);
const result = measure({ ...SIZES[size], runs });
if (format === "json") console.log(JSON.stringify(result));
else print(result);
