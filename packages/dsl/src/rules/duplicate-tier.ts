import { isMap, valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";

export const duplicateTier = defineRule({
  id: "SL018",
  name: "duplicate-tier",
  severity: "error",
  messages: {
    twice: {
      what: text`there is a tier ${"other"} already`,
      why: text`Each tier has its queue, named after it; small and capital letters do not tell them apart.`,
      mend: text`Give it another name, or remove one of the two.`,
    },
  },
  check: ({ value }, report) => {
    const tiers = valueAt(value, ["tiers"]);
    const names = (Array.isArray(tiers) ? tiers : []).map((tier) => (isMap(tier) ? tier.name : undefined));
    names.forEach((name, rank) => {
      const earlier = names.slice(0, rank);
      const other = earlier.find((one) => typeof one === "string" && one.toUpperCase() === String(name).toUpperCase());
      if (typeof other === "string") report("twice", { path: ["tiers", rank, "name"] }, { other });
    });
  },
});
