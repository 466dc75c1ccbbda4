import { valueAt } from "../merge-patch";
import type { Path } from "../parse";
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
  },
  check: ({ value, draft: { worker } }, report) => {
    if (worker?.dispatch !== "deferral") {
      for (const path of deferralKeys(value)) report("unread", { path, part: "key" }, { key: String(path.at(-1)) });
      return;
    }
    const { slots, provisioned } = worker;
    if (slots !== undefined && provisioned !== undefined && provisioned > slots)
      report("provisioned", { path: ["worker", "provisioned"] }, { provisioned, slots });
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
