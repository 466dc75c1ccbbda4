import { plural } from "../plural";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import type { GatewayFile } from "../schema/gateway-file";
import { areSound, isStatedHere, type Subject } from "../subject";

export const burstTooLarge = defineRule({
  id: "SL034",
  name: "burst-too-large",
  severity: "error",
  messages: {
    sum: {
      what: text`bursts keep ${"bursts"}, and ${"rate"} has ${"calls"}`,
      why: text`Bursts start at once, and only what they leave of the limit is spaced, one interval apart: here ${"left"}, and each call that is no part of a burst needs ${"least"}.`,
      mend: text`${"mend"}`,
    },
  },
  check: (subject, report) => {
    const { rateLimit, tiers } = subject.draft;
    if (!areSound(subject, ["rateLimit", "tiers"])) return;
    const limit = spacedLimit(rateLimit)?.rate;
    const bursts = (tiers ?? []).map(({ burst }) => burst ?? 0);
    const sum = bursts.reduce((total, burst) => total + burst, 0);
    if (!limit || sum === 0) return;
    const least = dearestThatFits(subject.draft, limit.calls);
    if (sum <= limit.calls - least) return;
    const largest = bursts.indexOf(Math.max(...bursts));
    report(
      "sum",
      { path: ["tiers", largest, "burst"] },
      {
        bursts: plural(sum, "call"),
        rate: limit.text,
        calls: limit.calls,
        left: sum < limit.calls ? plural(limit.calls - sum, "call") : "nothing",
        least: least === 1 ? "one" : `up to ${least}, its cost`,
        mend: howToMend(limit.calls, least, bursts, largest) + howToMendThere(subject),
      },
    );
  },
});

/** What one call needs at most; a cost that the whole limit does not hold is cost-above-limit's. */
function dearestThatFits({ operations }: Partial<GatewayFile>, calls: number): number {
  const costs = Object.values(operations ?? {}).map(({ cost = 1 }) => cost);
  return Math.max(1, ...costs.filter((cost) => cost <= calls));
}

function howToMend(calls: number, least: number, bursts: readonly number[], largest: number): string {
  const most = calls - least;
  const others = bursts.reduce((total, burst) => total + burst, 0) - (bursts[largest] ?? 0);
  const tenth = Math.floor(calls / 10);
  if (most < 1) return "Remove burst: this limit has no call to spare for one.";
  if (others > 0) {
    const together = `the bursts of all tiers may come to ${most} together`;
    return others < most
      ? `Write at most ${most - others} here, or lower another: ${together}.`
      : `Lower several: ${together}.`;
  }
  return tenth < 1 || tenth > most
    ? `Write at most ${most}.`
    : `Write at most ${most}; a tenth, ${tenth}, is mostly enough, and leaves nine tenths of the rate to those who use no burst.`;
}

/** Tiers are a list, and an environment replaces lists whole. */
function howToMendThere(subject: Subject): string {
  return isStatedHere(subject, ["tiers"]) ? "" : " In an environment that means to write all tiers anew.";
}
