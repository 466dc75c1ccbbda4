import { showDuration } from "../duration";
import { MAX_OPEN_CALLS, planLimit } from "../plan";
import { plural } from "../plural";
import { allLimits, type Rate, spacedLimit } from "../rate";
import { defineRule, text } from "../rule";
import type { GatewayFile } from "../schema/gateway-file";
import { areSound } from "../subject";
import type { Micros } from "../units";

export const concurrencyBelowRate = defineRule({
  id: "SL041",
  name: "concurrency-below-rate",
  severity: "warning",
  messages: {
    below: {
      what: text`${"open"} can do ${"done"} of the ${"reached"} calls ${"unit"} that ${"rate"} gives`,
      why: text`A call of ${"operation"} takes ${"latency"} and holds its place at the target for so long${"others"}: the limit is never reached, and requests wait longer than it promises.`,
      mend: text`${"mend"}`,
    },
  },
  check: (subject, report) => {
    const { concurrency, operations } = subject.draft;
    const isSound = areSound(subject, ["concurrency", "rateLimit", "jitter", "tiers", "operations"]);
    const limit = spacedLimit(subject.draft.rateLimit)?.rate;
    const fastest = fastestOf(operations ?? {});
    if (!isSound || concurrency === undefined || !limit || !fastest) return;
    const reached = reachedPerSecond(subject.draft, limit);
    const done = (concurrency * 1_000_000) / fastest.perCallUs;
    // Latency is what a call usually takes: a hundredth says nothing.
    if (done >= 0.99 * reached) return;
    report(
      "below",
      { path: ["concurrency"] },
      {
        open: plural(concurrency, "open call"),
        ...inOneUnit(done, reached),
        rate: limit.text,
        operation: fastest.name,
        latency: showDuration(fastest.latency),
        others: Object.keys(operations ?? {}).length > 1 ? ", and no other operation is faster" : "",
        mend: howToMend(
          Math.ceil((reached * fastest.perCallUs) / 1_000_000),
          lowerLimit(subject.draft, limit, done) ?? "what is really reached",
        ),
      },
    );
  },
});

interface Timed {
  readonly name: string;
  readonly latency: Micros;
  /** Of what it counts for, one call of the limit. */
  readonly perCallUs: number;
}

/**
 * The operation that uses the limit fastest. Undefined when one does not say how long it takes: it may be as fast as
 * the limit wants, and whichever is called most decides.
 */
function fastestOf(operations: GatewayFile["operations"]): Timed | undefined {
  const timed = Object.entries(operations).flatMap(([name, { latency, cost = 1 }]): Timed[] =>
    latency === undefined ? [] : [{ name, latency, perCallUs: latency / cost }],
  );
  if (timed.length < Object.keys(operations).length) return undefined;
  return timed.reduce<Timed | undefined>(
    (best, one) => (best === undefined || one.perCallUs < best.perCallUs ? one : best),
    undefined,
  );
}

/** Calls a second in the long run: spaced within the shortest window, and no more than the longer ones hold. */
function reachedPerSecond({ rateLimit, jitter, tiers, operations }: Partial<GatewayFile>, spaced: Rate): number {
  const { jitterUs } = planLimit(spaced, jitter);
  const bursts = (tiers ?? []).reduce((sum, { burst = 0 }) => sum + burst, 0);
  const dearest = Math.max(...Object.values(operations ?? {}).map(({ cost = 1 }) => cost));
  const each = allLimits(rateLimit).map((limit) =>
    limit === spaced
      ? (limit.calls - bursts - dearest + 1) / (limit.windowUs + jitterUs)
      : limit.calls / limit.windowUs,
  );
  return Math.min(...each) * 1_000_000;
}

/** Both figures in the smallest unit in which the larger one is at least one. */
function inOneUnit(donePerSecond: number, reachedPerSecond: number) {
  const [unit, length] =
    reachedPerSecond >= 1 ? ["a second", 1] : reachedPerSecond >= 1 / 60 ? ["a minute", 60] : ["an hour", 3_600];
  const figure = (perSecond: number) => Number((perSecond * Number(length)).toPrecision(3));
  return { done: figure(donePerSecond), reached: figure(reachedPerSecond), unit: String(unit) };
}

/** The limit of the same window that the open calls can do; undefined where it is one of several, or less than a call. */
function lowerLimit({ rateLimit, jitter }: Partial<GatewayFile>, limit: Rate, donePerSecond: number) {
  const { jitterUs } = planLimit(limit, jitter);
  const calls = Math.floor((donePerSecond * (limit.windowUs + jitterUs)) / 1_000_000);
  const isOne = allLimits(rateLimit).length === 1;
  return isOne && calls >= 1 ? `${calls}${limit.text.slice(limit.text.indexOf("/"))}` : undefined;
}

function howToMend(needed: number, lower: string): string {
  return needed > MAX_OPEN_CALLS
    ? `No gateway keeps more than ${MAX_OPEN_CALLS} calls open: lower rateLimit to ${lower}, or correct latency.`
    : `Write at least ${needed}, or leave concurrency out, if the target allows it; if not, lower rateLimit to ${lower}.`;
}
