import type { Finding } from "./findings";
import { lintGateways, type SourceFile } from "./lint";
import { parseGateway } from "./parse";

/** A text after everything in it was mended that can be mended for certain. */
export interface Fixed {
  readonly text: string;
  /** How many findings were mended. */
  readonly fixes: number;
}

/** A fix may uncover another finding with a fix, a YAML fault the whole file; more rounds than this never helped. */
const MAX_ROUNDS = 10;

/**
 * Mends a gateway file where there is only one way to. Layout and comments stay: each fix replaces a finding's own
 * characters. A fix that leaves more errors than there were, or a file that cannot be read, is taken back.
 */
export function fixGateway({ file, text }: SourceFile): Fixed {
  let fixed: Fixed = { text, fixes: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const findings = findingsOf(file, fixed.text);
    const fixable = apart(findings.filter(({ fix }) => fix !== undefined));
    if (fixable.length === 0) return fixed;
    const next = replaceAll(fixed.text, fixable);
    if (isWorse(file, fixed.text, next)) return fixed;
    fixed = { text: next, fixes: fixed.fixes + fixable.length };
  }
  return fixed;
}

const findingsOf = (file: string, text: string): readonly Finding[] => lintGateways([{ file, text }]).findings;

/** The findings in the text's order without those that overlap with one before. */
function apart(findings: readonly Finding[]): Finding[] {
  const chosen: Finding[] = [];
  for (const finding of findings) if ((chosen.at(-1)?.range[1] ?? 0) <= finding.range[0]) chosen.push(finding);
  return chosen;
}

/** From the end on, so that the ranges before stay true. */
const replaceAll = (text: string, findings: readonly Finding[]): string =>
  findings.reduceRight((here, { range, fix = "" }) => here.slice(0, range[0]) + fix + here.slice(range[1]), text);

/** A file that could not be read has one finding for all that is wrong in it: what appears then was there before. */
function isWorse(file: string, before: string, after: string): boolean {
  const couldBeRead = parseGateway(before, file).value !== undefined;
  if (!couldBeRead) return false;
  if (parseGateway(after, file).value === undefined) return true;
  return errorsOf(file, after) > errorsOf(file, before);
}

const errorsOf = (file: string, text: string): number =>
  findingsOf(file, text).filter(({ severity }) => severity === "error").length;
