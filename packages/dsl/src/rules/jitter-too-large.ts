import { showDuration, writeDuration } from "../duration";
import { defaultJitterUs } from "../plan";
import { defineRule, text } from "../rule";

export const jitterTooLarge = defineRule({
  id: "SL017",
  name: "jitter-too-large",
  severity: "warning",
  messages: {
    large: {
      what: text`the jitter costs ${"cost"} % of the limit`,
      why: text`Calls are spaced so that ${"jitter"} of shift breaks no window of ${"window"}: only ${"reached"} % of ${"rate"} is reached.`,
      mend: text`Write what the path to the target really varies by, or leave jitter out for ${"usual"}.`,
    },
  },
  check: ({ draft: { jitter, rateLimit } }, report) => {
    if (jitter === undefined || !rateLimit || jitter <= rateLimit.windowUs / 4) return;
    if (jitter <= defaultJitterUs(rateLimit)) return;
    const reached = Math.round((100 * rateLimit.windowUs) / (rateLimit.windowUs + jitter));
    report(
      "large",
      { path: ["jitter"] },
      {
        cost: 100 - reached,
        reached,
        rate: rateLimit.text,
        jitter: showDuration(jitter),
        window: showDuration(rateLimit.windowUs),
        usual: writeDuration(defaultJitterUs(rateLimit)),
      },
    );
  },
});
