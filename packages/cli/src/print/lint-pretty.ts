import { type Finding, type Paint, renderFrame, type Suppressed, spanOf } from "@sluice/dsl";
import type { GatewayFile } from "../files";
import type { Colors, Look } from "../io";
import { plural } from "./words";

export interface LintSummary {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
}

export const summarize = (files: readonly GatewayFile[], findings: readonly Finding[]): LintSummary => ({
  files: files.length,
  errors: findings.filter(({ severity }) => severity === "error").length,
  warnings: findings.filter(({ severity }) => severity === "warning").length,
});

/** A frame for each finding with what tells more of its rule, and a line that counts them. */
export function renderLint(
  files: readonly GatewayFile[],
  findings: readonly Finding[],
  { colors, width, program }: Look,
): string {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  const frames = findings.map((finding) => {
    const frame = renderFrame(finding, texts.get(finding.file) ?? "", paintWith(colors), width);
    return `${frame}\n${colors.dim(moreAbout(finding, program))}\n`;
  });
  return [...frames, summaryLine(summarize(files, findings), colors)].join("\n");
}

/** Findings in a load have no pages of their own: they are listed in one. */
const moreAbout = ({ rule, name }: Finding, program: string): string =>
  rule.startsWith("SL") ? `More: ${program} rule ${name}` : "More: docs/simulate.md, Findings";

/** What comments answer: where, which rule, and why, a line each. */
export function renderSuppressed(files: readonly GatewayFile[], suppressed: readonly Suppressed[]): string {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  const lines = suppressed.map(({ finding, reason }) => {
    const { start } = spanOf(finding, texts.get(finding.file) ?? "");
    return `${finding.file}:${start.line}:${start.column}  ${finding.rule} ${finding.name}  answered: ${reason}`;
  });
  return lines.length === 0 ? "No comment answers anything.\n" : `${lines.join("\n")}\n`;
}

function summaryLine({ files, errors, warnings }: LintSummary, colors: Colors): string {
  const where = `in ${plural(files, "file")}`;
  if (errors + warnings === 0) return colors.green(`Nothing wrong ${where}.`);
  const counts = [
    errors > 0 ? plural(errors, "error") : undefined,
    warnings > 0 ? plural(warnings, "warning") : undefined,
  ];
  const text = `${counts.filter((count) => count !== undefined).join(" and ")} ${where}.`;
  return errors > 0 ? colors.red(text) : colors.yellow(text);
}

const paintWith =
  (colors: Colors): Paint =>
  (text, as) => {
    switch (as) {
      case "error":
        return colors.red(text);
      case "warning":
        return colors.yellow(text);
      case "dim":
        return colors.dim(text);
      case "strong":
        return colors.bold(text);
    }
  };
