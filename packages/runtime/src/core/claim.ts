import { claimExpiry, type HeldRequest } from "./request";
import type { TurnState } from "./turn-state";

/**
 * Claims the call of a request for this turn, before anything of it is sent or said.
 *
 * @returns `other` when another turn has begun the call
 */
export async function claim(state: TurnState, held: HeldRequest): Promise<"mine" | "other"> {
  if (held.claim === "mine") return "mine";
  held.claim = "asked";
  const answer = await state.worker.ports.gate.claim(held.envelope.id, state.turn.id, claimExpiry(held));
  held.claim = answer === "mine" ? "mine" : "none";
  return answer;
}
