import { once } from "node:events";
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
  /** Ends at so many runs that broke something; left out: at the first. */
  readonly mostFailures?: number;
}

export interface Found {
  readonly totals: Totals;
  /** Runs that broke something, the lowest seed first. */
  readonly failures: readonly RunOutcome[];
}

/** Runs a seed; the way to a thread of its own, or to this one. */
interface Runner {
  run(seed: number): Promise<RunOutcome>;
  end(): void;
}

/** Runs seed after seed from `from` on, until so many have broken something, the time is up or all have run. */
export async function search(
  limits: SearchLimits,
  onRun: (totals: Totals, outcome: RunOutcome) => void = () => {},
): Promise<Found> {
  let totals = NOTHING;
  const failures: RunOutcome[] = [];
  let next = limits.from;
  const mostFailures = limits.mostFailures ?? 1;
  const end = limits.runs === undefined ? Number.POSITIVE_INFINITY : limits.from + limits.runs;
  const work = async (runner: Runner) => {
    while (failures.length < mostFailures && next < end && !limits.isTimeUp()) {
      const outcome = await runner.run(next++);
      totals = add(totals, outcome);
      onRun(totals, outcome);
      if (outcome.violations.length > 0) failures.push(outcome);
    }
    runner.end();
  };
  await Promise.all(Array.from({ length: limits.jobs }, () => work(limits.jobs === 1 ? hereRunner : threadRunner())));
  return { totals, failures: failures.sort((a, b) => a.seed - b.seed) };
}

const hereRunner: Runner = { run: runSeed, end: () => {} };

function threadRunner(): Runner {
  const thread = new Worker(join(__dirname, "thread.js"));
  return {
    run: async (seed) => {
      // Rejects when the thread emits "error", and leaves no listener behind.
      const outcome = once(thread, "message");
      thread.postMessage(seed);
      const [told]: RunOutcome[] = await outcome;
      if (told === undefined) throw new Error("a thread of the search told nothing");
      return told;
    },
    end: () => void thread.terminate(),
  };
}
