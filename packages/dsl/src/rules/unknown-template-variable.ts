import { didYouMean } from "../did-you-mean";
import { isMap, valueAt } from "../merge-patch";
import { templatesOf } from "../places";
import { defineRule, text } from "../rule";
import { parseUriTemplate } from "../uri-template";

export const unknownTemplateVariable = defineRule({
  id: "SL024",
  name: "unknown-template-variable",
  severity: "error",
  messages: {
    unknown: {
      what: text`the request has no property ${"name"}`,
      why: text`The path is filled from the request; the variable would always be empty.`,
      mend: text`${"advice"}`,
    },
  },
  check: ({ value }, report) => {
    for (const { path, text, operation } of templatesOf(value)) {
      const properties = valueAt(value, ["operations", operation, "request", "properties"]);
      if (!isMap(properties)) continue; // nothing is said of the request, so nothing is missing
      const known = Object.keys(properties);
      for (const { name, start, end } of parseUriTemplate(text).variables) {
        if (known.includes(name) || text.charAt(start - 2) === "$") continue;
        const guess = didYouMean(name, known);
        const advice = guess
          ? `Did you mean ${guess}?`
          : `Add ${name} to the properties of operations.${operation}.request, or use one of: ${known.join(", ")}.`;
        report("unknown", { path, slice: [start, end] }, { name, advice });
      }
    }
  },
});
