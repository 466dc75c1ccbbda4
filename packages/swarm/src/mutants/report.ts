import Table from "cli-table3";
import type { CleanResult } from "./clean";
import type { Examined, Finding } from "./examine";
import type { Seeds } from "./trial";

/** Everything that a run of the command found out. */
export interface Report {
  readonly seeds: Seeds;
  readonly clean: CleanResult;
  /** In the order of the catalogue. */
  readonly examined: readonly Examined[];
}

/** Whether the proof stands: the sources keep everything, and every mutant is caught by an invariant. */
export const isProven = ({ clean, examined }: Report): boolean =>
  clean.end.kind === "kept" && examined.every(({ finding }) => finding.kind === "caught");

/** For machines. The version changes with the meaning of a field. */
export function renderJson(report: Report): string {
  const { seeds, clean, examined } = report;
  const caught = examined.filter(({ finding }) => finding.kind === "caught").length;
  const mutants = examined.map(({ mutant: { name, wrong, breaks }, finding: { kind, ...more }, ...effort }) => {
    const { seeds: seedsRun, seconds, ...counts } = effort;
    return { name, wrong, breaks, result: kind, ...more, seedsRun, ...counts, seconds: Number(seconds.toFixed(1)) };
  });
  const { kind: result, ...more } = clean.end;
  const { isRemembered } = clean;
  const whole = { version: 1, seeds, clean: { result, ...more, isRemembered }, caught, of: examined.length, mutants };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** For people: a table, and a sentence for each mutant that is not caught. */
export function renderPretty(report: Report, columns: number): string {
  const { seeds, clean, examined } = report;
  const caught = examined.filter(({ finding }) => finding.kind === "caught").length;
  const troubles = examined.flatMap(({ mutant, finding }) => troubleOf(mutant.name, finding, seeds));
  const last = `${caught} of ${examined.length} mutants are caught within ${wordsOf(seeds)}; ${cleanWords(clean, seeds)}.`;
  return [tableOf(examined, columns), ...troubles, last].map((part) => `${part}\n`).join("\n");
}

export const wordsOf = ({ first, last }: Seeds): string =>
  first === last ? `seed ${first}` : `seeds ${first} to ${last}`;

/** The shortest word for a finding, as the table has it. */
export const wordOf = (finding: Finding): string =>
  finding.kind === "caught" ? finding.invariant : WORDS[finding.kind];

const WORDS: Readonly<Record<Exclude<Finding["kind"], "caught">, string>> = {
  escaped: "NOT CAUGHT",
  threw: "STOPPED",
  hung: "NO END",
  stale: "STALE PATCH",
  broken: "NO PROGRAM",
};

const HEAD = ["mutant", "what it does", "caught by", "seed", "calls", "seconds"];
/** Of every column; the second takes what is left of the line. */
const WIDTHS = [44, 0, 12, 6, 8, 7] as const;
const GAP = "  ";
const OTHERS = WIDTHS.reduce<number>((sum, width) => sum + width, 0) + GAP.length * (WIDTHS.length - 1);
const MIN_DESCRIPTION = 36;

function tableOf(examined: readonly Examined[], columns: number): string {
  const description = Math.max(MIN_DESCRIPTION, Math.min(90, columns - OTHERS));
  const table = new Table({
    head: HEAD,
    colAligns: ["left", "left", "left", "right", "right", "right"],
    colWidths: WIDTHS.map((width) => width || description),
    wordWrap: true,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: NOTHING_DRAWN,
  });
  for (const { mutant, finding, calls, seconds } of examined) {
    const seed = "seed" in finding ? String(finding.seed) : "–";
    table.push([mutant.name, mutant.wrong, wordOf(finding), seed, calls.toLocaleString("en"), seconds.toFixed(1)]);
  }
  const lines = table.toString().split("\n");
  return lines.map((line) => line.trimEnd()).join("\n");
}

const NOTHING_DRAWN = {
  ...Object.fromEntries(
    ["top", "bottom", "left", "right"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((corner) => [`${side}${corner}`, ""]),
    ),
  ),
  mid: "",
  "mid-mid": "",
  middle: GAP,
};

function troubleOf(name: string, finding: Finding, seeds: Seeds): string[] {
  switch (finding.kind) {
    case "caught":
      return [];
    case "escaped":
      return [
        `${name} broke nothing in ${wordsOf(seeds)}. Give the swarm the fault, the load or the invariant that shows it, for all runs and not for this mutant; or take the mutant out when nobody outside could tell it from the product.`,
      ];
    case "threw":
      return [`${name} stopped at seed ${finding.seed}, which is no broken promise: ${finding.message}`];
    case "hung":
      return [`${name} did not come to the end of seed ${finding.seed}. What runs in circles shows no broken promise.`];
    case "stale":
    case "broken":
      return [finding.message];
  }
}

function cleanWords({ end, isRemembered }: CleanResult, seeds: Seeds): string {
  switch (end.kind) {
    case "kept":
      return `the sources as they are keep everything in them${isRemembered ? " (remembered)" : ""}`;
    case "broke":
      return `but the sources as they are break ${end.violations[0]?.invariant} at seed ${end.seed} (${end.violations[0]?.message}), so that this shows nothing`;
    case "threw":
      return `but the sources as they are stop at seed ${end.seed} (${end.message}), so that this shows nothing`;
    case "hung":
      return `but the sources as they are do not come to the end of seed ${end.seed}, so that ${wordsOf(seeds)} show nothing`;
  }
}
