import { ERRORS, type ErrorName, type Json, type OutcomeKind, seconds, UNKNOWN_REPEATABLE, us } from "@sluice/dsl";
import { release } from "./claim";
import { classify, type Verdict } from "./classify";
import type { CallEnd, CallLine, Received } from "./ports";
import { type CallFacts, causeOf, type HeldRequest } from "./request";
import { chore, describe, gateFailed, type TurnState } from "./turn-state";

/** Waits between attempts to tell Step Functions an outcome; a known outcome is worth the rest of the turn. */
const TELL_AGAIN_AFTER = [seconds(0.2), seconds(0.5), seconds(1), seconds(2), seconds(5)];
const PARK_AGAIN_AFTER = seconds(1);
/** Before the function's own time is over nothing more is told. */
const TELLING_ENDS = seconds(5);

/** From a call's end to the caller's answer: classify, tell, forget. */
export async function answerCall(state: TurnState, held: HeldRequest, end: CallEnd, facts: CallFacts): Promise<void> {
  const { plan, evaluate, ports } = state.worker;
  const bindings = { request: held.envelope.request, context: contextShown(held) };
  const verdict = await classify(plan, end, bindings, evaluate, ports.clock.wallMs());
  const known = { startedAtMs: facts.startedAtMs, durationMs: facts.durationMs, status: verdict.status };
  if (verdict.kind === "throttled") await park(state, verdict);
  if (verdict.kind === "success" && !verdict.isTooLarge && end.kind === "answer") {
    await answerSuccess(state, held, end, known);
    return;
  }
  await fail(state, held, verdict.kind, errorOf(held, verdict), verdict.message, known);
}

/** A call's context as the file's expressions see it. Field by field: each call has one, and hardly a file looks at it. */
function contextShown({ context, operation }: HeldRequest): Json {
  const { execution, attempt, tier, idempotencyKey } = context;
  return { execution, attempt, tier, idempotencyKey, operation: operation.name };
}

function errorOf(held: HeldRequest, verdict: Verdict): string {
  if (verdict.isTooLarge && verdict.kind !== "unknown") return ERRORS.responseTooLarge;
  switch (verdict.kind) {
    case "throttled":
      return ERRORS.throttled;
    case "unavailable":
      return ERRORS.unavailable;
    case "unknown":
      return held.operation.repeatable ? UNKNOWN_REPEATABLE : ERRORS.unknown;
    case "success":
    case "rejected":
      return ERRORS.rejected;
  }
}

async function answerSuccess(
  state: TurnState,
  held: HeldRequest,
  end: Extract<CallEnd, { kind: "answer" }>,
  facts: CallFacts,
): Promise<void> {
  const { envelope, operation } = held;
  let answer: Json;
  try {
    answer = await answerOf(state, held, end);
  } catch (error) {
    const message = `The call succeeded, but the answer of ${operation.name} could not be formed: ${describe(error)}. The work was done; mend the operation's answer expression.`;
    await fail(state, held, "success", ERRORS.rejected, message, facts);
    return;
  }
  if (await tell(state, () => state.worker.ports.callback.succeed(envelope.token, answer))) await forget(state, held);
  log(state, held, "success", facts);
}

async function answerOf(state: TurnState, held: HeldRequest, end: Extract<CallEnd, { kind: "answer" }>): Promise<Json> {
  const { status, headers, body } = end;
  if (held.operation.answer === undefined) return { status, headers, body };
  const answer = await state.worker.evaluate(held.operation.answer, {
    request: held.envelope.request,
    status,
    headers,
    body,
    context: contextShown(held),
  });
  if (answer === undefined) throw new Error(`the expression found nothing in an answer with status ${status}`);
  return answer;
}

/** The request ends with an error: Step Functions is told and the message deleted. */
export async function fail(
  state: TurnState,
  held: HeldRequest,
  outcome: OutcomeKind,
  error: ErrorName | string,
  message: string,
  facts: CallFacts = {},
  logged: CallLine["outcome"] = outcome,
): Promise<void> {
  const { envelope } = held;
  if (outcome === "throttled" || outcome === "unavailable") await release(state, held);
  const cause = causeOf(state.worker.plan.name, envelope, outcome, message, facts);
  if (await tell(state, () => state.worker.ports.callback.fail(envelope.token, error, cause)))
    await forget(state, held);
  log(state, held, logged, facts, message);
}

/** Another worker has begun this call, and nobody knows how it ended. */
export async function failClaimed(state: TurnState, held: HeldRequest): Promise<void> {
  const { repeatable } = held.operation;
  const text = `An earlier worker had begun the call of this request and left no answer. ${held.envelope.operation} may have been done and is not repeatable, so it was not called again. Find out by hand.`;
  await fail(state, held, "unknown", repeatable ? UNKNOWN_REPEATABLE : ERRORS.unknown, text);
}

/** Nobody waits for this request any more. */
export async function drop(state: TurnState, held: HeldRequest): Promise<void> {
  await forget(state, held);
  log(state, held, "gone", {});
}

/**
 * Answer first: deleted before it was answered, a request would be lost to a crash in between. Answered and not deleted
 * it comes back once, and the dead token drops it.
 *
 * An id whose outcome could not be told stays in flight for this turn, so that its copy is not called again here; the
 * next turn finds its claim.
 */
async function forget(state: TurnState, held: HeldRequest): Promise<void> {
  state.ended.add(held.envelope.id);
  await deleteMessage(state, held.message);
  state.inFlight.delete(held.envelope.id);
}

async function deleteMessage(state: TurnState, message: Received): Promise<void> {
  try {
    await state.worker.ports.tiers.delete(message);
  } catch (error) {
    // It comes back when its visibility ends; its token is answered then, and that drops it.
    state.worker.ports.telemetry.event("delete-failed", { tier: message.tier, error: describe(error) });
  }
}

async function tell(state: TurnState, say: () => Promise<void>): Promise<boolean> {
  const { clock, telemetry } = state.worker.ports;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await say();
      return true;
    } catch (error) {
      telemetry.event("callback-failed", { error: describe(error), attempt });
      const wait = TELL_AGAIN_AFTER[Math.min(attempt, TELL_AGAIN_AFTER.length - 1)] ?? seconds(5);
      const again = us(clock.now() + wait);
      if (again > state.turn.deadlineAt - TELLING_ENDS) return false;
      await clock.sleepUntil(again);
    }
  }
}

async function park(state: TurnState, verdict: Verdict): Promise<void> {
  const { clock, telemetry } = state.worker.ports;
  const untilMs = clock.wallMs() + (verdict.pauseUs ?? 0) / 1_000;
  const parked = state.gate.parkedUntilMs;
  // This turn obeys at once; the gate is for the turns after it.
  parked.throttled = Math.max(parked.throttled ?? 0, untilMs);
  telemetry.event("parked", { reason: "throttled", untilMs: Math.round(untilMs), status: verdict.status ?? null });
  if (await savePark(state, untilMs)) return;
  // The answer does not wait for the gate, but the turn does: the next one would call a target that asked for quiet.
  chore(state, async () => {
    while (untilMs > clock.wallMs() && clock.now() < state.turn.deadlineAt - TELLING_ENDS) {
      await clock.sleepUntil(us(clock.now() + PARK_AGAIN_AFTER));
      if (await savePark(state, untilMs)) return;
    }
  });
}

async function savePark(state: TurnState, untilMs: number): Promise<boolean> {
  try {
    await state.worker.ports.gate.park("throttled", Math.ceil(untilMs));
    return true;
  } catch (error) {
    gateFailed(state, "park", error);
    return false;
  }
}

function log(
  state: TurnState,
  held: HeldRequest,
  outcome: CallLine["outcome"],
  facts: CallFacts,
  message?: string,
): void {
  const { envelope, message: received } = held;
  const { startedAtMs } = facts;
  state.worker.ports.telemetry.call({
    execution: envelope.execution,
    operation: envelope.operation,
    tier: envelope.tier,
    attempt: envelope.attempt,
    outcome,
    receiveCount: received.receiveCount,
    status: facts.status,
    waitMs: startedAtMs === undefined ? undefined : startedAtMs - envelope.startedAtMs,
    ageMs: startedAtMs === undefined ? undefined : startedAtMs - received.sentAtMs,
    durationMs: facts.durationMs,
    message,
  });
}
