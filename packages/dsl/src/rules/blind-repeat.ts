import { valueAt } from "../merge-patch";
import { isRepeatable } from "../plan";
import { defineRule, text } from "../rule";

export const blindRepeat = defineRule({
  id: "SL048",
  name: "blind-repeat",
  severity: "warning",
  messages: {
    repeat: {
      what: text`${"operation"} may be done up to ${"attempts"} times`,
      why: text`It is a ${"method"}. When its answer does not come the target may have done it, and retry calls it again, up to ${"attempts"} calls in all (retries.unknown).`,
      mend: text`Write fail, or a probe that tells whether it was done. If the target drops repeats, say by which header: idempotency: { header: Idempotency-Key }.`,
    },
  },
  check: ({ value, draft: { operations = {}, retries } }, report) => {
    // Of the other adapters nothing tells which operations act, and retry is how the file says that one does not.
    if (valueAt(value, ["endpoint", "adapter"]) !== "http") return;
    const attempts = retries?.unknown.attempts ?? 0;
    for (const [operation, keys] of Object.entries(operations)) {
      if (keys.onUnknown !== "retry" || isRepeatable(keys) || attempts < 2) continue;
      const path = ["operations", operation, "onUnknown"];
      report("repeat", { path }, { operation, attempts, method: keys.method });
    }
  },
});
