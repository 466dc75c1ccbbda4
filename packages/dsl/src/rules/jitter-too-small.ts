import { showDuration, writeDuration } from "../duration";
import { MIN_JITTER_US } from "../plan";
import { defineRule, text } from "../rule";

export const jitterTooSmall = defineRule({
  id: "SL016",
  name: "jitter-too-small",
  severity: "error",
  messages: {
    small: {
      what: text`less than a process and a path can keep`,
      why: text`Calls that left in time may arrive ${"least"} apart from their plan; with a jitter of ${"jitter"} a window could then hold one call too many.`,
      mend: text`Write at least ${"written"}, or leave jitter out.`,
    },
  },
  check: ({ draft: { jitter } }, report) => {
    if (jitter === undefined || jitter >= MIN_JITTER_US) return;
    const holes = {
      jitter: showDuration(jitter),
      least: showDuration(MIN_JITTER_US),
      written: writeDuration(MIN_JITTER_US),
    };
    report("small", { path: ["jitter"] }, holes);
  },
});
