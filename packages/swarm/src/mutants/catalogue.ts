import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import { StalePatch } from "./failures";
import { CATALOGUE, MAY_CHANGE } from "./places";

/** A small deliberate defect. */
export interface Mutant {
  /** Its file's, without `.patch`. */
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly wrong: string;
  /** The promise that is not kept, in one sentence. */
  readonly breaks: string;
  /** The patch file, parsed only when it is applied: a broken one is a finding about this mutant, not about the others. */
  readonly patch: string;
}

/** All mutants, in the order of their names. */
export function loadMutants(folder = CATALOGUE): Mutant[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".patch"))
    .sort()
    .map((file) => parseMutant(file.slice(0, -".patch".length), readFileSync(join(folder, file), "utf8")));
}

/** Two paragraphs above the patch: what is wrong, and `Breaks:` with the promise. */
const HEADER = /^(?<wrong>\S[^\n]*)\nBreaks: (?<breaks>[^\n]+)\n\n(?<patch>(?:diff|---) .*)$/s;

/** @throws StalePatch when the file does not begin as it must */
export function parseMutant(name: string, text: string): Mutant {
  const { wrong, breaks, patch } = HEADER.exec(text)?.groups ?? {};
  if (wrong === undefined || breaks === undefined || patch === undefined) {
    throw new StalePatch(
      `mutants/${name}.patch must begin with a line that says what is wrong, a line "Breaks: " with the promise, an empty line, and then the unified diff.`,
    );
  }
  return { name, wrong, breaks, patch };
}

/**
 * The files that a mutant changes, as they are with it. Strict: every line of the patch must be found as it is, in one
 * place only. The place itself may have moved.
 *
 * @param read the text of a file of the repository; undefined where there is none
 * @returns paths below the repository, and texts
 * @throws StalePatch
 */
export function mutate({ name, patch }: Mutant, read: (path: string) => string | undefined): Map<string, string> {
  const patches = parse(name, patch);
  if (patches.length === 0) throw new StalePatch(`mutants/${name}.patch changes nothing.`);
  return new Map(
    patches.map((one) => {
      const path = (one.newFileName ?? "").replace(/^b\//, "");
      if (!MAY_CHANGE.test(path)) {
        throw new StalePatch(
          `mutants/${name}.patch changes ${path}. A mutant is a defect of the product: it may change the sources of dsl, runtime and infra, and not what judges them.`,
        );
      }
      return [path, applied(name, path, read(path), one)];
    }),
  );
}

function parse(name: string, patch: string): StructuredPatch[] {
  try {
    return parsePatch(patch);
  } catch (error) {
    throw new StalePatch(`mutants/${name}.patch is no unified diff: ${error instanceof Error ? error.message : error}`);
  }
}

const AGAIN = `Make the same change to the sources as they are now, and write its diff into the file (packages/swarm/mutants/README.md).`;

function applied(name: string, path: string, text: string | undefined, patch: StructuredPatch): string {
  const file = `mutants/${name}.patch`;
  if (text === undefined) throw new StalePatch(`${file} changes ${path}, and there is no such file. ${AGAIN}`);
  for (const hunk of patch.hunks) {
    const before = hunk.lines.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1));
    const places = text.split(before.join("\n")).length - 1;
    if (places === 1) continue;
    const found = places === 0 ? "are not there as it has them" : `are there ${places} times`;
    throw new StalePatch(
      `${file} does not apply to ${path}: the lines that it changes ${found}. ${AGAIN}\n${before.join("\n")}`,
    );
  }
  const result = applyPatch(text, patch, { fuzzFactor: 0 });
  if (result === false) throw new StalePatch(`${file} does not apply to ${path}: its hunks are not in order. ${AGAIN}`);
  return result;
}
