import { showDuration, writeDuration } from "../duration";
import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import { seconds, us } from "../units";

export const pauseBeyondTimeout = defineRule({
  id: "SL054",
  name: "pause-beyond-timeout",
  severity: "warning",
  messages: {
    all: {
      what: text`no throttled request outlives this pause`,
      why: text`The longest timeout is ${"timeout"}, of tier ${"tier"}. After a pause of ${"pause"} less than a call (timeouts.response, ${"response"}) is left of it: every request that the target throttles would expire.`,
      mend: text`Raise the tier's timeout above ${"least"}, or shorten the pause if the target lets you.`,
    },
    some: {
      what: text`throttled requests of ${"tiers"} expire in this pause`,
      why: text`After a pause of ${"pause"} less than a call (timeouts.response, ${"response"}) is left of their timeout: ${"timeouts"}.`,
      mend: text`Raise their timeout above ${"least"}, or shorten the pause if the target lets you.`,
    },
  },
  check: ({ value, draft: { outcomes, tiers, timeouts } }, report) => {
    const path = ["outcomes", "throttled", "pause"];
    if (!outcomes || !tiers || !timeouts || valueAt(value, path) === undefined) return;
    const { response } = timeouts;
    const pause = us(Math.min(outcomes.throttled.pause, outcomes.throttled.maxPause));
    const short = tiers.filter(({ timeout }) => timeout <= pause + response);
    if (short.length === 0) return;
    const longest = tiers.reduce((best, tier) => (tier.timeout > best.timeout ? tier : best));
    const least = writeDuration(seconds(Math.ceil((pause + response) / 1_000_000)));
    const holes = { pause: showDuration(pause), response: showDuration(response), least };
    if (short.length === tiers.length)
      report("all", { path }, { ...holes, tier: longest.name, timeout: showDuration(longest.timeout) });
    else
      report(
        "some",
        { path },
        {
          ...holes,
          tiers: short.map(({ name }) => name).join(", "),
          timeouts: short.map(({ name, timeout }) => `${name} ${showDuration(timeout)}`).join(", "),
        },
      );
  },
});
