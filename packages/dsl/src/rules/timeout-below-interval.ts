import { showDuration, writeDuration } from "../duration";
import { planLimit } from "../plan";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";
import { seconds } from "../units";

export const timeoutBelowInterval = defineRule({
  id: "SL015",
  name: "timeout-below-interval",
  severity: "error",
  messages: {
    short: {
      what: text`no request of tier ${"tier"} can be sure to end within ${"timeout"}`,
      why: text`The wait for one call can take one interval, ${"interval"}, and the call ${"response"} (timeouts.response): ${"least"} together.`,
      mend: text`Write at least ${"needed"}.`,
    },
  },
  check: (subject, report) => {
    const { rateLimit, jitter, timeouts, tiers } = subject.draft;
    if (!areSound(subject, ["rateLimit", "jitter", "timeouts", "tiers"]) || !timeouts) return;
    const { intervalUs } = planLimit(spacedLimit(rateLimit)?.rate, jitter);
    const least = seconds((intervalUs + timeouts.response) / 1_000_000);
    tiers?.forEach(({ name, timeout }, rank) => {
      if (timeout >= least) return;
      report(
        "short",
        { path: ["tiers", rank, "timeout"] },
        {
          tier: name,
          timeout: showDuration(timeout),
          interval: showDuration(intervalUs),
          response: showDuration(timeouts.response),
          least: showDuration(least),
          needed: writeDuration(seconds(Math.ceil(least / 1_000_000))),
        },
      );
    });
  },
});
