import type { Json } from "./units";

/**
 * What every part of a gateway agrees on: the message that the state machine publishes, the names of failures, and
 * the JSON cause that a failed execution carries. Values and types only: no I/O, nothing else of the language.
 *
 * @see DESIGN.md, sections 2 and 6
 */

/** The version of the envelope. A worker refuses one that it does not know, so that a half-deployed change is seen. */
export const ENVELOPE_VERSION = 1;

/** What a caller gives StartExecution. */
export interface CallerInput {
  readonly operation?: string;
  readonly tier?: string;
  readonly request?: Json;
}

/** The message that the state machine publishes, delivered raw to the tier's queue and to the bell queue. */
export interface Envelope {
  readonly version: typeof ENVELOPE_VERSION;
  /** SHA-256 (hex) of token, retry count and redrive count: one for each attempt; also the deduplication id. */
  readonly id: string;
  readonly token: string;
  /** The execution's ARN. */
  readonly execution: string;
  /** When the execution started, epoch milliseconds (the wall clock of Step Functions). */
  readonly startedAtMs: number;
  /** 0 for the first attempt of the state, counted by Step Functions. */
  readonly attempt: number;
  readonly tier: string;
  readonly operation: string;
  /**
   * Whether the execution takes a second call for harmless. Where it does not, it relies on claims, whatever a deployment
   * has made of the operation since. Undefined in messages of an earlier version.
   */
  readonly repeatable: boolean | undefined;
  /** Latest wall-clock instant, epoch milliseconds, at which a call may still start. */
  readonly deadlineMs: number;
  readonly request: Json;
}

/** How one call, or a request that never became one, ended. */
export type OutcomeKind = "success" | "throttled" | "unavailable" | "unknown" | "rejected";

/** Names with which an execution fails. */
export const ERRORS = {
  throttled: "Gateway.Throttled",
  unavailable: "Gateway.Unavailable",
  unknown: "Gateway.Unknown",
  rejected: "Gateway.Rejected",
  invalidRequest: "Gateway.InvalidRequest",
  requestTooLarge: "Gateway.RequestTooLarge",
  responseTooLarge: "Gateway.ResponseTooLarge",
  expired: "Gateway.Expired",
} as const;

/** One of {@link ERRORS}. */
export type ErrorName = (typeof ERRORS)[keyof typeof ERRORS];

/**
 * What the worker answers Step Functions when an unknown outcome may be repeated (a repeatable operation). Only the
 * state machine sees it: its Retry matches it, and its Catch renames it to {@link ERRORS}.unknown. Two names, because a
 * Retry chooses by name alone and an operation that is not repeatable must never match.
 */
export const UNKNOWN_REPEATABLE = "Gateway.UnknownRepeatable";

/** The JSON cause of a failure. Never a secret, never a whole body. */
export interface Cause {
  readonly outcome: OutcomeKind;
  /** HTTP status where the target answered. */
  readonly status?: number;
  /** For people: what happened, why, what to do. */
  readonly message: string;
  readonly attempt: number;
  /** ISO 8601; absent when no call was made. */
  readonly callStartedAt?: string;
  readonly durationMs?: number;
  readonly gateway: string;
  readonly operation: string;
  readonly tier: string;
}

/** Step Functions' own limits on what a worker may answer, in characters. */
export const MAX_ANSWER_CHARS = 262_144;
export const MAX_CAUSE_CHARS = 32_768;

/** The group of every message and bell of a gateway: one group, so that one turn at a time is in flight. */
export const BELL_GROUP = "turn";

/**
 * So many requests a worker remembers to have taken up, whose old bells it so knows to be old; and a bell is
 * kept for as long as so many calls take to start.
 *
 * @see docs/decisions/0017-a-bell-is-kept-while-a-hundred-thousand-calls-start.md
 */
export const BELLS_KEPT = 100_000;
