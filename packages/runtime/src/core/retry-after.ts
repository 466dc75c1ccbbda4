import { type Micros, ms, seconds } from "@sluice/dsl";

/**
 * How long a target asks to be left alone.
 *
 * @param value the Retry-After header: whole seconds, or an HTTP date
 * @param wallMs epoch milliseconds now
 * @returns undefined when the header says neither; never negative
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterUs(value: string | undefined, wallMs: number): Micros | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return seconds(Number(text));
  // Date.parse also takes "5" or "2026": only what looks like a date with a clock is one.
  if (!/\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : ms(Math.max(0, at - wallMs));
}
