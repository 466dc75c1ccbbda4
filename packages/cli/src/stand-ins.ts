import { type GatewayPlan, us } from "@sluice/dsl";
import { type StrictTarget, startStrictTarget, type WindowLimit } from "@sluice/local";
import { ToolFailure } from "./failures";

/** The header by which the worker names the execution to the target, in lower case. */
export const EXECUTION_HEADER = "x-sluice-execution";

/** Longer windows would overflow the target's timers. */
const LONGEST_WINDOW_US = us(24 * 86_400_000_000);
const DEFAULT_LATENCY_MS = 50;
/** How much longer than the median a call in a hundred takes. */
const TAIL = 1.3;

/**
 * A strict target that behaves as the gateway's own would as far as its file tells: its limit, how long it takes, and the
 * status with which it refuses.
 */
export function startStandIn(plan: GatewayPlan, seed: number): Promise<StrictTarget> {
  const { rate } = plan.limit;
  if (rate !== undefined && rate.windowUs > LONGEST_WINDOW_US)
    throw new ToolFailure(`${plan.name}: a strict target judges windows up to 24 days. Use --targets none.`);
  const latencies = plan.operations.flatMap(({ expectedLatencyUs }) => expectedLatencyUs ?? []);
  const medianMs = latencies.length === 0 ? DEFAULT_LATENCY_MS : Math.max(...latencies) / 1_000;
  return startStrictTarget({
    ...(rate === undefined ? {} : { limit: { calls: rate.calls, windowUs: rate.windowUs } }),
    ...(rate === undefined ? { maxOpen: plan.openCalls } : {}),
    requestIdHeader: EXECUTION_HEADER,
    seed,
    latency: { medianMs, p99Ms: medianMs * TAIL },
    answer: { status: 200, headers: {}, body: { from: `strict target of ${plan.name}` } },
    refusal: { status: refusalOf(plan) },
  });
}

/** How the gateway's target says "too many". */
export const refusalOf = (plan: GatewayPlan): number => plan.outcomes.throttled.status?.[0] ?? 429;

/** The limit as a judge takes it. @throws Error where only `concurrency` limits */
export function windowOf({ limit: { rate }, name }: GatewayPlan): WindowLimit {
  if (rate === undefined) throw new Error(`${name} has no rateLimit`);
  return { calls: rate.calls, windowUs: rate.windowUs };
}
