import type { Json, Micros } from "./units";

/**
 * Every number that a stack needs, derived from a gateway file. Plain JSON: it is written into the worker's layer, read
 * by the CDK stack, by explain, by the local mode and by the simulation. Nothing else passes between them.
 */
export interface GatewayPlan {
  readonly planVersion: 2;
  readonly name: string;
  readonly description?: string;
  readonly owner?: string;
  /** The environment whose patch was applied; undefined when none was asked for. */
  readonly environment?: string;
  /** What the stack is named by; undefined where `sluice.yaml` says nothing. */
  readonly naming?: string;
  readonly limit: LimitPlan;
  /** Most calls open at the target at once, 1 to 200. */
  readonly openCalls: number;
  readonly tiers: readonly TierPlan[];
  readonly defaultTier: string;
  readonly timeouts: { readonly connectUs: Micros; readonly responseUs: Micros };
  /** What the gateway's endpoint is; only `http` so far. */
  readonly endpoint: HttpEndpointPlan;
  readonly operations: readonly OperationPlan[];
  readonly outcomes: OutcomesPlan;
  readonly retries: RetriesPlan;
  /** How work reaches the worker. */
  readonly dispatch: DispatchPlan;
  readonly worker: { readonly memoryMb: number; readonly functionTimeoutUs: Micros };
  readonly queues: { readonly tierVisibilityUs: Micros };
  /** Secrets Manager names that the gateway's references use; what the worker's role may read. */
  readonly secrets: readonly string[];
}

/** The limit as the target counts it, and what the worker makes of it. */
export interface LimitPlan {
  /** As in the file, `600/5m`; undefined when only `concurrency` limits. */
  readonly rate?: { readonly calls: number; readonly windowUs: Micros; readonly text: string };
  /** How far an arrival at the target may be shifted: lateness of the process and variation of the path. */
  readonly jitterUs: Micros;
  /** The part of the jitter that the process may use between a start's place on the grid and its bytes. */
  readonly latenessUs: Micros;
  /**
   * Least time between the starts of two calls, rounded up. In deferral each slot keeps an interval of its own
   * ({@link DeferralPlan}), and this is what comes of all of them together, on average.
   */
  readonly intervalUs: Micros;
}

export interface TierPlan {
  readonly name: string;
  /** From asking to the call's end, retries and all. */
  readonly timeoutUs: Micros;
  /** Share of the starts, 0 to 1, that this tier gets while it has work waiting; 0 for the highest, and in deferral. */
  readonly share: number;
  /** How long the tier's queue keeps a message. */
  readonly retentionUs: Micros;
}

/** What only one of the two dispatches has stands in its part of the union. */
export type DispatchPlan = DoorbellPlan | DeferralPlan;

/** One slot, one turn at a time, woken by bells. */
export interface DoorbellPlan {
  readonly kind: "doorbell";
  readonly turn: TurnPlan;
  /** Of the bell queue; at least the function's timeout, or Lambda refuses the mapping. */
  readonly bellVisibilityUs: Micros;
  /** How long the bell queue keeps a bell, 60 s to 14 days. */
  readonly bellRetentionUs: Micros;
}

/** Every tier's queue invokes the worker, one message at a time, in as many slots as there are. */
export interface DeferralPlan {
  readonly kind: "deferral";
  /** Units of reserved concurrency: what caps the calls that are open, and each of which keeps its own interval. */
  readonly slots: number;
  /** Least time between the starts of two calls of a slot: (W + J) / floor(N / slots), rounded up. */
  readonly intervalUs: Micros;
  /**
   * No call starts earlier than this after its invocation's entry, and so an invocation may end this much before its
   * interval is over: what the next one needs to get ready costs no rate.
   */
  readonly leadUs: Micros;
  /** Invocations that each tier's mapping may have at once (AWS's MaximumConcurrency, 2 to 1,000). */
  readonly maxConcurrency: number;
  /** By tier: a message received so often is handled whatever waits above it. */
  readonly maxReceives: Readonly<Record<string, number>>;
}

export interface TurnPlan {
  /** How long a turn takes new calls. */
  readonly lengthUs: Micros;
  /** Visibility that a turn gives its bells; what a crash costs at most. */
  readonly bellHoldUs: Micros;
  /** How often it renews it. */
  readonly bellRenewUs: Micros;
}

/** A string that may hold `${secret:NAME}` or `${secret:NAME#FIELD}`. */
export type Template = string;

export interface HttpEndpointPlan {
  readonly adapter: "http";
  readonly url: string;
  readonly headers: Readonly<Record<string, Template>>;
  readonly auth?:
    | { readonly type: "basic"; readonly username: Template; readonly password?: Template }
    | { readonly type: "bearer"; readonly token: Template }
    | { readonly type: "apiKey"; readonly in: "header" | "query"; readonly name: string; readonly value: Template };
}

export interface OperationPlan {
  readonly name: string;
  readonly method: "GET" | "HEAD" | "PUT" | "DELETE" | "POST" | "PATCH" | "OPTIONS";
  /** RFC 6570, expanded with the request; joined to the endpoint's url. */
  readonly path: string;
  readonly headers: Readonly<Record<string, Template>>;
  /** A JSONata expression without its braces, or undefined: no body. */
  readonly body?: string;
  /** JSON Schema of what callers send. */
  readonly request?: Json;
  /** A JSONata expression without its braces; undefined: `{ status, headers, body }`. */
  readonly answer?: string;
  /** A second call does no harm. */
  readonly repeatable: boolean;
  /** Header that carries the idempotency key; its value is the execution's ARN hashed, the same for every attempt. */
  readonly idempotencyHeader?: string;
  readonly expectedLatencyUs?: Micros;
}

/** Overrides of the defaults of DESIGN.md section 6; looked at in the order throttled, unavailable, unknown, rejected, success. */
export interface OutcomesPlan {
  readonly success?: OutcomeRule;
  readonly rejected?: OutcomeRule;
  readonly unavailable?: OutcomeRule;
  readonly unknown?: OutcomeRule;
  /** `pauseUs`: how long the gateway is parked when the target names no Retry-After. */
  readonly throttled: OutcomeRule & { readonly pauseUs: Micros; readonly maxPauseUs: Micros };
}

/** Matches when the status is listed (or none is) and the expression (if any) is true. */
export interface OutcomeRule {
  readonly status?: readonly number[];
  /** JSONata without its braces over $status, $headers, $body, $request, $context. */
  readonly when?: string;
}

export interface RetryPlan {
  /** Calls in all, the first included; 1 to 100. */
  readonly attempts: number;
  readonly backoffSeconds: number;
  readonly maxSeconds: number;
}

export interface RetriesPlan {
  readonly throttled: RetryPlan;
  readonly unavailable: RetryPlan;
  /** Only for repeatable operations. */
  readonly unknown: RetryPlan;
}
