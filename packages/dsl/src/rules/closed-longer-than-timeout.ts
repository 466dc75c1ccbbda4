import { type OpeningHours, parseHours } from "../calendar";
import { showDuration, UNITS } from "../duration";
import { longestClosed, openTimes, openWeek } from "../opening-week";
import { defineRule, text } from "../rule";
import { areSound, type Subject } from "../subject";
import { type Micros, us } from "../units";

export const closedLongerThanTimeout = defineRule({
  id: "SL040",
  name: "closed-longer-than-timeout",
  severity: "warning",
  messages: {
    longer: {
      what: text`no request outlasts the ${"closed"} in which the target is closed`,
      why: text`Outside of hours requests wait, and ${"tier"}, the most patient tier, waits ${"timeout"}: what is asked for at closing time has expired when the target opens again.`,
      mend: text`Write at least ${"needed"}, which leaves an hour for the night in which clocks are set back; or give the work that may wait a tier of its own.`,
    },
    always: {
      what: text`these hours never close`,
      why: text`They cover every minute of the week, so nothing ever waits for them.`,
      mend: text`Remove hours; or correct them: an end at or before the start is on the next day.`,
    },
    covered: {
      what: text`the target is open then by other hours already`,
      why: text`All of it lies within the other items of the list, so this one opens nothing.`,
      mend: text`Remove it, or correct its days or times.`,
    },
  },
  check: (subject, report) => {
    const hours = hoursOf(subject);
    if (hours.length === 0) return;
    const closed = longestClosed(openWeek(hours));
    if (closed === 0) {
      report("always", { path: ["hours"] }, {});
      return;
    }
    for (const index of coveredItems(hours)) report("covered", { path: ["hours", index] }, {});
    const { tiers } = subject.draft;
    if (!tiers || !areSound(subject, ["tiers"])) return;
    const patient = tiers.reduce((best, tier) => (tier.timeout > best.timeout ? tier : best));
    if (patient.timeout > closed * UNITS.m) return;
    report(
      "longer",
      { path: ["tiers", tiers.indexOf(patient), "timeout"] },
      {
        closed: showHours(us(closed * UNITS.m)),
        tier: patient.name,
        timeout: showHours(patient.timeout),
        needed: `${Math.floor(closed / 60) + 2}h`,
      },
    );
  },
});

/** The file's hours, when they can be laid over each other: all of one zone. */
function hoursOf(subject: Subject): OpeningHours[] {
  const texts = areSound(subject, ["hours"]) ? [subject.draft.hours ?? []].flat() : [];
  const hours = texts.flatMap((text) => parseHours(text) ?? []);
  return hours.every(({ zone }) => zone === hours[0]?.zone) ? hours : [];
}

/** The items that open nothing which the others do not; of several that cover each other the first one stays. */
function coveredItems(hours: readonly OpeningHours[]): number[] {
  const covered: number[] = [];
  for (const [index, item] of [...hours.entries()].reverse()) {
    const rest = openWeek(hours.filter((_, other) => other !== index && !covered.includes(other)));
    const isCovered = openTimes(item).every(([from, to]) => rest.some((open) => open[0] <= from && to <= open[1]));
    if (isCovered) covered.unshift(index);
  }
  return covered;
}

/** `8 h`, `56 h`, `13 h 30 min`: people count nights and weekends in hours. */
function showHours(time: Micros): string {
  if (time < UNITS.h) return showDuration(time);
  const minutes = Math.floor((time % UNITS.h) / UNITS.m);
  return `${Math.floor(time / UNITS.h)} h${minutes === 0 ? "" : ` ${minutes} min`}`;
}
