import { showDuration } from "../duration";
import { valueAt } from "../merge-patch";
import { defineRule, text } from "../rule";
import type { GatewayFile } from "../schema/gateway-file";
import { areSound } from "../subject";
import { us } from "../units";

export const retryOutlivesDeadline = defineRule({
  id: "SL021",
  name: "retry-outlives-deadline",
  severity: "warning",
  messages: {
    outlives: {
      what: text`the last of ${"attempts"} attempts would come after every deadline`,
      why: text`The waits between them come to ${"waits"}, and the longest timeout, of tier ${"tier"}, is ${"timeout"}: the request expires before.`,
      mend: text`Write ${"possible"} attempts, or lower backoff and max, or raise the tier's timeout.`,
    },
  },
  check: (subject, report) => {
    const { retries, tiers } = subject.draft;
    if (!areSound(subject, ["retries", "tiers"]) || !retries || !tiers) return;
    const longest = tiers.reduce((best, tier) => (tier.timeout > best.timeout ? tier : best));
    for (const outcome of ["throttled", "unavailable", "unknown"] as const) {
      // Of attempts that the file does not state nobody expects a number.
      if (valueAt(subject.value, ["retries", outcome]) === undefined) continue;
      const waits = waitsOf(retries[outcome]);
      if (waits <= longest.timeout) continue;
      report(
        "outlives",
        { path: ["retries", outcome, "attempts"] },
        {
          attempts: retries[outcome].attempts,
          waits: showDuration(us(waits)),
          tier: longest.name,
          timeout: showDuration(longest.timeout),
          possible: possibleAttempts(retries[outcome], longest.timeout),
        },
      );
    }
  },
});

type Retry = GatewayFile["retries"]["throttled"];

/** The waits before all retries together: each twice the one before, none above the longest. */
function waitsOf({ attempts, backoff, max }: Retry): number {
  return Array.from({ length: attempts - 1 }, (_, index) => Math.min(backoff * 2 ** index, max)).reduce(
    (a, b) => a + b,
    0,
  );
}

function possibleAttempts(retry: Retry, timeout: number): number {
  let attempts = retry.attempts;
  while (attempts > 1 && waitsOf({ ...retry, attempts }) > timeout) attempts--;
  return attempts;
}
