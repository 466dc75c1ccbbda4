import { valueAt } from "../merge-patch";
import type { Path } from "../parse";
import { defineRule, text } from "../rule";
import type { Json } from "../units";

export const doorbellOnly = defineRule({
  id: "SL066",
  name: "doorbell-only",
  severity: "error",
  messages: {
    unkept: {
      what: text`${"key"} is for dispatch: doorbell`,
      why: text`${"why"}`,
      mend: text`Remove it, or use dispatch: doorbell.`,
    },
  },
  check: ({ value }, report) => {
    if (valueAt(value, ["worker", "dispatch"]) !== "deferral") return;
    for (const { path, why } of unkeptIn(value))
      report("unkept", { path, part: "key" }, { key: String(path.at(-1)), why });
  },
});

interface Unkept {
  readonly path: Path;
  readonly why: string;
}

const OF_TIERS = {
  share:
    "In deferral many workers start calls, and nobody counts whose turn it is: a request of a lower tier steps back for those above it until it was received maxReceives times. A share would promise what nobody keeps.",
  burst:
    "In deferral each slot spaces its own calls, and no worker knows what the others have started: a burst would be more than the limit holds.",
} as const;

const FAIRNESS =
  "In deferral Lambda chooses the message that a worker is invoked with, and not the worker: callers cannot be served in turn.";

function unkeptIn(value: Json | undefined): Unkept[] {
  const tiers = valueAt(value, ["tiers"]);
  const ofTiers = (Array.isArray(tiers) ? tiers : []).flatMap((_, rank) =>
    Object.entries(OF_TIERS).map(([key, why]) => ({ path: ["tiers", rank, key], why })),
  );
  return [...ofTiers, { path: ["fairness"], why: FAIRNESS }].filter(({ path }) => valueAt(value, path) !== undefined);
}
