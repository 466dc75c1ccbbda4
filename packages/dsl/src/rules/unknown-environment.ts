import { didYouMean } from "../did-you-mean";
import { isMap, valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";

export const unknownEnvironment = defineRule({
  id: "SL026",
  name: "unknown-environment",
  severity: "error",
  messages: {
    unknown: {
      what: text`there is no environment ${"asked"}`,
      why: text`It was asked for with --env. The environments of this file: ${"names"}.`,
      mend: text`Ask for ${"guess"}, or add ${"asked"} under environments; an empty map, {}, changes nothing.`,
    },
    none: {
      what: text`there is no environment ${"asked"}`,
      why: text`It was asked for with --env, and this file has no environments.`,
      mend: text`Leave --env out, or add environments: { ${"asked"}: {} }.`,
    },
  },
  check: ({ document, asked }, report) => {
    if (asked === undefined || document.value === undefined) return;
    const environments = valueAt(document.value, ["environments"]);
    const names = Object.keys(isMap(environments) ? environments : {});
    if (names.includes(asked)) return;
    const guess = didYouMean(asked, names) ?? "one of them";
    if (names.length === 0) report("none", { path: [], part: "key" }, { asked });
    else report("unknown", { path: ["environments"], part: "key" }, { asked, names: names.join(", "), guess });
  },
});
