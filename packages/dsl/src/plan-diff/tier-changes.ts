import { TASK_MARGIN_US } from "../plan";
import type { GatewayPlan, TierPlan } from "../plan-types";
import { us } from "../units";
import { isSame, missingFrom } from "./same";
import type { Change } from "./types";

/** What becomes of the tiers, and of what waits in them. */
export function tierChanges(before: GatewayPlan, after: GatewayPlan): Change[] {
  const [old, now] = [namesOf(before), namesOf(after)];
  const [added, removed] = [missingFrom(old, now), missingFrom(now, old)];
  const kept = before.tiers.flatMap((was, rank) => {
    const newRank = after.tiers.findIndex(({ name }) => name === was.name);
    const is = after.tiers[newRank];
    return is === undefined
      ? []
      : [...keptTier(was, is), ...shareChange(was.name, shareAt(was, rank), shareAt(is, newRank))];
  });
  return [
    ...before.tiers.filter(({ name }) => removed.includes(name)).map((tier) => removedTier(before, after, tier, added)),
    ...after.tiers.filter(({ name }) => added.includes(name)).map(addedTier),
    ...kept,
    ...receivesChanges(before, after),
    ...orderChange(
      old.filter((name) => now.includes(name)),
      now.filter((name) => old.includes(name)),
    ),
    ...defaultChange(before, after),
  ];
}

const namesOf = ({ tiers }: GatewayPlan): string[] => tiers.map(({ name }) => name);

const addedTier = ({ name, timeoutUs, share }: TierPlan): Change => ({
  kind: "tier-added",
  care: "safe",
  tier: name,
  timeoutUs,
  share,
});

/** The queue stays (infra retains it), but the new worker does not read it: Step Functions gives the requests up. */
function removedTier(before: GatewayPlan, after: GatewayPlan, tier: TierPlan, added: readonly string[]): Change {
  const inItsPlace = after.tiers[before.tiers.indexOf(tier)]?.name;
  const named = (repeatable: boolean) =>
    before.operations.filter((operation) => operation.repeatable === repeatable).map(({ name }) => name);
  return {
    kind: "tier-removed",
    care: "paused",
    tier: tier.name,
    successor: inItsPlace !== undefined && added.includes(inItsPlace) ? inItsPlace : null,
    timeoutUs: tier.timeoutUs,
    givenUpAfterUs: us(tier.timeoutUs + before.queues.tierVisibilityUs + TASK_MARGIN_US),
    expired: named(true),
    unknown: named(false),
  };
}

function keptTier(before: TierPlan, after: TierPlan): Change[] {
  const tier = before.name;
  const changes: Change[] = [];
  if (before.timeoutUs !== after.timeoutUs) {
    // SQS drops what is older than the new retention, whatever deadline it was sent with.
    const losesAfterUs = after.retentionUs < before.timeoutUs ? after.retentionUs : null;
    const care = after.timeoutUs < before.timeoutUs ? "takes care" : "safe";
    changes.push({ kind: "tier-timeout", care, tier, before: before.timeoutUs, after: after.timeoutUs, losesAfterUs });
  }
  return changes;
}

/** Null for the highest, which needs none. */
const shareAt = ({ share }: TierPlan, rank: number): number | null => (rank === 0 ? null : share);

const shareChange = (tier: string, before: number | null, after: number | null): Change[] =>
  before === after ? [] : [{ kind: "tier-share", care: "safe", tier, before, after }];

function receivesChanges({ dispatch: was }: GatewayPlan, { dispatch: is }: GatewayPlan): Change[] {
  if (was.kind !== "deferral" || is.kind !== "deferral") return [];
  return Object.entries(was.maxReceives).flatMap(([tier, before]) => {
    const after = is.maxReceives[tier];
    if (after === undefined || after === before) return [];
    return [{ kind: "tier-max-receives", care: "safe", tier, before, after } as const];
  });
}

const orderChange = (before: readonly string[], after: readonly string[]): Change[] =>
  isSame(before, after) ? [] : [{ kind: "tier-order", care: "takes care", before, after }];

const defaultChange = ({ defaultTier: before }: GatewayPlan, { defaultTier: after }: GatewayPlan): Change[] =>
  before === after ? [] : [{ kind: "default-tier", care: "takes care", before, after }];
