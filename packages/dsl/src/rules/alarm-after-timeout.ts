import { showDuration, UNITS, writeDuration } from "../duration";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";
import { type Micros, us } from "../units";

export const alarmAfterTimeout = defineRule({
  id: "SL043",
  name: "alarm-after-timeout",
  severity: "warning",
  messages: {
    late: {
      what: text`no request of ${"tier"} gets as old as ${"age"}`,
      why: text`It ends at the latest ${"timeout"} after it was asked for (the tier's timeout), so the alarm would tell nobody that requests expire.`,
      mend: text`Write less than ${"most"}, for example ${"example"}: time enough to do something about it.`,
    },
  },
  check: (subject, report) => {
    const { alarms, tiers } = subject.draft;
    if (!areSound(subject, ["alarms", "tiers"])) return;
    for (const [name, age] of Object.entries(alarms?.age ?? {})) {
      const timeout = tiers?.find((tier) => tier.name === name)?.timeout;
      if (timeout === undefined || age < timeout) continue;
      const holes = { tier: name, age: showDuration(age), timeout: showDuration(timeout) };
      const most = { most: writeDuration(timeout), example: writeDuration(half(timeout)) };
      report("late", { path: ["alarms", "age", name] }, { ...holes, ...most });
    }
  },
});

/** Half of it, in whole minutes or seconds where it has so many. */
function half(timeout: Micros): Micros {
  const unit = [UNITS.m, UNITS.s, UNITS.ms].find((size) => timeout >= 2 * size) ?? 1;
  return us(Math.floor(timeout / 2 / unit) * unit);
}
