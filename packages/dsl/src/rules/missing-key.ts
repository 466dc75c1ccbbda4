import { showPath } from "../parse";
import { defineRule, text } from "../rule";

export const missingKey = defineRule({
  id: "SL003",
  name: "missing-key",
  severity: "error",
  messages: {
    missing: {
      what: text`${"key"} is missing ${"place"}`,
      why: text`${"description"}`,
      mend: text`Add ${"key"}: ${"example"}.`,
    },
  },
  check: ({ issues }, report) => {
    for (const issue of issues) {
      if (issue.kind !== "missing-key") continue;
      const { path, key, about } = issue;
      const place = path.length > 1 ? `in ${showPath(path.slice(0, -1))}` : "in this file";
      report("missing", { path }, { key, place, description: about.description, example: about.example });
    }
  },
});
