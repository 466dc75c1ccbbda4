import type { Finding } from "./findings";
import { type LintOptions, lintGateways, type SourceFile } from "./lint";
import { parseGateway } from "./parse";
import { readProject } from "./read-project";

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
 *
 * @param options what {@link lintGateways} goes by, so that both judge alike
 */
export const fixGateway = (source: SourceFile, options: LintOptions = {}): Fixed =>
  fix(source, (text) => lintGateways([{ ...source, text }], options).findings);

/** Mends `sluice.yaml` in the same way: what is wrong in its defaults shows in the gateways that they go into. */
export const fixProject = (source: SourceFile, gateways: readonly SourceFile[], { environment }: LintOptions): Fixed =>
  fix(source, (text) => lintGateways(gateways, { environment, project: readProject(text, source.file) }).findings);

function fix({ file, text }: SourceFile, findingsIn: (text: string) => readonly Finding[]): Fixed {
  let fixed: Fixed = { text, fixes: 0 };
  let findings = findingsIn(text);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // A gateway's findings may stand in sluice.yaml, and those of sluice.yaml in a gateway.
    const fixable = apart(findings.filter((finding) => finding.file === file && finding.fix !== undefined));
    if (fixable.length === 0) return fixed;
    const next = replaceAll(fixed.text, fixable);
    const left = findingsIn(next);
    if (isWorse({ text: fixed.text, findings }, { text: next, findings: left }, file)) return fixed;
    fixed = { text: next, fixes: fixed.fixes + fixable.length };
    findings = left;
  }
  return fixed;
}

/** The findings in the text's order without those that overlap with one before. */
function apart(findings: readonly Finding[]): Finding[] {
  const chosen: Finding[] = [];
  for (const finding of findings) if ((chosen.at(-1)?.range[1] ?? 0) <= finding.range[0]) chosen.push(finding);
  return chosen;
}

/** From the end on, so that the ranges before stay true. */
const replaceAll = (text: string, findings: readonly Finding[]): string =>
  findings.reduceRight((here, { range, fix = "" }) => here.slice(0, range[0]) + fix + here.slice(range[1]), text);

/** A text and what lint says of it. */
interface Judged {
  readonly text: string;
  readonly findings: readonly Finding[];
}

/** A file that could not be read has one finding for all that is wrong in it: what appears then was there before. */
function isWorse(before: Judged, after: Judged, file: string): boolean {
  const couldBeRead = parseGateway(before.text, file).value !== undefined;
  if (!couldBeRead) return false;
  if (parseGateway(after.text, file).value === undefined) return true;
  return errorsIn(after) > errorsIn(before);
}

const errorsIn = ({ findings }: Judged): number => findings.filter(({ severity }) => severity === "error").length;
