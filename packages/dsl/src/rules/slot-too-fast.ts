import { callsPerSecond, STARTS_PER_SECOND_AND_SLOT, slotsOf, slotsPath } from "../plan-deferral";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const slotTooFast = defineRule({
  id: "SL064",
  name: "slot-too-fast",
  severity: "error",
  messages: {
    fast: {
      what: text`${"rate"} over ${"slots"} slots is ${"each"} calls a second for each`,
      why: text`In deferral each call is an invocation, and Lambda starts at most ${"most"} a second for each unit of reserved concurrency. The rest of the limit would never be reached, and what Lambda refuses counts as a receive.`,
      mend: text`Write at least ${"least"} slots, or use dispatch: doorbell, where calls of one invocation overlap.`,
    },
  },
  check: (subject, report) => {
    const { worker, tiers, rateLimit, concurrency } = subject.draft;
    if (!areSound(subject, ["worker", "tiers", "rateLimit", "concurrency"])) return;
    const rate = spacedLimit(rateLimit)?.rate;
    if (worker?.dispatch !== "deferral" || !tiers || !rate) return;
    const slots = slotsOf({ worker, tiers, concurrency }, rate);
    const each = callsPerSecond(rate) / slots;
    if (each <= STARTS_PER_SECOND_AND_SLOT) return;
    report(
      "fast",
      { path: slotsPath(worker) },
      {
        rate: rate.text,
        slots,
        each: Number(each.toFixed(1)),
        most: STARTS_PER_SECOND_AND_SLOT,
        least: Math.ceil(callsPerSecond(rate) / STARTS_PER_SECOND_AND_SLOT),
      },
    );
  },
});
