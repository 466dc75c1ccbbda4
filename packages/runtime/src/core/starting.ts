import { ERRORS, type Micros, us } from "@sluice/dsl";
import { answerCall, fail } from "./answering";
import { isConnected, takeConnection } from "./connecting";
import { rememberQuickest } from "./lead";
import { decided, nextStartAt, type Pace, written } from "./pacer";
import { creditsAfter, pickTier } from "./pick";
import { type CallEnd, NotSent, type StartedCall } from "./ports";
import { remove } from "./receiving";
import type { HeldRequest } from "./request";
import { canStart } from "./staging";
import { chore, type Hand, parkLeftUs, type TurnState } from "./turn-state";

/** Starts the next call if one may start now. @returns whether it did */
export function startNext(state: TurnState, pace: Pace): boolean {
  const { plan, memory, ports } = state.worker;
  if (!mayStart(state)) return false;
  const startable = (tier: string) => startableOf(state, tier) !== undefined;
  const tier = pickTier(plan.tiers, memory.credits, startable);
  if (tier === undefined) return false;
  const hand = handOf(state, tier);
  const held = startableOf(state, tier);
  // Without a connection it waits, and so does everybody: whichever stands next is for the request whose turn it is.
  if (hand === undefined || held === undefined || !canBegin(state, held)) return false;
  // The clock is read last: whatever happens between here and the bytes is late, and only lateness is allowed for.
  const now = ports.clock.now();
  const due = nextStartAt(pace, plan.limit);
  if (now < due) {
    state.alarm(due);
    return false;
  }
  remove(hand, held);
  memory.pace = decided(pace, plan.limit, now);
  memory.credits = creditsAfter(plan.tiers, memory.credits, tier, (other) => waits(state, other));
  state.startedCalls += 1;
  hand.emptyAt = undefined;
  begin(state, held);
  return true;
}

/** Everything but time and work: whether the gateway may be called at all. */
function mayStart(state: TurnState): boolean {
  if (state.closing !== undefined || state.isWriting || state.gate.failingSince !== undefined) return false;
  return parkLeftUs(state) === 0 && openPlaces(state) > 0;
}

/** Places left at the target: a call that timed out may still be running there. */
function openPlaces(state: TurnState): number {
  const { memory, plan, ports } = state.worker;
  const now = ports.clock.now();
  memory.lingering = memory.lingering.filter((until) => until > now);
  const free = plan.openCalls - state.openSince.length - memory.lingering.length;
  if (free <= 0 && memory.lingering.length > 0) state.alarm(us(Math.min(...memory.lingering)));
  return free;
}

const handOf = (state: TurnState, tier: string): Hand | undefined => state.hands.find((hand) => hand.tier === tier);

const startableOf = (state: TurnState, tier: string): HeldRequest | undefined =>
  handOf(state, tier)?.requests.find((held) => canStart(state, held));

/** A tier has work when something is in hand, or when nothing says that its queue is empty. */
function waits(state: TurnState, tier: string): boolean {
  const hand = handOf(state, tier);
  return hand !== undefined && (hand.requests.length > 0 || hand.emptyAt === undefined);
}

/** Whether something comes of a start that is spent on it now. */
export const canBegin = (state: TurnState, held: HeldRequest): boolean =>
  canStart(state, held) && (held.stage.kind === "unsendable" || isConnected(state));

/** Starts a request for which a start was taken; it {@link canBegin}. */
export function begin(state: TurnState, held: HeldRequest): void {
  const { stage } = held;
  if (stage.kind === "unsendable") failUnsent(state, held, stage.reason);
  if (stage.kind !== "ready") return;
  const connection = takeConnection(state);
  if (connection instanceof NotSent) failUnsent(state, held, connection);
  else call(state, held, () => connection.start(stage.form));
}

function failUnsent(state: TurnState, held: HeldRequest, reason: NotSent): void {
  const text = `${state.worker.plan.name} could not be reached: ${reason.message} Nothing was sent.`;
  chore(state, () => fail(state, held, "unavailable", ERRORS.unavailable, text));
}

function call(state: TurnState, held: HeldRequest, start: () => StartedCall): void {
  const { clock } = state.worker.ports;
  const startedAtMs = clock.wallMs();
  const startedAt = clock.now();
  state.isWriting = true;
  state.openSince.push(startedAt);
  state.called.add(held.envelope.id);
  const { written: bytesLeft, ended } = start();
  void bytesLeft.then(() => confirmWritten(state));
  chore(state, async () => {
    const end = await ended;
    endOpen(state, startedAt, end);
    if (end.kind === "timeout") {
      state.worker.memory.lingering.push(us(clock.now() + state.worker.plan.timeouts.responseUs));
    }
    state.signal.notify();
    await answerCall(state, held, end, { startedAtMs, durationMs: (clock.now() - startedAt) / 1_000 });
  });
}

function endOpen({ openSince, worker: { memory, ports } }: TurnState, startedAt: Micros, end: CallEnd): void {
  openSince.splice(openSince.indexOf(startedAt), 1);
  // What was not sent, or lost, took no time that says anything of the next call.
  if (end.kind === "answer") memory.callUs = rememberQuickest(memory.callUs, us(ports.clock.now() - startedAt));
}

function confirmWritten(state: TurnState): void {
  const { memory, plan, ports } = state.worker;
  if (memory.pace !== undefined) memory.pace = written(memory.pace, plan.limit, ports.clock.now());
  state.isWriting = false;
  state.signal.notify();
}
