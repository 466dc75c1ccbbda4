import type { GatewayPlan } from "../plan-types";
import { canonical, isSame } from "./same";
import { hostOf } from "./target-changes";

/** A gateway's plan before and after; one of them is missing where it was added or removed. */
export type PlanPair =
  | { readonly before: GatewayPlan; readonly after: GatewayPlan }
  | { readonly before: GatewayPlan; readonly after?: undefined }
  | { readonly before?: undefined; readonly after: GatewayPlan };

/** From here on, what was removed and what was added are taken for one gateway under two names: of ten parts six. */
const ALIKE = 0.6;

/**
 * Which plan became which: by name and environment; and of those left over, one that was removed and one that was added
 * for the same host are a rename, where the environment is the same or the gateway is, and either nearly all of the rest
 * is the same, or what is called and with which credentials.
 */
export function pairPlans(before: readonly GatewayPlan[], after: readonly GatewayPlan[]): PlanPair[] {
  const old = new Map(before.map((plan) => [keyOf(plan), plan]));
  const now = new Map(after.map((plan) => [keyOf(plan), plan]));
  const removed = new Set(before.filter((plan) => !now.has(keyOf(plan))));
  const pairs = after.map((plan): PlanPair => {
    const was = old.get(keyOf(plan)) ?? likest(plan, removed);
    if (was === undefined) return { after: plan };
    removed.delete(was);
    return { before: was, after: plan };
  });
  return [...pairs, ...[...removed].map((plan) => ({ before: plan }))];
}

/** No name holds a slash. */
const keyOf = ({ name, environment = "" }: GatewayPlan): string => `${name}/${environment}`;

function likest(plan: GatewayPlan, candidates: ReadonlySet<GatewayPlan>): GatewayPlan | undefined {
  let best: { plan: GatewayPlan; likeness: number } | undefined;
  for (const candidate of candidates) {
    const isElsewhere = candidate.environment !== plan.environment && !isRenamedEnvironment(candidate, plan);
    if (isElsewhere || hostOf(candidate) !== hostOf(plan)) continue;
    const [ofParts, ofCalls] = [likenessOf(partsOf(candidate), partsOf(plan)), likenessOfCalls(candidate, plan)];
    const likeness = ofParts + ofCalls;
    if (Math.max(ofParts, ofCalls) >= ALIKE && likeness > (best?.likeness ?? 0)) best = { plan: candidate, likeness };
  }
  return best?.plan;
}

/** The file without an environment is no environment that could have had another name. */
const isRenamedEnvironment = (one: GatewayPlan, other: GatewayPlan): boolean =>
  one.name === other.name && one.environment !== undefined && other.environment !== undefined;

/** Another limit, other tiers: it is the same gateway still, if it calls the same things as the same client. */
function likenessOfCalls(one: GatewayPlan, other: GatewayPlan): number {
  const isOneClient = one.endpoint.url === other.endpoint.url && isSame(one.endpoint.auth, other.endpoint.auth);
  return isOneClient ? likenessOf(callsOf(one), callsOf(other)) : 0;
}

const callsOf = ({ operations }: GatewayPlan): Set<string> =>
  new Set(operations.map(({ name, method, path }) => canonical({ name, method, path })));

/** The share of two plans' parts that say the same, 0 to 1. */
function likenessOf(parts: ReadonlySet<string>, others: ReadonlySet<string>): number {
  const alike = [...parts].filter((part) => others.has(part)).length;
  return alike / new Set([...parts, ...others]).size;
}

const partsOf = ({ limit, tiers, timeouts, endpoint, outcomes, retries, operations }: GatewayPlan): Set<string> =>
  new Set(
    [
      ...[
        { limit },
        { tiers },
        { timeouts },
        { outcomes },
        { retries },
        { url: endpoint.url },
        { auth: endpoint.auth },
      ],
      ...operations.map((operation) => ({ operation })),
    ].map(canonical),
  );
