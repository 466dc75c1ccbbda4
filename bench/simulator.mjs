// The simulator's own speed: the real worker core and the models in virtual time, so many requests in flight at all times
// (each that ends is followed by a new one), nothing remembered. Prints a table, and with --format json one JSON object.
//
//   node bench/simulator.mjs [--size real|small] [--seed 1] [--format json]
//
// Requests a second are of the machine's time, and of the processor time of this process's main thread, which other
// programs disturb less. The hash is of every arrival and end: the same for one seed on any machine.

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { specOf, synthesize } from "./gateway.mjs";
import { FORMAT, readWords, SEED, SIZE } from "./words.mjs";

const require = createRequire(import.meta.url);
const { planGateway } = require("@sluice/dsl");
const { answered, simulate } = require("@sluice/local");
const Table = require("cli-table3");

const WEEK_REQUESTS = 7 * 86_400 * 5;

/**
 * What is run. `inFlight`: requests that wait at any time. `perSecond`: a load of so many a second behind a backlog of
 * `inFlight`, at a limit of just as many. `warmUp`: requests that are not measured.
 */
const SIZES = {
  real: {
    flights: [
      { rate: "50/s", inFlight: 1_000, warmUp: 5_000, requests: 20_000 },
      { rate: "50/s", inFlight: 10_000, warmUp: 5_000, requests: 20_000 },
      { rate: "50/s", inFlight: 100_000, warmUp: 5_000, requests: 20_000 },
    ],
    steady: { rate: "5/s", inFlight: 500, warmUp: 5_000, requests: 54_000 },
  },
  small: {
    flights: [{ rate: "50/s", inFlight: 50, warmUp: 20, requests: 100 }],
    steady: { rate: "5/s", inFlight: 20, warmUp: 20, requests: 60 },
  },
};

/**
 * @typedef {{ rate: string, inFlight: number, warmUp: number, requests: number }} Case
 * @typedef {Awaited<ReturnType<typeof simulate>>} Simulation
 * @typedef {{ part: string, share: number }} Part
 */

/** A world that keeps `inFlight` requests waiting, and tells how many have ended. @param {Case} given @param {number} seed @param {string} folder */
async function begin({ rate, inFlight }, seed, folder) {
  const world = await simulate({
    ...synthesize(planGateway(specOf(rate)), folder),
    seed,
    remembers: false,
    target: { react: () => answered() },
  });
  const hash = createHash("sha256");
  const tiers = ["HIGH", "NORMAL", "BATCH"];
  let sent = 0;
  const send = () => {
    world.send(tiers[sent % tiers.length] ?? "HIGH", `r${sent}`);
    sent += 1;
  };
  world.onArrival(({ atUs, context }) => hash.update(`${atUs} ${context.execution} ${context.attempt}\n`));
  world.onEnded(({ name, status }) => {
    hash.update(`${world.clock.now()} ${name} ${status}\n`);
    send();
  });
  for (let i = 0; i < inFlight; i++) send();
  return { world, hash };
}

/** @param {Simulation} world @param {number} count */
const runUntil = (world, count) => world.clock.run({ while: () => world.counts().ended < count });

/** Processor time of the main thread in seconds where the system tells it, of the process otherwise. */
function processorSeconds() {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1e9;
  } catch {
    // Not Linux.
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
}

/** @param {Case} given @param {number} seed @param {string} folder */
async function measure(given, seed, folder) {
  const { world, hash } = await begin(given, seed, folder);
  await runUntil(world, given.warmUp);
  const from = { wall: performance.now(), processor: processorSeconds(), virtualUs: world.clock.now() };
  const memoryMb = [megabytes()];
  for (let tenth = 1; tenth <= 10; tenth++) {
    await runUntil(world, given.warmUp + (given.requests * tenth) / 10);
    memoryMb.push(megabytes());
  }
  const processor = processorSeconds() - from.processor;
  const wall = (performance.now() - from.wall) / 1_000;
  return {
    ...given,
    perSecond: Math.round(given.requests / wall),
    perProcessorSecond: Math.round(given.requests / processor),
    simulatedSeconds: Math.round((world.clock.now() - from.virtualUs) / 1e6),
    memoryMb,
    hash: hash.digest("hex").slice(0, 16),
  };
}

const megabytes = () => Math.round(process.memoryUsage().rss / 1e6);

/** Where a request's time goes, by sampling. @param {Case} given @param {number} seed @param {string} folder */
async function profile(given, seed, folder) {
  const { world } = await begin(given, seed, folder);
  await runUntil(world, given.warmUp);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 500 });
  await session.post("Profiler.start");
  await runUntil(world, given.warmUp + given.requests);
  const { profile: taken } = await session.post("Profiler.stop");
  session.disconnect();
  return partsOf(taken);
}

/** The first that a place in the code matches is the part that its time belongs to. @type {readonly (readonly [string, RegExp])[]} */
const PARTS = [
  ["worker core", /\/(runtime|dsl)\//],
  ["JSONata", /\/models\/jsonata|\/jsonata\//],
  ["SQS", /\/models\/sqs\/|\/models\/event-source-mapping\//],
  ["SNS", /\/models\/sns\//],
  ["Step Functions", /\/models\/step-functions\//],
  ["DynamoDB", /\/models\/dynamodb\//],
  ["Lambda and its process", /\/models\/lambda\/|\/virtual-(process|host)\./],
  ["target and its path", /\/virtual-(endpoint|target)\./],
  ["calls to AWS, authorization", /\/(cloud|authorization|input)\./],
  ["clock", /\/(virtual-clock|heap|clock)\./],
];

/**
 * Time by part. What the engine does for nobody in particular stands apart; a built-in function belongs to its caller.
 *
 * @param {import("node:inspector").Profiler.Profile} taken
 * @returns {Part[]}
 */
function partsOf({ nodes, samples = [], timeDeltas = [] }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** @param {number} id @returns {string} */
  const partOf = (id) => {
    const frame = byId.get(id)?.callFrame;
    if (frame?.functionName === "(garbage collector)") return "garbage collection";
    if (frame?.functionName === "runMicrotasks") return "promises";
    const part = PARTS.find(([, pattern]) => pattern.test(frame?.url ?? ""));
    if (part !== undefined) return part[0];
    const caller = callers.get(id);
    return caller === undefined ? "the rest" : partOf(caller);
  };
  const times = new Map();
  for (const [at, id] of samples.entries()) {
    if (byId.get(id)?.callFrame.functionName === "(idle)") continue;
    const part = partOf(id);
    times.set(part, (times.get(part) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([part, time]) => ({ part, share: Number((time / all).toFixed(3)) }))
    .sort((a, b) => b.share - a.share);
}

/** @param {{ flights: Awaited<ReturnType<typeof measure>>[], steady: Awaited<ReturnType<typeof measure>>, weekSeconds: number, parts: Part[] }} result */
function print({ flights, steady, weekSeconds, parts }) {
  const plain = { style: { head: [], border: [] } };
  const speeds = new Table({
    head: ["limit", "in flight", "requests", "a second", "a processor second", "memory, from … to", "hash"],
    ...plain,
  });
  for (const one of [...flights, steady]) {
    const memory = `${one.memoryMb[0]} … ${one.memoryMb.at(-1)} MB`;
    speeds.push([one.rate, one.inFlight, one.requests, one.perSecond, one.perProcessorSecond, memory, one.hash]);
  }
  console.log(speeds.toString());
  console.log(`A week of 5/s (${WEEK_REQUESTS} requests) at the last line's speed: ${weekSeconds} s.`);
  const where = new Table({ head: ["where the time goes", "share"], ...plain });
  for (const { part, share } of parts) where.push([part, `${(share * 100).toFixed(1)} %`]);
  console.log(where.toString());
}

/** @type {{ size: keyof typeof SIZES, seed: number, format: string }} */
const { size, seed, format } = readWords(import.meta.filename, [SIZE, SEED, FORMAT]);
const given = SIZES[size];
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  const flights = [];
  for (const flight of given.flights) flights.push(await measure(flight, seed, folder));
  const steady = await measure(given.steady, seed, folder);
  const weekSeconds = Math.round(WEEK_REQUESTS / steady.perSecond);
  const [first] = given.flights;
  const parts = first === undefined ? [] : await profile(first, seed, folder);
  const result = { flights, steady, weekSeconds, parts };
  if (format === "json") console.log(JSON.stringify({ seed, ...result }));
  else print(result);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
