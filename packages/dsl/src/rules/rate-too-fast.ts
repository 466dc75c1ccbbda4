import { MAX_CALLS_PER_SECOND } from "../plan";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";

export const rateTooFast = defineRule({
  id: "SL013",
  name: "rate-too-fast",
  severity: "error",
  messages: {
    fast: {
      what: text`${"rate"} is ${"perSecond"} calls a second`,
      why: text`One worker does about ${"most"} a second, and a gateway has one, since only one can keep the limit exactly.`,
      mend: text`State at most ${"most"}/s; the target will see fewer calls than it allows.`,
    },
  },
  check: ({ draft: { rateLimit, worker } }, report) => {
    // In deferral there are as many workers as slots: slot-too-fast says what each of them can do.
    if (worker?.dispatch === "deferral") return;
    const limit = spacedLimit(rateLimit);
    if (!limit) return;
    const perSecond = (limit.rate.calls * 1_000_000) / limit.rate.windowUs;
    if (perSecond <= MAX_CALLS_PER_SECOND) return;
    const holes = { rate: limit.rate.text, perSecond: Number(perSecond.toFixed(1)), most: MAX_CALLS_PER_SECOND };
    report("fast", { path: limit.path }, holes);
  },
});
