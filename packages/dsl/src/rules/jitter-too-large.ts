import { showDuration, writeDuration } from "../duration";
import { defaultJitterUs } from "../plan";
import { spacedLimit } from "../rate";
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
    const rate = spacedLimit(rateLimit)?.rate;
    if (jitter === undefined || !rate || jitter <= rate.windowUs / 4) return;
    if (jitter <= defaultJitterUs(rate)) return;
    const reached = Math.round((100 * rate.windowUs) / (rate.windowUs + jitter));
    report(
      "large",
      { path: ["jitter"] },
      {
        cost: 100 - reached,
        reached,
        rate: rate.text,
        jitter: showDuration(jitter),
        window: showDuration(rate.windowUs),
        usual: writeDuration(defaultJitterUs(rate)),
      },
    );
  },
});
