import { showCount, showDollars, showWhole } from "@sluice/dsl";
import type { Colors } from "../io";
import { differencesOf } from "../simulate/differences";
import type { RunReport, TierReport } from "../simulate/report";
import type { SimulationReport } from "../simulate/simulation-report";
import { ENDS, type End } from "../simulate/timeline";
import { renderWaitingChart } from "./simulation-chart";
import { showDifference, showFigure, showShare, showTime } from "./simulation-figures";
import { renderTable, type TableOptions } from "./table";
import { plural, wrap } from "./words";

interface Page {
  table(options: Omit<TableOptions, "width">): string;
  text(paragraph: string): string;
  title(words: string): string;
  readonly colors: Colors;
  readonly width: number;
}

/** What came of a simulation, for people: one gateway in full, or two side by side. */
export function renderSimulation(report: SimulationReport, colors: Colors, width: number): string {
  const page: Page = {
    table: (options) => renderTable({ ...options, width }, colors),
    text: (paragraph) => wrap(paragraph, width),
    title: (words) => `\n${colors.bold(words)}`,
    ...{ colors, width },
  };
  const [first, second] = report.runs;
  if (first === undefined) return "Ended before anything was simulated.";
  return (second === undefined ? oneRun(first, report, page) : twoRuns(first, second, report, page)).join("\n");
}

/** Which version of which file a run is of. */
export const runName = ({ file, ref }: Pick<RunReport, "file" | "ref">): string =>
  ref === undefined ? file : `${file} at ${ref}`;

const headline = (run: RunReport, { load, seed }: SimulationReport, { colors, text }: Page): string =>
  text(
    `${colors.bold(run.environment === undefined ? run.gateway : `${run.gateway} in ${run.environment}`)} under ${load}: ${showTime(run.simulatedUs)} simulated, seed ${seed}${run.isInterrupted ? colors.yellow(" (ended by you; so far:)") : ""}`,
  );

function oneRun(run: RunReport, report: SimulationReport, page: Page): string[] {
  return [
    headline(run, report, page),
    page.text(summary(run)),
    ...waits(run, page),
    ...chart(run, page),
    ...ends(run, page),
    ...backlogs(run, page),
    ...limit(run, page),
    ...costs(run, page),
    ...run.notes.map((note) => `\n${page.text(note)}`),
  ];
}

function twoRuns(before: RunReport, after: RunReport, report: SimulationReport, page: Page): string[] {
  const rows = differencesOf(before, after).map((one) => [
    one.figure,
    showFigure(one.before, one.unit),
    showFigure(one.after, one.unit),
    showDifference(one),
  ]);
  const names = [runName(before), runName(after)];
  return [
    headline(after, report, page),
    page.text(`${names[1]} beside ${names[0]}: the same arrivals, ${plural(after.requests, "request")}.`),
    "",
    page.table({
      head: ["", ...names, "difference"],
      rows,
      rightAligned: [1, 2, 3],
    }),
    ...[before, after].flatMap((run) => chart(run, page, `: ${runName(run)}`)),
    ...after.notes.map((note) => `\n${page.text(note)}`),
  ];
}

/** The most important in a sentence or two. */
export function summary(run: RunReport): string {
  const [highest] = run.tiers;
  const ended = total(run, ({ ends: all }) => ENDS.reduce((sum, end) => sum + all[end], 0));
  const failed = ended - total(run, ({ ends: { succeeded } }) => succeeded);
  const left = total(run, (tier) => tier.left);
  const sentences = [
    `${plural(run.requests, "request")}, ${showWhole(run.calls)} calls.`,
    failed === 0 ? "" : `${showWhole(failed)} failed or expired.`,
    left === 0 ? "" : `${showWhole(left)} had not ended when the time was over.`,
    highest?.waits === undefined
      ? ""
      : `99 of 100 ${highest.tier} requests waited ${showTime(highest.waits.p99Us)} at most.`,
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

const total = ({ tiers }: RunReport, of: (tier: TierReport) => number): number =>
  tiers.reduce((sum, tier) => sum + of(tier), 0);

function waits({ tiers }: RunReport, page: Page): string[] {
  const hasIdeal = tiers.some(({ ideal }) => ideal !== undefined);
  return [
    page.title("Waits, from asking to the start of the last call"),
    page.table({
      head: ["tier", "requests", "p50", "p90", "p99", "longest", ...(hasIdeal ? ["ideal p50", "ideal p99"] : [])],
      rows: tiers.map(({ tier, requests, waits: own, ideal }) => [
        tier,
        showWhole(requests),
        ...[own?.p50Us, own?.p90Us, own?.p99Us, own?.maxUs].map((value) => showFigure(value ?? null, "us")),
        ...(hasIdeal ? [ideal?.p50Us, ideal?.p99Us].map((value) => showFigure(value ?? null, "us")) : []),
      ]),
      rightAligned: [1, 2, 3, 4, 5, 6, 7],
    }),
    ...(hasIdeal ? [page.text(IDEAL)] : []),
  ];
}

const IDEAL =
  "The ideal starts one call per interval, always for the highest tier that waits, and its target never fails: nothing can be faster within the limit.";

function chart(run: RunReport, page: Page, more = ""): string[] {
  const lines = renderWaitingChart(run, page.colors, page.width);
  return lines.length === 0 ? [] : [page.title(`Requests that waited, over time${more}`), ...lines];
}

/** How requests end, in the order of the columns. */
export const END_WORDS: Readonly<Record<End, string>> = {
  succeeded: "succeeded",
  throttled: "throttled",
  unavailable: "unavailable",
  unknown: "unknown",
  rejected: "rejected",
  expired: "expired",
  other: "other",
};

function ends(run: RunReport, page: Page): string[] {
  const shown = ENDS.filter((end) => end === "succeeded" || total(run, ({ ends: all }) => all[end]) > 0);
  const hasLeft = total(run, ({ left }) => left) > 0;
  const hasThrottled = total(run, ({ throttledCalls }) => throttledCalls) > 0;
  return [
    page.title("How requests ended"),
    page.table({
      head: [
        "tier",
        ...shown.map((end) => END_WORDS[end]),
        ...(hasLeft ? ["not yet", "oldest of them"] : []),
        "calls",
        ...(hasThrottled ? ["calls throttled"] : []),
      ],
      rows: run.tiers.map((tier) => [
        tier.tier,
        ...shown.map((end) => showWhole(tier.ends[end])),
        ...(hasLeft ? [showWhole(tier.left), showFigure(tier.oldestLeftUs ?? null, "us")] : []),
        showWhole(tier.calls),
        ...(hasThrottled ? [showWhole(tier.throttledCalls)] : []),
      ]),
      rightAligned: Array.from({ length: 12 }, (_, column) => column + 1),
    }),
  ];
}

function backlogs({ backlogs: all }: RunReport, page: Page): string[] {
  if (all.length === 0) return [];
  return [
    page.title("Backlogs"),
    page.table({
      head: ["tier", "requests", "came after", "worked off in", "left"],
      rows: all.map(({ tier, requests, atUs, drainUs, left }) => [
        tier,
        showWhole(requests),
        atUs === 0 ? "at once" : showTime(atUs),
        drainUs === undefined ? "not yet" : showTime(drainUs),
        showWhole(left),
      ]),
      rightAligned: [1, 2, 3, 4],
    }),
  ];
}

function limit({ limit: fact, calls }: RunReport, page: Page): string[] {
  const { windowUs, calls: allowed, mostInWindow, usedShare } = fact;
  const used = `${showWhole(calls)} calls, ${showShare(usedShare)} of what it allows in that time`;
  if (windowUs === undefined || allowed === undefined) return [page.title("The limit"), page.text(`${used}.`)];
  return [
    page.title("The limit"),
    page.text(
      `${showWhole(allowed)} calls in any ${showTime(windowUs)}: ${used}; no window held more than ${showWhole(mostInWindow ?? 0)}.`,
    ),
  ];
}

function costs({ cost, worker }: RunReport, page: Page): string[] {
  const { durationUs, invocations, memoryMb, durationPerCallUs } = worker;
  const perCall = durationPerCallUs === undefined ? "" : `, ${showTime(durationPerCallUs)} a call`;
  const perMillion = cost.usdPerMillion === undefined ? "" : `, ${showDollars(cost.usdPerMillion)} a million requests`;
  return [
    page.title("Worker and cost"),
    page.text(
      `The worker ran for ${showTime(durationUs)} in ${plural(invocations, "turn")}${perCall}, with ${memoryMb} MB. AWS would charge ${showDollars(cost.usd)}${perMillion}.`,
    ),
    page.table({
      head: ["part", "used", "dollars"],
      rows: cost.lines.map(({ name, count, usd }) => [name, showCount(count), showDollars(usd)]),
      rightAligned: [1, 2],
    }),
  ];
}
