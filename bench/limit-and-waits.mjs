// The limit and the waits: the worker's core on the models, in virtual time, under an endless backlog of NORMAL and BATCH
// with HIGH at a fifth of the limit and a path that varies by all that the jitter leaves it. Prints a table, and with
// --format json one JSON object.
//
//   node bench/limit-and-waits.mjs [--size real|small] [--seed 1] [--format json]
//
// The windows are judged by rolling-rate-limiter beside our own count; the ideal is a perfect spacer with strict order of
// tiers and no latency, given the same arrivals.

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
  judge,
  mergeLoads,
  percentile,
  poisson,
  Random,
  simulate,
} = require("@sluice/local");
const Table = require("cli-table3");

const HIGH_SHARE = 0.2;
/** Publish, poll and cold start. */
const FIRST_TURN_BEGINS = 300_000;

/** What is run: a limit, how long the target takes, for how many calls' time, and how it treats connections. */
const SIZES = {
  real: [
    { rate: "1/3s", latencyMs: 150, calls: 800 },
    { rate: "1/s", latencyMs: 150, calls: 1_000 },
    { rate: "3/s", latencyMs: 150, calls: 1_500 },
    { rate: "10/s", latencyMs: 150, calls: 2_000 },
    { rate: "10/s", latencyMs: 2_000, calls: 2_000 },
    { rate: "10/s", latencyMs: 150, calls: 2_000, connections: { handshakeMs: 1_300, idleMs: 680 } },
    { rate: "50/s", latencyMs: 150, calls: 11_000 },
  ],
  small: [{ rate: "10/s", latencyMs: 150, calls: 60 }],
};

/**
 * @typedef {{ handshakeMs: number, idleMs: number }} Connections how long one takes, and when it is dropped unused
 * @typedef {{ rate: string, latencyMs: number, calls: number, connections?: Connections }} Case
 * @typedef {Awaited<ReturnType<typeof simulate>>} Simulation
 * @typedef {import("@sluice/dsl").GatewayPlan} Plan
 * @typedef {import("@sluice/dsl").Micros} Micros
 * @typedef {{ name: string, atUs: Micros, tier: string }} Asked
 * @typedef {{ sqs: number, sfn: number, dynamodb: number }} AwsCalls
 * @typedef {Awaited<ReturnType<typeof run>>} Result
 */

/** @param {Case} given @param {number} seed @param {string} folder */
async function run({ rate, latencyMs, calls, connections }, seed, folder) {
  const gateway = synthesize(planGateway(specOf(rate)), folder);
  const { limit, tiers } = gateway.plan;
  const world = await simulate({
    ...gateway,
    seed,
    pathVariesUs: us(limit.jitterUs - limit.latenessUs),
    target: { react: () => answered(us(latencyMs * 1_000)), ...connectionTimes(connections) },
  });
  const awsCalls = countCalls(world);
  const lengthUs = calls * limit.intervalUs;
  const load = loadOf(lengthUs, calls, limit.intervalUs, new Random(seed));
  const arrivals = load.map(({ atUs, tier }, i) => ({ name: `${tier}-${i}`, atUs, tier }));
  for (const { name, atUs, tier } of arrivals) world.send(tier, name, atUs > 0 ? { delayUs: atUs } : {});
  await world.clock.run({ until: us(lengthUs) });
  return figures({ rate, latencyMs, ...(connections && { connections }) }, world, { limit, tiers, arrivals }, awsCalls);
}

/** @param {Connections | undefined} connections */
const connectionTimes = (connections) =>
  connections && { handshakeUs: us(connections.handshakeMs * 1_000), idleUs: us(connections.idleMs * 1_000) };

/**
 * More NORMAL and BATCH than can be called in that time, all there at once, and HIGH throughout.
 *
 * @param {number} lengthUs @param {number} calls @param {number} intervalUs @param {InstanceType<typeof Random>} random
 */
function loadOf(lengthUs, calls, intervalUs, random) {
  /** @param {string} tier */
  const kind = (tier) => ({ tier, operation: "read", requestOf: () => ({}) });
  const each = calls / 2 + 20;
  const span = { fromUs: seconds(5), untilUs: us(lengthUs) };
  return mergeLoads(
    backlog(kind("NORMAL"), each),
    backlog(kind("BATCH"), each),
    poisson(kind("HIGH"), (HIGH_SHARE * 1e6) / intervalUs, span, random),
  );
}

/**
 * Counts what roles ask of AWS from now on, by service.
 *
 * @param {Simulation} world
 * @returns {AwsCalls}
 */
function countCalls({ services: { cloud } }) {
  const counts = { sqs: 0, sfn: 0, dynamodb: 0 };
  const call = cloud.call.bind(cloud);
  cloud.call = (principal, service, operation, input) => {
    if (principal.kind === "role" && (service === "sqs" || service === "sfn" || service === "dynamodb")) {
      counts[service] += 1;
    }
    return call(principal, service, operation, input);
  };
  return counts;
}

/**
 * @param {Pick<Case, "rate" | "latencyMs" | "connections">} given
 * @param {Simulation} world
 * @param {{ limit: Plan["limit"], tiers: Plan["tiers"], arrivals: readonly Asked[] }} asked
 * @param {AwsCalls} awsCalls
 */
async function figures(given, world, { limit, tiers, arrivals }, awsCalls) {
  const instants = world.target.arrivals.map(({ atUs }) => atUs);
  const names = world.callsAtTarget();
  const { rate } = limit;
  if (rate === undefined) throw new Error("this benchmark is about gateways with a rate");
  const verdict = await judge(instants, { calls: rate.calls, windowUs: rate.windowUs });
  const calledAt = new Map(names.map((name, i) => [name, instants[i]]));
  const waits = arrivals.flatMap(({ name, atUs, tier }) => {
    const at = calledAt.get(name);
    return tier === "HIGH" && at !== undefined ? [us(at - atUs)] : [];
  });
  const ideal = idealWaits(
    arrivals.map(({ atUs, tier }) => ({ atUs, tier })),
    limit.intervalUs,
    tiers.map(({ name }) => name),
  ).get("HIGH");
  const span = (instants.at(-1) ?? 0) - (instants[1] ?? 0);
  const usage = world.services.lambda.usage(world.stack.functionNames[0] ?? "");
  // The turn that is under way is not paid yet. Turns follow each other without a gap while the backlog lasts.
  const callsPaid = instants.filter((atUs) => atUs <= usage.durationUs + FIRST_TURN_BEGINS).length;
  /** @param {readonly Micros[] | undefined} values @param {number} percent */
  const at = (values, percent) => percentile(values ?? [], percent) ?? Number.NaN;
  const [p50, p99] = [at(waits, 50), at(waits, 99)];
  const [idealP50, idealP99] = [at(ideal, 50), at(ideal, 99)];
  /** @param {number} count */
  const perRequest = (count) => Number((count / instants.length).toFixed(2));
  return {
    ...given,
    calls: instants.length,
    limit: rate.calls,
    mostInWindow: verdict.mostInWindow,
    overLimit: verdict.overLimit,
    shareOfAllowedRate: Number((((instants.length - 2) * limit.intervalUs) / span).toFixed(4)),
    highRequests: waits.length,
    highP50Ms: Math.round(p50 / 1_000),
    highP99Ms: Math.round(p99 / 1_000),
    idealP50Ms: Math.round(idealP50 / 1_000),
    idealP99Ms: Math.round(idealP99 / 1_000),
    p99ToIdeal: Number((p99 / idealP99).toFixed(3)),
    paidPerCallInIntervals:
      callsPaid === 0 ? null : Number((usage.durationUs / callsPaid / limit.intervalUs).toFixed(3)),
    awsCallsPerRequest: {
      sqs: perRequest(awsCalls.sqs),
      sfn: perRequest(awsCalls.sfn),
      dynamodb: perRequest(awsCalls.dynamodb),
    },
  };
}

/** @param {Result} result */
function describeTarget({ latencyMs, connections }) {
  if (connections === undefined) return `${latencyMs} ms`;
  return `${latencyMs} ms; connects in ${connections.handshakeMs} ms, drops after ${connections.idleMs} ms`;
}

/** @param {readonly Result[]} results */
function print(results) {
  const table = new Table({
    head: [
      "limit",
      "target",
      "calls",
      "most in a window",
      "share",
      "HIGH p99",
      "ideal",
      "ratio",
      "paid/call",
      "SQS, SFN, DynamoDB",
    ],
    style: { head: [], border: [] },
  });
  for (const r of results) {
    const { sqs, sfn, dynamodb } = r.awsCallsPerRequest;
    table.push([
      r.rate,
      describeTarget(r),
      r.calls,
      `${r.mostInWindow} of ${r.limit}`,
      `${(r.shareOfAllowedRate * 100).toFixed(1)} %`,
      `${r.highP99Ms} ms`,
      `${r.idealP99Ms} ms`,
      r.p99ToIdeal,
      r.paidPerCallInIntervals === null ? "–" : `${r.paidPerCallInIntervals} T`,
      `${sqs}, ${sfn}, ${dynamodb}`,
    ]);
  }
  console.log(table.toString());
  console.log(
    "paid/call: Lambda time paid for each call, in intervals (–: no turn has ended). The last column: calls to AWS a request, mapping included.",
  );
}

/** @type {{ size: keyof typeof SIZES, seed: number, format: string }} */
const { size, seed, format } = readWords(import.meta.filename, [SIZE, SEED, FORMAT]);
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  const results = [];
  for (const given of SIZES[size]) results.push(await run(given, seed, folder));
  if (format === "json") console.log(JSON.stringify({ seed, results }));
  else print(results);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
