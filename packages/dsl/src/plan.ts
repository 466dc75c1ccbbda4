import { BELLS_KEPT } from "./contract";
import { showDuration } from "./duration";
import { planDeferral, slotTimeoutUs } from "./plan-deferral";
import type {
  DispatchPlan,
  DoorbellPlan,
  GatewayPlan,
  HttpEndpointPlan,
  LimitPlan,
  OperationPlan,
  OutcomeRule,
  OutcomesPlan,
  RetryPlan,
  TierPlan,
  TurnPlan,
} from "./plan-types";
import type { Rate } from "./rate";
import { secretReferences } from "./secret-reference";
import type { GatewaySpec, HttpOperation } from "./spec";
import { type Micros, ms, seconds, toSecondsUp, us } from "./units";

/** Above it, one Lambda environment is not enough: about six SDK calls a request, about a millisecond of a core each. */
export const MAX_CALLS_PER_SECOND = 150;

/** Most calls that one worker keeps open. */
export const MAX_OPEN_CALLS = 200;

/** The least jitter that a process and a path can keep. */
export const MIN_JITTER_US = ms(5);

/** The longest time that AWS Lambda gives one invocation. */
export const MAX_FUNCTION_TIMEOUT_US = seconds(900);

/** The longest that SQS keeps a message, 14 days. */
const MAX_RETENTION_US = seconds(14 * 86_400);

/** The longest `timeouts.response`: the turn that is left beside it in Lambda's 15 minutes is at least as long. */
export const MAX_RESPONSE_US = seconds(420);

/** The longest timeout of a tier, 13 days: its messages outlive it within SQS's 14. */
export const MAX_TIER_TIMEOUT_US = seconds(13 * 86_400);

/** What a lower tier gets while it has work waiting and the file says nothing. */
export const DEFAULT_SHARE = 0.05;

/** What the state machine's task waits beside deadline, call and visibility before it gives a request up. */
export const TASK_MARGIN_US = seconds(60);

/** How many response timeouts a turn lasts, where Lambda's 15 minutes hold as many. */
export const TURN_RESPONSES = 40;

const MARGIN_US = seconds(30);
const RETENTION_MARGIN_US = seconds(3_600);
const REPEATABLE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

/** Whether a second call of an operation does no harm. */
export function isRepeatable({ method, idempotency }: Pick<HttpOperation, "method" | "idempotency">): boolean {
  return REPEATABLE_METHODS.has(method) || idempotency !== undefined;
}

/**
 * Every number that a stack needs, from a gateway's specification. Pure.
 *
 * @param options.turnUs how long a turn takes new calls; left out, {@link planTurn} says. For those who want to see turns end
 * @throws RangeError when `timeouts.response` leaves no turn within Lambda's 15 minutes; lint never lets that through
 */
export function planGateway(spec: GatewaySpec, options: { readonly turnUs?: Micros } = {}): GatewayPlan {
  const endpoint = planEndpoint(spec.endpoint);
  const operations = Object.entries(spec.operations).map(([name, operation]) => planOperation(name, operation));
  return {
    planVersion: 2,
    name: spec.name,
    description: spec.description,
    owner: spec.owner,
    environment: spec.environment,
    naming: spec.naming,
    ...(spec.worker?.dispatch === "deferral" ? planForDeferral(spec) : planForDoorbell(spec, options.turnUs)),
    tiers: spec.tiers.map((tier, rank) => planTier(tier, rank, spec.worker?.dispatch !== "deferral")),
    defaultTier: spec.defaultTier,
    timeouts: { connectUs: spec.timeouts.connect, responseUs: spec.timeouts.response },
    endpoint,
    operations,
    outcomes: planOutcomes(spec.outcomes),
    retries: {
      throttled: planRetry(spec.retries.throttled),
      unavailable: planRetry(spec.retries.unavailable),
      unknown: planRetry(spec.retries.unknown),
    },
    secrets: secretNames(endpoint, operations),
  };
}

/** What the way of the work decides: how starts are spaced, and how long an invocation and a message's hiding last. */
type Dispatched = Pick<GatewayPlan, "limit" | "openCalls" | "dispatch" | "worker" | "queues">;

function planForDoorbell(spec: GatewaySpec, turnUs: Micros | undefined): Dispatched {
  const limit = planLimit(spec.rateLimit, spec.jitter);
  const responseUs = spec.timeouts.response;
  const planned = planTurn(responseUs);
  const turn = { ...planned, lengthUs: turnUs ?? planned.lengthUs };
  const functionTimeoutUs = us(turn.lengthUs + responseUs + MARGIN_US);
  const dispatch: DispatchPlan = {
    kind: "doorbell",
    turn,
    bellVisibilityUs: functionTimeoutUs,
    bellRetentionUs: bellRetentionUs(limit, functionTimeoutUs),
  };
  return {
    limit,
    openCalls: spec.concurrency ?? openCalls(responseUs, limit.intervalUs),
    dispatch,
    worker: { memoryMb: 1_000_000 / limit.intervalUs >= 50 ? 1_024 : 512, functionTimeoutUs },
    queues: { tierVisibilityUs: us(responseUs + MARGIN_US) },
  };
}

function planForDeferral(spec: GatewaySpec): Dispatched {
  const limit = planLimit(spec.rateLimit, spec.jitter);
  const dispatch = planDeferral(spec, limit);
  const functionTimeoutUs = slotTimeoutUs(dispatch.intervalUs, spec.timeouts);
  return {
    limit: { ...limit, intervalUs: us(Math.ceil(dispatch.intervalUs / dispatch.slots)) },
    openCalls: dispatch.slots,
    dispatch,
    // One call at a time, of which it waits through most.
    worker: { memoryMb: 256, functionTimeoutUs },
    // Lambda refuses a mapping whose queue hides messages for less than the function's timeout.
    queues: { tierVisibilityUs: functionTimeoutUs },
  };
}

/** What only doorbell has of a plan. @throws RangeError of a plan with the other dispatch */
export function doorbellOf({ name, dispatch }: GatewayPlan): DoorbellPlan {
  if (dispatch.kind !== "doorbell") throw new RangeError(`${name} has no turns: its dispatch is ${dispatch.kind}`);
  return dispatch;
}

/**
 * The least time between the starts of two calls, so that no window holds more than `limit.calls`.
 *
 * @param limit calls per window, as `rateLimit` states it
 * @param jitterUs how far lateness and the path may shift an arrival at the target
 * @returns microseconds, rounded up: rounded down, one call too many could fit a window
 * @see DESIGN.md, "The guarantee"
 */
export function intervalUs(limit: Rate, jitterUs: Micros): Micros {
  return us(Math.ceil((limit.windowUs + jitterUs) / limit.calls));
}

/** The jitter of a file that states none: the larger of 20 ms and 1 % of the window. */
export function defaultJitterUs(rate: Rate | undefined): Micros {
  return us(Math.max(ms(20), Math.ceil((rate?.windowUs ?? 0) / 100)));
}

/**
 * How long a turn takes new calls: {@link TURN_RESPONSES} response timeouts, within what Lambda leaves beside one of them and a margin. At its
 * end nothing starts until the last calls have ended, which costs their time over the turn's.
 *
 * @see docs/decisions/0013-a-turn-lasts-forty-response-timeouts.md
 */
export function planTurn(responseUs: Micros): TurnPlan {
  const left = MAX_FUNCTION_TIMEOUT_US - responseUs - MARGIN_US;
  if (left <= 0) throw new RangeError(`a response timeout of ${showDuration(responseUs)} leaves no turn`);
  return {
    lengthUs: us(Math.min(TURN_RESPONSES * responseUs, left)),
    bellHoldUs: seconds(10),
    bellRenewUs: seconds(3),
  };
}

/**
 * How long a bell is kept: while {@link BELLS_KEPT} calls start, so that not more than these lie there where as much is
 * asked as called, and at least for two of the longest turns. Where no rate says how many calls start in a time, as long as
 * SQS keeps anything.
 *
 * Not shorter: in a gateway that is never idle a turn gets the oldest bells there are, and when these expire in its hands
 * their group no longer keeps the mapping from invoking a second time.
 *
 * @see docs/decisions/0017-a-bell-is-kept-while-a-hundred-thousand-calls-start.md
 */
function bellRetentionUs({ rate, intervalUs }: LimitPlan, functionTimeoutUs: Micros): Micros {
  if (rate === undefined) return MAX_RETENTION_US;
  return us(Math.min(Math.max(BELLS_KEPT * intervalUs, 2 * functionTimeoutUs), MAX_RETENTION_US));
}

/** Interval, jitter and lateness of a limit; with `concurrency` alone, the rate that one worker can do. */
export function planLimit(rate: Rate | undefined, jitter: Micros | undefined): LimitPlan {
  const jitterUs = jitter ?? defaultJitterUs(rate);
  // A quarter of the jitter at most is the process's; the rest is left to the path.
  const latenessUs = us(Math.max(ms(1), Math.min(Math.floor(jitterUs / 4), ms(25))));
  const interval = rate ? intervalUs(rate, jitterUs) : us(Math.ceil(1_000_000 / MAX_CALLS_PER_SECOND));
  return { rate, jitterUs, latenessUs, intervalUs: interval };
}

function openCalls(responseUs: Micros, interval: Micros): number {
  return Math.max(1, Math.min(MAX_OPEN_CALLS, Math.ceil(responseUs / interval)));
}

function planTier(tier: GatewaySpec["tiers"][number], rank: number, hasShares: boolean): TierPlan {
  return {
    name: tier.name,
    timeoutUs: tier.timeout,
    share: rank === 0 || !hasShares ? 0 : (tier.share ?? DEFAULT_SHARE),
    retentionUs: us(Math.min(tier.timeout + RETENTION_MARGIN_US, MAX_RETENTION_US)),
  };
}

function planEndpoint({ adapter, url, headers, auth }: GatewaySpec["endpoint"]): HttpEndpointPlan {
  return { adapter, url: url.replace(/\/+$/, ""), headers, auth };
}

function planOperation(name: string, operation: HttpOperation): OperationPlan {
  return {
    name,
    method: operation.method,
    path: operation.path,
    headers: operation.headers,
    body: operation.body,
    request: operation.request,
    answer: operation.answer,
    repeatable: isRepeatable(operation),
    idempotencyHeader: operation.idempotency?.header,
    expectedLatencyUs: operation.latency,
  };
}

function planOutcomes(outcomes: GatewaySpec["outcomes"]): OutcomesPlan {
  const { success, rejected, unavailable, unknown, throttled } = outcomes;
  const rule = ({ status, when }: OutcomeRule): OutcomeRule => ({ status, when });
  return {
    success: success && rule(success),
    rejected: rejected && rule(rejected),
    unavailable: unavailable && rule(unavailable),
    unknown: unknown && rule(unknown),
    throttled: { ...rule(throttled), pauseUs: throttled.pause, maxPauseUs: throttled.maxPause },
  };
}

function planRetry({ attempts, backoff, max }: GatewaySpec["retries"]["throttled"]): RetryPlan {
  return { attempts, backoffSeconds: toSecondsUp(backoff), maxSeconds: toSecondsUp(max) };
}

function secretNames(endpoint: HttpEndpointPlan, operations: readonly OperationPlan[]): string[] {
  const auth = endpoint.auth ? Object.values(endpoint.auth) : [];
  const headers = [endpoint.headers, ...operations.map((operation) => operation.headers)].flatMap(Object.values);
  const references = [...auth, ...headers].flatMap((text) => secretReferences(String(text)));
  return [...new Set(references.map(({ name }) => name))].sort();
}
