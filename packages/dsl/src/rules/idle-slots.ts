import { valueAt } from "../merge-patch";
import type { Path } from "../parse";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import type { Json } from "../units";

export const idleSlots = defineRule({
  id: "SL056",
  name: "idle-slots",
  severity: "warning",
  messages: {
    unread: {
      what: text`${"key"} is for dispatch: deferral`,
      why: text`This gateway's dispatch is doorbell: one worker at a time, which starts all calls. ${"key"} changes nothing.`,
      mend: text`Remove it, or write dispatch: deferral under worker.`,
    },
    provisioned: {
      what: text`${"provisioned"} workers kept warm, of ${"slots"} that may run`,
      why: text`Lambda takes the warm ones out of the slots and refuses more of them than there are.`,
      mend: text`Write at most ${"slots"}, or raise slots.`,
    },
    few: {
      what: text`${"slots"} slots for ${"tiers"} tiers`,
      why: text`Each tier's queue invokes at least 2 workers at once, AWS's least MaximumConcurrency; ${"tiers"} tiers want ${"least"} slots. With fewer, Lambda throttles the invocations: messages wait out their visibility in vain, and each time counts as one of maxReceives.`,
      mend: text`${"advice"}`,
    },
    none: {
      what: text`${"slots"} slots, and a limit of ${"calls"} calls`,
      why: text`Each slot gets an equal part of the limit in whole calls; ${"rate"} over ${"slots"} slots is none for each.`,
      mend: text`Write at most ${"calls"} slots, or use dispatch: doorbell, which needs none.`,
    },
  },
  check: ({ value, draft: { worker, tiers, rateLimit } }, report) => {
    if (worker?.dispatch !== "deferral") {
      for (const path of deferralKeys(value)) report("unread", { path, part: "key" }, { key: String(path.at(-1)) });
      return;
    }
    const { slots, provisioned } = worker;
    if (slots === undefined) return;
    const path = ["worker", "slots"];
    if (provisioned !== undefined && provisioned > slots)
      report("provisioned", { path: ["worker", "provisioned"] }, { provisioned, slots });
    const limit = spacedLimit(rateLimit)?.rate;
    if (limit && slots > limit.calls) report("none", { path }, { slots, calls: limit.calls, rate: limit.text });
    const least = 2 * (tiers?.length ?? 0);
    if (slots >= least) return;
    const isPossible = !limit || least <= limit.calls;
    const advice = isPossible
      ? `Write at least ${least} slots, have fewer tiers, or use dispatch: doorbell.`
      : `Have fewer tiers, or use dispatch: doorbell: ${limit.text} leaves nothing for ${least} slots.`;
    report("few", { path }, { slots, tiers: tiers?.length ?? 0, least, advice });
  },
});

/** Where a file states what only deferral reads. */
function deferralKeys(value: Json | undefined): Path[] {
  const dispatch = valueAt(value, ["worker", "dispatch"]);
  // Another word is wrong-type's; which of the two was meant cannot be told.
  if (dispatch !== undefined && dispatch !== "doorbell") return [];
  const tiers = valueAt(value, ["tiers"]);
  const ofTiers = (Array.isArray(tiers) ? tiers : []).map((_, rank): Path => ["tiers", rank, "maxReceives"]);
  const all: Path[] = [["worker", "slots"], ["worker", "provisioned"], ...ofTiers];
  return all.filter((path) => valueAt(value, path) !== undefined);
}
