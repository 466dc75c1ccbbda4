import { DAYS, minuteOf, TIME } from "../calendar";
import { parseDuration } from "../duration";
import { type Micros, us } from "../units";

/** An instant of a load: so long after its start, or the first such time of day (and day of the week) from then on. */
export type Moment =
  | { readonly kind: "after"; readonly afterUs: Micros }
  | {
      readonly kind: "clock";
      /** 0 is Monday; undefined: any day. */
      readonly day: number | undefined;
      /** After midnight, 0 to 1,439. */
      readonly minute: number;
    };

/** `2h`, `Mon 06:00`, `06:00`. */
export const MOMENT_PATTERN = new RegExp(`^(?:[1-9][0-9]{0,8}(?:ms|s|m|h|d)|(?:(?:${DAYS.join("|")}) )?${TIME})$`);

/** `06:00` */
export const TIME_PATTERN = new RegExp(`^${TIME}$`);

/** `2026-01-05`, `2026-01-05 06:00`. */
export const DATE_PATTERN = new RegExp(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(?: ${TIME})?$`);

/** @returns undefined when the text is no moment */
export function parseMoment(text: string): Moment | undefined {
  if (!MOMENT_PATTERN.test(text)) return undefined;
  const afterUs = parseDuration(text);
  if (afterUs !== undefined) return { kind: "after", afterUs };
  const [time = "", day] = text.split(" ").reverse();
  return { kind: "clock", day: day === undefined ? undefined : DAYS.indexOf(day), minute: minuteOf(time) };
}

/** The very beginning. */
export const AT_START: Moment = { kind: "after", afterUs: us(0) };

/** Whether the calendar has the day that a text in the form of {@link DATE_PATTERN} names. */
export function isDate(text: string): boolean {
  const day = text.slice(0, 10);
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
