import { fork } from "node:child_process";
import { dirname } from "node:path";
import type { Violation } from "../outcome";
import { atExit } from "./at-exit";
import type { SeedReport } from "./seed-report";

/** Seeds from the first to the last, both included. */
export interface Seeds {
  readonly first: number;
  readonly last: number;
}

/** How a trial ended: all seeds kept everything, one broke something, or one did not come to its end. */
export type TrialEnd =
  | { readonly kind: "kept" }
  | { readonly kind: "broke"; readonly seed: number; readonly violations: readonly Violation[] }
  | { readonly kind: "threw"; readonly seed: number; readonly message: string }
  | { readonly kind: "hung"; readonly seed: number };

export interface Trial {
  readonly end: TrialEnd;
  /** Seeds that were run to their end, that of the violation included. */
  readonly seeds: number;
  /** Of all these seeds. */
  readonly requests: number;
  readonly calls: number;
}

/** A seed takes well under a second; one that takes longer than this runs in circles. */
export const SEED_PATIENCE_MS = 180_000;

/**
 * Runs a bundled program over the seeds, in a process of its own, until one breaks something.
 *
 * @param program see {@link bundleSeeds}; what the process leaves behind is left in its folder
 */
export function runTrial(program: string, { first, last }: Seeds, patienceMs = SEED_PATIENCE_MS): Promise<Trial> {
  const child = fork(program, [String(first), String(last)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, TMPDIR: dirname(program), TEMP: dirname(program), TMP: dirname(program) },
    execArgv: [],
  });
  const endChild = () => void child.kill("SIGKILL");
  const isOver = atExit(endChild);
  return new Promise<Trial>((resolve) => {
    const seen = { seeds: 0, requests: 0, calls: 0 };
    let end: TrialEnd = { kind: "kept" };
    let said = "";
    const newPatience = () =>
      setTimeout(() => {
        end = { kind: "hung", seed: first + seen.seeds };
        endChild();
      }, patienceMs);
    let patience = newPatience();
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.on("message", (report: SeedReport) => {
      clearTimeout(patience);
      patience = newPatience();
      if (report.kind === "threw") {
        end = report;
        return;
      }
      seen.seeds += 1;
      seen.requests += report.requests;
      seen.calls += report.calls;
      if (report.violations.length > 0) end = { kind: "broke", seed: report.seed, violations: report.violations };
    });
    child.once("close", (code) => {
      clearTimeout(patience);
      isOver();
      const isWhole = end.kind !== "kept" || (code === 0 && seen.seeds === last - first + 1);
      const message = said.trim() || `the process ended with ${code}`;
      resolve({ end: isWhole ? end : { kind: "threw", seed: first + seen.seeds, message }, ...seen });
    });
  });
}
