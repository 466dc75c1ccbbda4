import { listedStatuses } from "../places";
import { defineRule, text } from "../rule";

export const successRefused = defineRule({
  id: "SL046",
  name: "success-refused",
  severity: "warning",
  messages: {
    refused: {
      what: text`every answer ${"status"} is ${"outcome"}`,
      why: text`${"status"} is what targets answer when the work was done. Nothing further is asked of the answer here, so a request that the target answers with ${"status"} never succeeds.`,
      mend: text`Remove it, or say when it means ${"outcome"}: when, an expression over $headers and $body.`,
    },
    interim: {
      what: text`no call ends with ${"status"}`,
      why: text`Statuses below 200 only announce the answer, and the worker waits for the answer itself.`,
      mend: text`Remove it.`,
    },
  },
  check: ({ value }, report) => {
    for (const { outcome, status, path, isConditional } of listedStatuses(value)) {
      if (status >= 100 && status < 200) report("interim", { path }, { status });
      else if (DONE.has(status) && outcome !== "success" && !isConditional)
        report("refused", { path }, { status, outcome });
    }
  },
});

/** Not 202, 204 and their like: some targets use them for "not ready yet" or "there is none". */
const DONE: ReadonlySet<number> = new Set([200, 201]);
