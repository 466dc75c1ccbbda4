// The worker's bundle: its size, and what it costs a cold start to import it. Prints a table, and with --format json one
// JSON object.
//
//   node bench/worker-bundle.mjs [--runs 9] [--format json]
//
// Each run is a new process, measured inside it from before the import to after it, so that Node's own start does not
// count. The median: one run in a few meets something else on the machine.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../packages/runtime/scripts/bundle.mjs";
import { FORMAT, readWords, runsOption } from "./words.mjs";

const MAX_BYTES = 1_500_000;
const MAX_IMPORT_MS = 150;

/** The least plan that the worker starts with. */
const PLAN = {
  planVersion: 2,
  name: "bench",
  limit: { jitterUs: 20_000, latenessUs: 5_000, intervalUs: 200_000 },
  tiers: [],
  dispatch: { kind: "doorbell" },
  timeouts: { connectUs: 2_000_000, responseUs: 10_000_000 },
  endpoint: { adapter: "http", url: "https://target.example", headers: {} },
  operations: [{ name: "read", method: "GET", path: "/", headers: {}, request: { type: "object" }, repeatable: true }],
};

/** @param {string} bundle @param {string} folder */
function importOnce(bundle, folder) {
  const code = `const t=performance.now();await import(${JSON.stringify(bundle)});console.log(performance.now()-t)`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      AWS_REGION: "eu-west-1",
      SLUICE_OPT_ROOT: folder,
      SLUICE_TIER_QUEUE_URLS: "{}",
      SLUICE_BELL_QUEUE_URL: "http://127.0.0.1/bell",
      SLUICE_GATE_TABLE: "gate",
    },
  });
  if (status !== 0) throw new Error(`the bundle could not be imported: ${stderr}`);
  return Number(stdout);
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @param {{ runs: number }} options */
export async function measure({ runs }) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
  try {
    const bundle = join(folder, "index.mjs");
    await bundleWorker(bundle);
    writeFileSync(join(folder, "gateway.json"), JSON.stringify(PLAN));
    const importsMs = Array.from({ length: runs }, () => importOnce(bundle, folder));
    return {
      bytes: statSync(bundle).size,
      maxBytes: MAX_BYTES,
      importMs: Math.round(median(importsMs) * 10) / 10,
      maxImportMs: MAX_IMPORT_MS,
      runs,
      node: process.version,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  /** @type {{ runs: number, format: string }} */
  const { runs, format } = readWords(import.meta.filename, [runsOption(9), FORMAT]);
  const result = await measure({ runs });
  if (format === "json") console.log(JSON.stringify(result));
  else {
    console.log(`worker bundle (Node ${result.node}, ${result.runs} cold imports)`);
    console.log(
      `  size                    ${(result.bytes / 1_000).toFixed(0).padStart(6)} kB   at most ${result.maxBytes / 1_000}`,
    );
    console.log(
      `  import, median          ${result.importMs.toFixed(1).padStart(6)} ms   at most ${result.maxImportMs}`,
    );
  }
}
