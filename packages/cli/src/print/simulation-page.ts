import { readFileSync } from "node:fs";
import { join } from "node:path";
import { showCount, showDollars, showWhole } from "@sluice/dsl";
import { PACKAGE_FOLDER } from "../package-folder";
import type { RunReport } from "../simulate/report";
import type { SimulationReport } from "../simulate/simulation-report";
import { ENDS } from "../simulate/timeline";
import { runName, summary } from "./simulation";
import { showDifference, showFigure, showShare, showTime } from "./simulation-figures";

/** A plot of the page: its id, its title, and what it shows. */
interface Plot {
  readonly id: string;
  readonly title: string;
  readonly says: string;
}

const PLOTS: readonly Plot[] = [
  {
    id: "waiting",
    title: "Requests that waited, by tier",
    says: "The most requests of a tier that waited at an instant of each step: asked for, not ended, and not being called.",
  },
  {
    id: "waits",
    title: "Waits over time",
    says: "From asking to the start of the last call, of the requests that ended in each step.",
  },
  {
    id: "percentiles",
    title: "Waits by tier",
    says: "How many of a tier's requests waited no longer than so long.",
  },
  {
    id: "limit",
    title: "Calls against the limit",
    says: "The most calls that a window held which ended in each step, counted at the target.",
  },
  { id: "ends", title: "How requests ended, over time", says: "Requests that ended in each step." },
];

/** Everything in one page: figures as tables, plots drawn by what lies in the page itself. It loads nothing. */
export function renderSimulationPage(report: SimulationReport): string {
  const run = report.runs.at(-1);
  if (run === undefined) throw new Error("a page needs a run");
  const title = `${run.gateway} under ${report.load}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="sluice ${escaped(report.sluice)}">
<title>${escaped(title)}</title>
<style>
${plotLibrary("uPlot.min.css")}
${asset("simulation-page.css")}
</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
${run.isInterrupted ? '<p class="warning">Ended before its time: what is here is what was known until then.</p>\n' : ""}<p class="lead">${escaped(summary(run))}</p>
${facts(report, run)}
</header>
<main>
${[...(report.runs.length > 1 ? [comparison(report)] : oneRun(run)), ...PLOTS.map((plot) => plotSection(plot, report))].join("\n")}
${report.runs.length > 1 ? "" : costs(run)}
${notes(run)}
</main>
<footer><p>${escaped(IDEAL)}</p></footer>
<script type="application/json" id="data">${embedded(report)}</script>
<script>${KNOWN_LANGUAGE}</script>
<script>${scriptText(plotLibrary("uPlot.iife.min.js"))}</script>
<script type="module">${scriptText(asset("simulation-page.js"))}</script>
</body>
</html>
`;
}

const IDEAL =
  "Simulated by Sluice: the worker's own code on models of the AWS services, in virtual time. The ideal starts one call per interval, always for the highest tier that waits, and its target never fails.";

const asset = (name: string): string => readFileSync(join(PACKAGE_FOLDER, "assets", name), "utf8");

/** uPlot, which is under the MIT licence; its comment with author and licence stays in it. */
const plotLibrary = (name: string): string => readFileSync(require.resolve(`uplot/dist/${name}`), "utf8");

/**
 * uPlot formats numbers in the browser's language when it is loaded, and is not loaded where that is none: Chrome on a
 * machine without a locale calls it en-US@posix.
 */
const KNOWN_LANGUAGE = `try { new Intl.NumberFormat(navigator.language); }
catch { Object.defineProperty(navigator, "language", { value: "en-US" }); }`;

/** Text within a script element ends at the first `</`. */
const scriptText = (script: string): string => script.replaceAll("</", "<\\/");

const embedded = (report: SimulationReport): string => JSON.stringify(report).replaceAll("<", "\\u003c");

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

function facts(report: SimulationReport, run: RunReport): string {
  const { calls, windowUs } = run.limit;
  const pairs = [
    ...report.runs.map((one, index) => [
      report.runs.length > 1 && index === 0 ? "Compared with" : "File",
      runName(one),
    ]),
    ...(run.environment === undefined ? [] : [["Environment", run.environment]]),
    ["Load", report.load],
    ["Seed", String(report.seed)],
    ["Simulated", showTime(run.simulatedUs)],
    ["From", `${report.startsAt.slice(0, 16).replace("T", " ")} UTC`],
    ...(calls === undefined || windowUs === undefined
      ? []
      : [["Limit", `${showWhole(calls)} calls in any ${showTime(windowUs)}`]]),
    ["Sluice", report.sluice],
  ];
  const items = pairs.map(
    ([name = "", value = ""]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl class="facts">\n${items.join("\n")}\n</dl>`;
}

/** A table whose first column names its rows. */
function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const titles = head.map((one) => `<th scope="col">${escaped(one)}</th>`).join("");
  const lines = rows.map(([name = "", ...cells]) => {
    const figures = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(name)}</th>${figures}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table class="figures"><caption class="hidden">${escaped(caption)}</caption>
<thead><tr>${titles}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody></table></div>`;
}

const section = (title: string, ...parts: readonly string[]): string =>
  `<section>\n<h2>${escaped(title)}</h2>\n${parts.filter((part) => part !== "").join("\n")}\n</section>`;

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

const oneRun = (run: RunReport): string[] => [waits(run), ends(run), ...backlogs(run)];

function waits({ tiers }: RunReport): string {
  const rows = tiers.map(({ tier, requests, waits: own, ideal }) => [
    tier,
    showWhole(requests),
    ...[own?.p50Us, own?.p90Us, own?.p99Us, own?.maxUs, ideal?.p50Us, ideal?.p99Us].map((value) =>
      showFigure(value ?? null, "us"),
    ),
  ]);
  const head = ["tier", "requests", "p50", "p90", "p99", "longest", "ideal p50", "ideal p99"];
  return section("Waits, from asking to the start of the last call", table("Waits by tier", head, rows));
}

function ends({ tiers }: RunReport): string {
  const rows = tiers.map(({ tier, ends: all, left, calls, throttledCalls }) => [
    tier,
    ...ENDS.map((end) => showWhole(all[end])),
    ...[left, calls, throttledCalls].map(showWhole),
  ]);
  const head = ["tier", ...ENDS, "not yet", "calls", "calls throttled"];
  return section("How requests ended", table("Ends by tier", head, rows));
}

function backlogs({ backlogs: all }: RunReport): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ tier, requests, atUs, drainUs, left }) => [
    tier,
    showWhole(requests),
    atUs === 0 ? "at once" : showTime(atUs),
    drainUs === undefined ? "not yet" : showTime(drainUs),
    showWhole(left),
  ]);
  return [section("Backlogs", table("Backlogs", ["tier", "requests", "came after", "worked off in", "left"], rows))];
}

function comparison({ runs, differences = [] }: SimulationReport): string {
  const names = runs.map(runName);
  const rows = differences.map((one) => [
    one.figure,
    showFigure(one.before, one.unit),
    showFigure(one.after, one.unit),
    showDifference(one),
  ]);
  return section(
    "Side by side",
    paragraph(`Both under the same arrivals. In the plots ${names[0]} is dashed.`),
    table("Both versions side by side", ["", ...names, "difference"], rows),
  );
}

function plotSection({ id, title, says }: Plot, { runs }: SimulationReport): string {
  const step = runs.at(-1)?.series.stepUs ?? 0;
  const caption = says.replace("each step", `each ${showTime(step)}`);
  return section(
    title,
    `<figure id="${id}" tabindex="0" role="group" aria-label="${escaped(`${title}. ${caption} Arrow keys move the marker.`)}">
<div class="chart"></div>
<p class="hidden" aria-live="polite"></p>
<figcaption>${escaped(caption)} <span class="keys">Drag to zoom in, double-click to zoom out; a name below the plot hides its line; arrow keys move the marker.</span></figcaption>
</figure>
<details><summary>These figures as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="${escaped(`${title}, as a table`)}"></div></details>`,
  );
}

function costs({ cost, worker, limit, calls }: RunReport): string {
  const rows = cost.lines.map(({ name, count, usd }) => [name, showCount(count), showDollars(usd)]);
  const perMillion = cost.usdPerMillion === undefined ? "" : `, ${showDollars(cost.usdPerMillion)} a million requests`;
  return section(
    "Worker and cost",
    paragraph(
      `The worker ran for ${showTime(worker.durationUs)} in ${showWhole(worker.invocations)} turns, with ${worker.memoryMb} MB. ${showWhole(calls)} calls are ${showShare(limit.usedShare)} of what the limit allows in that time. AWS would charge ${showDollars(cost.usd)}${perMillion}.`,
    ),
    table("Cost by part, in US dollars", ["part", "used", "dollars"], [...rows, ["in all", "", showDollars(cost.usd)]]),
  );
}

const notes = ({ notes: all }: RunReport): string =>
  all.length === 0 ? "" : section("To know", ...all.map((note) => paragraph(note)));
