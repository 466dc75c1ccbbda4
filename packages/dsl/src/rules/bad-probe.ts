import { didYouMean } from "../did-you-mean";
import { valueAt } from "../merge-patch";
import { isRepeatable } from "../plan";
import { defineRule, text } from "../rule";
import type { GatewayFile } from "../schema/gateway-file";

export const badProbe = defineRule({
  id: "SL047",
  name: "bad-probe",
  severity: "error",
  messages: {
    unknown: {
      what: text`there is no operation ${"probe"}`,
      why: text`A probe is another operation of this file, one that tells whether the work of ${"operation"} was done.`,
      mend: text`${"advice"}`,
    },
    itself: {
      what: text`${"operation"} would ask itself`,
      why: text`To find out whether the work was done, it would be done again.`,
      mend: text`Name an operation that only reads, or write onUnknown: fail.`,
    },
    changes: {
      what: text`${"probe"} is a ${"method"}`,
      why: text`A probe is asked after every call of ${"operation"} whose answer did not come, so it must only read.`,
      mend: text`Name an operation that only reads.`,
    },
    act: {
      what: text`${"probe"} is a ${"method"}`,
      why: text`It may act a second time, so an answer of it that does not come would be one more open question.`,
      mend: text`Name an operation that only reads. If the target drops repeats of ${"probe"}, give it an idempotency header.`,
    },
    chain: {
      what: text`${"probe"} has a probe of its own`,
      why: text`A probe is not probed: when its answer does not come, it is simply asked again.`,
      mend: text`Name ${"next"} here if it tells what was done; else remove onUnknown from ${"probe"}.`,
    },
  },
  check: ({ value, draft: { operations = {} } }, report) => {
    for (const [operation, { onUnknown }] of Object.entries(operations)) {
      if (typeof onUnknown === "string") continue;
      const { probe } = onUnknown;
      const place = { path: ["operations", operation, "onUnknown", "probe"] };
      const target = Object.hasOwn(operations, probe) ? operations[probe] : undefined;
      if (probe === operation) report("itself", place, { operation });
      else if (!target) report("unknown", place, { probe, operation, advice: adviceFor(probe, operation, operations) });
      else {
        const { method } = target;
        // What repeats an operation of another adapter stands, the method does not tell.
        const isHttp = valueAt(value, ["endpoint", "adapter"]) === "http";
        if (isHttp && CHANGES.has(method)) report("changes", place, { probe, method, operation });
        else if (isHttp && !isRepeatable(target)) report("act", place, { probe, method });
        else if (typeof target.onUnknown !== "string") report("chain", place, { probe, next: target.onUnknown.probe });
      }
    }
  },
});

const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const CHANGES: ReadonlySet<string> = new Set(["PUT", "DELETE", "PATCH"]);

function adviceFor(probe: string, operation: string, operations: GatewayFile["operations"]): string {
  const others = Object.entries(operations).filter(([name]) => name !== operation);
  const guess = didYouMean(
    probe,
    others.map(([name]) => name),
  );
  if (guess) return `Did you mean ${guess}?`;
  const add = `Add operation ${probe}, one that only reads`;
  const reads = others.flatMap(([name, { method }]) => (READS.has(method) ? [name] : []));
  return reads.length > 0 ? `${add}, or name one of: ${reads.join(", ")}.` : `${add}, or write onUnknown: fail.`;
}
