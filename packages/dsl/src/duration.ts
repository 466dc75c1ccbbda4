import { type Micros, us } from "./units";

/** The units of the language and what they are in microseconds. */
export const UNITS = { ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000, d: 86_400_000_000 } as const;

type Unit = keyof typeof UNITS;

/** `10s`, `250ms`: a whole number above zero and one unit, nothing between them. */
export const DURATION_PATTERN = /^[1-9][0-9]{0,8}(ms|s|m|h|d)$/;

/**
 * Microseconds of a duration as the file writes it.
 *
 * @returns undefined when the text is not a duration
 */
export function parseDuration(text: string): Micros | undefined {
  const found = DURATION_PATTERN.exec(text);
  return found ? us(Number.parseInt(text, 10) * unitMicros(found[1])) : undefined;
}

/** The duration as the file would write it: in the largest unit that needs no fraction, at least milliseconds. */
export function writeDuration(duration: Micros): string {
  const unit = UNIT_NAMES.findLast((name) => duration % UNITS[name] === 0) ?? "ms";
  return `${Math.ceil(duration / UNITS[unit])}${unit}`;
}

/**
 * The duration for people, exact to a thousandth: below a minute in one unit (`505 ms`, `1.5 s`), above it in as many as
 * it needs (`3 min 20 s`, `1 h 36 s`, `1 d`).
 */
export function showDuration(duration: Micros): string {
  if (duration < UNITS.m) {
    const unit = duration >= UNITS.s ? "s" : "ms";
    return `${Number((duration / UNITS[unit]).toFixed(3))} ${unit}`;
  }
  const parts: string[] = [];
  let rest = Math.round(duration / UNITS.ms) * UNITS.ms;
  for (const unit of ["d", "h", "m"] as const) {
    const count = Math.floor(rest / UNITS[unit]);
    rest -= count * UNITS[unit];
    if (count > 0) parts.push(`${count} ${SHOWN[unit]}`);
  }
  if (rest > 0) parts.push(`${rest / UNITS.s} s`);
  return parts.join(" ");
}

/** The duration for people where the last digits mean nothing: three digits, or two units: `304 ms`, `7 d 3 h`. */
export function showRoughly(duration: Micros): string {
  if (duration < UNITS.m) return showDuration(us(Number(duration.toPrecision(3))));
  const [, step] = ROUGH_STEPS.find(([from]) => duration >= from) ?? [UNITS.m, UNITS.s];
  return showDuration(us(Math.round(duration / step) * step));
}

/** From so long on, the last unit that is shown. */
const ROUGH_STEPS = [
  [30 * UNITS.d, UNITS.d],
  [UNITS.d, UNITS.h],
  [UNITS.h, UNITS.m],
] as const;

const UNIT_NAMES: readonly Unit[] = ["ms", "s", "m", "h", "d"];
const SHOWN: Readonly<Record<Unit, string>> = { ms: "ms", s: "s", m: "min", h: "h", d: "d" };

function unitMicros(unit: string | undefined): number {
  const name = UNIT_NAMES.find((candidate) => candidate === unit);
  return name ? UNITS[name] : Number.NaN;
}
