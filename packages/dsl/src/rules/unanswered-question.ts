import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import { isQuestion } from "../shape";

export const unansweredQuestion = defineRule({
  id: "SL031",
  name: "unanswered-question",
  severity: "error",
  messages: {
    limit: {
      what: text`rateLimit is still a question`,
      why: text`Every interval and every wait is computed from the target's limit, and nobody has said yet what it is.`,
      mend: text`Look for it in the target's documentation under rate limits, quotas, throttling or fair use, in the RateLimit and X-RateLimit headers of its answers, or ask who runs it. Then write calls/window: 600/5m is 600 calls in any five minutes.`,
    },
    url: {
      what: text`url is still a question`,
      why: text`The document that this file was made from does not say where the target is.`,
      mend: text`Write the address whole, like https://api.example.org/v1.`,
    },
    other: {
      what: text`${"subject"} is still a question`,
      why: text`It was left for a person to answer. ${"description"}`,
      mend: text`Write ${"says"}, for example ${"example"}.`,
    },
  },
  check: ({ issues, value }, report) => {
    if (isQuestion(valueAt(value, ["endpoint", "url"]))) report("url", { path: ["endpoint", "url"] }, {});
    for (const issue of issues) {
      if (issue.kind !== "question") continue;
      const { path, about } = issue;
      if (path.length === 1 && path[0] === "rateLimit") report("limit", { path }, {});
      else report("other", { path }, about);
    }
  },
});
