import type { OutcomeKind } from "../contract";
import type { DispatchPlan, OperationPlan, OutcomeRule, RetriesPlan, RetryPlan } from "../plan-types";
import type { Json, Micros } from "../units";

/**
 * How a change may be deployed.
 *
 * - `safe`: at any time; nobody has to do anything.
 * - `takes care`: the gateway keeps its limit, but callers, waiting requests, the target or whoever deploys will notice;
 *   the change says what.
 * - `paused`: only while no request waits; otherwise the target's limit would not hold, or requests would be lost or be
 *   done twice.
 */
export type Care = "safe" | "takes care" | "paused";

/** What becomes of the deployed gateways. Plain JSON; the words are the printers'. */
export interface PlanDiff {
  /** The gravest of all. */
  readonly care: Care;
  /** By name. Environments of a gateway in which the same changes are one entry. */
  readonly gateways: readonly GatewayDiff[];
  /** Plans in which nothing changes. */
  readonly unchanged: number;
}

export interface GatewayDiff {
  readonly kind: "added" | "removed" | "renamed" | "changed";
  readonly gateway: string;
  /** The name before a rename; its own where only the environment has another name. */
  readonly previously?: string;
  /** The environment's name before it was renamed. */
  readonly previousEnvironment?: string;
  /** Where: the environments' names, null for the file without one. Each is a stack of its own. */
  readonly environments: readonly (string | null)[];
  /** The gravest of its changes. */
  readonly care: Care;
  /** The gravest first. */
  readonly changes: readonly Change[];
  /** Undefined where it is added. */
  readonly before?: PlanNumbers;
  /** Undefined where it is removed. */
  readonly after?: PlanNumbers;
}

/** The figures that a change is judged by. */
export interface PlanNumbers {
  /** As in the file; null where only `concurrency` limits. */
  readonly rateLimit: string | null;
  readonly callsPerSecond: number;
  readonly intervalUs: Micros;
  readonly jitterUs: Micros;
  readonly openCalls: number;
  readonly responseTimeoutUs: Micros;
  /** How long a backlog of {@link DRAINED} requests takes. */
  readonly drainUs: Micros;
  /** In US dollars, at explain's prices: when the lowest tier always has work, and when requests come one by one. */
  readonly fullUsdPerMillion: number;
  readonly sparseUsdPerMillion: number;
  /** Of the gateway itself, beside its requests. */
  readonly usdPerMonth: number;
  /** How long a worker of this plan may go on after another one was deployed. */
  readonly functionTimeoutUs: Micros;
  /** Highest first. */
  readonly tiers: readonly TierNumbers[];
}

export interface TierNumbers {
  readonly name: string;
  readonly timeoutUs: Micros;
  readonly share: number;
  /** When the first in this tier's queue is called while every other tier has work without end; null: maybe never. */
  readonly startWithinUs: Micros | null;
  /** How many requests that come at once are called before their deadline, if no other tier has work. */
  readonly callsWithinTimeout: number;
}

/** The backlog whose drain time is told. */
export const DRAINED = 100_000;

interface BeforeAfter<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** One change. Numbers with their units, names as in the file; no prose. */
export type Change = { readonly care: Care } & ChangeFacts;

export type ChangeFacts =
  | GatewayFacts
  | ({ readonly kind: "limit"; readonly lastOldTurnUs: Micros } & BeforeAfter<LimitFacts>)
  | ({ readonly kind: "open-calls" } & BeforeAfter<number>)
  /** `lastOldTurnUs`: how long a worker of the old way may go on. */
  | ({ readonly kind: "dispatch"; readonly lastOldTurnUs: Micros } & BeforeAfter<DispatchPlan["kind"]>)
  /** In deferral on both sides. */
  | ({ readonly kind: "slots"; readonly lastOldTurnUs: Micros } & BeforeAfter<SlotFacts>)
  | TierFacts
  | ({ readonly kind: "connect-timeout" } & BeforeAfter<Micros>)
  /** `endsFirst`: an execution under way may time out while a call of the new length is still open. */
  | ({ readonly kind: "response-timeout"; readonly endsFirst: boolean } & BeforeAfter<Micros>)
  | EndpointFacts
  | OperationFacts
  | ({ readonly kind: "outcome"; readonly outcome: OutcomeKind } & BeforeAfter<OutcomeRule | null>)
  | ({ readonly kind: "throttled-pause" } & BeforeAfter<{ readonly pauseUs: Micros; readonly maxPauseUs: Micros }>)
  | ({ readonly kind: "retries"; readonly outcome: keyof RetriesPlan } & BeforeAfter<RetryPlan>)
  | ({ readonly kind: "description" | "owner" } & BeforeAfter<string | null>);

type GatewayFacts =
  | { readonly kind: "gateway-added"; readonly host: string; readonly secrets: readonly string[] }
  | { readonly kind: "gateway-removed"; readonly host: string; readonly tiers: readonly string[] }
  | ({ readonly kind: "gateway-renamed" } & RenameFacts)
  /** `before` and `after` are names of the environment. */
  | ({ readonly kind: "environment-renamed" } & RenameFacts)
  /** Another `naming` in `sluice.yaml`: names of the stack. */
  | ({ readonly kind: "stack-renamed" } & RenameFacts)
  /** Gateways of this side, besides, that call the same host, each up to its own limit. */
  | { readonly kind: "shared-target"; readonly host: string; readonly others: readonly string[] };

interface RenameFacts extends BeforeAfter<string> {
  /** The gateway as it is called now. */
  readonly gateway: string;
  readonly host: string;
  /** What the target may get while both are deployed. */
  readonly bothPerSecond: number;
}

/** The slots of deferral, and what each keeps. */
export interface SlotFacts {
  readonly slots: number;
  readonly intervalUs: Micros;
}

export interface LimitFacts {
  readonly rateLimit: string | null;
  readonly callsPerSecond: number;
  readonly intervalUs: Micros;
  readonly jitterUs: Micros;
}

type TierFacts =
  | { readonly kind: "tier-added"; readonly tier: string; readonly timeoutUs: Micros; readonly share: number }
  | {
      readonly kind: "tier-removed";
      readonly tier: string;
      /** A tier that was added in its place: perhaps the same under another name. */
      readonly successor: string | null;
      readonly timeoutUs: Micros;
      /** From asking until Step Functions gives up a request that waits in the tier: its timeout and a margin. */
      readonly givenUpAfterUs: Micros;
      /** Operations whose given up requests end with Gateway.Expired, because a repeat does no harm. */
      readonly expired: readonly string[];
      /** Operations whose given up requests end with Gateway.Unknown. */
      readonly unknown: readonly string[];
    }
  | ({
      readonly kind: "tier-timeout";
      readonly tier: string;
      /** Requests that have waited longer are lost with the deployment; null where none can. */
      readonly losesAfterUs: Micros | null;
    } & BeforeAfter<Micros>)
  /** Null: as the highest tier, which goes first and needs no share. */
  | ({ readonly kind: "tier-share"; readonly tier: string } & BeforeAfter<number | null>)
  /** In deferral on both sides. */
  | ({ readonly kind: "tier-max-receives"; readonly tier: string } & BeforeAfter<number>)
  | ({ readonly kind: "tier-order" } & BeforeAfter<readonly string[]>)
  | ({ readonly kind: "default-tier" } & BeforeAfter<string>);

type EndpointFacts =
  /** `idempotent`: operations whose target drops repeats by a key, which another host has never seen. */
  | ({
      readonly kind: "url";
      readonly isOtherHost: boolean;
      readonly idempotent: readonly string[];
    } & BeforeAfter<string>)
  | ({ readonly kind: "endpoint-headers" } & NameChanges)
  /** Secrets' references may differ where both types are the same. */
  | ({ readonly kind: "auth" } & BeforeAfter<string | null>)
  | { readonly kind: "secrets"; readonly added: readonly string[]; readonly removed: readonly string[] };

/** Names only: a value may be long, and is in the file. */
export interface NameChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

type OperationFacts =
  | {
      readonly kind: "operation-added";
      readonly operation: string;
      readonly method: OperationPlan["method"];
      readonly path: string;
      readonly repeatable: boolean;
      readonly lastOldTurnUs: Micros;
    }
  | { readonly kind: "operation-removed"; readonly operation: string }
  /** It was the only one, so callers could leave its name out. */
  | { readonly kind: "operation-must-be-named"; readonly operation: string }
  | ({ readonly kind: "operation-call"; readonly operation: string } & BeforeAfter<CallFacts>)
  | ({ readonly kind: "operation-headers"; readonly operation: string } & NameChanges)
  /** Expressions without their braces; null where there is none. */
  | ({ readonly kind: "operation-body" | "operation-answer"; readonly operation: string } & BeforeAfter<string | null>)
  | { readonly kind: "operation-request"; readonly operation: string; readonly parts: readonly RequestPart[] }
  | ({ readonly kind: "operation-repeatable"; readonly operation: string } & BeforeAfter<boolean>)
  | ({ readonly kind: "operation-idempotency"; readonly operation: string } & BeforeAfter<string | null>)
  | ({ readonly kind: "operation-latency"; readonly operation: string } & BeforeAfter<Micros | null>);

export interface CallFacts {
  readonly method: OperationPlan["method"];
  readonly path: string;
}

/** One keyword of a request's schema that changes, and whether fewer or more requests fit. */
export interface RequestPart {
  /** `narrower`: fewer fit. `wider`: more fit. `other`: it cannot be told, so some may no longer fit. */
  readonly effect: "narrower" | "wider" | "other";
  /** Keys and keywords from the schema's root, `["properties", "number", "pattern"]`; empty: the whole schema. */
  readonly path: readonly (string | number)[];
  readonly before: Json | null;
  readonly after: Json | null;
}
