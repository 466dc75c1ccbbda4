import { showDuration } from "../duration";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const burstTooLarge = defineRule({
  id: "SL034",
  name: "burst-too-large",
  severity: "error",
  messages: {
    sum: {
      what: text`${"bursts"} of the ${"calls"} calls of ${"rate"} ${"verb"} kept for bursts`,
      why: text`What bursts keep is started at once and only the rest is spaced, one interval apart: of ${"calls"} calls in any ${"window"} ${"left"}, and every call that is not part of a burst needs ${"least"}.`,
      mend: text`${"mend"}`,
    },
  },
  check: (subject, report) => {
    const { rateLimit, tiers, operations } = subject.draft;
    if (!areSound(subject, ["rateLimit", "tiers"])) return;
    const limit = spacedLimit(rateLimit)?.rate;
    const bursts = (tiers ?? []).map(({ burst }) => burst ?? 0);
    const sum = bursts.reduce((total, burst) => total + burst, 0);
    if (!limit || sum === 0) return;
    const costs = Object.values(operations ?? {}).map(({ cost = 1 }) => cost);
    // A cost that the whole limit does not hold is cost-above-limit's.
    const least = Math.max(1, ...costs.filter((cost) => cost <= limit.calls));
    const most = limit.calls - least;
    if (sum <= most) return;
    const largest = bursts.indexOf(Math.max(...bursts));
    report(
      "sum",
      { path: ["tiers", largest, "burst"] },
      {
        bursts: sum,
        calls: limit.calls,
        rate: limit.text,
        window: showDuration(limit.windowUs),
        verb: sum === 1 ? "is" : "are",
        left: sum < limit.calls ? `${limit.calls - sum} would be left` : "none would be left",
        least: least === 1 ? "one" : `up to ${least}, its cost`,
        mend: howToMend(most, (bursts[largest] ?? 0) - (sum - most), bursts.filter((burst) => burst > 0).length),
      },
    );
  },
});

/** @param here what would be left for the largest burst if the others stay */
function howToMend(most: number, here: number, count: number): string {
  if (most < 1) return "Remove burst: this limit has no call to spare for one.";
  if (count === 1) return `Write at most ${most}.`;
  const together = `the bursts of all tiers may come to ${most} together`;
  return here < 1 ? `Lower several: ${together}.` : `Write at most ${here} here, or lower another: ${together}.`;
}
