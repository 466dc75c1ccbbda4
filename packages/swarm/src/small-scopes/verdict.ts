import { us } from "@sluice/dsl";
import type { Simulation } from "@sluice/local";
import type { Deployment } from "../deploy";
import type { Violation } from "../outcome";
import { type Answered, broken } from "./broken";

/** What a run of a small scope broke: the same invariants as in the swarm, and that nothing is left. */
export function verdictOf(
  world: Simulation,
  seen: { readonly gateway: Deployment; readonly answers: readonly Answered[]; readonly hasCrashed: boolean },
): Violation[] {
  const { gateway, answers, hasCrashed } = seen;
  const left = Object.entries(world.depths()).filter(([, count]) => count > 0);
  return [
    ...broken(world, { gateway, answers, isCalm: !hasCrashed, longestPauseUs: us(0) }),
    ...left.map(([tier, count]) => ({
      invariant: "conservation" as const,
      message: `${count} messages are left in ${tier}`,
    })),
  ];
}
