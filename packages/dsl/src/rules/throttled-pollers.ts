import { LEAST_MAX_CONCURRENCY, slotsOf, slotsPath } from "../plan-deferral";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const throttledPollers = defineRule({
  id: "SL063",
  name: "throttled-pollers",
  severity: "warning",
  messages: {
    few: {
      what: text`${"slots"} slots for ${"tiers"} tiers`,
      why: text`AWS takes no MaximumConcurrency below 2, so that the queues of ${"tiers"} tiers invoke ${"least"} workers at once, and Lambda refuses those above ${"slots"}. A message that was refused stays with Lambda's poller until its visibility ends, where no worker finds it, and each such receive counts as one of maxReceives.`,
      mend: text`${"advice"}`,
    },
  },
  check: (subject, report) => {
    const { worker, tiers, rateLimit, concurrency } = subject.draft;
    if (!areSound(subject, ["worker", "tiers", "rateLimit", "concurrency"])) return;
    if (worker?.dispatch !== "deferral" || !tiers) return;
    const rate = spacedLimit(rateLimit)?.rate;
    const slots = slotsOf({ worker, tiers, concurrency }, rate);
    const least = LEAST_MAX_CONCURRENCY * tiers.length;
    if (slots >= least) return;
    const most = Math.min(rate?.calls ?? least, concurrency ?? least);
    const advice =
      most >= least
        ? `Write at least ${least} slots, have fewer tiers, or use dispatch: doorbell.`
        : `Have fewer tiers, or use dispatch: doorbell: ${rate && rate.calls < least ? rate.text : `concurrency ${concurrency}`} leaves nothing for ${least} slots.`;
    report("few", { path: slotsPath(worker) }, { slots, tiers: tiers.length, least, advice });
  },
});
