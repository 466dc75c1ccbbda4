import { type LoadFile, type Micros, type Moment, minuteOf, us } from "@sluice/dsl";
import { DateTime } from "luxon";

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MINUTES = 1_440;

/** The instants of a load in its time zone: what time of day it is, and when a time of day comes. */
export interface LoadCalendar {
  /** Epoch milliseconds of the load's start. */
  readonly startMs: number;
  /** After the start; a time of day is the first such one from the start on. */
  offsetOf(moment: Moment): Micros;
  /** Minutes after midnight there, 0 to 1,439. */
  minuteAt(offset: Micros): number;
  /** Day of the week there; 0 is Monday. */
  dayAt(offset: Micros): number;
}

/** @param load one in which nothing is wrong: its zone and its start are there */
export function loadCalendar({ start, zone }: Pick<LoadFile, "start" | "zone">): LoadCalendar {
  const startsAt = DateTime.fromISO(start.replace(" ", "T"), { zone });
  const startMs = startsAt.toMillis();
  const shift = shiftOf(zone);
  const localMinutes = (offset: Micros): number => {
    const at = startMs + offset / 1_000;
    return Math.floor(at / MINUTE_MS) + shift(at);
  };
  return {
    startMs,
    offsetOf: (moment) => (moment.kind === "after" ? moment.afterUs : clockOffset(moment, startsAt)),
    minuteAt: (offset) => localMinutes(offset) % DAY_MINUTES,
    // The first of January 1970 was a Thursday.
    dayAt: (offset) => (Math.floor(localMinutes(offset) / DAY_MINUTES) + 3) % 7,
  };
}

function clockOffset({ day, minute }: Extract<Moment, { kind: "clock" }>, startsAt: DateTime): Micros {
  for (let days = 0; days <= 8; days++) {
    const at = startsAt
      .startOf("day")
      .plus({ days })
      .set({ hour: Math.floor(minute / 60), minute: minute % 60 });
    const isItsDay = day === undefined || at.weekday - 1 === day;
    if (isItsDay && at >= startsAt) return us((at.toMillis() - startsAt.toMillis()) * 1_000);
  }
  throw new RangeError(`no such time within a week of ${startsAt.toISO()}`);
}

/** Minutes that the zone is ahead of UTC, by epoch milliseconds. Zones change on a quarter of an hour at most. */
function shiftOf(zone: string): (at: number) => number {
  let quarter = Number.NaN;
  let minutes = 0;
  return (at) => {
    const asked = Math.floor(at / QUARTER_MS);
    if (asked !== quarter) {
      quarter = asked;
      minutes = DateTime.fromMillis(asked * QUARTER_MS, { zone }).offset;
    }
    return minutes;
  };
}

/** A daily curve as a function: the rate at a minute of the day, in proportion between the times that are named. */
export function dailyCurve(rates: ReadonlyMap<string, number>): (minute: number) => number {
  const points = [...rates]
    .map(([time, rate]) => ({ minute: minuteOf(time), rate }))
    .sort((a, b) => a.minute - b.minute);
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return () => 0;
  // The day closes: the last time of one day leads to the first of the next.
  const closed = [
    { ...last, minute: last.minute - DAY_MINUTES },
    ...points,
    { ...first, minute: first.minute + DAY_MINUTES },
  ];
  return (minute) => {
    const after = closed.findIndex((point) => point.minute > minute);
    const [from, to] = [closed[after - 1] ?? last, closed[after] ?? first];
    return from.rate + ((to.rate - from.rate) * (minute - from.minute)) / Math.max(1, to.minute - from.minute);
  };
}
