import { ERRORS, type Micros, ms, seconds, us } from "@sluice/dsl";
import { fail, failClaimed } from "./answering";
import { rightToCall, unclaim } from "./claim";
import { forgetTaken } from "./memory";
import { predictPicks } from "./pick";
import { NotSent, type PreparedCall } from "./ports";
import { dropGone, remove } from "./receiving";
import { claimExpiry, type HeldRequest, type Stage } from "./request";
import { chore, describe, gateFailed, type Hand, mayGoOn, type TurnState } from "./turn-state";

/** A token known to be alive this long ago is asked for again before its call. */
const ALIVE_FOR: Micros = seconds(1);
/**
 * What is ready too early for its start is asked about again so long before it, and when less than half of that would be left
 * over. Found out only when the start has come, it would be passed over, and again at each start of an interval of a little
 * more than a second. More than two thirds of {@link ALIVE_FOR} would be asked for again and again: what was just asked must
 * do for its start, and half of this beyond.
 */
const ASK_AGAIN_AHEAD: Micros = ms(500);
const STAGE_AGAIN_AFTER: Micros = seconds(1);
/** As often as a worker may die with a request before the request is taken for the cause. */
const MAX_DEATHS = 3;

/**
 * How much of the longest preparation each later one leaves. Most find an idle connection and take a few milliseconds;
 * the next that finds none must still begin a handshake ahead of its start. With 0.95, a target of uneven answers and
 * handshakes of 400 ms was called at 97 % of its rate.
 */
const STAGING_REMEMBERED = 0.99;

const MIN_LEAD: Micros = ms(10);
const FIRST_LEAD: Micros = ms(100);
const MAX_LEAD: Micros = seconds(3);

/** How long before its start a request is prepared: a little longer than that has lately taken. */
export function leadUs(state: TurnState): Micros {
  const seen = state.worker.memory.stagingUs;
  return us(Math.min(MAX_LEAD, seen === undefined ? FIRST_LEAD : Math.max(MIN_LEAD, seen * 1.5)));
}

/**
 * Prepares the requests that would start within the lead time, in the order in which they would: asks for the token,
 * claims, connects. A higher request that arrives later is prepared too and overtakes what is ready.
 *
 * @returns the instant at which the next one becomes worth preparing
 */
export function stageDue(state: TurnState, nextStart: Micros): Micros {
  const { plan, memory, ports } = state.worker;
  const { intervalUs } = plan.limit;
  const now = ports.clock.now();
  const lead = leadUs(state);
  const from = us(Math.max(now, nextStart));
  if (now + lead < from) return us(from - lead);
  const count = Math.min(plan.openCalls, Math.floor((now + lead - from) / intervalUs) + 1);
  const waiting: Record<string, number> = {};
  for (const hand of state.hands) waiting[hand.tier] = hand.requests.length;
  const taken: Record<string, number> = {};
  for (const [nth, tier] of predictPicks(plan.tiers, memory.credits, waiting, count).entries()) {
    const hand = state.hands.find((candidate) => candidate.tier === tier);
    const held = hand?.requests[taken[tier] ?? 0];
    taken[tier] = (taken[tier] ?? 0) + 1;
    if (hand !== undefined && held !== undefined) stageIfNeeded(state, hand, held, us(from + nth * intervalUs));
  }
  return us(from + count * intervalUs - lead);
}

function stageIfNeeded(state: TurnState, hand: Hand, held: HeldRequest, startAt: Micros): void {
  const { stage } = held;
  if (stage.kind === "staging" || stage.kind === "unsendable") return;
  const now = state.worker.ports.clock.now();
  const due = stage.kind === "waiting" ? stage.notBefore : askAgainAt(stage, startAt);
  if (due === undefined) return;
  if (now < due) {
    state.alarm(due);
    return;
  }
  held.stage = { kind: "staging", previous: stage.kind === "ready" ? stage.call : undefined };
  chore(state, () => prepareStart(state, hand, held, now));
}

/** When to ask again about what is ready, for a start at `startAt`; undefined: it will do as it is. */
function askAgainAt({ call, aliveAt }: Extract<Stage, { kind: "ready" }>, startAt: Micros): Micros | undefined {
  if (!call.isReady) return us(0);
  if (aliveAt + ALIVE_FOR >= startAt + ASK_AGAIN_AHEAD / 2) return undefined;
  return us(startAt - ASK_AGAIN_AHEAD);
}

/** Whether a start may be spent on it now. */
export function canStart(state: TurnState, held: HeldRequest): boolean {
  const { stage } = held;
  if (stage.kind === "unsendable") return true;
  if (stage.kind !== "ready" || !stage.call.isReady) return false;
  return state.worker.ports.clock.now() - stage.aliveAt <= ALIVE_FOR;
}

/** Asks for the token, claims and connects. The request is then ready, waits to be asked about again, or has ended. */
export async function prepareStart(state: TurnState, hand: Hand, held: HeldRequest, beganAt: Micros): Promise<void> {
  const { memory, ports } = state.worker;
  if (!(await countRedelivery(state, hand, held))) return;
  const previous = held.stage.kind === "staging" ? held.stage.previous : undefined;
  const [right, call] = await Promise.all([
    rightToCall(state, held),
    outcomeOf(prepareUnlessReady(state, held, previous)),
  ]);
  const prepared = "value" in call ? call.value : undefined;
  if (right === "unsure") {
    prepared?.discard();
    held.stage = { kind: "waiting", notBefore: us(ports.clock.now() + STAGE_AGAIN_AFTER) };
    return;
  }
  if (right !== "mine") {
    prepared?.discard();
    if (right === "gone") await dropGone(state, hand, held);
    else {
      remove(hand, held);
      await failClaimed(state, held);
    }
    return;
  }
  if (prepared !== undefined) {
    held.stage = { kind: "ready", call: prepared, aliveAt: ports.clock.now() };
    const took = ports.clock.now() - beganAt;
    memory.stagingUs = us(Math.max(took, (memory.stagingUs ?? took) * STAGING_REMEMBERED));
    return;
  }
  await unprepared(state, hand, held, "reason" in call ? call.reason : undefined);
}

async function unprepared(state: TurnState, hand: Hand, held: HeldRequest, reason: unknown): Promise<void> {
  if (reason instanceof NotSent && reason.reason === "unavailable") {
    held.stage = { kind: "unsendable", reason };
    return;
  }
  remove(hand, held);
  const text = reason instanceof NotSent ? reason.message : `its request could not be formed: ${describe(reason)}`;
  const message = `${held.operation.name} was not called: ${text}`;
  await fail(state, held, "rejected", ERRORS.invalidRequest, message);
}

/** @returns false when the request was ended, or must wait */
async function countRedelivery(state: TurnState, hand: Hand, held: HeldRequest): Promise<boolean> {
  if (held.message.receiveCount <= 1 || held.isCounted) return true;
  const { envelope } = held;
  const { gate, clock } = state.worker.ports;
  try {
    const others = await gate.countTry(envelope.id, state.turn.id, claimExpiry(held), clock.wallMs());
    held.isCounted = true;
    const tries = 1 + others.filter((takenAtMs) => !mayGoOn(state, takenAtMs)).length;
    if (tries < MAX_DEATHS) return true;
  } catch (error) {
    gateFailed(state, "countTry", error);
    held.stage = { kind: "waiting", notBefore: us(clock.now() + STAGE_AGAIN_AFTER) };
    return false;
  }
  remove(hand, held);
  const text = `The worker has ended ${MAX_DEATHS} times with this request in hand, so it was not taken up again. It may have been done. Look at the worker's log for ${envelope.execution}.`;
  await fail(state, held, "unknown", ERRORS.unknown, text, {}, "poison");
  return false;
}

const outcomeOf = <T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly reason: unknown }> =>
  work.then(
    (value) => ({ value }),
    (reason: unknown) => ({ reason }),
  );

function prepareUnlessReady(
  state: TurnState,
  held: HeldRequest,
  previous: PreparedCall | undefined,
): Promise<PreparedCall> {
  if (previous?.isReady) return Promise.resolve(previous);
  previous?.discard();
  return state.worker.ports.endpoint.prepare(held.operation, held.envelope.request, held.context);
}

/**
 * Gives a request back that was not called: its claim and its count are taken back first, so that the next turn finds
 * nothing against it; then it is visible at once, or `hiddenFor` later, or when its visibility ends.
 */
export async function giveBack(
  state: TurnState,
  held: HeldRequest,
  hiddenFor: Micros | "asItIs" = us(0),
): Promise<void> {
  // Landing afterwards, a renewal would hide what is given back, and no bell would ring for it.
  await held.renewal;
  const { gate, tiers } = state.worker.ports;
  if (held.stage.kind === "ready") held.stage.call.discard();
  try {
    await unclaim(state, held);
    if (held.isCounted) await gate.uncountTry(held.envelope.id, state.turn.id, claimExpiry(held));
    if (hiddenFor !== "asItIs") await tiers.setVisibility(held.message, hiddenFor);
  } catch (error) {
    // It comes back by itself when its visibility ends. A claim left standing makes its outcome unknown: honest, if dear.
    state.worker.ports.telemetry.event("give-back-failed", { tier: held.message.tier, error: describe(error) });
  }
  state.inFlight.delete(held.envelope.id);
  // Its bell may be all that makes the next turn look for it.
  forgetTaken(state.worker.memory, held.envelope.id);
}
