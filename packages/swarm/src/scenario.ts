import type { DispatchPlan, Json } from "@sluice/dsl";
import type { Faults } from "@sluice/local";

/**
 * One run, as plain data: what is deployed, who asks for what, how the target behaves, what goes wrong and what people do
 * meanwhile. The same scenario gives the same run on any machine. Instants count from the run's beginning.
 */
export interface Scenario {
  readonly version: 1;
  /** Of everything random that the scenario does not say: whom a probability strikes, how long within a range. */
  readonly seed: number;
  readonly dispatch: Dispatch;
  /** The gateway file. JSON is YAML. */
  readonly gateway: { readonly [key: string]: Json };
  /** How many times shorter than planned a turn is; 2 where it is not said. */
  readonly turnsShorter?: number;
  /** How long things go wrong. Afterwards nothing does, and everything must come to its end. */
  readonly stormMs: number;
  readonly requests: readonly ScenarioRequest[];
  readonly target: TargetBehaviour;
  readonly aws: AwsFaults;
  readonly process: WorkerFaults;
  /** Where it is `extremes`, each call's way takes its shortest or its longest, and pauses are as long as the plan allows for. */
  readonly path?: "between" | "extremes";
  readonly operations: readonly Operation[];
}

/** How work reaches the worker. */
export type Dispatch = DispatchPlan["kind"];

export interface ScenarioRequest {
  /** The execution's. */
  readonly name: string;
  readonly atMs: number;
  readonly tier: string;
  readonly operation: string;
  /** Its caller has lost interest so long after asking. */
  readonly stopAfterMs?: number;
}

export interface TargetBehaviour {
  readonly handshakeMs: number;
  /** How long it keeps an idle connection. */
  readonly idleMs: number;
  /** One after the other; the last one ends with the storm. */
  readonly phases: readonly TargetPhase[];
}

export interface TargetPhase {
  readonly untilMs: number;
  /** What a new connection meets. */
  readonly way: "open" | "refused" | "silent";
  readonly latencyMs: { readonly min: number; readonly max: number };
  /** So many of the calls take `latencyMs` more. */
  readonly tail: { readonly share: number; readonly latencyMs: number };
  /** Of the calls, by what comes of them; the rest is done and answered 200. */
  readonly shares: Readonly<Partial<Record<Trouble, number>>>;
  /** What a refusal asks for. */
  readonly retryAfterS: { readonly min: number; readonly max: number };
}

/** What may come of a call instead of a 200. */
export type Trouble =
  /** 429 with Retry-After in seconds. */
  | "throttled"
  /** 429 with Retry-After as a date. */
  | "throttledUntil"
  /** 429 that says no more. */
  | "throttledBare"
  /** 403, which some files call throttled. */
  | "forbidden"
  /** 503 that says no more, which some files call unavailable. */
  | "unavailable"
  | "failed500"
  | "notFound404"
  /** Never answered. */
  | "hang"
  /** Done, and answered when nobody listens any more. */
  | "doneTooLate"
  /** Done, and answered 502 by something between. */
  | "doneThen502"
  | "reset";

/** {@link Faults}, in microseconds where they are durations; and services that are down for a time. */
export interface AwsFaults {
  readonly faults: Partial<Faults>;
  readonly outages: readonly Outage[];
}

export interface Outage {
  readonly service: string;
  readonly atMs: number;
  readonly forMs: number;
}

/** What happens to the worker's processes; shares are of all their awaits, and of all calls for the last two. */
export interface WorkerFaults {
  /** Invocations go to any of so many environments; 1: always to the last one. */
  readonly environments: number;
  readonly crashShare: number;
  /** It stands still wherever it is. */
  readonly stallShare: number;
  readonly longestStallMs: number;
  /** It stands still between the decision to start a call and its bytes. */
  readonly pauseShare: number;
  readonly longestPauseMs: number;
  /** The kernel keeps the bytes, and the process goes on. */
  readonly holdShare: number;
  readonly longestHoldMs: number;
}

/** What is done to the gateway while it runs. */
export type Operation = { readonly atMs: number } & (
  | { readonly kind: "kill" }
  /** AWS ends the environments, as it does every few hours. */
  | { readonly kind: "replace" }
  /** Deployed again, with these keys of the gateway file changed. */
  | { readonly kind: "redeploy"; readonly patch: { readonly [key: string]: Json } }
  /** A person pauses the gateway, and resumes it later. */
  | { readonly kind: "pause"; readonly forMs: number }
  /** A person redrives everything that has not succeeded. */
  | { readonly kind: "redrive" }
  /** The wall clock jumps. */
  | { readonly kind: "wallStep"; readonly byMs: number }
);
