import type { Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import { type Broken, type Checker, inSeconds, isRefused, isRepeatable, longestDelayUs, type Setting } from "./checker";

type Called = Extract<Sighting, { kind: "called" }>;

/**
 * An execution ends once. A call that may not be repeated is never risked a second time, whatever went wrong and whoever
 * redrives it, unless the one before was refused (throttled, or unavailable by the file). No call is made twice in one
 * attempt, unless a worker died or a call to AWS was lost since the first, or it was redriven: what was refused may be called
 * again by a turn that could not tell the refusal (seed 1037). In deferral copies of one message may be called at once.
 */
export function onceChecker(setting: Setting): Checker {
  const { file, plan } = setting;
  const mayBeCopied = plan.dispatch.kind === "deferral";
  const onTheirWayUs = longestDelayUs(setting);
  const ended = new Set<string>();
  const redriven = new Set<string>();
  /** Calls that were not refused, by request. */
  const risked = new Map<string, number>();
  const lastCalls = new Map<string, Called>();
  let excusedAtUs = Number.NEGATIVE_INFINITY;

  const called = (sighting: Called): Broken | undefined => {
    const { request, atUs, attempt } = sighting;
    const before = lastCalls.get(request);
    lastCalls.set(request, sighting);
    const mayRepeat = isRepeatable(file, sighting.operation);
    const count = risked.get(request) ?? 0;
    if (!mayRepeat && count > 0) {
      return { message: `${request} may not be repeated and was called again at ${inSeconds(atUs)}`, request };
    }
    if (!isRefused(sighting.reaction, file)) risked.set(request, count + 1);
    // In deferral two slots may hold copies of one message at once; where a repeat does no harm, both call.
    const isTwice = !mayBeCopied && before?.attempt === attempt && excusedAtUs + onTheirWayUs < before.atUs;
    if (!isTwice || redriven.has(request)) return undefined;
    return { message: `${request} was called twice in one attempt, again at ${inSeconds(atUs)}`, request };
  };

  return {
    invariant: "once",
    see(sighting) {
      if (isDeath(sighting) || isLostCall(sighting)) excusedAtUs = sighting.atUs;
      switch (sighting.kind) {
        case "called":
          return called(sighting);
        case "ended": {
          const { request } = sighting;
          if (ended.has(request)) return { message: `${request} ended twice`, request };
          ended.add(request);
          return undefined;
        }
        case "redriven":
          ended.delete(sighting.request);
          redriven.add(sighting.request);
          return undefined;
        default:
          return undefined;
      }
    },
  };
}
