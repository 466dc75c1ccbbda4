import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { RunOutcome } from "../outcome";
import { runSeed } from "../run";
import { add, NOTHING, type Totals } from "./totals";

export interface SearchLimits {
  readonly from: number;
  /** Most runs; undefined: as many as there is time for. */
  readonly runs: number | undefined;
  /** Asked before each run. */
  readonly isTimeUp: () => boolean;
  /** Processors used. 1 runs in this thread. */
  readonly jobs: number;
}

export interface Found {
  readonly totals: Totals;
  /** The first run that broke something; of several at once, the one with the lowest seed. */
  readonly failure: RunOutcome | undefined;
}

/** Runs a seed; the way to a thread of its own, or to this one. */
interface Runner {
  run(seed: number): Promise<RunOutcome>;
  end(): void;
}

/** Runs seed after seed from `from` on, until one breaks something, the time is up or all have run. */
export async function search(limits: SearchLimits, onRun: (totals: Totals) => void = () => {}): Promise<Found> {
  let totals = NOTHING;
  const failures: RunOutcome[] = [];
  let next = limits.from;
  const end = limits.runs === undefined ? Number.POSITIVE_INFINITY : limits.from + limits.runs;
  const work = async (runner: Runner) => {
    while (failures.length === 0 && next < end && !limits.isTimeUp()) {
      const outcome = await runner.run(next++);
      totals = add(totals, outcome);
      onRun(totals);
      if (outcome.violations.length > 0) failures.push(outcome);
    }
    runner.end();
  };
  await Promise.all(Array.from({ length: limits.jobs }, () => work(limits.jobs === 1 ? hereRunner : threadRunner())));
  const [failure] = failures.sort((a, b) => a.seed - b.seed);
  return { totals, failure };
}

const hereRunner: Runner = { run: runSeed, end: () => {} };

function threadRunner(): Runner {
  const thread = new Worker(join(__dirname, "thread.js"));
  return {
    run: (seed) =>
      new Promise((resolve, reject) => {
        thread.once("message", resolve);
        thread.once("error", reject);
        thread.postMessage(seed);
      }),
    end: () => void thread.terminate(),
  };
}
