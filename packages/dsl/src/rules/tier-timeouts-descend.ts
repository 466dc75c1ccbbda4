import { showDuration, writeDuration } from "../duration";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const tierTimeoutsDescend = defineRule({
  id: "SL042",
  name: "tier-timeouts-descend",
  severity: "warning",
  messages: {
    shorter: {
      what: text`${"tier"} waits longer than ${"higher"} and gives up sooner`,
      why: text`${"higher"} goes first and has ${"longer"}; ${"tier"} waits behind it and has ${"timeout"}, so under load its requests expire in the queue.`,
      mend: text`Write at least ${"needed"}, or put ${"tier"} above ${"higher"}.`,
    },
  },
  check: (subject, report) => {
    const { tiers } = subject.draft;
    if (!areSound(subject, ["tiers"])) return;
    tiers?.forEach(({ name, timeout }, rank) => {
      const longest = tiers
        .slice(0, rank)
        .reduce((best, tier) => (tier.timeout > best.timeout ? tier : best), { name, timeout });
      if (timeout >= longest.timeout) return;
      report(
        "shorter",
        { path: ["tiers", rank, "timeout"] },
        {
          tier: name,
          timeout: showDuration(timeout),
          higher: longest.name,
          longer: showDuration(longest.timeout),
          needed: writeDuration(longest.timeout),
        },
      );
    });
  },
});
