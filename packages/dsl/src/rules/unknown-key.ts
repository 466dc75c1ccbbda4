import { didYouMean } from "../did-you-mean";
import { showPath } from "../parse";
import { defineRule, text } from "../rule";

export const unknownKey = defineRule({
  id: "SL002",
  name: "unknown-key",
  severity: "error",
  messages: {
    close: {
      what: text`there is no key ${"key"} ${"place"}`,
      why: text`What is not known is refused: a mistyped limit that is ignored would be no limit.`,
      mend: text`Did you mean ${"guess"}?`,
    },
    far: {
      what: text`there is no key ${"key"} ${"place"}`,
      why: text`What is not known is refused: a mistyped limit that is ignored would be no limit.`,
      mend: text`Remove it. The keys ${"place"}: ${"known"}.`,
    },
  },
  check: ({ issues }, report) => {
    for (const issue of issues) {
      if (issue.kind !== "unknown-key") continue;
      const { path, key, known } = issue;
      const place = path.length > 1 ? `in ${showPath(path.slice(0, -1))}` : "in a gateway file";
      const guess = didYouMean(key, known);
      if (guess) report("close", { path, part: "key" }, { key, place, guess });
      else report("far", { path, part: "key" }, { key, place, known: known.join(", ") });
    }
  },
});
