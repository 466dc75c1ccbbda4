import type { Micros } from "../units";

/** `4 %`, `0.99 %`. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const SPANS = [
  ["s", 1],
  ["min", 60],
  ["h", 3_600],
  ["day", 86_400],
] as const;

/** A rate for people, in the shortest span that holds one: `1.98/s`, `19.8/min`, `0.99/h`. */
export function showRate(perSecond: number): string {
  const [name, seconds] = SPANS.find(([, length]) => perSecond * length >= 0.995) ?? (["day", 86_400] as const);
  return `${Number((perSecond * seconds).toPrecision(3))}/${name}`;
}

/** `1,000,000`, in the same form on every machine. */
export const showWhole = (count: number): string => String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ",");

/** `$25.00`, `$0.042`: cents, and two digits where that would be nothing. */
export function showDollars(usd: number): string {
  if (usd >= 1_000) return `$${showWhole(usd)}`;
  if (usd === 0 || usd >= 0.095) return `$${usd.toFixed(2)}`;
  return usd < 0.000_5 ? "under $0.001" : `$${Number(usd.toPrecision(2))}`;
}

/** Three digits, and never an exponent: `0.11`, `3.1`, `7,270`. */
export const showCount = (value: number): string =>
  value >= 1_000 ? showWhole(value) : String(Number(value.toPrecision(3)));

export const perSecondOf = (intervalUs: Micros): number => 1_000_000 / intervalUs;
