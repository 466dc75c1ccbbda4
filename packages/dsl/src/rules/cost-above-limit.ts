import { showDuration } from "../duration";
import { plural } from "../plural";
import { allLimits } from "../rate";
import { defineRule, text } from "../rule";
import { areSound, type Subject } from "../subject";

export const costAboveLimit = defineRule({
  id: "SL035",
  name: "cost-above-limit",
  severity: "error",
  messages: {
    above: {
      what: text`a call that counts for ${"cost"} never fits into ${"limit"}`,
      why: text`${"budget"} allows ${"calls"} ${"window"}: requests of ${"operation"} would wait for a place that never comes, until they expire.`,
      mend: text`Write at most ${"most"}, or correct ${"budget"}; cost is what the target counts for one call, usually 1.`,
    },
  },
  check: (subject, report) => {
    const { operations } = subject.draft;
    const smallest = budgetsOf(subject).reduce<Budget | undefined>(
      (best, one) => (best === undefined || one.calls < best.calls ? one : best),
      undefined,
    );
    if (!smallest || !areSound(subject, ["operations"])) return;
    const most = smallest.calls;
    for (const [operation, { cost = 1 }] of Object.entries(operations ?? {})) {
      if (cost <= most) continue;
      report(
        "above",
        { path: ["operations", operation, "cost"] },
        { ...smallest, calls: plural(most, "call"), most, cost, operation },
      );
    }
  },
});

interface Budget {
  /** The key of the file that states it. */
  readonly budget: "rateLimit" | "quota";
  readonly limit: string;
  readonly calls: number;
  readonly window: string;
}

/** What all calls are counted against. An operation's own limit counts its calls, whatever they cost. */
function budgetsOf(subject: Subject): Budget[] {
  const { rateLimit, quota } = subject.draft;
  const limits = areSound(subject, ["rateLimit"]) ? allLimits(rateLimit) : [];
  const budgets: Budget[] = limits.map(({ text: limit, calls, windowUs }) => {
    return { budget: "rateLimit", limit, calls, window: `in any window of ${showDuration(windowUs)}` };
  });
  if (!quota || !areSound(subject, ["quota"])) return budgets;
  const { text: limit, calls } = quota.calls;
  return [...budgets, { budget: "quota", limit, calls, window: "between two resets" }];
}
