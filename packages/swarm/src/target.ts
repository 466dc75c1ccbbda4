import { createHash } from "node:crypto";
import { type GatewayPlan, ms, us } from "@sluice/dsl";
import { answered, Random, type Reaction, refused } from "@sluice/local";
import type { Scenario, TargetPhase, Trouble } from "./scenario";
import type { FaultKind } from "./sighting";

/** What the target makes of one call. */
export interface Answer {
  readonly reaction: Reaction;
  /** For how long after its answer it wants to be left alone, where it says so. */
  readonly asksUs: ReturnType<typeof us> | undefined;
  readonly faults: readonly FaultKind[];
}

const WORDS: Readonly<Record<Trouble, FaultKind>> = {
  throttled: "429",
  throttledUntil: "429",
  throttledBare: "429",
  forbidden: "403",
  unavailable: "503",
  failed500: "500",
  notFound404: "404",
  hang: "hang",
  doneTooLate: "done, answered too late",
  doneThen502: "done, then 502",
  reset: "reset",
};

/** The phase of an instant; undefined when the storm is over. */
export const phaseAt = ({ target, stormMs }: Scenario, atMs: number): TargetPhase | undefined =>
  atMs >= stormMs ? undefined : target.phases.find(({ untilMs }) => atMs < untilMs);

/**
 * What a call comes to, from the scenario's seed, the request's name and which of its calls it is: a request that is left
 * out of the scenario changes nothing of what the others meet.
 *
 * @param wallMs when the answer is given, for dates
 */
export function answerTo(
  scenario: Scenario,
  plan: GatewayPlan,
  call: { readonly request: string; readonly number: number; readonly atMs: number; readonly wallMs: number },
): Answer {
  const phase = phaseAt(scenario, call.atMs);
  const random = new Random(seedOf(`${scenario.seed}/${call.request}/${call.number}`));
  if (phase === undefined) return { reaction: answered(), asksUs: undefined, faults: [] };
  const isSlow = random.chance(phase.tail.share);
  const drawnMs = random.between(phase.latencyMs.min, phase.latencyMs.max) + (isSlow ? phase.tail.latencyMs : 0);
  // Of an answer at the very instant of the timeout nobody can say whether it was heard.
  const latencyMs = drawnMs * 1_000 === plan.timeouts.responseUs ? drawnMs + 1 : drawnMs;
  const trouble = troubleOf(phase, random.next());
  const retryAfterS = random.between(phase.retryAfterS.min, phase.retryAfterS.max);
  const answer = trouble === undefined ? answered() : reactionTo(trouble, plan, retryAfterS, call.wallMs + latencyMs);
  const reaction = trouble === "doneTooLate" ? answer : { ...answer, latencyUs: ms(latencyMs) };
  const asks = trouble === "throttled" || trouble === "throttledUntil";
  return {
    reaction,
    asksUs: asks ? us(retryAfterS * 1_000_000) : undefined,
    faults: [...(trouble === undefined ? [] : [WORDS[trouble]]), ...(isSlow ? (["slow answer"] as const) : [])],
  };
}

const seedOf = (text: string): number => createHash("sha256").update(text).digest().readUIntBE(0, 6);

function troubleOf({ shares }: TargetPhase, drawn: number): Trouble | undefined {
  let left = drawn;
  for (const [trouble, share] of Object.entries(shares) as [Trouble, number][]) {
    left -= share;
    if (left < 0) return trouble;
  }
  return undefined;
}

function reactionTo(trouble: Trouble, { timeouts }: GatewayPlan, retryAfterS: number, wallMs: number): Reaction {
  switch (trouble) {
    case "throttled":
      return refused(429, { "retry-after": String(retryAfterS) });
    case "throttledUntil":
      // Dates have whole seconds: rounded up, the target asks for no less than it says.
      return refused(429, {
        "retry-after": new Date(Math.ceil(wallMs / 1_000) * 1_000 + retryAfterS * 1_000).toUTCString(),
      });
    case "throttledBare":
      return refused(429);
    case "forbidden":
      return refused(403);
    case "unavailable":
      return refused(503);
    case "failed500":
      return refused(500);
    case "notFound404":
      return refused(404);
    case "doneThen502":
      return refused(502);
    case "hang":
      return { latencyUs: us(0), end: "hang" };
    case "doneTooLate":
      return answered(us(timeouts.responseUs + ms(500)));
    case "reset":
      return { latencyUs: us(0), end: { kind: "lost", message: "the connection was closed" } };
  }
}
