import type { Micros } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { Attempts } from "./attempts";
import { type Broken, type Checker, inSeconds, type Setting, wallStepsUs } from "./checker";

/**
 * Started = succeeded + failed + timed out + stopped + waiting, at every instant; a message is deleted only when nobody
 * waits for its answer any more; at the end nothing waits and no message is left.
 *
 * Excused: past its tier's timeout a message may be deleted before its execution has ended. Step Functions has given the
 * attempt up by then, and asks the gate what it came to.
 */
export function conservationChecker(setting: Setting): Checker {
  const timeouts = new Map(setting.file.tiers.map(({ name, timeout }) => [name, timeout - wallStepsUs(setting)]));
  const askedAtUs = new Map<string, Micros>();
  /** By attempt. */
  const tiers = new Map<string, string>();
  const waiting = new Set<string>();
  const attempts = new Attempts();
  const isGivenUp = ({ id, request, atUs }: Extract<Sighting, { kind: "deleted" }>): boolean =>
    atUs >= (askedAtUs.get(request) ?? atUs) + (timeouts.get(tiers.get(id) ?? "") ?? Number.POSITIVE_INFINITY);

  return {
    invariant: "conservation",
    see(sighting) {
      attempts.see(sighting);
      switch (sighting.kind) {
        case "started":
        case "redriven":
          waiting.add(sighting.request);
          askedAtUs.set(sighting.request, sighting.atUs);
          return undefined;
        case "published":
          tiers.set(sighting.id, sighting.tier);
          return undefined;
        case "ended":
          waiting.delete(sighting.request);
          return undefined;
        case "deleted":
          return attempts.isOpen(sighting.id) && !isGivenUp(sighting)
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
