import { showDuration } from "../duration";
import { strictestIn } from "../most-calls";
import { planLimit } from "../plan";
import { plural } from "../plural";
import { allLimits, type Rate, spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import { areSound, isStatedHere, type Subject } from "../subject";
import type { Micros } from "../units";

export const operationLimitWithoutEffect = defineRule({
  id: "SL037",
  name: "operation-limit-without-effect",
  severity: "warning",
  messages: {
    idle: {
      what: text`${"operation"} can never reach ${"rate"}`,
      why: text`All operations share ${"shared"}, which lets at most ${"most"} start in ${"window"} already: a limit of its own must be below it to matter.`,
      mend: text`Remove it, or write what the target allows ${"operation"} alone.`,
    },
  },
  check: (subject, report) => {
    const { rateLimit, operations } = subject.draft;
    if (!areSound(subject, ["rateLimit", "jitter", "tiers", "worker", "operations"])) return;
    const limits = allLimits(rateLimit);
    for (const [operation, { rateLimit: own }] of Object.entries(operations ?? {})) {
      const place = { path: ["operations", operation, "rateLimit"] };
      const shared = own && strictestShared(subject, own.windowUs, limits);
      if (!own || !shared || shared.most > own.calls || !isStatedHere(subject, place.path)) continue;
      report("idle", place, {
        operation,
        rate: own.text,
        shared: shared.limit.text,
        most: plural(shared.most, "call"),
        window: showDuration(own.windowUs),
      });
    }
  },
});

/** What the shared limits let into a window: counted, or, in a window shorter than theirs, by the spacing of the starts. */
function strictestShared(subject: Subject, windowUs: Micros, limits: readonly Rate[]) {
  const counted = strictestIn(windowUs, limits);
  const spaced = spacedLimit(subject.draft.rateLimit)?.rate;
  if (!counted || !spaced || windowUs >= spaced.windowUs || !isEvenlySpaced(subject)) return counted;
  const { intervalUs } = planLimit(spaced, subject.draft.jitter);
  const most = Math.ceil(windowUs / intervalUs);
  return most < counted.most ? { limit: spaced, most } : counted;
}

/** Bursts start at once, and in deferral each slot keeps an interval of its own. */
function isEvenlySpaced({ draft: { tiers, worker } }: Subject): boolean {
  return worker?.dispatch !== "deferral" && !tiers?.some(({ burst }) => burst !== undefined);
}
