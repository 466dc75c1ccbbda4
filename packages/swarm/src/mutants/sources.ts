import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Mutant, mutate } from "./catalogue";
import { PACKAGES, ROOT } from "./places";

/**
 * Copies the sources into a folder, with a mutant's changes.
 *
 * @param mutant undefined for the sources as they are
 * @throws StalePatch when the mutant does not apply
 */
export function copySources(folder: string, mutant: Mutant | undefined): void {
  const changed = mutant === undefined ? [] : mutate(mutant, readSource);
  for (const name of PACKAGES) {
    cpSync(join(ROOT, "packages", name, "src"), join(folder, "packages", name, "src"), { recursive: true });
    linkBack(folder, join("packages", name, "dist"));
  }
  for (const [path, text] of changed) writeFileSync(join(folder, path), text);
  linkBack(folder, "node_modules");
}

/** What is built from schemas or installed is used where it is. */
function linkBack(folder: string, path: string): void {
  const target = join(ROOT, path);
  if (existsSync(target)) symlinkSync(target, join(folder, path), "junction");
}

/** The text of a file of the repository; undefined where there is none. */
export function readSource(path: string): string | undefined {
  const file = join(ROOT, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Changes with everything that a run of a seed depends on. */
export function hashOfSources(): string {
  const hash = createHash("sha256").update(readFileSync(join(ROOT, "package-lock.json")));
  for (const name of PACKAGES) {
    const folder = join(ROOT, "packages", name, "src");
    for (const file of filesBelow(folder)) hash.update(`\n${file}\n`).update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex");
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
