import { join } from "node:path";

/** The repository: this file is two folders below its package, compiled or not. */
export const ROOT = join(__dirname, "..", "..", "..", "..");

/** One patch file for each mutant. */
export const CATALOGUE = join(ROOT, "packages", "swarm", "mutants");

/** What a run of a seed is made of. */
export const PACKAGES = ["dsl", "runtime", "infra", "local", "swarm"] as const;

/** What a mutant may change. The rest is the world around the product and its judge: changed, they would judge themselves. */
export const MAY_CHANGE = /^packages\/(dsl|runtime|infra)\/src\//;
