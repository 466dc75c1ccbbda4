import { hash } from "node:crypto";
import type { Cause, Envelope, Micros, OperationPlan, OutcomeKind } from "@sluice/dsl";
import type { CallContext, NotSent, Received } from "./ports";

/** A request that this turn holds: received, readable, not started. */
export interface HeldRequest {
  readonly message: Received;
  readonly envelope: Envelope;
  readonly operation: OperationPlan;
  readonly context: CallContext;
  /** When its visibility was last set: it must be renewed before it ends. */
  visibleFrom: Micros;
  /** The last renewal, done or under way; never rejects. */
  renewal: Promise<void>;
  /** Whether {@link Gate.countTry} counted it, so that it is taken back when the request is given back. */
  isCounted: boolean;
  /** `asked`: the gate may hold this turn's claim or not, because its answer did not come. */
  claim: "none" | "asked" | "mine";
  stage: Stage;
}

/** How far the preparation of a held request is. */
export type Stage =
  | { readonly kind: "waiting"; readonly notBefore: Micros }
  | { readonly kind: "staging" }
  /** It may be called, `form` is what is sent, and its token was known to be alive at `aliveAt`. */
  | { readonly kind: "ready"; readonly form: unknown; readonly aliveAt: Micros }
  /** It could not be sent. It still takes a start, or an outage would eat the backlog as fast as it can be received. */
  | { readonly kind: "unsendable"; readonly reason: NotSent };

/** The same for each attempt of one execution, and short enough for every target's header limits. */
export const idempotencyKey = (execution: string): string => hash("sha256", execution).slice(0, 40);

export const contextOf = (envelope: Envelope): CallContext => ({
  execution: envelope.execution,
  attempt: envelope.attempt,
  tier: envelope.tier,
  idempotencyKey: idempotencyKey(envelope.execution),
});

/**
 * Claims and counts outlive every copy of their message, and the time for which Step Functions redrives: two weeks after
 * the execution's end. Redriven after its claim was forgotten, a stopped order that had been called would be called again.
 */
const CLAIM_KEPT_MS = 15 * 24 * 60 * 60 * 1_000;

/** Epoch milliseconds. */
export const claimExpiry = (held: HeldRequest): number => held.envelope.deadlineMs + CLAIM_KEPT_MS;

/** What is known of the call when a cause is written. */
export interface CallFacts {
  readonly status?: number;
  /** Epoch milliseconds. */
  readonly startedAtMs?: number;
  readonly durationMs?: number;
}

export function causeOf(
  gateway: string,
  envelope: Envelope,
  outcome: OutcomeKind,
  message: string,
  facts: CallFacts = {},
): string {
  const cause: Cause = {
    outcome,
    ...(facts.status === undefined ? {} : { status: facts.status }),
    message,
    attempt: envelope.attempt,
    ...(facts.startedAtMs === undefined ? {} : { callStartedAt: new Date(facts.startedAtMs).toISOString() }),
    ...(facts.durationMs === undefined ? {} : { durationMs: Math.round(facts.durationMs) }),
    gateway,
    operation: envelope.operation,
    tier: envelope.tier,
  };
  return JSON.stringify(cause);
}
