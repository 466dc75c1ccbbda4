import { didYouMean } from "../did-you-mean";
import { defineRule, type Rule, text } from "../rule";
import { answers, suppressionsIn } from "../suppressions";

export const badSuppression = defineRule({
  id: "SL032",
  name: "bad-suppression",
  severity: "warning",
  messages: {
    unknown: {
      what: text`there is no rule ${"rule"}`,
      why: text`The comment answers nothing.`,
      mend: text`${"advice"}`,
    },
    reason: {
      what: text`the reason is missing`,
      why: text`Whoever reads the file next should know why ${"rule"} is wrong here; without it the comment answers nothing.`,
      mend: text`Write # sluice-ignore ${"rule"}: and the reason.`,
    },
    error: {
      what: text`${"rule"} cannot be answered by a comment`,
      why: text`It says what could not be kept, and a reason does not change that.`,
      mend: text`Mend what it finds, and remove the comment.`,
    },
    unused: {
      what: text`${"rule"} finds nothing here`,
      why: text`The comment answers nothing, and would hide what is written here later.`,
      mend: text`Remove it. It stands behind the line that it speaks of, or above it.`,
    },
  },
  checkFindings: ({ document }, { rules, findings }, report) => {
    for (const comment of suppressionsIn(document.text)) {
      const { rule, ruleRange } = comment;
      const known = rules.find(({ id, name }) => rule === name || rule === id);
      const place = { path: [], range: ruleRange };
      if (!known)
        report("unknown", place, { rule: rule === "" ? "without a name" : rule, advice: advice(rule, rules) });
      else if (!known.isSuppressible) report("error", place, { rule: known.name });
      else if (comment.reason === undefined) report("reason", place, { rule: known.name });
      else if (!findings.some((finding) => answers(comment, finding, document.text)))
        report("unused", place, { rule: known.name });
    }
  },
});

function advice(rule: string, rules: readonly Rule[]): string {
  const guess = didYouMean(
    rule,
    rules.map(({ name }) => name),
  );
  return guess ? `Did you mean ${guess}?` : "Write # sluice-ignore NAME: reason, with a name of docs/rules.";
}
