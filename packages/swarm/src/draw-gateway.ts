import { type Json, lintGateways } from "@sluice/dsl";
import type { Random } from "@sluice/local";
import { oneOf } from "./draw";

type File = { readonly [key: string]: Json };

const RATES = [
  "1/20s",
  "1/3s",
  "5/10s",
  "2/s",
  "10/s",
  "30/s",
  "60/m",
  "600/5m",
  "7/s",
  "100/s",
  "20/m",
  "3/700ms",
  "7/3s",
  "11/2s",
  "1/5s",
];
const RESPONSES = ["1s", "2s", "3s", "5s", "10s"];
const TIER_NAMES = ["A", "B", "C", "D", "E"];
const TIMEOUTS = ["24h", "2h", "20m", "4m", "1m", "30s"];

/** A gateway file of any kind that the worker serves. What lint refuses is drawn anew. */
export function drawGateway(random: Random): File {
  for (;;) {
    const file = drawFile(random);
    const { findings } = lintGateways([{ file: "register.yaml", text: JSON.stringify(file) }]);
    if (!findings.some(({ severity }) => severity === "error")) return file;
  }
}

/** What a deployment in traffic changes: the limit within its window, the shares, or nothing but the code. */
export function drawPatch(random: Random, file: File): File {
  if (random.chance(0.3)) return {};
  const [, calls, window] = /^(\d+)\/(.+)$/.exec(String(file.rateLimit ?? "")) ?? [];
  if (calls === undefined) return {};
  const changed = Math.max(1, Math.round(Number(calls) * oneOf(random, [0.3, 0.5, 2, 3])));
  const patch = { rateLimit: `${changed}/${window}` };
  const { findings } = lintGateways([{ file: "register.yaml", text: JSON.stringify({ ...file, ...patch }) }]);
  return findings.some(({ severity }) => severity === "error") ? {} : patch;
}

function drawFile(random: Random): File {
  const hasRate = random.chance(0.9);
  const hasConcurrency = !hasRate || random.chance(0.4);
  return {
    version: 1,
    name: "register",
    ...(hasRate && { rateLimit: oneOf(random, RATES) }),
    ...(hasConcurrency && { concurrency: oneOf(random, [1, 1, 2, 4, 10]) }),
    ...(hasRate && random.chance(0.2) && { jitter: oneOf(random, ["5ms", "10ms", "50ms", "100ms"]) }),
    tiers: drawTiers(random),
    timeouts: { connect: oneOf(random, ["500ms", "1s", "2s"]), response: oneOf(random, RESPONSES) },
    endpoint: { adapter: "http", url: "http://127.0.0.1:1" },
    operations: OPERATIONS,
    outcomes: drawOutcomes(random),
    retries: drawRetries(random),
  };
}

/** Two that may be repeated and two that may not; one of each kind by its method, one by what it declares. */
const OPERATIONS: Json = {
  read: { method: "GET", path: "/read" },
  order: { method: "POST", path: "/orders" },
  pay: { method: "POST", path: "/payments", idempotency: { header: "Idempotency-Key" } },
  amend: { method: "PATCH", path: "/orders/1" },
};

/** The same in slots, without what only doorbell keeps; in the one slot that always fits where lint refuses what was drawn. */
export function inDeferral(random: Random, file: File): File {
  for (const slots of [oneOf(random, [undefined, 1, 2, 3, 6, 10]), undefined, 1]) {
    const drawn = inSlots(random, file, slots);
    const { findings } = lintGateways([{ file: "register.yaml", text: JSON.stringify(drawn) }]);
    if (!findings.some(({ severity }) => severity === "error")) return drawn;
  }
  // A rate of more than ten a second, in one slot, is the only one that is left.
  const { concurrency: _, ...rest } = file;
  return inSlots(random, { ...rest, rateLimit: "2/s" }, 1);
}

function inSlots(random: Random, file: File, slots: number | undefined): File {
  const tiers = (Array.isArray(file.tiers) ? file.tiers : []).map((tier) => {
    const { share: _, ...kept } = tier as { [key: string]: Json };
    return random.chance(0.3) ? { ...kept, maxReceives: random.between(1, 5) } : kept;
  });
  return { ...file, tiers, worker: { dispatch: "deferral", ...(slots !== undefined && { slots }) } };
}

function drawTiers(random: Random): Json {
  const count = random.chance(0.5) ? 3 : random.between(1, 5);
  const share = oneOf(random, [undefined, undefined, "10%", "20%"]);
  return TIER_NAMES.slice(0, count).map((name, rank) => ({
    name,
    timeout: oneOf(random, TIMEOUTS),
    ...(rank > 0 && share !== undefined && { share }),
  }));
}

function drawOutcomes(random: Random): Json {
  const pause = oneOf(random, ["2s", "10s", "30s"]);
  return {
    throttled: { pause, ...(random.chance(0.5) && { status: [403] }) },
    ...(random.chance(0.3) && { unavailable: [503] }),
  };
}

function drawRetries(random: Random): Json {
  if (random.chance(0.3)) return {};
  const retry = () => ({ attempts: random.between(1, 6), backoff: oneOf(random, ["1s", "3s"]), max: "10s" });
  return { throttled: retry(), unavailable: retry(), unknown: retry() };
}
