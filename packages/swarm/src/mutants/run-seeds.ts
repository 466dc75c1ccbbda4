// The program of a trial, in a process of its own: runs seeds one after the other, tells its parent of each, and ends at
// the first that breaks something.

import { runSeed } from "../index";
import type { SeedReport } from "./seed-report";

const [first = 1, last = first] = process.argv.slice(2).map(Number);

async function runSeeds(): Promise<void> {
  for (let seed = first; seed <= last; seed++) {
    const report = await reportOf(seed);
    await tell(report);
    if (report.kind === "threw" || report.violations.length > 0) break;
  }
  process.disconnect();
}

const reportOf = (seed: number): Promise<SeedReport> =>
  runSeed(seed).then(
    ({ violations, requests, calls }): SeedReport => ({ kind: "ran", seed, violations, requests, calls }),
    (error: unknown): SeedReport => ({
      kind: "threw",
      seed,
      message: error instanceof Error ? error.message : `${error}`,
    }),
  );

const tell = (report: SeedReport): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(report, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });

void runSeeds();
