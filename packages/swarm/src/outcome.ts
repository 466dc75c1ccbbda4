import type { FaultKind } from "./sighting";

/** What a run may break; DESIGN.md, section 8, and what section 6 says of the ends. */
export type Invariant =
  /** More calls in a window, or more open ones, than the file allows. */
  | "rate"
  /** A request that was lost, or a message that is left. */
  | "conservation"
  /** An execution that ended twice, or work that may not be repeated and was. */
  | "once"
  /** A lower tier that got less than its share. */
  | "starvation"
  /** A start of a lower tier, beyond its share, before a higher one that had been visible. */
  | "order"
  /** A request that waited longer than the plan's bound. */
  | "liveness"
  /** An end that the target's log denies. */
  | "honesty"
  /** A call to a target that had asked to be left alone. */
  | "obedience"
  /** A call that came too late for its tier's timeout, or an execution that outlived it. */
  | "deadline"
  /** A request that was tried more often than its file allows. */
  | "attempts"
  /** A call for which nobody waited any more. */
  | "wanted"
  /** A call while the gate could not be read. */
  | "gate"
  /** The run itself: time stood still, or a part of it threw. */
  | "soundness";

/** One thing that a run broke. */
export interface Violation {
  readonly invariant: Invariant;
  /** In words, with the request and the instant where there is one. */
  readonly message: string;
  /** The request that it happened to, where it is one's. */
  readonly request?: string;
}

/** What came of one run. */
export interface RunOutcome {
  readonly seed: number;
  /** Empty when everything was kept. */
  readonly violations: readonly Violation[];
  /** What was drawn, for who reads about a failure. */
  readonly story: string;
  readonly requests: number;
  readonly calls: number;
  /** Faults that struck, by kind. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Things done to the gateway, by kind. */
  readonly operations: Readonly<Record<string, number>>;
  /** How executions ended, by status or error. */
  readonly ends: Readonly<Record<string, number>>;
  /** Virtual time. */
  readonly simulatedMs: number;
}
