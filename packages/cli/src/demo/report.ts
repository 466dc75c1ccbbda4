import type { Colors } from "../io";
import { renderTable } from "../print/table";
import { plural } from "../print/words";
import type { GatewayFigures } from "./measure";

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
  /** From the SIGKILL to the last call of the last of them; null when there were none. */
  readonly allCalledAfterMs: number | null;
}

/** What `demo --format json` prints. */
export interface DemoReport {
  readonly gateways: readonly GatewayFigures[];
  readonly killedWorker: KilledWorker;
  readonly naive: { readonly gateways: readonly GatewayFigures[] };
}

/** What the demo must not show, each as a sentence; empty when every promise was kept. The naive limiter promises none. */
export function brokenPromises(report: DemoReport): string[] {
  const broken: string[] = [];
  for (const gateway of report.gateways) {
    for (const { calls, windowMs, mostInWindow } of gateway.limits) {
      if (mostInWindow > calls)
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

/** The tables at the end. */
export function renderReport(report: DemoReport, colors: Colors): string {
  return [
    colors.bold("What the targets saw"),
    gatewayTable(report.gateways, colors),
    killedSentence(report.killedWorker),
    "",
    colors.bold("Waits, from the execution's start to its call at the target"),
    waitsTable(report.gateways, colors),
    "The ideal is a perfect spacer with strict order of tiers and no latency, given the same arrivals. Shares and waits",
    `leave out what the SIGKILL cost ${report.killedWorker.gateway}, which is told above: the ideal stands still as long.`,
    "",
    colors.bold("The same traffic through a ten-line fixed-window limiter, told the same limits"),
    gatewayTable(report.naive.gateways, colors),
    "",
    ...closing(report, colors),
  ].join("\n");
}

function gatewayTable(gateways: readonly GatewayFigures[], colors: Colors): string {
  const head = [
    "gateway",
    "limit",
    "calls",
    "most in a window",
    "refused",
    "share of rate",
    "jitter",
    "succeeded",
    "failed",
  ];
  const rows = gateways.flatMap((figures) =>
    figures.limits.map(({ calls, windowMs, mostInWindow }) => [
      figures.name,
      `${calls} in ${windowMs / 1_000} s`,
      String(figures.calls),
      (mostInWindow > calls ? colors.red : colors.green)(`${mostInWindow} of ${calls}`),
      figures.refused > 0 ? colors.red(String(figures.refused)) : "0",
      inPercent(figures.shareOfAllowedRate),
      `${figures.measuredJitterMs.toFixed(1)} ms`,
      String(figures.succeeded),
      figures.failed > 0 ? colors.yellow(String(figures.failed)) : "0",
    ]),
  );
  return renderTable({ head, rows, rightAligned: [2, 3, 4, 5, 6, 7, 8] }, colors);
}

function waitsTable(gateways: readonly GatewayFigures[], colors: Colors): string {
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
  return renderTable({ head, rows, rightAligned: [2, 3, 4, 5] }, colors);
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
      ? [colors.green("No limit was broken and no request was lost.")]
      : broken.map((sentence) => colors.red(sentence));
  return [...verdict, `The fixed-window limiter was refused ${plural(refused, "time")}.`];
}

const inSeconds = (value: number | null): string => (value === null ? "–" : `${(value / 1_000).toFixed(2)} s`);

const inPercent = (share: number | null): string => (share === null ? "–" : `${(share * 100).toFixed(1)} %`);
