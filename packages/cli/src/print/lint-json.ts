import { type Finding, type Suppressed, spanOf } from "@sluice/dsl";
import type { GatewayFile } from "../files";
import { summarize } from "./lint-pretty";
import { pagePath } from "./rule-pages";

/** What `lint --format json` prints; lines and columns start at 1. @see DESIGN.md, section 9 */
export interface LintJson {
  readonly version: 1;
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly findings: readonly FindingJson[];
  /** What comments answer; there with --show-suppressed. */
  readonly suppressed?: readonly (FindingJson & { readonly reason: string })[];
}

export interface FindingJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly path: readonly (string | number)[];
  readonly rule: string;
  readonly name: string;
  readonly severity: Finding["severity"];
  readonly message: string;
  readonly hint: string;
  /** The rule's page, from the root of the repository. */
  readonly docs: string;
}

/** @param suppressed what comments answer; left out: not told */
export function lintJson(
  files: readonly GatewayFile[],
  findings: readonly Finding[],
  suppressed?: readonly Suppressed[],
): LintJson {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  return {
    version: 1,
    ...summarize(files, findings),
    findings: findings.map((finding) => findingJson(finding, texts.get(finding.file) ?? "")),
    ...(suppressed && {
      suppressed: suppressed.map(({ finding, reason }) => ({
        ...findingJson(finding, texts.get(finding.file) ?? ""),
        reason,
      })),
    }),
  };
}

function findingJson(finding: Finding, text: string): FindingJson {
  const { start, end } = spanOf(finding, text);
  return {
    file: finding.file,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    path: finding.path,
    rule: finding.rule,
    name: finding.name,
    severity: finding.severity,
    message: finding.message,
    hint: finding.hint,
    docs: pagePath(finding.name),
  };
}
