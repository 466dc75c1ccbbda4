// The deployed bundle on real processes and the real clock, against a strict target, with nothing that goes wrong: what the
// demo shows, without its kill. Prints a table, and with --format json one JSON object.
//
//   node bench/real-processes.mjs [--size real|small] [--seed 1] [--busy 0] [--rate 50/s] [--jitter 20ms]
//                                 [--format json]
//
// One gateway at a time: BATCH always has more than can be done, NORMAL comes at three tenths of the limit and HIGH at a
// fifth. All of it runs on this machine: the emulated account in this process, the workers and the target in others. So
// the machine's load is printed beside the figures; on a busy one they say more about its other work than about ours.
// `--busy 4` makes it so: as many programs that only burn processor time, which starve the worker. `--jitter` is the file's
// `jitter`, a quarter of which a start may be late.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { ms, parseGateway, planGateway, resolveSpec, us } from "@sluice/dsl";
import { idealWaits, judge, measuredJitter, startLocalWorld } from "@sluice/local";
import Table from "cli-table3";
import { Option } from "commander";
import { Cleanup } from "../packages/cli/lib/cleanup.js";
import { Ledger } from "../packages/cli/lib/demo/ledger.js";
import { measure } from "../packages/cli/lib/demo/measure.js";
import { nowMs } from "../packages/cli/lib/demo/now.js";
import { traffic } from "../packages/cli/lib/demo/traffic.js";
import { startStandIn, windowOf } from "../packages/cli/lib/stand-ins.js";
import { synthesize } from "../packages/cli/lib/synthesize.js";
import { FORMAT, readWords, SEED, SIZE, wholeNumber } from "./words.mjs";

/** What is run: a limit, and for how long. */
const SIZES = {
  real: [
    { rate: "3/s", seconds: 40 },
    { rate: "10/s", seconds: 40 },
    { rate: "50/s", seconds: 15 },
  ],
  small: [{ rate: "10/s", seconds: 6 }],
};
const LATENCY = "150ms";
/** No HIGH before: the ideal knows no cold start, and with so few requests the first ones would be the 99th percentile. */
const HIGH_FROM_MS = 3_000;
/** What has not ended so long after the run is counted as lost. */
const GRACE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/**
 * @typedef {{ rate: string, seconds: number }} Case
 * @typedef {import("@sluice/dsl").GatewayPlan} Plan
 * @typedef {import("@sluice/local").LocalWorld} LocalWorld
 * @typedef {import("../packages/cli/lib/demo/traffic.js").Ask} Ask
 * @typedef {import("../packages/cli/lib/demo/measure.js").IdealWaits} IdealWaits
 * @typedef {Awaited<ReturnType<typeof run>>} Result
 */

/** @param {string} rate @param {string} [url] @returns {Plan} */
function planOf(rate, url = "http://127.0.0.1:1") {
  const text = `version: 1
name: bench
rateLimit: ${rate}
jitter: ${jitter}
tiers: [{ name: HIGH, timeout: 1h }, { name: NORMAL, timeout: 1h }, { name: BATCH, timeout: 1h }]
timeouts: { response: 10s }
endpoint: { adapter: http, url: "${url}" }
operations: { read: { method: GET, path: /read, latency: ${LATENCY} } }
`;
  const { spec, findings } = resolveSpec(parseGateway(text, "bench.yaml"), { patch: {} });
  if (spec === undefined) throw new Error(JSON.stringify(findings));
  return planGateway(spec);
}

/** @param {Case} given @param {number} seed */
async function run(given, seed) {
  const cleanup = new Cleanup();
  try {
    const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
    const target = await startStandIn(planOf(given.rate), seed);
    cleanup.add(() => target.close());
    const plan = planOf(given.rate, target.url);
    const stacks = await synthesize([plan], { out: join(folder, "cdk.out"), validation: false });
    const world = await startLocalWorld({ stacks, port: 0 });
    cleanup.add(() => world.close());
    const loadBefore = loadavg()[0] ?? 0;
    const runMs = given.seconds * 1_000;
    const requests = await askAll(world, asksOf(plan, runMs, seed), runMs, cleanup);
    const figures = await figuresOf(plan, await target.log(), requests);
    return { ...given, load: Number(loadBefore.toFixed(1)), ...figures };
  } finally {
    await cleanup.run();
  }
}

/** @param {Plan} plan @param {number} runMs @param {number} seed */
const asksOf = (plan, runMs, seed) =>
  traffic({
    shape: "backlog",
    tiers: plan.tiers.map(({ name }) => name),
    ratePerSecond: 1_000_000 / plan.limit.intervalUs,
    runMs,
    outageMs: 0,
    seed,
  }).filter(({ tier, atMs }) => tier !== "HIGH" || atMs >= HIGH_FROM_MS);

/**
 * Starts every request at its time through the AWS SDK, and waits until all have ended.
 *
 * @param {LocalWorld} world @param {readonly Ask[]} asks @param {number} runMs @param {Cleanup} cleanup
 */
async function askAll({ endpoint, region, services, stacks }, asks, runMs, cleanup) {
  // An emulated account takes any credentials.
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SFNClient({ endpoint, region, credentials });
  cleanup.add(() => client.destroy());
  const ledger = new Ledger(asks.length);
  cleanup.add(services.stepFunctions.onEnded((end) => ledger.noteEnd(end)));
  const stateMachineArn = stacks[0]?.stateMachineArn;
  const beganAtMs = nowMs();
  const starts = [];
  for (const [n, { atMs, tier }] of asks.entries()) {
    await sleep(Math.max(0, beganAtMs + atMs - nowMs()));
    const input = JSON.stringify({ operation: "read", tier, request: {} });
    const started = client
      .send(new StartExecutionCommand({ stateMachineArn, name: `bench-${n}`, input }))
      .then(({ executionArn = "", startDate = new Date(Number.NaN) }) =>
        ledger.noteStart(executionArn, tier, startDate),
      );
    started.catch(() => undefined); // Told by the await below.
    starts.push(started);
  }
  await Promise.all(starts);
  while (!ledger.isComplete && nowMs() < beganAtMs + runMs + GRACE_MS) await sleep(LOOK_EVERY_MS);
  return ledger.histories();
}

/**
 * @param {Plan} plan
 * @param {readonly import("@sluice/local").TargetArrival[]} log
 * @param {readonly import("../packages/cli/lib/demo/measure.js").RequestHistory[]} requests
 */
async function figuresOf(plan, log, requests) {
  const { intervalUs, jitterUs } = plan.limit;
  const limit = windowOf(plan);
  const instants = log.map(({ atUs }) => atUs);
  const { mostInWindow, overLimit } = await judge(instants, limit);
  const measured = measure({
    name: plan.name,
    limit: { calls: limit.calls, windowMs: limit.windowUs / 1_000, intervalMs: intervalUs / 1_000 },
    tiers: plan.tiers.map(({ name }) => name),
    arrivals: log.map(({ atUs, accepted, requestId }) => ({ atMs: atUs / 1_000, isAccepted: accepted, requestId })),
    requests,
    mostInWindow,
    jitterMs: measuredJitter(instants, limit.calls, intervalUs) / 1_000,
    outage: undefined,
    heldByKilled: new Set(),
    idealWaits: idealFor(plan),
  });
  const { succeeded, failed, calls, refused, shareOfAllowedRate, measuredJitterMs } = measured;
  const high = measured.tiers.find(({ name }) => name === "HIGH");
  const [p99, ideal] = [high?.p99WaitMs ?? Number.NaN, high?.idealP99WaitMs ?? Number.NaN];
  return {
    requests: requests.length,
    succeeded,
    failed,
    lost: requests.length - succeeded - failed,
    calls,
    refused,
    limit: limit.calls,
    mostInWindow,
    overLimit,
    shareOfAllowedRate,
    measuredJitterMs,
    jitterMs: jitterUs / 1_000,
    highRequests: high?.requests,
    highP50Ms: high?.p50WaitMs,
    highP99Ms: p99,
    idealP99Ms: ideal,
    p99ToIdeal: Number((p99 / ideal).toFixed(3)),
  };
}

/**
 * The ideal of a plan, which may not call before a given instant.
 *
 * @param {Plan} plan @returns {IdealWaits}
 */
const idealFor =
  ({ tiers, limit: { intervalUs } }) =>
  (arrivals, idleUntilMs) => {
    const names = tiers.map(({ name }) => name);
    const asked = arrivals.map(({ atMs, tier }) => ({ atUs: ms(atMs), tier }));
    // One request more, one interval earlier, takes the start before that instant. It is the first of its tier.
    const first = { atUs: us(ms(idleUntilMs) - intervalUs), tier: names[0] ?? "" };
    const waits = idealWaits([first, ...asked], intervalUs, names);
    const left = new Map(names.map((name) => [name, [...(waits.get(name) ?? [])]]));
    left.get(first.tier)?.shift();
    return arrivals.map(({ tier }) => (left.get(tier)?.shift() ?? 0) / 1_000);
  };

/** @param {readonly Result[]} results */
function print(results) {
  const head = ["limit", "load", "requests", "most in a window", "refused", "lost", "share", "jitter"];
  const table = new Table({ head: [...head, "HIGH p99", "ideal", "ratio"], style: { head: [], border: [] } });
  for (const r of results) {
    table.push([
      r.rate,
      r.load,
      `${r.requests} in ${r.seconds} s`,
      `${r.mostInWindow} of ${r.limit}`,
      r.refused,
      r.lost,
      r.shareOfAllowedRate === null ? "–" : `${(r.shareOfAllowedRate * 100).toFixed(1)} %`,
      `${r.measuredJitterMs} of ${r.jitterMs} ms`,
      `${r.highP99Ms} ms of ${r.highRequests}`,
      `${r.idealP99Ms} ms`,
      r.p99ToIdeal,
    ]);
  }
  console.log(table.toString());
  console.log(
    `load: the machine's, over the minute before each run, on ${cpus().length} cores${busy > 0 ? `; ${busy} programs burn processor time` : ""}. Node ${process.version}.`,
  );
}

/** @type {{ size: keyof typeof SIZES, seed: number, busy: number, rate: string | undefined, jitter: string, format: string }} */
const { size, seed, busy, rate, jitter, format } = readWords(import.meta.filename, [
  SIZE,
  SEED,
  wholeNumber("--busy <count>", "programs beside it that only burn processor time", { least: 0, default: 0 }),
  new Option("--rate <limit>", "only this one").choices([
    ...new Set(
      Object.values(SIZES)
        .flat()
        .map((one) => one.rate),
    ),
  ]),
  new Option("--jitter <duration>", "the file's").default("20ms"),
  FORMAT,
]);
// The SDK says on every start that it will want a newer Node one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const burners = Array.from({ length: busy }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
const results = [];
try {
  for (const given of SIZES[size].filter((one) => one.rate === (rate ?? one.rate)))
    results.push(await run(given, seed));
} finally {
  for (const burner of burners) burner.kill("SIGKILL");
}
if (results.length === 0) throw new Error(`--rate is one of ${SIZES[size].map((one) => one.rate)}`);
if (format !== "json") print(results);
else
  console.log(JSON.stringify({ seed, busy, cores: cpus().length, node: process.version, latency: LATENCY, results }));
