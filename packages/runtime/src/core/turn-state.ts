import { type GatewayPlan, type Json, type Micros, type OperationPlan, us } from "@sluice/dsl";
import type { Evaluate } from "./classify";
import type { WorkerMemory } from "./memory";
import type { Connection, GateState, NotSent, Ports } from "./ports";
import type { HeldRequest } from "./request";
import type { Signal } from "./signal";

/** A process that serves one gateway. */
export interface Worker {
  readonly plan: GatewayPlan;
  readonly ports: Ports;
  readonly memory: WorkerMemory;
  readonly evaluate: Evaluate;
  /** A sentence about what does not fit the operation's request schema; undefined when it fits. */
  readonly validateRequest: (operation: OperationPlan, request: Json) => string | undefined;
}

/** One invocation of the worker, however it was woken. */
export interface Invocation {
  /** Unique to this invocation; a turn's id. */
  readonly id: string;
  /** When the function's own timeout would end it. */
  readonly deadlineAt: Micros;
}

/** Why a turn takes nothing more. */
export type Closing =
  /** Nothing to take and nothing open. */
  | "idle"
  /** Its length is reached. */
  | "time"
  /** A park longer than is worth waiting for. */
  | "parked"
  /** The gate cannot be read or written: nothing may be called. */
  | "gate"
  /** Another turn has taken the gate, which two guards should have prevented. */
  | "overtaken"
  /** The queues cannot be read. */
  | "queues";

/** One tier as this turn sees it. */
export interface Hand {
  readonly tier: string;
  readonly requests: HeldRequest[];
  isReceiving: boolean;
  /** When a look last came back with nothing; a start of the tier's work resets it. */
  emptyAt: Micros | undefined;
  failures: number;
  retryAt: Micros;
}

/**
 * What a turn has for its next calls to start on. They belong to no request: bound to one, the connection of a lower tier's
 * would let it go ahead of a higher one whose own was lost a moment before.
 */
export interface Connecting {
  standing: Connection[];
  /** Connections that could not be made, and when: a start that is spent on one tells its request so. */
  failures: { readonly reason: NotSent; readonly at: Micros }[];
  /** When each that is being made was begun, oldest first. */
  underWay: Micros[];
}

/** Everything that a turn knows, in one record; the steps that change it are functions beside each other. */
export interface TurnState {
  readonly worker: Worker;
  readonly turn: Invocation;
  readonly entryAt: Micros;
  readonly signal: Signal;
  readonly alarm: (instant: Micros) => void;
  readonly hands: readonly Hand[];
  readonly connecting: Connecting;
  /** Ids taken up and not ended: a copy of one is dropped. */
  readonly inFlight: Set<string>;
  /** Ids whose call this turn started: whatever copy of one comes, it is not called again. */
  readonly called: Set<string>;
  /** Ids whose messages nobody needs any more: they were answered, or nobody waits. */
  readonly ended: Set<string>;
  /** When each call that has not ended was started. */
  openSince: Micros[];
  /** Work of this turn that is not a call: preparing, answering, deleting. */
  chores: number;
  startedCalls: number;
  /** The bytes of the last start are not confirmed yet. */
  isWriting: boolean;
  /** When something last happened that makes another look worth while. */
  busyAt: Micros;
  closing: Closing | undefined;
  /** Something was in hand when the turn closed. */
  hasGivenBack: boolean;
  gate: { parkedUntilMs: Record<string, number>; readAt: Micros; isReading: boolean; failingSince: Micros | undefined };
}

/** The latest instant (epoch milliseconds) until which any reason parks the gateway; 0 when none does. */
export const parkedUntilMs = (state: TurnState): number => Math.max(0, ...Object.values(state.gate.parkedUntilMs));

/** How long the park lasts from now; 0 when the gateway is not parked. */
export const parkLeftUs = (state: TurnState): Micros =>
  us(Math.max(0, parkedUntilMs(state) - state.worker.ports.clock.wallMs()) * 1_000);

/**
 * Whether another invocation, which did something at `sinceMs` (epoch milliseconds), may still be at it. Never in doorbell,
 * where a turn begins when the one before is over; in deferral another slot may hold a copy of a message.
 */
export const mayGoOn = ({ worker: { plan, ports } }: TurnState, sinceMs: number): boolean =>
  plan.dispatch.kind === "deferral" && ports.clock.wallMs() - sinceMs < plan.worker.functionTimeoutUs / 1_000;

export const isEmptyHanded = (state: TurnState): boolean => state.hands.every((hand) => hand.requests.length === 0);

/** Runs work beside the loop. It must handle its own failures; the turn does not end before it has. */
export function chore(state: TurnState, work: () => Promise<void>): void {
  state.chores += 1;
  void see(state, work);
}

async function see(state: TurnState, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    state.worker.ports.telemetry.event("chore-failed", { error: describe(error) });
  }
  state.chores -= 1;
  state.busyAt = state.worker.ports.clock.now();
  state.signal.notify();
}

/** Whatever needs the gate and does not get it closes the way to the target. */
export function gateFailed(state: TurnState, operation: string, error: unknown): void {
  const { clock, telemetry } = state.worker.ports;
  telemetry.event("gate-failed", { operation, error: describe(error) });
  state.gate.failingSince ??= clock.now();
}

export const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

export function newTurnState(
  worker: Worker,
  turn: Invocation,
  gate: GateState,
  entryAt: Micros,
  parts: {
    signal: Signal;
    alarm: (instant: Micros) => void;
  },
): TurnState {
  const now = worker.ports.clock.now();
  return {
    worker,
    turn,
    entryAt,
    ...parts,
    hands: worker.plan.tiers.map((tier) => ({
      tier: tier.name,
      requests: [],
      isReceiving: false,
      emptyAt: undefined,
      failures: 0,
      retryAt: entryAt,
    })),
    connecting: { standing: [], failures: [], underWay: [] },
    inFlight: new Set(),
    called: new Set(),
    ended: new Set(),
    openSince: [],
    chores: 0,
    startedCalls: 0,
    isWriting: false,
    busyAt: entryAt,
    closing: undefined,
    hasGivenBack: false,
    gate: { parkedUntilMs: { ...gate.parkedUntilMs }, readAt: now, isReading: false, failingSince: undefined },
  };
}
