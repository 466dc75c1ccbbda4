// Random scenarios of the swarm, one for each seed from the first on: whether any broke an invariant, and what they met.
// Prints a table, and with --format json one JSON object. Exit 1 when one broke an invariant.
//
//   node bench/random-scenarios.mjs [--size real|small] [--from 1] [--jobs 2] [--format json]
//
// The counts are of the seeds alone: the same on any machine. It does not stop at the first failure; of each it tells the
// seed at once on standard error, which `npm run simulate:search -- --seed N` makes small and explains. Ctrl-C ends it with
// what is known so far.

import { createRequire } from "node:module";
import { FORMAT, readWords, SIZE, wholeNumber } from "./words.mjs";

const require = createRequire(import.meta.url);
const { search } = require("@sluice/swarm");
const Table = require("cli-table3");

/** How many scenarios are run. */
const SIZES = { real: 10_000, small: 2 };
/** Past so many failures the rest would show nothing new. */
const MOST_FAILURES = 20;
const TELL_EVERY_MS = 60_000;

/**
 * @typedef {import("@sluice/swarm").Totals} Totals
 * @typedef {{ seed: number, invariant: string, message: string }} Failure
 * @typedef {Totals & { from: number, seconds: number, failures: Failure[] }} Result
 */

/**
 * @param {number} runs @param {number} from @param {number} jobs
 * @param {Parameters<typeof search>[1]} onRun
 * @returns {Promise<Result>}
 */
async function measure(runs, from, jobs, onRun) {
  const beganAt = performance.now();
  let isTimeUp = false;
  process.once("SIGINT", () => {
    isTimeUp = true;
  });
  const limits = { from, runs, jobs, isTimeUp: () => isTimeUp, mostFailures: MOST_FAILURES };
  const { totals, failures } = await search(limits, onRun);
  const broken = failures.flatMap(({ seed, violations }) =>
    violations.slice(0, 1).map(({ invariant, message }) => ({ seed, invariant, message })),
  );
  return { from, seconds: Math.round((performance.now() - beganAt) / 1_000), ...totals, failures: broken };
}

/** @param {Result} result */
function print({
  from,
  seconds,
  runs,
  requests,
  calls,
  simulatedMs,
  faults,
  runsWithFault,
  operations,
  ends,
  failures,
}) {
  const shown = (/** @type {number} */ count) => count.toLocaleString("en-GB");
  const plain = { style: { head: [], border: [] } };
  const struck = new Table({ head: ["fault", "struck", "in scenarios"], ...plain });
  for (const [kind, count] of commonestFirst(faults))
    struck.push([kind, shown(count), shown(runsWithFault[kind] ?? 0)]);
  console.log(struck.toString());
  const counted = new Table({ head: ["done to gateways, and how requests ended", "times"], ...plain });
  for (const [what, count] of [...commonestFirst(operations), ...commonestFirst(ends)])
    counted.push([what, shown(count)]);
  console.log(counted.toString());
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0);
  console.log(
    `Seeds ${from} to ${from + runs - 1}: ${shown(runs)} scenarios, ${shown(requests)} requests, ${shown(calls)} calls, ` +
      `${shown(Math.round(simulatedMs / 3_600_000))} h simulated in ${shown(seconds)} s; ${shown(total)} faults struck; ` +
      `${failures.length === 0 ? "no violation" : `${shown(failures.length)} broke an invariant`}.`,
  );
}

/** @param {Readonly<Record<string, number>>} counts */
const commonestFirst = (counts) => Object.entries(counts).sort(([, a], [, b]) => b - a);

/** @type {{ size: keyof typeof SIZES, from: number, jobs: number, format: string }} */
const { size, from, jobs, format } = readWords(import.meta.filename, [
  SIZE,
  wholeNumber("--from <seed>", "the first one", { least: 0, default: 1 }),
  wholeNumber("--jobs <count>", "processors", { least: 1, default: 1 }),
  FORMAT,
]);
let toldAt = performance.now();
const result = await measure(SIZES[size], from, jobs, ({ runs, failed }, { seed, violations }) => {
  for (const { invariant, message } of violations.slice(0, 1))
    console.error(`seed ${seed} breaks ${invariant}: ${message}`);
  if (performance.now() - toldAt < TELL_EVERY_MS) return;
  toldAt = performance.now();
  if (size === "real") console.error(`${runs} scenarios, ${failed} broke an invariant`);
});
if (format === "json") console.log(JSON.stringify(result));
else print(result);
process.exitCode = result.failed === 0 ? 0 : 1;
