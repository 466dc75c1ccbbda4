import { showDuration, writeDuration } from "../duration";
import { defineRule, text } from "../rule";
import { seconds } from "../units";

export const badRetryWait = defineRule({
  id: "SL028",
  name: "bad-retry-wait",
  severity: "error",
  messages: {
    fraction: {
      what: text`a wait is whole seconds`,
      why: text`Step Functions waits between attempts, and it counts in seconds.`,
      mend: text`Write ${"rounded"}.`,
    },
    inverted: {
      what: text`the longest wait is shorter than the first`,
      why: text`The first retry waits ${"backoff"} (backoff), and none may wait longer than ${"max"} (max).`,
      mend: text`Write at least ${"written"}.`,
    },
  },
  check: ({ draft: { retries } }, report) => {
    for (const outcome of ["throttled", "unavailable", "unknown"] as const) {
      const retry = retries?.[outcome];
      if (!retry) continue;
      for (const key of ["backoff", "max"] as const) {
        const rounded = writeDuration(seconds(Math.ceil(retry[key] / 1_000_000)));
        if (retry[key] % 1_000_000 !== 0) report("fraction", { path: ["retries", outcome, key] }, { rounded });
      }
      if (retry.max >= retry.backoff) continue;
      const holes = {
        backoff: showDuration(retry.backoff),
        max: showDuration(retry.max),
        written: writeDuration(retry.backoff),
      };
      report("inverted", { path: ["retries", outcome, "max"] }, holes);
    }
  },
});
