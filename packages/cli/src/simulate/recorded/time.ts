import { type Micros, parseDuration, us } from "@sluice/dsl";
import { DateTime } from "luxon";

/** A time of a recording: an instant, or so long after an unknown start. */
export type RecordedTime =
  | { readonly kind: "instant"; readonly ms: number }
  | { readonly kind: "after"; readonly us: Micros };

/** Numbers from here on are seconds since 1970, and from the other on milliseconds; below they are seconds after the start. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MILLISECONDS = 1e12;

/** What a time may look like, for those who wrote another one. */
export const TIME_FORMS =
  "Times are like 2026-01-05T06:00:00Z (without a zone: UTC), seconds or milliseconds since 1970, or 90s after the start.";

/** @returns undefined when the text is no time */
export function parseTime(text: string): RecordedTime | undefined {
  const afterUs = parseDuration(text) ?? (text === "0s" ? us(0) : undefined);
  if (afterUs !== undefined) return { kind: "after", us: afterUs };
  if (/^\d+(\.\d+)?$/.test(text)) return timeOfNumber(Number(text));
  const at = DateTime.fromISO(text.replace(" ", "T"), { zone: "utc" });
  return at.isValid && /^\d{4}-\d{2}-\d{2}/.test(text) ? { kind: "instant", ms: at.toMillis() } : undefined;
}

/** A number by its size. */
export function timeOfNumber(value: number): RecordedTime {
  if (value >= EPOCH_MILLISECONDS) return { kind: "instant", ms: value };
  if (value >= EPOCH_SECONDS) return { kind: "instant", ms: Math.round(value * 1_000) };
  return { kind: "after", us: us(Math.round(value * 1_000_000)) };
}
