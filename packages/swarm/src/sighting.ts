import type { GatewayPlan, GatewaySpec, Micros } from "@sluice/dsl";
import type { ExecutionEnd, Reaction } from "@sluice/local";

/** Something that can be seen of a run from outside: at the target, in AWS's own records, or done to the gateway. */
export type Sighting = { readonly atUs: Micros } /** An execution began. */ & (
  | { readonly kind: "started"; readonly request: string }
  /** Its state machine published an attempt. */
  | ({ readonly kind: "published" } & Attempt)
  /** The machine heard that the publish failed, although it was done: nobody waits for this attempt any more. */
  | { readonly kind: "unpublished"; readonly id: string; readonly request: string }
  /** The attempt's message came into its tier's queue; not for the first time perhaps. */
  | { readonly kind: "delivered"; readonly id: string; readonly request: string; readonly tier: string }
  /**
   * A message came into the bell queue: the next turn begins after it, or the one that runs goes on. `id`: of the attempt
   * whose own bell it is; the sweep's and a person's have none.
   */
  | { readonly kind: "rung"; readonly id?: string | undefined }
  /** The bell of an attempt was lost on its way. */
  | { readonly kind: "unrung"; readonly id: string }
  /** A worker was answered when it asked a tier's queue. */
  | { readonly kind: "looked"; readonly tier: string; readonly ids: readonly string[] }
  /** A worker gave a message back, to be seen at once. */
  | { readonly kind: "givenBack"; readonly id: string }
  | { readonly kind: "deleted"; readonly id: string; readonly request: string }
  /** A call arrived at the target, which asks for `asksUs` of quiet with its answer, where it says for how much. */
  | ({ readonly kind: "called"; readonly reaction: Reaction; readonly asksUs: Micros | undefined } & Call)
  /** Step Functions took a worker's answer. */
  | { readonly kind: "answered"; readonly id: string; readonly request: string; readonly error: string | undefined }
  | { readonly kind: "ended"; readonly request: string; readonly end: ExecutionEnd }
  | { readonly kind: "redriven"; readonly request: string }
  /** Something went wrong on purpose; `where` in words. */
  | { readonly kind: "fault"; readonly fault: FaultKind; readonly where: string }
  /** A new plan is in force for every turn that begins from now on. */
  | { readonly kind: "deployed"; readonly file: GatewaySpec; readonly plan: GatewayPlan }
  | { readonly kind: "paused" }
  | { readonly kind: "resumed" }
  /** New connections meet something else from now on. */
  | { readonly kind: "way"; readonly way: "open" | "refused" | "silent" }
  /** Nothing goes wrong from now on. */
  | { readonly kind: "calm" }
  /** Time has passed; seen every few seconds. `bells`: in their queue, those that a turn holds among them. */
  | { readonly kind: "tick"; readonly running: number; readonly bells: number }
  /** The run is over. */
  | { readonly kind: "over"; readonly running: number; readonly left: Readonly<Record<string, number>> }
);

export interface Attempt {
  /** Of this attempt; its message bears it. */
  readonly id: string;
  readonly request: string;
  readonly tier: string;
  readonly operation: string;
  readonly attempt: number;
}

export interface Call {
  readonly request: string;
  readonly tier: string;
  readonly operation: string;
  readonly attempt: number;
}

/** What can go wrong, by the words in which a report counts it. */
export type FaultKind =
  | "short poll that misses"
  | "duplicate"
  | "duplicate after deletion"
  | "lost delete"
  | "late delete"
  | "delete by a stale handle"
  | "second copy of a publish"
  | "lost bell"
  | "lost sweep"
  | "throttled call to AWS"
  | "failed call to AWS"
  | "lost answer of AWS"
  | "outage of a service"
  | "crash"
  | "kill"
  | "stall"
  | "function timeout"
  | "pause before bytes"
  | "bytes held"
  | "replaced environments"
  | "wall-clock step"
  | "slow answer"
  | "429"
  | "403"
  | "503"
  | "500"
  | "404"
  | "hang"
  | "done, answered too late"
  | "done, then 502"
  | "reset"
  | "refused connections"
  | "silent connections";

/** After these a worker may not know what was done: what it remembered is gone, or what it asked for may not have been done. */
export const DEATHS: ReadonlySet<FaultKind> = new Set(["crash", "kill", "stall", "function timeout"]);
export const LOST_CALLS: ReadonlySet<FaultKind> = new Set([
  "throttled call to AWS",
  "failed call to AWS",
  "lost answer of AWS",
  "outage of a service",
]);

export const isDeath = (sighting: Sighting): boolean => sighting.kind === "fault" && DEATHS.has(sighting.fault);
export const isLostCall = (sighting: Sighting): boolean => sighting.kind === "fault" && LOST_CALLS.has(sighting.fault);

/** The gate is `dynamodb`, the state machine's tokens are `sfn`. */
export const isLostCallTo = (sighting: Sighting, service: string): boolean =>
  isLostCall(sighting) && sighting.kind === "fault" && sighting.where === service;
