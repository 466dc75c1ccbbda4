// Why doorbell is the default: both dispatches, and the worker's own core, on the models in virtual time, under the load of
// DESIGN.md ("Why both"): an endless BATCH, HIGH at 20 % and NORMAL at 30 % of the limit. Prints a table, and with
// --format json one JSON object.
//
//   node bench/dispatch.mjs [--size real|small] [--seed 1] [--format json]
//
// Lambda time a call is what is paid for; slots is what is taken from the account's concurrency.

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { specOf, synthesize } from "./gateway.mjs";
import { FORMAT, readWords, SEED, SIZE } from "./words.mjs";

const require = createRequire(import.meta.url);
const { planGateway, seconds, us } = require("@sluice/dsl");
const { answered, backlog, mergeLoads, mostInWindow, percentile, poisson, Random, simulate } = require("@sluice/local");
const Table = require("cli-table3");

/**
 * What is compared. `maxConcurrency` left out: as planned, all slots for each tier's mapping.
 *
 * @typedef {{ rate: string, latencyMs: number, slots?: number, maxConcurrency?: number, responseS: number, calls: number }} Case
 * @typedef {import("@sluice/dsl").GatewayPlan} Plan
 * @typedef {Awaited<ReturnType<typeof run>>} Result
 */

/** @type {Record<"real" | "small", readonly Case[]>} */
const SIZES = {
  real: [
    { rate: "5/s", latencyMs: 150, responseS: 10, calls: 6_000 },
    { rate: "5/s", latencyMs: 150, responseS: 10, calls: 6_000, slots: 5 },
    { rate: "5/s", latencyMs: 150, responseS: 10, calls: 6_000, slots: 5, maxConcurrency: 2 },
    { rate: "5/s", latencyMs: 150, responseS: 2, calls: 6_000, slots: 5 },
    { rate: "60/10s", latencyMs: 150, responseS: 10, calls: 6_000 },
    { rate: "60/10s", latencyMs: 150, responseS: 10, calls: 6_000, slots: 6 },
    { rate: "60/10s", latencyMs: 150, responseS: 10, calls: 6_000, slots: 6, maxConcurrency: 2 },
    { rate: "20/s", latencyMs: 2_000, responseS: 10, calls: 6_000 },
    { rate: "20/s", latencyMs: 2_000, responseS: 10, calls: 6_000, slots: 20 },
  ],
  small: [
    { rate: "5/s", latencyMs: 150, responseS: 10, calls: 300 },
    { rate: "5/s", latencyMs: 150, responseS: 10, calls: 300, slots: 5 },
  ],
};

/** @param {Case} given @returns {Plan} */
function planOf({ rate, slots, maxConcurrency, responseS }) {
  const spec = specOf(rate, responseS);
  if (slots === undefined) return planGateway(spec);
  const plan = planGateway({ ...spec, worker: { dispatch: "deferral", slots } });
  if (plan.dispatch.kind !== "deferral" || maxConcurrency === undefined) return plan;
  return { ...plan, dispatch: { ...plan.dispatch, maxConcurrency } };
}

/** @param {Case} given @param {number} seed @param {string} folder */
async function run(given, seed, folder) {
  const plan = planOf(given);
  const { limit } = plan;
  const rate = limit.rate ?? { calls: 1, windowUs: seconds(1) };
  const perSecond = (rate.calls * 1e6) / rate.windowUs;
  const world = await simulate({
    ...synthesize(plan, folder),
    seed,
    pathVariesUs: us(limit.jitterUs - limit.latenessUs),
    target: { react: () => answered(us(given.latencyMs * 1_000)) },
  });
  const lengthUs = us((given.calls / perSecond) * 1e6);
  const arrivals = loadOf(given, perSecond, lengthUs, new Random(seed)).map(({ atUs, tier }, i) => ({
    name: `${tier}-${i}`,
    atUs,
    tier,
  }));
  for (const { name, atUs, tier } of arrivals) world.send(tier, name, atUs > 0 ? { delayUs: atUs } : {});
  await world.clock.run({ until: lengthUs });
  return figures(given, world, plan, arrivals, lengthUs);
}

/** @param {Case} given @param {number} perSecond @param {number} lengthUs @param {InstanceType<typeof Random>} random */
function loadOf({ calls }, perSecond, lengthUs, random) {
  /** @param {string} tier */
  const kind = (tier) => ({ tier, operation: "read", requestOf: () => ({}) });
  const span = { fromUs: seconds(5), untilUs: us(lengthUs) };
  return mergeLoads(
    backlog(kind("BATCH"), calls),
    poisson(kind("HIGH"), 0.2 * perSecond, span, random),
    poisson(kind("NORMAL"), 0.3 * perSecond, span, random),
  );
}

/**
 * @param {Case} given
 * @param {Awaited<ReturnType<typeof simulate>>} world
 * @param {Plan} plan
 * @param {readonly { name: string, atUs: import("@sluice/dsl").Micros, tier: string }[]} arrivals
 * @param {import("@sluice/dsl").Micros} lengthUs
 */
function figures(given, world, { limit, dispatch }, arrivals, lengthUs) {
  const rate = limit.rate ?? { calls: 1, windowUs: seconds(1) };
  const instants = world.target.arrivals.map(({ atUs }) => atUs);
  const calledAt = new Map(world.callsAtTarget().map((name, i) => [name, instants[i]]));
  const usage = world.services.lambda.usage(world.stack.functionNames[0] ?? "");
  /** @param {string} tier @param {number} percent */
  const waitMs = (tier, percent) => {
    // Those who asked shortly before the end have had no time to be called.
    const asked = arrivals.filter((one) => one.tier === tier && one.atUs < lengthUs * 0.9);
    const waits = asked.map(({ name, atUs }) => us((calledAt.get(name) ?? lengthUs) - atUs));
    return Math.round((percentile(waits, percent) ?? Number.NaN) / 1_000);
  };
  const spanUs = (instants.at(-1) ?? 0) - (instants[1] ?? 0);
  const allowed = ((spanUs + limit.jitterUs) * rate.calls) / (rate.windowUs + limit.jitterUs);
  return {
    ...given,
    dispatch: dispatch.kind,
    mostInWindow: mostInWindow(instants, rate.windowUs),
    shareOfAllowedRate: Number(((instants.length - 2) / allowed).toFixed(4)),
    highP50Ms: waitMs("HIGH", 50),
    highP99Ms: waitMs("HIGH", 99),
    normalP99Ms: waitMs("NORMAL", 99),
    lambdaSecondsPerCall: Number((usage.durationUs / 1e6 / instants.length).toFixed(3)),
    invocationsPerCall: Number((usage.invocations / instants.length).toFixed(3)),
    throttlesPerCall: Number((usage.throttles / instants.length).toFixed(2)),
  };
}

/** @param {readonly Result[]} results */
function table(results) {
  const head = ["limit, call", "dispatch", "most in a window", "share of N/(W+J)", "HIGH p50", "HIGH p99"];
  const shown = new Table({
    head: [...head, "NORMAL p99", "Lambda s/call", "invocations/call", "throttles/call"],
    style: { head: [], border: [] },
  });
  for (const r of results) {
    shown.push([
      `${r.rate}, ${r.latencyMs} ms`,
      r.slots === undefined ? r.dispatch : `${r.slots} slots, ${r.maxConcurrency ?? r.slots} a tier, ${r.responseS} s`,
      String(r.mostInWindow),
      `${(r.shareOfAllowedRate * 100).toFixed(1)} %`,
      `${(r.highP50Ms / 1_000).toFixed(2)} s`,
      `${(r.highP99Ms / 1_000).toFixed(2)} s`,
      `${(r.normalP99Ms / 1_000).toFixed(1)} s`,
      r.lambdaSecondsPerCall.toFixed(2),
      r.invocationsPerCall.toFixed(2),
      r.throttlesPerCall.toFixed(2),
    ]);
  }
  return shown.toString();
}

/** @type {{ size: keyof typeof SIZES, seed: number, format: string }} */
const { size, seed, format } = readWords(import.meta.filename, [SIZE, SEED, FORMAT]);
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  /** @type {Result[]} */
  const results = [];
  for (const given of SIZES[size]) results.push(await run(given, seed, folder));
  console.log(format === "json" ? JSON.stringify({ seed, results }) : table(results));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
