import { valueAt } from "../merge-patch";
import { headersOf, operationsOf } from "../places";
import { defineRule, text } from "../rule";

export const idempotencyHeaderFixed = defineRule({
  id: "SL060",
  name: "idempotency-header-fixed",
  severity: "error",
  messages: {
    fixed: {
      what: text`${"name"} is the idempotency header of ${"operation"}`,
      why: text`It carries a key of each request's own, which is sent in place of what stands here. A fixed one would make the target take all requests for repeats of one.`,
      mend: text`Remove it here. If the target wants this very text, remove idempotency: it is no key then.`,
    },
  },
  check: ({ value }, report) => {
    const operations = operationsOf(value).map(([name]) => name);
    for (const { name, path } of headersOf(value)) {
      const callers = path[0] === "endpoint" ? operations : operations.filter((operation) => operation === path[1]);
      const keyed = callers.filter((operation) => {
        const header = valueAt(value, ["operations", operation, "idempotency", "header"]);
        return typeof header === "string" && header.toLowerCase() === name.toLowerCase();
      });
      if (keyed.length > 0) report("fixed", { path, part: "key" }, { name, operation: keyed.join(", ") });
    }
  },
});
