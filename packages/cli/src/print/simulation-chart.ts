import { showWhole } from "@sluice/dsl";
import { blue, cyan, magenta, plot, red, yellow } from "asciichart";
import type { Colors } from "../io";
import type { RunReport } from "../simulate/report";
import { showTime } from "./simulation-figures";

const HEIGHT = 8;
/** Colours of the tiers, highest first. */
const COLORS = ["red", "yellow", "blue", "magenta", "cyan"] as const;
const DRAWN = [red, yellow, blue, magenta, cyan];

/** How many requests waited over time, by tier, as a drawing of lines; empty where hardly any ever did. */
export function renderWaitingChart({ series, simulatedUs }: RunReport, colors: Colors, width: number): string[] {
  const tiers = series.tiers.filter(({ mostWaiting }) => Math.max(0, ...mostWaiting) > 0);
  const most = Math.max(0, ...tiers.flatMap(({ mostWaiting }) => mostWaiting));
  if (most < 2 || series.steps < 2) return [];
  const label = (value: number) => showWhole(Math.max(0, value));
  const labelWidth = label(most).length;
  const columns = Math.max(10, Math.min(series.steps, width - labelWidth - 4));
  const drawn = plot(
    tiers.map(({ mostWaiting }) => squeezed(mostWaiting, columns)),
    {
      height: HEIGHT,
      min: 0,
      format: (value: number) => label(value).padStart(labelWidth),
      ...(colors.isColorSupported && {
        colors: tiers.map((_, index) => DRAWN[index % DRAWN.length] ?? blue),
      }),
    },
  );
  const end = showTime(simulatedUs);
  const axis = `${" ".repeat(labelWidth + 2)}0${end.padStart(Math.max(1, columns - 1))}`;
  const names = tiers.map(({ tier }, index) => colors[COLORS[index % COLORS.length] ?? "blue"](tier)).join(", ");
  return [...drawn.split("\n").map((line) => line.trimEnd()), axis, names];
}

/** The highest value of each of so many equal parts. */
function squeezed(values: readonly number[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return Math.max(...values.slice(from, to));
  });
}
