import type { Care, Change, GatewayDiff } from "@sluice/dsl";
import type { Colors } from "../io";
import { NUMBER_HEAD, numberRows } from "./plan-numbers";
import { baseText, CARE_WORDS, kindOf, type PlanReport, titleOf } from "./plan-report";
import { wordsOf } from "./plan-words";
import { renderTable } from "./table";
import { plural, wrap } from "./words";

/** What a change does, for a terminal. */
export function renderPlan(report: PlanReport, colors: Colors, width: number): string {
  const { base, diff, withoutEffect, unreadable } = report;
  return [
    wrap(`${summaryOf(report)} Compared with ${baseText(base)}.`, width),
    ...unreadable.map(({ file, reason }) => wrap(`${file}: its base could not be read. ${reason}`, width)),
    ...withoutEffect.map((file) => `${file}: changed, but nothing that is deployed changes.`),
    ...diff.gateways.map((gateway) => `\n${renderGateway(gateway, colors, width)}`),
  ].join("\n");
}

/** `2 gateways are affected; 3 files are unchanged.` */
export function summaryOf({ diff, unchangedFiles }: PlanReport): string {
  const count = new Set(diff.gateways.map(({ gateway }) => gateway)).size;
  if (count === 0) return "No deployed gateway changes.";
  const others =
    unchangedFiles > 0 ? `; ${plural(unchangedFiles, "file")} ${unchangedFiles === 1 ? "is" : "are"} unchanged` : "";
  return `${plural(count, "gateway")} ${count === 1 ? "is" : "are"} affected${others}.`;
}

function renderGateway(gateway: GatewayDiff, colors: Colors, width: number): string {
  const { care, changes } = gateway;
  const title = `${colors.bold(titleOf(gateway))}: ${kindOf(gateway)}`;
  return [
    title,
    wrap(`${careColor(care, colors)(care)}: ${CARE_WORDS[care]}`, width),
    "",
    ...changes.map((change) => renderChange(change, colors, width)),
    ...renderNumbers(gateway, colors),
  ].join("\n");
}

/** Only what differs: the rest is in the other formats. */
function renderNumbers(gateway: GatewayDiff, colors: Colors): string[] {
  const rows = numberRows(gateway).filter(([, before, after]) => before !== after);
  return rows.length === 0 ? [] : ["", renderTable({ head: NUMBER_HEAD, rows, rightAligned: [1, 2, 3] }, colors)];
}

const MARKS: Readonly<Record<Care, string>> = { safe: " -", "takes care": " !", paused: "!!" };

function renderChange(change: Change, colors: Colors, width: number): string {
  const { what, callers, target, waiting, deploy } = wordsOf(change, (text) => text);
  const mark = careColor(change.care, colors)(MARKS[change.care]);
  const parts = Object.entries({ callers, target, waiting, deploy }).flatMap(([name, text]) =>
    text === undefined ? [] : [indented(`${name}: ${text}`, "     ", width)],
  );
  return [`${mark} ${indented(what, "   ", width).trimStart()}`, ...parts].join("\n");
}

const indented = (text: string, indent: string, width: number): string =>
  wrap(text, width - indent.length).replace(/^/gm, indent);

function careColor(care: Care, colors: Colors): (text: string) => string {
  switch (care) {
    case "safe":
      return colors.green;
    case "takes care":
      return colors.yellow;
    case "paused":
      return colors.red;
  }
}
