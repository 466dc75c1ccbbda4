import type { OpeningHours } from "./calendar";

/** A half-open range of minutes of a week; minute 0 is Monday's first. */
export type WeekRange = readonly [from: number, to: number];

const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** When the hours are open, the change of clocks left aside: a range for each day, two for one that crosses into the next week. */
export function openTimes({ days, fromMinute, toMinute }: OpeningHours): WeekRange[] {
  const length = toMinute > fromMinute ? toMinute - fromMinute : toMinute + DAY_MINUTES - fromMinute;
  return days.flatMap((day): WeekRange[] => {
    const from = day * DAY_MINUTES + fromMinute;
    const to = from + length;
    if (to <= WEEK_MINUTES) return [[from, to]];
    return [
      [from, WEEK_MINUTES],
      [0, to - WEEK_MINUTES],
    ];
  });
}

/** When any of the hours is open, in order, what touches joined; all of one zone. */
export function openWeek(hours: readonly OpeningHours[]): WeekRange[] {
  const joined: WeekRange[] = [];
  for (const [from, to] of hours.flatMap(openTimes).sort(([one], [other]) => one - other)) {
    const last = joined.at(-1);
    if (last && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)];
    else joined.push([from, to]);
  }
  return joined;
}

/** The longest closed time in minutes of a week that repeats; 0 when it never closes, the whole week when it never opens. */
export function longestClosed(week: readonly WeekRange[]): number {
  const gaps = week.map(([, to], index) => {
    const next = week[index + 1]?.[0] ?? WEEK_MINUTES + (week[0]?.[0] ?? 0);
    return next - to;
  });
  return week.length === 0 ? WEEK_MINUTES : Math.max(...gaps);
}
