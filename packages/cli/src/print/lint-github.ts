import { type Finding, spanOf } from "@sluice/dsl";
import type { GatewayFile } from "../files";
import { locate } from "./paths";

/** The command of GitHub Actions that marks a place of a file. */
const COMMANDS: Readonly<Record<Finding["severity"], "error" | "warning" | "notice">> = {
  error: "error",
  warning: "warning",
};

/**
 * Workflow commands of GitHub Actions, one line a finding, which GitHub shows at the place in the file. No findings: no
 * text.
 *
 * @param root the absolute path of the repository's root, or what stands for it
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function renderGithub(files: readonly GatewayFile[], findings: readonly Finding[], root: string): string {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  return findings.map((finding) => commandOf(finding, texts.get(finding.file) ?? "", root)).join("\n");
}

function commandOf(finding: Finding, text: string, root: string): string {
  const { start, end } = spanOf(finding, text);
  const isOnOneLine = start.line === end.line;
  const properties = {
    file: locate(finding.file, root).path,
    line: start.line,
    endLine: end.line,
    // GitHub takes columns only where both ends are on one line.
    ...(isOnOneLine && { col: start.column, endColumn: end.column }),
    title: `${finding.rule} ${finding.name}`,
  };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const message = [finding.message, finding.hint].filter((part) => part !== "").join("\n");
  return `::${COMMANDS[finding.severity]} ${list.join(",")}::${escapeData(message)}`;
}

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
