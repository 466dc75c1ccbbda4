import { DEFAULT_SHARE } from "../plan";
import { defineRule, text } from "../rule";
import { areSound } from "../subject";

export const shareTooLarge = defineRule({
  id: "SL020",
  name: "share-too-large",
  severity: "error",
  messages: {
    sum: {
      what: text`the lower tiers' shares come to ${"sum"} %`,
      why: text`A share is taken from the tiers above; nothing would be left for ${"highest"}.`,
      mend: text`Lower the shares until they come to less than 100 %. A tier that states none has ${"usual"} %.`,
    },
    highest: {
      what: text`the highest tier has no share`,
      why: text`${"highest"} comes first whenever it has work; a share keeps the tiers below from starving.`,
      mend: text`Remove share here, and give the lower tiers less if ${"highest"} should get more.`,
    },
  },
  check: (subject, report) => {
    const { tiers } = subject.draft;
    const [highest, ...lower] = areSound(subject, ["tiers"]) ? (tiers ?? []) : [];
    if (!highest) return;
    if (highest.share !== undefined) report("highest", { path: ["tiers", 0, "share"] }, { highest: highest.name });
    const sum = lower.reduce((total, { share }) => total + (share ?? DEFAULT_SHARE), 0);
    if (sum < 1 - 1e-9) return;
    const largest = lower.reduce(
      (best, { share }, index) => ((share ?? 0) > (lower[best]?.share ?? 0) ? index : best),
      0,
    );
    const holes = { sum: Number((sum * 100).toFixed(2)), highest: highest.name, usual: DEFAULT_SHARE * 100 };
    report("sum", { path: ["tiers", largest + 1, "share"] }, holes);
  },
});
