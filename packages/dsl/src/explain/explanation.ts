import type { Micros } from "../units";
import type { CostFact } from "./cost";

/**
 * What the compiler derived from a gateway file, and why. Data, the same that `explain --format json` prints; the
 * printers are elsewhere. Numbers carry their unit in their name and stand beside the words for people.
 */
export interface Explanation {
  readonly version: 1;
  readonly gateway: string;
  readonly environment?: string;
  readonly description?: string;
  /** Who answers for the target's limit. */
  readonly owner?: string;
  /** The most important sentences, the first one first. */
  readonly summary: readonly string[];
  readonly numbers: ExplainedNumbers;
  readonly facts: readonly Fact[];
  /** Highest first. */
  readonly tiers: readonly TierFact[];
  /** Absent in deferral: a message that steps back or is throttled comes again when it may, and no formula says when. */
  readonly waits?: WaitsFact;
  readonly queues: readonly QueueFact[];
  readonly drains: readonly DrainFact[];
  readonly outcomes: readonly OutcomeFact[];
  readonly operations: readonly OperationFact[];
  readonly cost: CostFact;
}

/** One number of a plan, with the reason why it is that number. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

/** What {@link Fact}s show, for machines. */
export interface ExplainedNumbers {
  /** Of the limit; both absent when only `concurrency` limits. */
  readonly limitCalls?: number;
  readonly limitWindowUs?: Micros;
  readonly jitterUs: Micros;
  readonly latenessUs: Micros;
  readonly intervalUs: Micros;
  readonly reachedPerSecond: number;
  /** Share of the allowed rate that is reached, N/(W+J) of N/W: 0 to 1. 1 where no rate is given. */
  readonly reachedShare: number;
  readonly openCalls: number;
  /** Mean time between two starts under load: the interval, or more where open calls hold the starts back. */
  readonly startEveryUs: Micros;
  /** How long a call is taken to last, for {@link startEveryUs} and the costs. */
  readonly callUs: Micros;
  readonly isCallAssumed: boolean;
  readonly connectTimeoutUs: Micros;
  readonly responseTimeoutUs: Micros;
  /** Doorbell only, as {@link wakeUpHiddenUs}, {@link wakeUpKeptUs} and {@link standstillUs}. */
  readonly turnUs?: Micros;
  readonly functionTimeoutUs: Micros;
  readonly memoryMb: number;
  readonly requestHiddenUs: Micros;
  readonly wakeUpHiddenUs?: Micros;
  readonly wakeUpKeptUs?: Micros;
  /** The longest that nothing starts after a worker has died. */
  readonly standstillUs?: Micros;
  /** Deferral only, as the two below. */
  readonly slots?: number;
  readonly slotIntervalUs?: Micros;
  readonly leadUs?: Micros;
  /** After a call that the target refused without Retry-After, and the longest that Retry-After may ask for. */
  readonly pauseUs: Micros;
  readonly maxPauseUs: Micros;
}

export interface TierFact {
  readonly name: string;
  readonly timeout: string;
  readonly timeoutUs: Micros;
  readonly share: string;
  /** 0 to 1; 0 for the highest. */
  readonly startShare: number;
  readonly isDefault: boolean;
}

export interface WaitsFact {
  readonly formula: string;
  /** How a load is split over the tiers. */
  readonly split: string;
  /** What comes in beside the backlog; absent where there is one tier. */
  readonly backlogSplit?: string;
  /** The last one is the backlog, endless work in the lowest tier, where there is more than one. */
  readonly loads: readonly LoadFact[];
}

export interface LoadFact {
  readonly name: string;
  /** Share of the rate reached; absent for the backlog. */
  readonly usedShare?: number;
  /** The highest tier's mean wait when lower tiers claim all of their shares from it; absent when it does not keep up. */
  readonly highestAtMostUs?: Micros;
  readonly highestAtMost?: string;
  /** Highest first. */
  readonly tiers: readonly TierWait[];
}

export interface TierWait {
  readonly tier: string;
  /** Requests that come in; absent where there is always another one. */
  readonly perSecond?: number;
  /** `share`: higher tiers take all but the tier's share, which is enough for it. `endless`: more comes than can start. */
  readonly kind: "mean" | "share" | "endless";
  readonly meanWaitUs?: Micros;
  readonly startEveryUs?: Micros;
  readonly wait: string;
}

/** What a tier's timeout is worth against its queue. */
export interface QueueFact {
  readonly tier: string;
  readonly timeoutUs: Micros;
  readonly timeout: string;
  /** Until then a call may start: timeout less response timeout. */
  readonly longestWaitUs: Micros;
  readonly longestWait: string;
  /** Requests that may wait in the queue before the last one expires, when no other tier has work. */
  readonly canWaitAlone: number;
  /** The same when every other tier always has work. */
  readonly canWaitByShare: number;
}

/** How long a backlog takes. */
export interface DrainFact {
  readonly requests: number;
  readonly aloneUs: Micros;
  readonly alone: string;
  /** The smallest share of a lower tier; absent where none has one, or there is one tier. */
  readonly share?: number;
  /** By that share alone, higher tiers always having work. */
  readonly byShareUs?: Micros;
  readonly byShare?: string;
}

/** What becomes of a call that ended in one way. */
export interface OutcomeFact {
  readonly outcome: "success" | "throttled" | "unavailable" | "unknown" | "rejected";
  /** What counts as it. */
  readonly means: string;
  readonly follows: string;
}

export interface OperationFact {
  readonly name: string;
  readonly call: string;
  readonly repeatable: boolean;
  readonly why: string;
  /** What `latency` states; left out where it does not. */
  readonly latencyUs?: Micros;
  readonly latency?: string;
  /** What callers give as `request`, and that what does not fit is refused. */
  readonly request: string;
  /** Headers and body of its calls, beside those of all. */
  readonly sends: string;
  /** What callers get. */
  readonly answer: string;
}
