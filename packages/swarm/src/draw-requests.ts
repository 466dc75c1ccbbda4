import { type GatewayPlan, us } from "@sluice/dsl";
import { backlog, gusts, type LoadKind, type LoadRequest, mergeLoads, poisson, type Random } from "@sluice/local";
import { oneOf } from "./draw";
import type { ScenarioRequest } from "./scenario";

/** More would make a run long without making it stranger. */
const MOST_REQUESTS = 120;

type Load = (kind: LoadKind, share: number) => LoadRequest[];

/** Who asks for what and when: from a single request to ten times the limit, in all tiers and operations. */
export function drawRequests(random: Random, plan: GatewayPlan, stormMs: number): ScenarioRequest[] {
  const load = drawLoad(random, plan, stormMs);
  const kinds = plan.tiers.flatMap(({ name: tier }) =>
    plan.operations.map(({ name: operation }): LoadKind => ({ tier, operation, requestOf: () => ({}) })),
  );
  // Seldom all at once: a tier or an operation that has the gateway to itself shows other things.
  const on = kinds.filter(() => random.chance(0.6));
  const asked = mergeLoads(...(on.length > 0 ? on : kinds).map((kind) => load(kind, 1 / Math.max(1, on.length))));
  const kept = keepSome(random, asked);
  const stopShare = random.chance(0.4) ? oneOf(random, [0.05, 0.3, 0.6]) : 0;
  const names = kept.map(({ atUs, tier, operation }, index) => ({
    name: `r${index}`,
    atMs: Math.round(atUs / 1_000),
    tier,
    operation,
    ...(random.chance(stopShare) && { stopAfterMs: random.between(0, oneOf(random, [2_000, 60_000])) }),
  }));
  return names.length > 0 ? names : [{ name: "r0", atMs: 0, tier: plan.defaultTier, operation: "read" }];
}

function drawLoad(random: Random, { limit }: GatewayPlan, stormMs: number): Load {
  const perSecond = 1_000_000 / limit.intervalUs;
  const span = { fromUs: us(0), untilUs: us(stormMs * 1_000) };
  const steady =
    (used: number): Load =>
    (kind, share) =>
      poisson(kind, Math.min(used * perSecond, 2) * share, span, random);
  switch (random.between(0, 6)) {
    case 0: // idle
      return (kind, share) => (random.chance(share) ? backlog(kind, random.between(1, 2)) : []);
    case 1:
      return steady(0.2);
    case 2:
      return steady(0.95);
    case 3:
      return steady(10);
    case 4: // gusts
      return (kind) =>
        gusts(kind, { size: random.between(2, 12), spreadUs: us(500_000), silenceUs: us(stormMs * 250) }, span, random);
    case 5: // long silence, then a storm of its own
      return (kind, share) => backlog(kind, Math.ceil(MOST_REQUESTS * share), us(stormMs * 900));
    default:
      return (kind, share) => backlog(kind, Math.ceil(random.between(10, MOST_REQUESTS) * share));
  }
}

/** A random choice of at most {@link MOST_REQUESTS}, in their order. */
function keepSome(random: Random, asked: readonly LoadRequest[]): LoadRequest[] {
  const share = MOST_REQUESTS / Math.max(MOST_REQUESTS, asked.length);
  return asked.filter(() => share === 1 || random.chance(share));
}
