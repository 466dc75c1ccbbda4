import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The part of CDK's `validation-report.json` that a message needs. */
interface ValidationReport {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly description: string;
      readonly suggestedFix?: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/**
 * What the validators found in an assembly, warnings too, and nobody has acknowledged with a reason; a line each.
 *
 * @param assemblyDir where CDK has left its report
 */
export function readViolations(assemblyDir: string): string[] {
  const report: ValidationReport = JSON.parse(readFileSync(join(assemblyDir, "validation-report.json"), "utf8"));
  return report.pluginReports.flatMap(({ pluginName, violations }) =>
    violations.map(({ ruleName, description, suggestedFix, violatingConstructs }) => {
      const where = violatingConstructs.map(({ constructPath }) => constructPath).join(", ");
      const fix = suggestedFix === undefined ? "" : ` ${suggestedFix}`;
      return `${where}: ${description}${fix} (${pluginName}, ${ruleName})`;
    }),
  );
}
