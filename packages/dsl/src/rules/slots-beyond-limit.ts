import { showDuration } from "../duration";
import { MAX_FUNCTION_TIMEOUT_US, planLimit } from "../plan";
import { slotIntervalUs, slotsOf, slotsPath, slotTimeoutUs } from "../plan-deferral";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const slotsBeyondLimit = defineRule({
  id: "SL065",
  name: "slots-beyond-limit",
  severity: "error",
  messages: {
    calls: {
      what: text`${"slots"} slots, and a limit of ${"calls"} calls`,
      why: text`Each slot gets an equal part of the limit in whole calls; ${"rate"} over ${"slots"} slots is none for each.`,
      mend: text`Write at most ${"calls"} slots, or use dispatch: doorbell, which needs none.`,
    },
    open: {
      what: text`${"slots"} slots, and a concurrency of ${"concurrency"}`,
      why: text`Each slot has a call open, so that ${"slots"} may be open at the target at once.`,
      mend: text`Write at most ${"concurrency"} slots.`,
    },
    long: {
      what: text`a slot calls once in ${"interval"}, and an invocation may have to last ${"needed"}`,
      why: text`An invocation keeps its slot for one interval from its call's start, and a new worker waits for one more before: it may stand in for one that died, whose slot was free at once. Lambda ends an invocation after ${"most"}.`,
      mend: text`Write fewer slots, or use dispatch: doorbell, whose one worker waits one interval of the whole limit.`,
    },
  },
  check: (subject, report) => {
    const { worker, tiers, rateLimit, jitter, timeouts, concurrency } = subject.draft;
    if (!areSound(subject, ["worker", "tiers", "rateLimit", "jitter", "timeouts", "concurrency"])) return;
    if (worker?.dispatch !== "deferral" || !tiers || !timeouts) return;
    const rate = spacedLimit(rateLimit)?.rate;
    const slots = slotsOf({ worker, tiers, concurrency }, rate);
    const place = { path: slotsPath(worker) };
    if (concurrency !== undefined && slots > concurrency) report("open", place, { slots, concurrency });
    if (rate && slots > rate.calls) {
      report("calls", place, { slots, calls: rate.calls, rate: rate.text });
      return;
    }
    const intervalUs = slotIntervalUs(planLimit(rate, jitter), slots);
    const needed = slotTimeoutUs(intervalUs, timeouts);
    if (needed <= MAX_FUNCTION_TIMEOUT_US) return;
    const [interval, most] = [showDuration(intervalUs), showDuration(MAX_FUNCTION_TIMEOUT_US)];
    report("long", place, { interval, needed: showDuration(needed), most });
  },
});
