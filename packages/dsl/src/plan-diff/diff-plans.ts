import type { GatewayPlan } from "../plan-types";
import { us } from "../units";
import { callsPerSecond, numbersOf } from "./numbers";
import { operationChanges } from "./operation-changes";
import { type PlanPair, pairPlans } from "./pair-plans";
import { canonical } from "./same";
import { hostOf, targetChanges } from "./target-changes";
import { tierChanges } from "./tier-changes";
import type { Care, Change, GatewayDiff, PlanDiff } from "./types";

/**
 * What becomes of deployed gateways when `after` is deployed where `before` is. Pure.
 *
 * @param before plans of gateways and their environments, each once
 * @param after the same of the other side; both made by the same {@link planGateway}
 * @see docs/plan.md
 */
export function diffPlans(before: readonly GatewayPlan[], after: readonly GatewayPlan[]): PlanDiff {
  const pairs = pairPlans(before, after);
  const hosts = gatewaysByHost(after);
  const diffs = pairs.flatMap((pair) => diffPair(pair, hosts) ?? []);
  const gateways = grouped(diffs).sort((one, other) => (one.gateway < other.gateway ? -1 : 1));
  return { care: gravest(gateways), gateways, unchanged: pairs.length - diffs.length };
}

const GRAVITY: Readonly<Record<Care, number>> = { safe: 0, "takes care": 1, paused: 2 };

const gravest = (parts: readonly { readonly care: Care }[]): Care =>
  parts.reduce<Care>((worst, { care }) => (GRAVITY[care] > GRAVITY[worst] ? care : worst), "safe");

/** Undefined where nothing changes. */
function diffPair({ before, after }: PlanPair, hosts: Hosts): GatewayDiff | undefined {
  if (before === undefined) return entry("added", after, addedChanges(after, hosts), { after });
  if (after === undefined) return entry("removed", before, [removedChange(before)], { before });
  const changes = [...tierChanges(before, after), ...operationChanges(before, after), ...targetChanges(before, after)];
  if (before.name !== after.name || before.environment !== after.environment)
    return entry("renamed", after, [renamedChange(before, after), ...changes], { before, after });
  if (changes.length === 0) return undefined;
  const shared = hostOf(before) === hostOf(after) ? [] : sharedTarget(after, hosts);
  return entry("changed", after, [...shared, ...changes], { before, after });
}

function entry(
  kind: GatewayDiff["kind"],
  { name, environment }: GatewayPlan,
  changes: readonly Change[],
  { before, after }: { readonly before?: GatewayPlan; readonly after?: GatewayPlan },
): GatewayDiff {
  return {
    kind,
    gateway: name,
    ...(kind === "renamed" && before && { previously: before.name }),
    ...(before?.environment !== environment && before?.environment && { previousEnvironment: before.environment }),
    environments: [environment ?? null],
    care: gravest(changes),
    changes: [...changes].sort((one, other) => GRAVITY[other.care] - GRAVITY[one.care]),
    ...(before && { before: numbersOf(before) }),
    ...(after && { after: numbersOf(after) }),
  };
}

function addedChanges(plan: GatewayPlan, hosts: Hosts): Change[] {
  const care = plan.secrets.length > 0 ? "takes care" : "safe";
  return [...sharedTarget(plan, hosts), { kind: "gateway-added", care, host: hostOf(plan), secrets: plan.secrets }];
}

const removedChange = (plan: GatewayPlan): Change => ({
  kind: "gateway-removed",
  care: "paused",
  host: hostOf(plan),
  tiers: plan.tiers.map(({ name }) => name),
});

/** Two stacks, as far as AWS knows: the new one beside the old one, each with the whole limit. */
function renamedChange(before: GatewayPlan, after: GatewayPlan): Change {
  const bothPerSecond = callsPerSecond(us(1 / (1 / before.limit.intervalUs + 1 / after.limit.intervalUs)));
  const facts = { care: "paused", host: hostOf(after), gateway: after.name, bothPerSecond } as const;
  if (before.name !== after.name) return { kind: "gateway-renamed", ...facts, before: before.name, after: after.name };
  const [was = "", is = ""] = [before.environment, after.environment];
  return { kind: "environment-renamed", ...facts, before: was, after: is };
}

/** Names of gateways by environment and host. */
type Hosts = ReadonlyMap<string, readonly string[]>;

const placeOf = (plan: GatewayPlan): string => `${plan.environment ?? ""} ${hostOf(plan)}`;

function gatewaysByHost(plans: readonly GatewayPlan[]): Hosts {
  const hosts = new Map<string, string[]>();
  for (const plan of plans) hosts.set(placeOf(plan), [...(hosts.get(placeOf(plan)) ?? []), plan.name]);
  return hosts;
}

function sharedTarget(plan: GatewayPlan, hosts: Hosts): Change[] {
  const others = (hosts.get(placeOf(plan)) ?? []).filter((name) => name !== plan.name);
  return others.length === 0 ? [] : [{ kind: "shared-target", care: "takes care", host: hostOf(plan), others }];
}

/** One entry for all environments of a gateway in which the same changes. */
function grouped(diffs: readonly GatewayDiff[]): GatewayDiff[] {
  const groups = new Map<string, GatewayDiff>();
  for (const diff of diffs) {
    const key = canonical({ ...diff, environments: [] });
    const known = groups.get(key);
    groups.set(key, known ? { ...known, environments: [...known.environments, ...diff.environments] } : diff);
  }
  return [...groups.values()];
}
