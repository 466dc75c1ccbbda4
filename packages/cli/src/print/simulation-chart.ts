import { showWhole } from "@sluice/dsl";
import { blue, type Color, cyan, magenta, plot, red, yellow } from "asciichart";
import type { Colors } from "../io";
import type { RunReport } from "../simulate/report";
import { showTime } from "./simulation-figures";

const HEIGHT = 8;
/** Colours of the tiers, highest first. */
const COLORS = ["red", "yellow", "blue", "magenta", "cyan"] as const;
const DRAWN = [red, yellow, blue, magenta, cyan];

/**
 * How many requests waited over time, by tier, as a drawing of lines; empty where hardly any ever did. Without colours the
 * lines of several tiers could not be told apart, so each has a drawing of its own below its name, on one scale; a tier
 * that would not leave the zero of that scale is told in words.
 */
export function renderWaitingChart({ series, simulatedUs }: RunReport, colors: Colors, width: number): string[] {
  const tiers = series.tiers.filter(({ mostWaiting }) => Math.max(0, ...mostWaiting) > 0);
  const most = Math.max(0, ...tiers.flatMap(({ mostWaiting }) => mostWaiting));
  if (most < 2 || series.steps < 2) return [];
  // Two characters would touch the axis, and one would be drawn over by it.
  const labelWidth = Math.max(3, label(most).length);
  const columns = Math.max(10, Math.min(series.steps, width - labelWidth - 4));
  // With more lines than requests a number would stand beside several.
  const scale = { most, height: Math.min(HEIGHT, most), labelWidth, columns };
  const axis = `${" ".repeat(labelWidth + 2)}0${showTime(simulatedUs).padStart(Math.max(1, columns - 1))}`;
  if (colors.isColorSupported) {
    const names = tiers.map(({ tier }, index) => colors[COLORS[index % COLORS.length] ?? "blue"](tier)).join(", ");
    const inColors = tiers.map((_, index) => DRAWN[index % DRAWN.length] ?? blue);
    return [...drawn(tiers, { ...scale, colors: inColors }), axis, names];
  }
  return tiers.flatMap((tier) => {
    const mostOfTier = Math.max(...tier.mostWaiting);
    if (Math.round((mostOfTier / most) * scale.height) === 0) return `${tier.tier}: at most ${showWhole(mostOfTier)}`;
    return [tier.tier, ...drawn([tier], scale), axis];
  });
}

const label = (value: number): string => showWhole(Math.max(0, value));

interface Scale {
  readonly most: number;
  /** Lines above the zero. */
  readonly height: number;
  readonly labelWidth: number;
  readonly columns: number;
  readonly colors?: Color[];
}

function drawn(tiers: RunReport["series"]["tiers"], { most, height, labelWidth, columns, colors }: Scale): string[] {
  const lines = tiers.map(({ mostWaiting }) => squeezed(mostWaiting, columns));
  const format = (value: number): string => label(value).padStart(labelWidth);
  const text = plot(lines, { height, min: 0, max: most, format, ...(colors && { colors }) });
  return text.split("\n").map((line) => line.trimEnd());
}

/** The highest value of each of so many equal parts. */
function squeezed(values: readonly number[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    return Math.max(...values.slice(from, to));
  });
}
