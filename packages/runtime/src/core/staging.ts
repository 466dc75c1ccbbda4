import { ERRORS, type Micros, ms, seconds, us } from "@sluice/dsl";
import { fail, failClaimed } from "./answering";
import { rightToCall, unclaim } from "./claim";
import { leadUs, rememberSlowest } from "./lead";
import { forgetTaken } from "./memory";
import { predictPicks } from "./pick";
import { NotSent } from "./ports";
import { dropGone, MAX_HAND, remove } from "./receiving";
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
 * Makes the requests ready that would start within the lead time, in the order in which they would: asks for their tokens
 * and claims. A higher request that arrives later is made ready too and overtakes what is.
 *
 * @returns the instant at which the next one becomes worth preparing
 */
export function stageDue(state: TurnState, nextStart: Micros): Micros {
  const { plan, memory, ports } = state.worker;
  const { intervalUs } = plan.limit;
  const now = ports.clock.now();
  const lead = leadUs(memory.stagingUs);
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
  if (held.stage.kind === "staging" || held.stage.kind === "unsendable") return;
  const due = held.stage.kind === "waiting" ? held.stage.notBefore : askAgainAt(held.stage, startAt);
  if (due === undefined) return;
  if (state.worker.ports.clock.now() < due) {
    state.alarm(due);
    return;
  }
  stage(state, hand, held);
}

/** Asks whether the request may be called, and forms its call; the turn is told when that is done. */
export function stage(state: TurnState, hand: Hand, held: HeldRequest): void {
  const beganAt = state.worker.ports.clock.now();
  held.stage = { kind: "staging" };
  chore(state, () => prepareStart(state, hand, held, beganAt));
}

/** When to ask again about what is ready, for a start at `startAt`; undefined: it will do as it is. */
function askAgainAt({ aliveAt }: Extract<Stage, { kind: "ready" }>, startAt: Micros): Micros | undefined {
  if (aliveAt + ALIVE_FOR >= startAt + ASK_AGAIN_AHEAD / 2) return undefined;
  return us(startAt - ASK_AGAIN_AHEAD);
}

/**
 * How many calls could start, if each had a connection: those of the requests in hand, or as many as may be open where a
 * hand is so full that its queue must be expected to hold more.
 */
export function countStartable({ hands, worker: { plan, ports } }: TurnState): number {
  const now = ports.clock.now();
  const isStartable = ({ stage }: HeldRequest) =>
    stage.kind === "waiting" ? stage.notBefore <= now : stage.kind !== "unsendable";
  let held = 0;
  for (const { requests } of hands) {
    const startable = requests.filter(isStartable).length;
    if (startable > MAX_HAND / 2) return plan.openCalls;
    held += startable;
  }
  return Math.min(plan.openCalls, held);
}

/** Whether a start may be spent on it now, as far as it is concerned: on what connection is another matter. */
export function canStart(state: TurnState, { stage }: HeldRequest): boolean {
  if (stage.kind === "unsendable") return true;
  return stage.kind === "ready" && state.worker.ports.clock.now() - stage.aliveAt <= ALIVE_FOR;
}

/** The request is then ready, waits to be asked about again, or has ended. */
async function prepareStart(state: TurnState, hand: Hand, held: HeldRequest, beganAt: Micros): Promise<void> {
  const { memory, ports } = state.worker;
  if (!(await countRedelivery(state, hand, held))) return;
  const [right, form] = await Promise.all([
    rightToCall(state, held),
    outcomeOf(ports.endpoint.form(held.operation, held.envelope.request, held.context)),
  ]);
  if (right === "unsure") {
    held.stage = { kind: "waiting", notBefore: us(ports.clock.now() + STAGE_AGAIN_AFTER) };
    return;
  }
  if (right !== "mine") {
    if (right === "gone") await dropGone(state, hand, held);
    else {
      remove(hand, held);
      await failClaimed(state, held);
    }
    return;
  }
  if ("reason" in form) {
    await unformed(state, hand, held, form.reason);
    return;
  }
  held.stage = { kind: "ready", form: form.value, aliveAt: ports.clock.now() };
  memory.stagingUs = rememberSlowest(memory.stagingUs, us(ports.clock.now() - beganAt));
}

async function unformed(state: TurnState, hand: Hand, held: HeldRequest, reason: unknown): Promise<void> {
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
