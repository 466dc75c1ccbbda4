import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { trySources } from "./examine";
import { ROOT } from "./places";
import { hashOfSources } from "./sources";
import type { Seeds, TrialEnd } from "./trial";

/** What the clean sources made of the seeds. */
export interface CleanResult {
  readonly end: TrialEnd;
  /** Nothing was run: the same sources had kept everything on these seeds before. */
  readonly isRemembered: boolean;
}

/** Removed by `npm run clean`. */
const MEMORY = join(ROOT, ".build", "swarm", "clean-seeds.json");

/**
 * Runs the seeds on the sources as they are, unless they are known to pass: a seed on which these fail says nothing about
 * a mutant.
 */
export async function runClean(seeds: Seeds, memory = MEMORY): Promise<CleanResult> {
  const hash = hashOfSources();
  const kept = recall(memory, hash);
  if (kept.some(({ first, last }) => first <= seeds.first && seeds.last <= last)) {
    return { end: { kind: "kept" }, isRemembered: true };
  }
  const { end } = await trySources(undefined, seeds);
  if (end.kind === "kept") {
    mkdirSync(dirname(memory), { recursive: true });
    writeFileSync(memory, `${JSON.stringify({ hash, kept: [...kept, seeds] })}\n`);
  }
  return { end, isRemembered: false };
}

/** Ranges of seeds on which sources with this hash broke nothing. */
function recall(memory: string, hash: string): Seeds[] {
  try {
    const known: { hash: string; kept: Seeds[] } = JSON.parse(readFileSync(memory, "utf8"));
    return known.hash === hash ? known.kept : [];
  } catch {
    return []; // Not there, or half written: then the seeds are run.
  }
}
