import type { Envelope, Json, Micros, OperationPlan, OutcomeKind } from "@sluice/dsl";

/**
 * What the worker's core reaches the world through. It awaits nothing else, so that the same core runs in Lambda, in the
 * local mode and in virtual time, and so that a simulated crash at every await covers every place where a real one can
 * leave something half done.
 */
export interface Ports {
  readonly tiers: Tiers;
  readonly bells: Bells;
  readonly callback: Callback;
  readonly endpoint: Endpoint;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** Time. Monotonic for everything that spaces calls; the wall only where AWS or the target speak in it. */
export interface Clock {
  /** Monotonic microseconds from an arbitrary zero. */
  now(): Micros;
  /** Epoch milliseconds. */
  wallMs(): number;
  /** Resolves at or after `instant` of {@link now}; at once when it has passed. */
  sleepUntil(instant: Micros): Promise<void>;
}

/** The tiers' queues. */
export interface Tiers {
  /**
   * Up to `max` (1 to 10) messages; waits up to `waitUs` (whole seconds, 0 to 20 s; 0 may miss messages). Never aborted:
   * an aborted receive strands what it was about to bring until the visibility ends.
   */
  receive(tier: string, max: number, waitUs: Micros): Promise<Received[]>;
  /** The message of a record that a tier's mapping invoked the worker with. Throws when the queue is no tier's. */
  delivered(record: Readonly<Record<string, unknown>>): Received;
  delete(message: Received): Promise<void>;
  /** Visible again after `delayUs`, rounded up to whole seconds; 0 gives it back at once. */
  setVisibility(message: Received, delayUs: Micros): Promise<void>;
}

/** A message in hand. */
export interface Received {
  readonly tier: string;
  /** The text as received; {@link envelope} is undefined when it is no envelope of this version. */
  readonly body: string;
  readonly envelope: Envelope | undefined;
  readonly receiptHandle: string;
  /** 1 at the first receive. */
  readonly receiveCount: number;
  readonly sentAtMs: number;
}

/** The bells that woke this turn. */
export interface Bells {
  /** Hides all of them for `visibilityUs` from now, rounded up to whole seconds. */
  hold(bells: readonly Bell[], visibilityUs: Micros): Promise<void>;
}

/** A message that only wakes the worker. */
export interface Bell {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** The id of the request that rang it; undefined for the sweep's. */
  readonly requestId: string | undefined;
}

/** Step Functions. */
export interface Callback {
  /** `gone`: the token is answered, cancelled or expired. A throttled question counts as alive. */
  isAlive(token: string): Promise<"alive" | "gone">;
  /** Resolves when Step Functions has the answer, or has no more use for one. Rejects when it could not be told. */
  succeed(token: string, output: Json): Promise<void>;
  fail(token: string, error: string, cause: string): Promise<void>;
}

/**
 * The target. Everything that may take its time comes before the start: forming the call, and a connection that stands. They
 * are two things, because the call that starts next takes whichever connection stands.
 *
 * @typeParam Form what is sent, which only its own endpoint reads
 */
export interface Endpoint<Form = unknown> {
  /**
   * Expands the request and fetches secrets. Rejects with {@link NotSent}: `invalidRequest` when the request cannot be sent,
   * `unavailable` when it cannot be formed now.
   */
  form(operation: OperationPlan, request: Json, context: CallContext): Promise<Form>;
  /**
   * A connection for one call that will start at about `startAt`, of {@link Clock.now}: an idle one where one may still be
   * used then. Sends nothing that the target counts. Rejects with {@link NotSent} (`unavailable`).
   */
  connect(startAt: Micros): Promise<Connection<Form>>;
  /** Closes every connection; at a turn's end. */
  close(): Promise<void>;
}

/** What a target may be told about the attempt. */
export interface CallContext {
  readonly execution: string;
  readonly attempt: number;
  readonly tier: string;
  /** Same for each attempt of one execution. */
  readonly idempotencyKey: string;
}

/** A connection that was established for one call. */
export interface Connection<Form = unknown> {
  /** A call may be started on it before that; long ago once one was started, or the connection was lost. */
  readonly readyUntil: Micros;
  /**
   * Writes the call's first byte at once, in the same tick. `written` resolves when the bytes have been handed to the
   * kernel (and also when the write failed); `ended` with what came of it, never rejecting, within the response timeout.
   */
  start(form: Form): StartedCall;
  /** Closes it, unused. */
  discard(): void;
}

/** @see Connection.start */
export interface StartedCall {
  readonly written: Promise<void>;
  readonly ended: Promise<CallEnd>;
}

/** The raw end of a call, before it is classified. */
export type CallEnd =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Json;
    }
  | { readonly kind: "timeout"; readonly message: string }
  /** Reset or closed after the first byte may have left. */
  | { readonly kind: "lost"; readonly message: string }
  /** Surely nothing left. */
  | { readonly kind: "notSent"; readonly message: string }
  | { readonly kind: "tooLarge"; readonly status: number; readonly message: string };

/** Nothing was sent. `reason` chooses the outcome: unavailable, or rejected where the request itself cannot be sent. */
export class NotSent extends Error {
  constructor(
    readonly reason: "unavailable" | "invalidRequest",
    message: string,
  ) {
    super(message);
    this.name = "NotSent";
  }
}

/** The gateway's DynamoDB table. Every method rejects when the table cannot be reached: then nothing is called. */
export interface Gate {
  /** Sets the turn's id and returns what was there, in one write. */
  take(turnId: string): Promise<GateState>;
  /** What a running turn re-reads every few seconds. */
  read(): Promise<GateState>;
  /** Raises the park of one reason to `untilMs` (epoch milliseconds); never lowers it. */
  park(reason: string, untilMs: number): Promise<void>;
  /** Leaves what the next turn should know. No effect when another turn has taken the gate. */
  leave(turnId: string, left: LeftBehind): Promise<void>;
  /** `mine` when `key` was claimed now or earlier by `owner`; `other` when another has claimed it. */
  claim(key: string, owner: string, expiresAtMs: number, nowMs: number): Promise<"mine" | "other">;
  /** When `key` was claimed, by the clock of who claimed it; undefined when nobody has, or it was taken back. */
  claimedAtMs(key: string): Promise<number | undefined>;
  /** Takes back a claim of `owner` whose call never started, or was refused; no effect on another's. */
  unclaim(key: string, owner: string): Promise<void>;
  /**
   * Counts a turn that takes a redelivered request up, before anything is done for it. Those that remain have it still,
   * or died with it. Repeated, because its answer was lost, it counts once.
   *
   * @returns when each other turn took it up, epoch milliseconds
   */
  countTry(requestId: string, turnId: string, expiresAtMs: number, nowMs: number): Promise<readonly number[]>;
  /** Takes the count back: the turn gives the request back in peace. */
  uncountTry(requestId: string, turnId: string, expiresAtMs: number): Promise<void>;
}

/** What a turn leaves to the next one. */
export interface LeftBehind {
  /** Credit of the lower tiers. */
  readonly credits: Readonly<Record<string, number>>;
  /** Epoch milliseconds, one for each call that got no answer: until when it still counts as open at the target. */
  readonly lingeringUntilMs: readonly number[];
}

export interface GateState extends LeftBehind {
  /** The turn that had the gate before {@link Gate.take}, or has it now for {@link Gate.read}. */
  readonly turnId: string | undefined;
  /** Reason to epoch milliseconds. */
  readonly parkedUntilMs: Readonly<Record<string, number>>;
}

/** One line a call, and metrics; never throws, never awaited. */
export interface Telemetry {
  call(line: CallLine): void;
  event(name: string, fields: Readonly<Record<string, Json>>): void;
}

/** The log line of a request's end. */
export interface CallLine {
  readonly execution: string;
  readonly operation: string;
  readonly tier: string;
  readonly attempt: number;
  readonly outcome: OutcomeKind | "expired" | "gone" | "poison";
  readonly status?: number;
  readonly receiveCount: number;
  /** From the execution's start to the call's. */
  readonly waitMs?: number;
  /** From the message's SentTimestamp to the call's start. */
  readonly ageMs?: number;
  readonly durationMs?: number;
  readonly message?: string;
}
