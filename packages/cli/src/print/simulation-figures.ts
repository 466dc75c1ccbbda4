import { showCount, showDollars, showRoughly, showWhole, us } from "@sluice/dsl";
import type { Difference, Unit } from "../simulate/differences";

/** A figure with its unit. */
export function showFigure(value: number | null, unit: Unit): string {
  if (value === null) return "–";
  switch (unit) {
    case "us":
      return showTime(value);
    case "count":
      return showWhole(value);
    case "share":
      return showShare(value);
    case "usd":
      return showDollars(value);
  }
}

/** A duration, 0 included. */
export const showTime = (value: number): string => (value < 500 ? "0 ms" : showRoughly(us(value)));

export const showShare = (share: number): string => `${showCount(share * 100)} %`;

/** With its sign, and the ratio where there is one. Shares differ by points: a per cent sign would look like a ratio. */
export function showDifference({ difference, before, unit }: Difference): string {
  if (difference === null) return "";
  if (difference === 0) return "same";
  const sign = difference > 0 ? "+" : "−";
  const size = showFigure(Math.abs(difference), unit);
  const ratio = before ? ` (${sign}${showCount(Math.abs((difference / before) * 100))} %)` : "";
  return unit === "share" ? `${sign}${showCount(Math.abs(difference) * 100)} points` : `${sign}${size}${ratio}`;
}
