import type { OutcomeKind } from "../contract";
import { TASK_MARGIN_US } from "../plan";
import type { DeferralPlan, GatewayPlan, OutcomeRule, OutcomesPlan, RetriesPlan } from "../plan-types";
import { limitFactsOf } from "./numbers";
import { changedNames, isSame, missingFrom } from "./same";
import type { Change, SlotFacts } from "./types";

/** What changes for the target: limit, time, address, credentials, and what its answers mean. */
export function targetChanges(before: GatewayPlan, after: GatewayPlan): Change[] {
  return [
    ...dispatchChange(before, after),
    ...limitChange(before, after),
    ...timeoutChanges(before, after),
    ...endpointChanges(before, after),
    ...OUTCOMES.flatMap((outcome) => outcomeChange(outcome, before.outcomes, after.outcomes)),
    ...pauseChange(before.outcomes.throttled, after.outcomes.throttled),
    ...RETRIES.flatMap((outcome) => retryChange(outcome, before.retries, after.retries)),
    ...aboutChanges(before, after),
  ];
}

const OUTCOMES: readonly OutcomeKind[] = ["success", "throttled", "unavailable", "unknown", "rejected"];
const RETRIES: readonly (keyof RetriesPlan)[] = ["throttled", "unavailable", "unknown"];

function limitChange(before: GatewayPlan, after: GatewayPlan): Change[] {
  const [old, now] = [limitFactsOf(before), limitFactsOf(after)];
  const limit: Change[] = [];
  if (!isSame(before.limit, after.limit)) {
    // Slower, what waits may pass its deadline.
    const care = now.intervalUs > old.intervalUs ? "takes care" : "safe";
    limit.push({ kind: "limit", care, before: old, after: now, lastOldTurnUs: before.worker.functionTimeoutUs });
  }
  if (before.openCalls !== after.openCalls)
    limit.push({ kind: "open-calls", care: "safe", before: before.openCalls, after: after.openCalls });
  return limit;
}

/** Neither is kept by both sides at once: workers of the old way go on while those of the new one begin. */
function dispatchChange({ dispatch: was, worker }: GatewayPlan, { dispatch: is }: GatewayPlan): Change[] {
  const lastOldTurnUs = worker.functionTimeoutUs;
  if (was.kind !== is.kind)
    return [{ kind: "dispatch", care: "paused", before: was.kind, after: is.kind, lastOldTurnUs }];
  if (was.kind !== "deferral" || is.kind !== "deferral" || was.slots === is.slots) return [];
  return [{ kind: "slots", care: "paused", before: slotFacts(was), after: slotFacts(is), lastOldTurnUs }];
}

const slotFacts = ({ slots, intervalUs }: DeferralPlan): SlotFacts => ({ slots, intervalUs });

function timeoutChanges({ timeouts: before, queues }: GatewayPlan, { timeouts: after }: GatewayPlan): Change[] {
  const changes: Change[] = [];
  if (before.connectUs !== after.connectUs)
    changes.push({ kind: "connect-timeout", care: "safe", before: before.connectUs, after: after.connectUs });
  if (before.responseUs !== after.responseUs) {
    // A call may start at the deadline, and an execution under way keeps the timeout that it began with.
    const endsFirst = after.responseUs > before.responseUs + queues.tierVisibilityUs + TASK_MARGIN_US;
    const care = after.responseUs < before.responseUs || endsFirst ? "takes care" : "safe";
    changes.push({ kind: "response-timeout", care, before: before.responseUs, after: after.responseUs, endsFirst });
  }
  return changes;
}

/** The host and port that a gateway calls. */
export const hostOf = ({ endpoint }: GatewayPlan): string => new URL(endpoint.url).host;

function endpointChanges(before: GatewayPlan, after: GatewayPlan): Change[] {
  const headers = changedNames(before.endpoint.headers, after.endpoint.headers);
  const [oldAuth, newAuth] = [before.endpoint.auth, after.endpoint.auth];
  return [
    ...urlChange(before, after),
    ...(headers ? [{ kind: "endpoint-headers", care: "takes care", ...headers } as const] : []),
    ...(isSame(oldAuth, newAuth)
      ? []
      : [{ kind: "auth", care: "takes care", before: oldAuth?.type ?? null, after: newAuth?.type ?? null } as const]),
    ...secretsChange(before.secrets, after.secrets),
  ];
}

function urlChange(before: GatewayPlan, after: GatewayPlan): Change[] {
  const [was, is] = [before.endpoint.url, after.endpoint.url];
  if (was === is) return [];
  const isOtherHost = hostOf(before) !== hostOf(after);
  const idempotent = before.operations.filter(({ idempotencyHeader }) => idempotencyHeader).map(({ name }) => name);
  // The new host does not know the keys of calls that the old one may have done.
  const care = isOtherHost && idempotent.length > 0 ? "paused" : "takes care";
  return [{ kind: "url", care, isOtherHost, idempotent, before: was, after: is }];
}

function secretsChange(before: readonly string[], after: readonly string[]): Change[] {
  const [added, removed] = [missingFrom(before, after), missingFrom(after, before)];
  if (added.length + removed.length === 0) return [];
  return [{ kind: "secrets", care: added.length > 0 ? "takes care" : "safe", added, removed }];
}

function outcomeChange(outcome: OutcomeKind, before: OutcomesPlan, after: OutcomesPlan): Change[] {
  const [was, is] = [ruleOf(before[outcome]), ruleOf(after[outcome])];
  return isSame(was, is) ? [] : [{ kind: "outcome", care: "takes care", outcome, before: was, after: is }];
}

/** Null where the default decides. */
function ruleOf(rule: OutcomeRule | undefined): OutcomeRule | null {
  const { status, when } = rule ?? {};
  if (status === undefined && when === undefined) return null;
  return { ...(status && { status }), ...(when !== undefined && { when }) };
}

function pauseChange({ pauseUs, maxPauseUs }: OutcomesPlan["throttled"], now: OutcomesPlan["throttled"]): Change[] {
  const before = { pauseUs, maxPauseUs };
  const after = { pauseUs: now.pauseUs, maxPauseUs: now.maxPauseUs };
  return isSame(before, after) ? [] : [{ kind: "throttled-pause", care: "safe", before, after }];
}

const retryChange = (outcome: keyof RetriesPlan, before: RetriesPlan, after: RetriesPlan): Change[] =>
  isSame(before[outcome], after[outcome])
    ? []
    : [{ kind: "retries", care: "safe", outcome, before: before[outcome], after: after[outcome] }];

const aboutChanges = (before: GatewayPlan, after: GatewayPlan): Change[] =>
  (["description", "owner"] as const).flatMap((kind) =>
    before[kind] === after[kind]
      ? []
      : [{ kind, care: "safe" as const, before: before[kind] ?? null, after: after[kind] ?? null }],
  );
