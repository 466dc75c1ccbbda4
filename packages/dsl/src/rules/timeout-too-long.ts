import { showDuration, writeDuration } from "../duration";
import { MAX_RESPONSE_US, MAX_TIER_TIMEOUT_US } from "../plan";
import { defineRule, text } from "../rule";

export const timeoutTooLong = defineRule({
  id: "SL027",
  name: "timeout-too-long",
  severity: "error",
  messages: {
    response: {
      what: text`no call can be waited for this long`,
      why: text`AWS Lambda ends a worker after 15 minutes; beside a call of ${"timeout"} too little of them would be left.`,
      mend: text`Write at most ${"most"}.`,
    },
    tier: {
      what: text`no request can wait this long`,
      why: text`SQS keeps a message for 14 days at most, and a request must end before its message is gone.`,
      mend: text`Write at most ${"most"}.`,
    },
  },
  check: ({ draft: { timeouts, tiers } }, report) => {
    for (const key of ["connect", "response"] as const) {
      const timeout = timeouts?.[key];
      if (timeout === undefined || timeout <= MAX_RESPONSE_US) continue;
      const holes = { timeout: showDuration(timeout), most: writeDuration(MAX_RESPONSE_US) };
      report("response", { path: ["timeouts", key] }, holes);
    }
    tiers?.forEach(({ timeout }, rank) => {
      if (timeout <= MAX_TIER_TIMEOUT_US) return;
      report("tier", { path: ["tiers", rank, "timeout"] }, { most: writeDuration(MAX_TIER_TIMEOUT_US) });
    });
  },
});
