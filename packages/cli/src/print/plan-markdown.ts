import type { Care, Change, GatewayDiff } from "@sluice/dsl";
import { NUMBER_HEAD, type NumberRow, numberRows } from "./plan-numbers";
import { summaryOf } from "./plan-pretty";
import { baseText, CARE_WORDS, kindOf, type PlanReport, titleOf } from "./plan-report";
import { wordsOf } from "./plan-words";

/** By this line a bot finds the comment that it wrote before, and updates it. */
const PLAN_MARK = "<!-- sluice-plan -->";

/** GitHub takes 65,536 characters in a comment. */
const MAX_CHARS = 60_000;

/** What a change does, as a comment on a pull request. Ends in {@link PLAN_MARK}. */
export function renderPlanMarkdown(report: PlanReport): string {
  const { base, diff, withoutEffect, unreadable } = report;
  const notes = [
    ...unreadable.map(({ file, reason }) => `- ${codeSpan(file)}: its base could not be read. ${codeSpan(reason)}`),
    ...withoutEffect.map((file) => `- ${codeSpan(file)}: changed, but nothing that is deployed changes.`),
  ];
  const head = [`## Sluice plan: ${diff.care}`, `${summaryOf(report)} Compared with ${codeSpan(baseText(base))}.`];
  const blocks = [
    ...head,
    ...(notes.length > 0 ? [notes.join("\n")] : []),
    ...fitting(diff.gateways.map(renderGateway)),
  ];
  return [...blocks, PLAN_MARK].join("\n\n");
}

/** As many as fit in a comment, and how many do not. */
function fitting(gateways: readonly string[]): string[] {
  let chars = 0;
  const fit = gateways.filter((text) => {
    chars += text.length;
    return chars <= MAX_CHARS;
  });
  if (fit.length === gateways.length) return fit;
  return [
    ...fit,
    `${gateways.length - fit.length} more do not fit in a comment; run ${codeSpan("sluice plan")} to see them.`,
  ];
}

const ICONS: Readonly<Record<Care, string>> = { safe: "🟢", "takes care": "🟡", paused: "🔴" };

function renderGateway(gateway: GatewayDiff): string {
  const { care, changes } = gateway;
  return [
    `### ${ICONS[care]} ${titleOf(gateway)}: ${kindOf(gateway)}`,
    `**${care}**: ${CARE_WORDS[care]}.`,
    changes.map(renderChange).join("\n"),
    "<details><summary>Figures before and after</summary>",
    table(NUMBER_HEAD, numberRows(gateway)),
    "</details>",
  ].join("\n\n");
}

function renderChange(change: Change): string {
  const { what, callers, target, waiting, deploy } = wordsOf(change, codeSpan);
  const parts = Object.entries({ callers, target, waiting, deploy }).flatMap(([name, text]) =>
    text === undefined ? [] : [`  - **${name}**: ${text}`],
  );
  return [`- ${ICONS[change.care]} ${what}`, ...parts].join("\n");
}

function table(head: NumberRow, rows: readonly NumberRow[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), "| --- | ---: | ---: | ---: |", ...rows.map(line)].join("\n");
}

/** Nothing in a code span is markup or a mention; its fence is longer than any run of backticks in it. */
function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "(empty)";
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
