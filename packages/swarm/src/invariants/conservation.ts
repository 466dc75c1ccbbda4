import type { Sighting } from "../sighting";
import { Attempts } from "./attempts";
import { type Broken, type Checker, inSeconds } from "./checker";

/**
 * Started = succeeded + failed + timed out + stopped + waiting, at every instant; a message is deleted only when nobody
 * waits for its answer any more; at the end nothing waits and no message is left. Nothing excuses it.
 */
export function conservationChecker(): Checker {
  const waiting = new Set<string>();
  const attempts = new Attempts();

  return {
    invariant: "conservation",
    see(sighting) {
      attempts.see(sighting);
      switch (sighting.kind) {
        case "started":
        case "redriven":
          waiting.add(sighting.request);
          return undefined;
        case "ended":
          waiting.delete(sighting.request);
          return undefined;
        case "deleted":
          return attempts.isOpen(sighting.id)
            ? {
                message: `the message of ${sighting.request} was deleted at ${inSeconds(sighting.atUs)}, before anybody had its answer`,
                request: sighting.request,
              }
            : undefined;
        case "tick":
          return unequal(waiting, sighting);
        case "over":
          return unequal(waiting, sighting) ?? leftOver(waiting, sighting);
        default:
          return undefined;
      }
    },
  };
}

function unequal(
  waiting: ReadonlySet<string>,
  { running }: Extract<Sighting, { running: number }>,
): Broken | undefined {
  if (running === waiting.size) return undefined;
  return { message: `${running} executions are running, and ${waiting.size} were started and have not ended` };
}

function leftOver(waiting: ReadonlySet<string>, { left }: Extract<Sighting, { kind: "over" }>): Broken | undefined {
  const [request] = waiting;
  if (request !== undefined) {
    return { message: `${waiting.size} never ended: ${[...waiting].slice(0, 5).join(", ")}`, request };
  }
  const [full] = Object.entries(left).filter(([, count]) => count > 0);
  return full && { message: `${full[1]} messages are left in the queue of ${full[0]}, and nobody waits` };
}
