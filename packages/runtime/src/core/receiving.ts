import { type Envelope, ERRORS, type Micros, ms, type OperationPlan, seconds, us } from "@sluice/dsl";
import { drop, fail, failClaimed } from "./answering";
import { rightToCall, unclaim } from "./claim";
import { rememberTaken } from "./memory";
import type { Received } from "./ports";
import { contextOf, type HeldRequest } from "./request";
import { chore, describe, gateFailed, type Hand, type TurnState } from "./turn-state";

/** A look while a turn goes on: long, because a short one may miss what is there, and answered at once when something is. */
export const LONG_LOOK: Micros = seconds(1);
export const SHORT_LOOK: Micros = us(0);

/** A hand is renewed when its visibility is this old: what is left always covers a call and its answer. */
const RENEW_AFTER: Micros = seconds(10);
/** A short look comes back at once: without a pause it would be asked again as fast as SQS answers. */
const SHORT_LOOK_AGAIN_AFTER: Micros = ms(100);
const RECEIVE_AGAIN_AFTER: Micros = seconds(1);
const MAX_RECEIVE_FAILURES = 5;

/** What one receive brings at most. */
export const MAX_HAND = 10;

/** How many requests of a tier are worth holding: what can start before another receive would bring more. */
export function handSize(intervalUs: Micros, stagingUs: Micros): number {
  return Math.min(MAX_HAND, 1 + Math.ceil(stagingUs / intervalUs));
}

/** Asks the queue of each hand that has room and is not asked already. A receive, once begun, is never aborted. */
export function receiveMore(state: TurnState, hands: readonly Hand[], size: number, waitUs: Micros): void {
  const now = state.worker.ports.clock.now();
  for (const hand of hands) {
    if (hand.isReceiving || hand.requests.length >= size) continue;
    if (now < hand.retryAt) state.alarm(hand.retryAt);
    else void receive(state, hand, size - hand.requests.length, waitUs);
  }
}

/** One look at a queue. What it brings is taken into the hand, or ended where it needs no call. */
export async function receive(state: TurnState, hand: Hand, max: number, waitUs: Micros): Promise<void> {
  const { tiers, clock, telemetry } = state.worker.ports;
  hand.isReceiving = true;
  try {
    const messages = await tiers.receive(hand.tier, max, waitUs);
    hand.failures = 0;
    hand.emptyAt = messages.length === 0 ? clock.now() : undefined;
    if (messages.length === 0 && waitUs === SHORT_LOOK) hand.retryAt = us(clock.now() + SHORT_LOOK_AGAIN_AFTER);
    if (messages.length > 0) state.busyAt = clock.now();
    for (const message of messages) accept(state, hand, message);
  } catch (error) {
    telemetry.event("receive-failed", { tier: hand.tier, error: describe(error) });
    hand.failures += 1;
    hand.retryAt = us(clock.now() + RECEIVE_AGAIN_AFTER);
    if (hand.failures >= MAX_RECEIVE_FAILURES) state.closing ??= "queues";
  }
  hand.isReceiving = false;
  state.signal.notify();
}

/** Takes a message into the hand, or ends what needs no call. */
export function accept(state: TurnState, hand: Hand, message: Received): void {
  const { plan, memory, ports, validateRequest } = state.worker;
  const { envelope } = message;
  if (envelope === undefined) {
    // Not ours to delete: a newer worker may read it. It comes back when its visibility ends.
    ports.telemetry.event("unreadable-message", { tier: hand.tier, receiveCount: message.receiveCount });
    return;
  }
  if (state.inFlight.has(envelope.id)) return; // A copy. It is not deleted before the answer: it may be all there is.
  const operation = operationOf(plan.operations, envelope);
  state.inFlight.add(envelope.id);
  rememberTaken(memory, envelope.id);
  const held: HeldRequest = {
    message,
    envelope,
    operation: operation ?? NO_OPERATION,
    context: contextOf(envelope),
    visibleFrom: ports.clock.now(),
    renewal: Promise.resolve(),
    isCounted: false,
    claim: "none",
    stage: { kind: "waiting", notBefore: us(0) },
  };
  if (state.called.has(envelope.id)) {
    // A copy that outlived the answer. This turn's own claim would not stop a second call.
    chore(state, () => drop(state, held));
    return;
  }
  if (operation === undefined) {
    const names = plan.operations.map((known) => known.name).join(", ");
    const text = `${plan.name} has no operation ${envelope.operation}. Operations: ${names}. Nothing was called.`;
    chore(state, () => endUncalled(state, held, () => fail(state, held, "rejected", ERRORS.invalidRequest, text)));
    return;
  }
  if (isPastDeadline(state, held)) {
    chore(state, () => expire(state, held));
    return;
  }
  const misfit = validateRequest(operation, envelope.request);
  if (misfit !== undefined) {
    const text = `The request does not fit operations.${operation.name}.request of ${plan.name}: ${misfit} Nothing was called.`;
    chore(state, () => endUncalled(state, held, () => fail(state, held, "rejected", ERRORS.invalidRequest, text)));
    return;
  }
  hand.requests.push(held);
}

/**
 * The operation as both this worker and the execution see it. A deployment may have made it repeatable since: the
 * execution still says that nothing was done when it finds no claim.
 */
function operationOf(
  operations: readonly OperationPlan[],
  { operation, repeatable }: Envelope,
): OperationPlan | undefined {
  const known = operations.find(({ name }) => name === operation);
  return known?.repeatable && repeatable === false ? { ...known, repeatable } : known;
}

/** Stands in for an operation that the file no longer has, until its request has been answered. */
const NO_OPERATION = { name: "", method: "GET", path: "", headers: {}, repeatable: false } as const;

export const isPastDeadline = (state: TurnState, held: HeldRequest): boolean =>
  state.worker.ports.clock.wallMs() > held.envelope.deadlineMs;

/**
 * Ends a request for a reason that says that it was not called. An earlier worker may have called it and died, and this
 * message may be another copy than the one which that worker received: only the claim tells.
 */
async function endUncalled(state: TurnState, held: HeldRequest, end: () => Promise<void>): Promise<void> {
  if (held.operation.repeatable) return end();
  switch (await rightToCall(state, held)) {
    case "mine":
      return end();
    case "other":
      return failClaimed(state, held);
    case "gone":
      return drop(state, held);
    case "unsure":
      // Nothing is said before it is known. The message comes back when its visibility ends.
      state.inFlight.delete(held.envelope.id);
  }
}

/** Past its deadline, a request ends without a call. */
const expire = (state: TurnState, held: HeldRequest): Promise<void> =>
  endUncalled(state, held, () =>
    fail(state, held, "rejected", ERRORS.expired, expiredText(state, held), {}, "expired"),
  );

function expiredText(state: TurnState, held: HeldRequest): string {
  const tier = state.worker.plan.tiers.find((candidate) => candidate.name === held.envelope.tier);
  const limit = tier === undefined ? "" : ` (${tier.timeoutUs / 1_000_000} s from asking to the call's end)`;
  // Of what may be repeated nothing is claimed, so that another worker, or one with a copy, may have called it.
  const called = held.operation.repeatable
    ? "No answer to a call of it has come; a repeat does no harm."
    : "Nothing was done: no call was made, or the target refused it.";
  return `The request waited past the deadline of its tier ${held.envelope.tier}${limit}. ${called} Ask again, raise the tier's timeout, or use a higher tier.`;
}

/** Ends what has expired in hand, and keeps the rest invisible to others. */
export function tendHands(state: TurnState): void {
  const now = state.worker.ports.clock.now();
  for (const hand of state.hands) {
    for (const held of hand.requests.filter((one) => mustBeTended(state, one, now))) {
      if (isPastDeadline(state, held)) {
        remove(hand, held);
        chore(state, () => expire(state, held));
      } else {
        renew(state, held, now);
      }
    }
  }
}

const mustBeTended = (state: TurnState, held: HeldRequest, now: Micros): boolean =>
  held.stage.kind !== "staging" && (isPastDeadline(state, held) || now - held.visibleFrom >= RENEW_AFTER);

/** Hides a request for the queue's whole visibility from now on. */
export function renew(state: TurnState, held: HeldRequest, now: Micros): void {
  held.visibleFrom = now;
  held.renewal = hideOn(state, held);
  chore(state, () => held.renewal);
}

async function hideOn({ worker: { plan, ports } }: TurnState, { message }: HeldRequest): Promise<void> {
  try {
    await ports.tiers.setVisibility(message, plan.queues.tierVisibilityUs);
  } catch (error) {
    // What is left of it covers two more renewals. Should it end, this turn receives a copy and drops it.
    ports.telemetry.event("renew-failed", { tier: message.tier, error: describe(error) });
  }
}

export function remove(hand: Hand, held: HeldRequest): void {
  const index = hand.requests.indexOf(held);
  if (index >= 0) hand.requests.splice(index, 1);
}

/** Nobody waits for it: removed from the hand and deleted. */
export async function dropGone(state: TurnState, hand: Hand, held: HeldRequest): Promise<void> {
  remove(hand, held);
  try {
    await unclaim(state, held);
  } catch (error) {
    // It was stopped, perhaps. Redriven, it ends as unknown then: honest, if dear.
    gateFailed(state, "unclaim", error);
  }
  await drop(state, held);
}
