import type { OpeningHours } from "./calendar";

/** Minutes of a week; minute 0 is Monday's first. */
export const WEEK_MINUTES = 7 * 1_440;

/** The times in which the hours are open, one a day of theirs, as half-open ranges of minutes; the last may end in the next week. */
export function openTimes({ days, fromMinute, toMinute }: OpeningHours): [from: number, to: number][] {
  const length = toMinute > fromMinute ? toMinute - fromMinute : toMinute + 1_440 - fromMinute;
  return days.map((day) => [day * 1_440 + fromMinute, day * 1_440 + fromMinute + length]);
}

/** Whether each minute of a week is open by any of the hours; all of one zone, the change of clocks left aside. */
export function openMinutes(hours: readonly OpeningHours[]): boolean[] {
  const week = Array.from({ length: WEEK_MINUTES }, () => false);
  for (const [from, to] of hours.flatMap(openTimes))
    for (let minute = from; minute < to; minute++) week[minute % WEEK_MINUTES] = true;
  return week;
}

/** The longest run of closed minutes in a week that repeats; 0 when it never closes. */
export function longestClosed(week: readonly boolean[]): number {
  const opening = week.indexOf(true);
  // Read from an opening on, no run is cut in two by the week's end.
  const turned = [...week.slice(opening), ...week.slice(0, opening)];
  let [longest, run] = [0, 0];
  for (const isOpen of turned) {
    run = isOpen ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
