// The gateway of the benchmarks in virtual time, from its text to what `simulate` wants.

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const { lintGateways } = require("@sluice/dsl");
const { synthGateways } = require("@sluice/infra");

/**
 * Three tiers whose requests do not expire while a benchmark runs, and one operation that may be repeated.
 *
 * @param {string} rate the `rateLimit` @param {number} [responseS] the response timeout, in seconds
 * @returns {import("@sluice/dsl").GatewaySpec}
 */
export function specOf(rate, responseS = 10) {
  const text = `version: 1
name: bench
rateLimit: ${rate}
tiers: [{ name: HIGH, timeout: 1d }, { name: NORMAL, timeout: 13d }, { name: BATCH, timeout: 13d }]
timeouts: { response: ${responseS}s }
endpoint: { adapter: http, url: "http://127.0.0.1:1" }
operations: { read: { method: GET, path: /read } }
`;
  const { specs, findings } = lintGateways([{ file: "bench.yaml", text }]);
  if (specs[0] === undefined) throw new Error(JSON.stringify(findings));
  return specs[0].spec;
}

/**
 * The template that would be deployed.
 *
 * @param {import("@sluice/dsl").GatewayPlan} plan @param {string} folder where its files go
 */
export function synthesize(plan, folder) {
  const worker = join(folder, "worker");
  mkdirSync(worker, { recursive: true });
  writeFileSync(join(worker, "index.mjs"), "export {};\n"); // In virtual time the core runs in this process.
  const outdir = mkdtempSync(join(folder, "cdk-"));
  process.env.CDK_VALIDATION = "false";
  const { stacks } = synthGateways({ plans: [plan], outdir, workerAsset: worker, validation: false });
  const [stack] = stacks;
  if (stack === undefined) throw new Error("nothing was synthesized");
  return {
    plan,
    template: JSON.parse(readFileSync(stack.templatePath, "utf8")),
    assetDir: outdir,
    stackName: stack.stackName,
  };
}
