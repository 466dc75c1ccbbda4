import { didYouMean } from "../did-you-mean";
import { isMap, valueAt } from "../merge-patch";
import { sharedEnvironments } from "../project";
import { defineRule, text } from "../rule";

export const unknownEnvironment = defineRule({
  id: "SL026",
  name: "unknown-environment",
  severity: "error",
  messages: {
    unknown: {
      what: text`there is no environment ${"asked"}`,
      why: text`It was asked for with --env. The environments that this file knows: ${"names"}.`,
      mend: text`Ask for ${"guess"}, or add ${"asked"} under environments; an empty map, {}, changes nothing.`,
    },
    none: {
      what: text`there is no environment ${"asked"}`,
      why: text`It was asked for with --env, and this file has no environments.`,
      mend: text`Leave --env out, or add environments: { ${"asked"}: {} }; for all gateways at once, in sluice.yaml.`,
    },
  },
  check: ({ document, asked, project }, report) => {
    if (asked === undefined || document.value === undefined) return;
    const environments = valueAt(document.value, ["environments"]);
    const own = Object.keys(isMap(environments) ? environments : {});
    const names = [...new Set([...own, ...sharedEnvironments(project)])];
    if (names.includes(asked)) return;
    const guess = didYouMean(asked, names) ?? "one of them";
    if (names.length === 0) report("none", { path: [], part: "key" }, { asked });
    else
      report(
        "unknown",
        { path: own.length > 0 ? ["environments"] : [], part: "key" },
        { asked, names: names.join(", "), guess },
      );
  },
});
