import { didYouMean } from "../did-you-mean";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const unknownDefaultTier = defineRule({
  id: "SL019",
  name: "unknown-default-tier",
  severity: "error",
  messages: {
    unknown: {
      what: text`there is no tier ${"name"}`,
      why: text`Requests that name no tier would have nowhere to go.`,
      mend: text`Write ${"guess"}. The tiers: ${"tiers"}.`,
    },
  },
  check: (subject, report) => {
    const { defaultTier, tiers } = subject.draft;
    if (!areSound(subject, ["tiers", "defaultTier"]) || defaultTier === undefined || !tiers) return;
    const names = tiers.map(({ name }) => name);
    if (names.includes(defaultTier)) return;
    const guess = didYouMean(defaultTier, names) ?? "one of them";
    report("unknown", { path: ["defaultTier"] }, { name: defaultTier, guess, tiers: names.join(", ") });
  },
});
