import { showDuration, writeDuration } from "../duration";
import { planLimit } from "../plan";
import { slotIntervalUs, slotsOf } from "../plan-deferral";
import { spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import type { GatewayFile } from "../schema/gateway-file";
import { areSound } from "../subject";
import { type Micros, seconds } from "../units";

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
    const { timeouts, tiers } = subject.draft;
    const isSound = areSound(subject, ["rateLimit", "jitter", "timeouts", "tiers", "worker", "concurrency"]);
    const intervalUs = isSound ? longestWaitUs(subject.draft) : undefined;
    if (intervalUs === undefined || !timeouts) return;
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

/** Before its call a new worker waits one interval: of the gateway, or of its slot. Undefined where there is none. */
function longestWaitUs({ rateLimit, jitter, worker, tiers, concurrency }: Partial<GatewayFile>): Micros | undefined {
  const limit = planLimit(spacedLimit(rateLimit)?.rate, jitter);
  if (worker?.dispatch !== "deferral") return limit.intervalUs;
  const slots = slotsOf({ worker, tiers: tiers ?? [], concurrency }, limit.rate);
  // More slots than calls are found by slots-beyond-limit.
  return limit.rate && slots > limit.rate.calls ? undefined : slotIntervalUs(limit, slots);
}
