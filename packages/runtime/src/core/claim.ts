import { type Micros, seconds, us } from "@sluice/dsl";
import { claimExpiry, type HeldRequest } from "./request";
import { describe, gateFailed, mayGoOn, type TurnState } from "./turn-state";

const RELEASE_AGAIN_AFTER: Micros = seconds(1);
/** Left at the end of the function's time for telling Step Functions. */
const RELEASING_ENDS: Micros = seconds(10);

/**
 * Claims belong to an execution, not to one of its attempts. A publish that was done and looked failed is repeated by
 * Step Functions, as a new attempt: its first message is called by who does not know that nobody waits for it any more
 * (the question was throttled, or asked a moment before), and the second must find that. The state machine claims by the
 * same key what no worker answered in time.
 */
const claimKey = ({ envelope }: HeldRequest): string => envelope.execution;

/** A turn may hold two attempts of one execution: the claim of one is not the other's. */
const claimOwner = ({ turn }: TurnState, { envelope }: HeldRequest): string => `${turn.id}/${envelope.id}`;

/**
 * Claims the call of a request for this turn, before anything of it is sent or said.
 *
 * @returns `other` when another turn, or another attempt, has begun the call
 */
async function claim(state: TurnState, held: HeldRequest): Promise<"mine" | "other"> {
  if (held.claim === "mine") return "mine";
  held.claim = "asked";
  const { gate, clock } = state.worker.ports;
  const answer = await gate.claim(claimKey(held), claimOwner(state, held), claimExpiry(held), clock.wallMs());
  held.claim = answer === "mine" ? "mine" : "none";
  return answer;
}

/**
 * Whether this turn may call it. The token first, then the claim: the message of an attempt that nobody waits for any more
 * must not claim what belongs to the attempt that followed it.
 */
export async function rightToCall(state: TurnState, held: HeldRequest): Promise<"mine" | "other" | "gone" | "unsure"> {
  const { callback, telemetry } = state.worker.ports;
  try {
    if ((await callback.isAlive(held.envelope.token)) === "gone") return "gone";
  } catch (error) {
    telemetry.event("liveness-failed", { error: describe(error) });
    return "unsure";
  }
  if (held.operation.repeatable) return "mine";
  try {
    const answer = await claim(state, held);
    return answer === "other" && (await mayStillBeCalling(state, held)) ? "unsure" : answer;
  } catch (error) {
    gateFailed(state, "claim", error);
    return "unsure";
  }
}

/**
 * Whether who has claimed it may be at it in this moment: to say that nobody knows would be too early. A claim that is gone
 * was taken back since, because nothing was done.
 */
async function mayStillBeCalling(state: TurnState, held: HeldRequest): Promise<boolean> {
  const { plan, ports } = state.worker;
  if (plan.dispatch.kind === "doorbell") return false;
  const claimedAtMs = await ports.gate.claimedAtMs(claimKey(held));
  return claimedAtMs === undefined || mayGoOn(state, claimedAtMs);
}

/** Takes the claim back. @throws when the gate could not be reached */
export async function unclaim(state: TurnState, held: HeldRequest): Promise<void> {
  if (held.claim === "none") return;
  await state.worker.ports.gate.unclaim(claimKey(held), claimOwner(state, held));
  held.claim = "none";
}

/**
 * Takes the claim of a refused call back before the refusal is told, or the next attempt would be taken for a repeat. In
 * vain until the function's time is nearly over, it stands, and that attempt ends as unknown: honest, if dear.
 */
export async function release(state: TurnState, held: HeldRequest): Promise<void> {
  const { clock, telemetry } = state.worker.ports;
  for (;;) {
    try {
      return await unclaim(state, held);
    } catch (error) {
      gateFailed(state, "unclaim", error);
      const again = us(clock.now() + RELEASE_AGAIN_AFTER);
      if (again > state.turn.deadlineAt - RELEASING_ENDS) {
        telemetry.event("release-failed", { tier: held.message.tier, error: describe(error) });
        return;
      }
      await clock.sleepUntil(again);
    }
  }
}
