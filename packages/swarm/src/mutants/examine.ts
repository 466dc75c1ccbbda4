import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Invariant } from "../outcome";
import { atExit } from "./at-exit";
import { bundleSeeds } from "./bundle";
import type { Mutant } from "./catalogue";
import { BrokenMutant, StalePatch } from "./failures";
import { copySources } from "./sources";
import { runTrial, type Seeds, type Trial } from "./trial";

/** What became of a mutant. Only `caught` is well. */
export type Finding =
  | { readonly kind: "caught"; readonly invariant: Invariant; readonly message: string; readonly seed: number }
  /** No seed broke anything. */
  | { readonly kind: "escaped" }
  /** A run threw, or its process died: that shows nothing about a promise. */
  | { readonly kind: "threw"; readonly seed: number; readonly message: string }
  /** A run did not come to its end. */
  | { readonly kind: "hung"; readonly seed: number }
  /** Its patch does not apply. */
  | { readonly kind: "stale"; readonly message: string }
  /** It applies and does not compile. */
  | { readonly kind: "broken"; readonly message: string };

/** A mutant's finding, and what it took. */
export type Examined = { readonly mutant: Mutant; readonly finding: Finding } & Effort;

export interface Effort {
  /** Seeds that were run, the last one included. */
  readonly seeds: number;
  readonly requests: number;
  readonly calls: number;
  readonly seconds: number;
}

/** Applies a mutant to a copy of the sources, and runs seeds on it until an invariant breaks. */
export async function examine(mutant: Mutant, seeds: Seeds, patienceMs?: number): Promise<Examined> {
  const startedAt = performance.now();
  const secondsSince = () => (performance.now() - startedAt) / 1_000;
  try {
    const { end, ...ran } = await trySources(mutant, seeds, patienceMs);
    return { mutant, finding: findingOf(end), ...ran, seconds: secondsSince() };
  } catch (error) {
    const nothing = { seeds: 0, requests: 0, calls: 0, seconds: secondsSince() };
    if (error instanceof StalePatch) return { mutant, finding: { kind: "stale", message: error.message }, ...nothing };
    if (!(error instanceof BrokenMutant)) throw error;
    return { mutant, finding: { kind: "broken", message: `${mutant.name} ${error.message}` }, ...nothing };
  }
}

/** @param mutant undefined for the sources as they are */
export async function trySources(mutant: Mutant | undefined, seeds: Seeds, patienceMs?: number): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-mutants-"));
  // A process that was killed a moment ago may still be writing.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const isRemoved = atExit(remove);
  try {
    copySources(folder, mutant);
    return await runTrial(await bundleSeeds(folder), seeds, patienceMs);
  } finally {
    isRemoved();
    remove();
  }
}

/** A run that fell over was caught by luck: nobody outside saw a promise break. */
const SHOWS_NOTHING: ReadonlySet<string> = new Set(["soundness"]);

function findingOf(end: Trial["end"]): Finding {
  switch (end.kind) {
    case "kept":
      return { kind: "escaped" };
    case "broke": {
      const [first] = end.violations;
      if (first === undefined) return { kind: "escaped" };
      if (SHOWS_NOTHING.has(first.invariant)) return { kind: "threw", seed: end.seed, message: first.message };
      return { kind: "caught", ...first, seed: end.seed };
    }
    case "threw":
    case "hung":
      return end;
  }
}
