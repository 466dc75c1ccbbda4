import type { DispatchPlan } from "@sluice/dsl";
import type { Colors } from "../io";
import { renderTable } from "../print/table";
import { plural, wrap } from "../print/words";
import { type GatewayFigures, PHASES } from "./measure";

/** What became of the gateway whose worker was killed. */
export interface KilledWorker {
  readonly gateway: string;
  /** Milliseconds from the beginning of the run. */
  readonly atMs: number;
  /** From the SIGKILL to the gateway's next call at the target; null: none came. */
  readonly backAfterMs: number | null;
  /** The share of the allowed rate with the time without a worker counted in; null when nothing waited. */
  readonly shareWithOutage: number | null;
  /** Requests that it had in its hands when it died. They come back when their messages show again. */
  readonly requestsHeld: number;
  /** Of them, those that it had called already: their answers died with it, and they were called again. */
  readonly calledTwice: number;
  /** From the SIGKILL to the last call of the last of them; null when there were none. */
  readonly allCalledAfterMs: number | null;
}

/** What `demo --format json` prints. */
export interface DemoReport {
  readonly dispatch: DispatchPlan["kind"];
  readonly gateways: readonly GatewayFigures[];
  readonly killedWorker: KilledWorker;
  readonly naive: { readonly gateways: readonly GatewayFigures[] };
}

/** What the demo must not show, each as a sentence; empty when every promise was kept. The naive limiter promises none. */
export function brokenPromises(report: DemoReport): string[] {
  const broken: string[] = [];
  for (const gateway of report.gateways) {
    for (const { calls, windowMs, mostInWindow } of gateway.limits) {
      if (mostInWindow > calls + moreByDeath(report, gateway))
        broken.push(
          `${gateway.name}: ${mostInWindow} calls in a window of ${windowMs / 1_000} s, where ${calls} are allowed.`,
        );
    }
    const lost = gateway.requests - gateway.succeeded - gateway.failed;
    if (lost !== 0) broken.push(`${gateway.name}: ${plural(lost, "request")} of ${gateway.requests} never ended.`);
  }
  if (report.killedWorker.backAfterMs === null)
    broken.push(`${report.killedWorker.gateway}: no call came after its worker had been killed.`);
  return broken;
}

/** In deferral a dead worker's slot is free at once: one call more may fall into a window. */
const moreByDeath = ({ dispatch, killedWorker }: DemoReport, { name }: GatewayFigures): number =>
  dispatch === "deferral" && name === killedWorker.gateway ? 1 : 0;

/** The tables at the end. */
export function renderReport(report: DemoReport, colors: Colors, width: number): string {
  const { gateways, killedWorker, naive } = report;
  return [
    colors.bold("What the targets saw"),
    gatewayTable([...WHAT_CAME, ...HOW_WELL], gateways, colors, width),
    "",
    ...[killedSentence(killedWorker), ...repeatSentences(report)].map((text) => wrap(text, width)),
    "",
    colors.bold("Waits, from the execution's start to its call at the target"),
    waitsTable(gateways, colors, width),
    wrap(ABOUT_IDEAL(killedWorker), width),
    "",
    colors.bold("The same traffic through a ten-line fixed-window limiter, told the same limits"),
    gatewayTable(WHAT_CAME, naive.gateways, colors, width),
    "",
    ...closing(report, colors),
  ].join("\n");
}

const ABOUT_IDEAL = ({ gateway }: KilledWorker): string =>
  `The ideal was given the same arrivals. It starts one call each interval, the most urgent first, and takes no time itself. When its first interval begins is chance, and so its p99 is that of ${PHASES} beginnings together: a measured wait can be a little shorter. The time in which ${gateway} had no worker counts for neither.`;

/** A row of a table with a column for each gateway. */
interface Measure {
  readonly title: string;
  cell(figures: GatewayFigures, colors: Colors): string;
}

const WHAT_CAME: readonly Measure[] = [
  {
    title: "limit",
    cell: ({ limits }) => limits.map(({ calls, windowMs }) => `${calls} in ${windowMs / 1_000} s`).join(", "),
  },
  {
    title: "most in a window",
    cell: ({ limits }, colors) =>
      limits
        .map(({ calls, mostInWindow }) =>
          (mostInWindow > calls ? colors.red : colors.green)(`${mostInWindow} of ${calls}`),
        )
        .join(", "),
  },
  { title: "requests", cell: ({ requests }) => String(requests) },
  { title: "calls", cell: ({ calls }) => String(calls) },
  { title: "refused", cell: ({ refused }, colors) => (refused > 0 ? colors.red(String(refused)) : "0") },
  { title: "succeeded", cell: ({ succeeded }) => String(succeeded) },
  { title: "failed", cell: ({ failed }, colors) => (failed > 0 ? colors.yellow(String(failed)) : "0") },
];

/** Of a limiter that keeps its limit; one that does not has its calls in bursts, of which these say nothing. */
const HOW_WELL: readonly Measure[] = [
  { title: "share of allowed rate", cell: ({ shareOfAllowedRate }) => inPercent(shareOfAllowedRate) },
  { title: "jitter", cell: ({ measuredJitterMs }) => `${measuredJitterMs.toFixed(1)} ms` },
];

/** A column for each gateway, so that three of them fit a narrow terminal. */
function gatewayTable(
  measures: readonly Measure[],
  gateways: readonly GatewayFigures[],
  colors: Colors,
  width: number,
): string {
  const head = ["", ...gateways.map(({ name }) => name)];
  const rows = measures.map(({ title, cell }) => [title, ...gateways.map((figures) => cell(figures, colors))]);
  return renderTable({ head, rows, rightAligned: gateways.map((_, index) => index + 1), width }, colors);
}

/** Why a target saw more calls than there were requests. */
function repeatSentences({ gateways, killedWorker }: DemoReport): string[] {
  return gateways.flatMap(({ name, calls, requests }) => {
    const repeats = calls - requests;
    if (repeats <= 0) return [];
    const byKill = name === killedWorker.gateway ? Math.min(repeats, killedWorker.calledTwice) : 0;
    const others = repeats - byKill;
    const reasons = [
      byKill > 0 ? [`${byKill} because the answer to the first call died with the worker`] : [],
      others > 0 ? [`${others} because the call failed in a way after which the file lets it be made again`] : [],
    ];
    return `${name}: ${calls} calls for ${plural(requests, "request")}. ${repeats === 1 ? "One is a repeat" : `${repeats} are repeats`}: ${reasons.flat().join(", ")}.`;
  });
}

function waitsTable(gateways: readonly GatewayFigures[], colors: Colors, width: number): string {
  const head = ["gateway", "tier", "requests", "median", "p99", "ideal p99"];
  const rows = gateways.flatMap(({ name, tiers }) =>
    tiers.map((tier) => [
      name,
      tier.name,
      String(tier.requests),
      inSeconds(tier.p50WaitMs),
      inSeconds(tier.p99WaitMs),
      inSeconds(tier.idealP99WaitMs),
    ]),
  );
  return renderTable({ head, rows, rightAligned: [2, 3, 4, 5], width }, colors);
}

function killedSentence(killed: KilledWorker): string {
  const { gateway, atMs, backAfterMs, shareWithOutage, requestsHeld, allCalledAfterMs } = killed;
  const at = `${gateway}: its worker was killed (SIGKILL) after ${inSeconds(atMs)}`;
  if (backAfterMs === null) return `${at} and no call came after that.`;
  const held =
    allCalledAfterMs === null
      ? ""
      : ` It had ${plural(requestsHeld, "request")} in its hands; they were called (again) within ${inSeconds(allCalledAfterMs)}.`;
  const share =
    shareWithOutage === null ? "" : ` With the time without a worker its share is ${inPercent(shareWithOutage)}.`;
  return `${at}; the next one called ${inSeconds(backAfterMs)} later.${held}${share}`;
}

function closing(report: DemoReport, colors: Colors): string[] {
  const refused = report.naive.gateways.reduce((sum, gateway) => sum + gateway.refused, 0);
  const broken = brokenPromises(report);
  const verdict =
    broken.length === 0
      ? keptSentences(report).map((sentence) => colors.green(sentence))
      : broken.map((sentence) => colors.red(sentence));
  return [...verdict, `The fixed-window limiter was refused ${plural(refused, "time")}.`];
}

/** What was kept; with the call more, where deferral let one through. */
function keptSentences({ gateways }: DemoReport): string[] {
  const over = gateways.filter(({ limits }) => limits.some(({ calls, mostInWindow }) => mostInWindow > calls));
  if (over.length === 0) return ["No limit was broken and no request was lost."];
  const admitted = over.map(
    ({ name }) =>
      `${name}: one call more than its limit in a window, because its worker's death set a slot free. Deferral admits one for each death; doorbell admits none.`,
  );
  return [...admitted, "No other limit was broken and no request was lost."];
}

const inSeconds = (value: number | null): string => (value === null ? "–" : `${(value / 1_000).toFixed(2)} s`);

const inPercent = (share: number | null): string => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
