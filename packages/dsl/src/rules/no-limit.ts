import { isMap } from "../merge-patch";
import { defineRule, text } from "../rule";

export const noLimit = defineRule({
  id: "SL012",
  name: "no-limit",
  severity: "error",
  messages: {
    none: {
      what: text`neither rateLimit nor concurrency is given`,
      why: text`A gateway exists to keep its target's limit, and this one states none.`,
      mend: text`Add rateLimit as the target's documentation states it, like 600/5m, or concurrency.`,
    },
  },
  check: ({ value }, report) => {
    if (isMap(value) && !("rateLimit" in value) && !("concurrency" in value))
      report("none", { path: [], part: "key" }, {});
  },
});
