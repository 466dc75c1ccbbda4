// Two defaults of the worker, looked at from both sides: how long a turn is, and what share of the starts a lower tier has.
// The worker's core on the models, in virtual time, under an endless backlog. Prints two tables, and with --format json one
// JSON object.
//
//   node bench/turns-and-shares.mjs [--size real|small] [--seed 1] [--format json]
//
// A longer turn loses less at its end, where the last calls are waited for; a shorter one notices sooner that it was
// redeployed. A larger share moves BATCH along and makes HIGH wait.

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { specOf, synthesize } from "./gateway.mjs";
import { FORMAT, readWords, SEED, SIZE } from "./words.mjs";

const require = createRequire(import.meta.url);
const { planGateway, seconds, us } = require("@sluice/dsl");
const {
  answered,
  backlog,
  idealWaits,
  mergeLoads,
  mostInWindow,
  percentile,
  poisson,
  Random,
  simulate,
} = require("@sluice/local");
const Table = require("cli-table3");

/** Turns in response timeouts; Lambda's 15 minutes hold at most 86 of 10 s. */
const SIZES = {
  real: {
    calls: 6_000,
    turns: [2, 5, 20, 40, 86],
    latenciesMs: [150, 2_000, 8_000],
    shares: [0.01, 0.05, 0.1, 0.2],
    highLoads: [0.2, 0.8, 1.5],
  },
  small: { calls: 300, turns: [2, 40], latenciesMs: [150], shares: [0.05], highLoads: [0.2] },
};
const RATE = "10/s";
const RESPONSE = seconds(10);

/**
 * @typedef {{ turns: number, latencyMs: number, share: number, highLoad: number, calls: number }} Case
 * @typedef {import("@sluice/dsl").GatewayPlan} Plan
 * @typedef {import("@sluice/dsl").Micros} Micros
 * @typedef {Awaited<ReturnType<typeof run>>} Result
 */

/** @param {Case} given @returns {Plan} */
function planOf({ turns, share }) {
  const plan = planGateway(specOf(RATE), { turnUs: us(turns * RESPONSE) });
  return {
    ...plan,
    tiers: plan.tiers.map((tier, rank) => ({ ...tier, share: rank === 0 ? 0 : share })),
  };
}

/** @param {Case} given @param {number} seed @param {string} folder */
async function run(given, seed, folder) {
  const plan = planOf(given);
  const { limit } = plan;
  const world = await simulate({
    ...synthesize(plan, folder),
    seed,
    pathVariesUs: us(limit.jitterUs - limit.latenessUs),
    target: { react: () => answered(us(given.latencyMs * 1_000)) },
  });
  const lengthUs = given.calls * limit.intervalUs;
  const load = loadOf(given, lengthUs, limit.intervalUs, new Random(seed));
  const arrivals = load.map(({ atUs, tier }, i) => ({ name: `${tier}-${i}`, atUs, tier }));
  for (const { name, atUs, tier } of arrivals) world.send(tier, name, atUs > 0 ? { delayUs: atUs } : {});
  await world.clock.run({ until: us(lengthUs) });
  return figures(given, world, plan, arrivals, us(lengthUs));
}

/** @param {Case} given @param {number} lengthUs @param {number} intervalUs @param {InstanceType<typeof Random>} random */
function loadOf({ calls, highLoad }, lengthUs, intervalUs, random) {
  /** @param {string} tier */
  const kind = (tier) => ({ tier, operation: "read", requestOf: () => ({}) });
  const span = { fromUs: seconds(5), untilUs: us(lengthUs) };
  return mergeLoads(
    backlog(kind("NORMAL"), calls),
    backlog(kind("BATCH"), calls),
    poisson(kind("HIGH"), (highLoad * 1e6) / intervalUs, span, random),
  );
}

/**
 * @param {Case} given
 * @param {Awaited<ReturnType<typeof simulate>>} world
 * @param {Plan} plan
 * @param {readonly { name: string, atUs: Micros, tier: string }[]} arrivals
 * @param {Micros} lengthUs
 */
function figures(given, world, { limit, tiers }, arrivals, lengthUs) {
  const instants = world.target.arrivals.map(({ atUs }) => atUs);
  const calledAt = new Map(world.callsAtTarget().map((name, i) => [name, instants[i]]));
  // Those who asked shortly before the end have had no time to be called.
  const asked = arrivals.filter(({ atUs, tier }) => tier === "HIGH" && atUs < lengthUs * 0.9);
  const waits = asked.map(({ name, atUs }) => us((calledAt.get(name) ?? lengthUs) - atUs));
  const ideal =
    idealWaits(
      arrivals,
      limit.intervalUs,
      tiers.map(({ name }) => name),
    ).get("HIGH") ?? [];
  const starts = world.target.arrivals.filter(({ atUs }) => atUs > seconds(10)).map(({ context }) => context.tier);
  const batch = starts.filter((tier) => tier === "BATCH").length;
  const span = (instants.at(-1) ?? 0) - (instants[1] ?? 0);
  /** @param {readonly Micros[]} values */
  const p99 = (values) => Math.round((percentile(values, 99) ?? Number.NaN) / 1_000);
  return {
    ...given,
    mostInWindow: mostInWindow(instants, seconds(1)),
    shareOfAllowedRate: Number((((instants.length - 2) * limit.intervalUs) / span).toFixed(4)),
    highP50Ms: Math.round((percentile(waits, 50) ?? Number.NaN) / 1_000),
    highP99Ms: p99(waits),
    idealP99Ms: p99(ideal.slice(0, waits.length)),
    batchShare: Number((batch / starts.length).toFixed(4)),
  };
}

/** @param {string} first @param {readonly (readonly [string, Result])[]} rows */
function table(first, rows) {
  const head = [first, "most in a window", "share of N/(W+J)", "HIGH p50", "HIGH p99", "ideal's p99", "BATCH got"];
  const shown = new Table({ head, style: { head: [], border: [] } });
  for (const [name, r] of rows) {
    shown.push([
      name,
      `${r.mostInWindow} of 10`,
      `${(r.shareOfAllowedRate * 100).toFixed(1)} %`,
      `${r.highP50Ms} ms`,
      `${r.highP99Ms} ms`,
      `${r.idealP99Ms} ms`,
      `${(r.batchShare * 100).toFixed(1)} %`,
    ]);
  }
  return shown.toString();
}

/** @type {{ size: keyof typeof SIZES, seed: number, format: string }} */
const { size, seed, format } = readWords(import.meta.filename, [SIZE, SEED, FORMAT]);
const { latenciesMs, turns: lengths, highLoads, shares: tried, calls } = SIZES[size];
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  /** @type {Result[]} */
  const turns = [];
  for (const latencyMs of latenciesMs) {
    for (const length of lengths) {
      const given = { turns: length, latencyMs, share: 0.05, highLoad: 0.2, calls };
      turns.push(await run(given, seed, folder));
    }
  }
  /** @type {Result[]} */
  const shares = [];
  for (const highLoad of highLoads) {
    for (const share of tried) {
      shares.push(await run({ turns: 20, latencyMs: 150, share, highLoad, calls }, seed, folder));
    }
  }
  if (format === "json") console.log(JSON.stringify({ seed, rate: RATE, turns, shares }));
  else {
    console.log(`Turns, in response timeouts of 10 s, at ${RATE}; HIGH at a fifth of the limit, the rest a backlog`);
    console.log(
      table(
        "turn, call takes",
        turns.map((r) => [`${r.turns} x 10 s, ${r.latencyMs} ms`, r]),
      ),
    );
    console.log(`Shares of each lower tier at ${RATE}; HIGH at so much of the limit, NORMAL and BATCH a backlog`);
    console.log(
      table(
        "share, HIGH at",
        shares.map((r) => [`${r.share * 100} %, ${r.highLoad * 100} %`, r]),
      ),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
