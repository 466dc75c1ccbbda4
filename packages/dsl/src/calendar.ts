/** The days of the week as files write them. */
export const DAYS: readonly string[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY = `(?:${DAYS.join("|")})`;
const DAY_LIST = `${DAY}(?:-${DAY})?(?:,${DAY}(?:-${DAY})?)*`;

/** A time of day, as part of a pattern. */
export const TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
/** `Mon-Fri`, `Mon-Thu,Sat`. */
export const DAYS_PATTERN = new RegExp(`^${DAY_LIST}$`);

const ZONE = "[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}";

/** `00:00 Europe/London`: a time of day and an IANA zone. */
export const RESET_PATTERN = new RegExp(`^${TIME} ${ZONE}$`);

/** `Mon-Fri 06:00-22:00 Europe/London`; days may be listed, left out they are all days; `24:00` ends a day. */
export const HOURS_PATTERN = new RegExp(`^(?:${DAY_LIST} )?${TIME}-(?:${TIME}|24:00) ${ZONE}$`);

/** Opening hours as the file writes them. */
export interface OpeningHours {
  /** 0 is Monday. */
  readonly days: readonly number[];
  /** Minutes after midnight, 0 to 1,439. */
  readonly fromMinute: number;
  /** 1 to 1,440; not after `fromMinute` when it is on the next day. */
  readonly toMinute: number;
  readonly zone: string;
}

/** @returns undefined when the text is no opening hours */
export function parseHours(text: string): OpeningHours | undefined {
  if (!HOURS_PATTERN.test(text)) return undefined;
  const words = text.split(" ");
  const [days, times = "", zone = ""] = words.length === 3 ? words : [undefined, ...words];
  const [from = "", to = ""] = times.split("-");
  return { days: daysOf(days), fromMinute: minuteOf(from), toMinute: minuteOf(to), zone };
}

/** @returns undefined when the text is no time with a zone */
export function parseReset(text: string): { readonly minute: number; readonly zone: string } | undefined {
  if (!RESET_PATTERN.test(text)) return undefined;
  const [time = "", zone = ""] = text.split(" ");
  return { minute: minuteOf(time), zone };
}

/** Zones that were asked for and are there: asking takes half a millisecond, and gateways of one place share a zone. */
const knownZones = new Set<string>();

/** Whether the IANA time zone database, as this Node has it, knows the zone. */
export function isZone(zone: string): boolean {
  if (knownZones.has(zone)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    knownZones.add(zone);
    return true;
  } catch {
    // The only way to ask: the constructor throws for a zone that it does not know.
    return false;
  }
}

/** The days of `Mon-Thu,Sat`, 0 is Monday; all of them where nothing is said. */
export function daysOf(text: string | undefined): number[] {
  if (text === undefined) return DAYS.map((_, index) => index);
  return text.split(",").flatMap((part) => {
    const [first = "", last = first] = part.split("-");
    const [from, to] = [dayOf(first), dayOf(last)];
    const length = ((to - from + DAYS.length) % DAYS.length) + 1;
    return Array.from({ length }, (_, index) => (from + index) % DAYS.length);
  });
}

const dayOf = (name: string): number => DAYS.indexOf(name);

/** Minutes after midnight of `06:00`. */
export function minuteOf(time: string): number {
  const [hour = "0", minute = "0"] = time.split(":");
  return Number.parseInt(hour, 10) * 60 + Number.parseInt(minute, 10);
}
