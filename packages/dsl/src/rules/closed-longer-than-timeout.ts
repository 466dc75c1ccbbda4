import { type OpeningHours, parseHours } from "../calendar";
import { showDuration, UNITS } from "../duration";
import { longestClosed, openMinutes, openTimes, WEEK_MINUTES } from "../opening-week";
import { defineRule, text } from "../rule";
import { areSound, type Subject } from "../subject";
import { us } from "../units";

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
    const week = openMinutes(hours);
    const closed = longestClosed(week);
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
        closed: showHours(closed),
        tier: patient.name,
        timeout: showDuration(patient.timeout),
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
  for (const index of hours.keys()) {
    const at = hours.length - 1 - index;
    const rest = openMinutes(hours.filter((_, other) => other !== at && !covered.includes(other)));
    const item = hours[at];
    if (item && openTimes(item).every(([from, to]) => isOpen(rest, from, to))) covered.unshift(at);
  }
  return covered;
}

function isOpen(week: readonly boolean[], from: number, to: number): boolean {
  for (let minute = from; minute < to; minute++) if (!week[minute % WEEK_MINUTES]) return false;
  return true;
}

/** `8 h`, `56 h`, `13 h 30 min`: people count nights and weekends in hours. */
function showHours(minutes: number): string {
  if (minutes < 60) return showDuration(us(minutes * UNITS.m));
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}
