import { type DeferralPlan, type LimitPlan, type Micros, ms, seconds, us } from "@sluice/dsl";
import { connectOnce } from "./connecting";
import { decided, nextStartAt, type Pace, unknownPast } from "./pacer";
import type { GateState, Received } from "./ports";
import { accept, isPastDeadline, receive, remove, renew, SHORT_LOOK, tendHands } from "./receiving";
import type { HeldRequest } from "./request";
import { createAlarm, createSignal } from "./signal";
import { giveBack, stage } from "./staging";
import { begin, canBegin } from "./starting";
import {
  chore,
  gateFailed,
  type Hand,
  type Invocation,
  newTurnState,
  parkLeftUs,
  type TurnState,
  type Worker,
} from "./turn-state";

/** One invocation by a tier's queue. */
export interface DeferralInput extends Invocation {
  /** What woke it. */
  readonly message: Received;
  readonly plan: DeferralPlan;
}

interface SlotState extends TurnState {
  readonly turn: DeferralInput;
  /** The limit as one slot keeps it. */
  readonly limit: LimitPlan;
}

/** What was read of the gate is believed for as long as a token is that was found alive. */
const GATE_BELIEVED_FOR: Micros = seconds(1);
/** A park no longer than this is waited for: another invocation would cost as much. */
const PARK_WORTH_WAITING: Micros = seconds(2);
const MAX_PARKED_RETURN: Micros = seconds(60);
/** For a gate that does not answer, and a request of which cannot be told whether it may be called. */
const UNSURE_RETURN: Micros = seconds(5);
/** Lambda starts at most ten invocations a second for each reserved unit. */
const MIN_INVOCATION: Micros = ms(120);
/** Left at the end of the function's time for the last answer. */
const ENDING_MARGIN: Micros = seconds(10);

/**
 * One invocation: calls one request, the one that woke it or one of a higher tier, and keeps its slot for one interval
 * from the call's start. Another invocation of the slot begins only afterwards, so that no two calls of a slot are closer
 * together, whichever process makes them.
 *
 * @returns whether the message that woke it is done with; if not, it comes back when its visibility ends
 * @see DESIGN.md, "deferral"
 */
export async function runDeferral(worker: Worker, invocation: DeferralInput): Promise<boolean> {
  const state = enter(worker, invocation);
  const { message } = invocation;
  await readGate(state);
  const own = await take(state, message);
  while (own !== undefined && hasTime(state) && (await isOpen(state))) {
    await worker.ports.clock.sleepUntil(us(startDue(state) - invocation.plan.leadUs));
    const held = await choose(state, own);
    await getReady(state, held, own);
    if (await startWhenDue(state, held)) break;
    // It has ended, or it must wait; so must whoever woke this invocation for it.
    if (held === own) break;
    await returnUnsure(state, held);
  }
  await leave(state, own);
  await worker.ports.endpoint.close();
  await keepSlot(state);
  return message.envelope !== undefined && state.ended.has(message.envelope.id);
}

const NOTHING_KNOWN: GateState = { turnId: undefined, parkedUntilMs: {}, credits: {}, lingeringUntilMs: [] };

function enter(worker: Worker, turn: DeferralInput): SlotState {
  const { memory, plan, ports } = worker;
  const entryAt = ports.clock.now();
  const signal = createSignal();
  memory.pace = paceAtEntry(memory.pace, entryAt, turn.plan);
  return {
    ...newTurnState(worker, turn, NOTHING_KNOWN, entryAt, { signal, alarm: createAlarm(ports.clock, signal) }),
    turn,
    limit: { ...plan.limit, intervalUs: turn.plan.intervalUs },
  };
}

/**
 * The call before, of this slot, was in whichever process; that it is an interval ago was seen to by its invocation, less
 * the lead, which every call waits for from its own invocation's entry. A process that knows of no call of its own may
 * stand in for one that died in the middle of its interval, and waits for a whole one.
 */
function paceAtEntry(known: Pace | undefined, entryAt: Micros, { intervalUs, leadUs }: DeferralPlan): Pace {
  if (known === undefined) return unknownPast(entryAt);
  return { gridAt: us(Math.max(known.gridAt, entryAt + leadUs - intervalUs)) };
}

const paceOf = ({ worker: { memory }, entryAt }: SlotState): Pace => memory.pace ?? unknownPast(entryAt);

const startDue = (state: SlotState): Micros => nextStartAt(paceOf(state), state.limit);

/** Everything that this invocation does beside its own steps is done. */
async function settle(state: SlotState): Promise<void> {
  while (state.chores > 0 || state.isWriting) await state.signal.next();
}

/** @returns undefined when the message needs no call */
async function take(state: SlotState, message: Received): Promise<HeldRequest | undefined> {
  const hand = handOf(state, message.tier);
  accept(state, hand, message);
  await settle(state);
  return hand.requests[0];
}

function handOf(state: SlotState, tier: string): Hand {
  const hand = state.hands.find((candidate) => candidate.tier === tier);
  if (hand === undefined) throw new Error(`${state.worker.plan.name} has no tier ${tier}. Deploy the gateway again.`);
  return hand;
}

const isInHand = (state: SlotState, held: HeldRequest): boolean =>
  state.hands.some((hand) => hand.requests.includes(held));

/** A call that starts now can end, keep its place at the target when it got no answer, and be told of. */
function hasTime({ turn, limit, worker: { plan, ports } }: SlotState): boolean {
  const longest = plan.timeouts.connectUs + Math.max(limit.intervalUs, 2 * plan.timeouts.responseUs);
  return ports.clock.now() < turn.deadlineAt - longest - ENDING_MARGIN;
}

async function readGate(state: SlotState): Promise<void> {
  const { gate, clock } = state.worker.ports;
  try {
    state.gate.parkedUntilMs = { ...(await gate.read()).parkedUntilMs };
    state.gate.failingSince = undefined;
  } catch (error) {
    gateFailed(state, "read", error);
  }
  state.gate.readAt = clock.now();
}

/** Whether the gateway may be called, by what the gate has said a moment ago. A short park is waited for. */
async function isOpen(state: SlotState): Promise<boolean> {
  const { clock } = state.worker.ports;
  for (;;) {
    if (clock.now() - state.gate.readAt > GATE_BELIEVED_FOR) await readGate(state);
    if (state.gate.failingSince !== undefined) state.closing = "gate";
    const left = parkLeftUs(state);
    if (left > PARK_WORTH_WAITING) state.closing = "parked";
    if (state.closing !== undefined) return false;
    if (left === 0) return true;
    await clock.sleepUntil(us(clock.now() + left));
  }
}

/** The request that is called: of the highest tier that has one, or the own one when it has stepped back often enough. */
async function choose(state: SlotState, own: HeldRequest): Promise<HeldRequest> {
  const { tier, receiveCount } = own.message;
  const isDue = receiveCount >= (state.turn.plan.maxReceives[tier] ?? 1);
  if (isDue || !isInHand(state, own)) return own;
  for (const hand of state.hands) {
    if (hand.tier === tier) break;
    const higher = await ask(state, hand);
    if (higher !== undefined) return higher;
  }
  return own;
}

/** A short look: a long one would keep the slot, for a second, from the request that it has. */
async function ask(state: SlotState, hand: Hand): Promise<HeldRequest | undefined> {
  do {
    await receive(state, hand, 1, SHORT_LOOK);
    await settle(state);
    // What came may have needed no call; what comes next is worth a look then.
  } while (hand.requests.length === 0 && hand.emptyAt === undefined && hand.failures === 0 && hasTime(state));
  return hand.requests[0];
}

async function getReady(state: SlotState, held: HeldRequest, own: HeldRequest): Promise<void> {
  if (!isInHand(state, held)) return;
  // Its poller may have had it for almost as long as it is hidden, if Lambda was throttled.
  if (held === own) renew(state, held, state.worker.ports.clock.now());
  await prepare(state, held);
}

async function prepare(state: SlotState, held: HeldRequest): Promise<void> {
  stage(state, handOf(state, held.message.tier), held);
  connectOnce(state, startDue(state));
  await settle(state);
}

/** @returns whether it was started */
async function startWhenDue(state: SlotState, held: HeldRequest): Promise<boolean> {
  const { clock } = state.worker.ports;
  await clock.sleepUntil(startDue(state));
  // An interval may be longer than what was left to its deadline.
  tendHands(state);
  await settle(state);
  if (isInHand(state, held) && !canBegin(state, held) && held.stage.kind === "ready") await prepare(state, held);
  if (!isInHand(state, held) || !(await isOpen(state)) || !canBegin(state, held)) return false;
  if (isPastDeadline(state, held)) return false;
  // The clock is read last: whatever happens between here and the bytes is late, and only lateness is allowed for.
  const now = clock.now();
  remove(handOf(state, held.message.tier), held);
  state.worker.memory.pace = decided(paceOf(state), state.limit, now);
  state.startedCalls += 1;
  begin(state, held);
  return true;
}

/** A request of a higher tier of which cannot be told whether it may be called: others look at it again. */
async function returnUnsure(state: SlotState, held: HeldRequest): Promise<void> {
  if (!isInHand(state, held)) return;
  remove(handOf(state, held.message.tier), held);
  chore(state, () => giveBack(state, held, UNSURE_RETURN));
  await settle(state);
}

/** Gives back what was not started. The own request, when another was called in its place, waits out its visibility. */
async function leave(state: SlotState, own: HeldRequest | undefined): Promise<void> {
  const hasSteppedBack = own !== undefined && state.startedCalls > 0 && isInHand(state, own);
  if (hasSteppedBack) {
    const { tier, receiveCount } = own.message;
    state.worker.ports.telemetry.event("deferred", { tier, receiveCount });
  }
  for (const hand of state.hands) {
    for (const held of [...hand.requests]) {
      remove(hand, held);
      chore(state, () => giveBack(state, held, returnFor(state, held === own)));
    }
  }
  await settle(state);
}

function returnFor(state: SlotState, isOwn: boolean): Micros | "asItIs" {
  if (isOwn && state.startedCalls > 0) return "asItIs";
  return state.closing === "parked" ? us(Math.min(MAX_PARKED_RETURN, parkLeftUs(state))) : UNSURE_RETURN;
}

/**
 * Until the slot may be another's: an interval from the call's start, less the lead; and as long as a call without an
 * answer may still be open at the target.
 */
async function keepSlot(state: SlotState): Promise<void> {
  const { memory, ports } = state.worker;
  const ownInterval = state.startedCalls > 0 ? startDue(state) - state.turn.plan.leadUs : 0;
  const until = Math.max(state.entryAt + MIN_INVOCATION, ownInterval, ...memory.lingering);
  await ports.clock.sleepUntil(us(until));
  memory.lingering = [];
}
