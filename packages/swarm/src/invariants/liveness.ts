import { type Micros, seconds, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import { Attempts } from "./attempts";
import { awsCallUs, type Broken, type Checker, inSeconds, longestPauseUs, type Setting, wallStepsUs } from "./checker";
import { quietOf } from "./obedience";

/**
 * While the target accepts and nothing parks it, a waiting request means that some call is made within the plan's bound,
 * crash or not. That each request's own turn comes then follows: starvation sees to its tier, and the number of requests
 * is finite.
 *
 * Where nothing went wrong, the bound is
 * - the sweep, for a bell that was lost: a minute and its lateness;
 * - the delivery of message and bell;
 * - a turn's first interval, and the call's own: 2 T;
 * - places at the target that a call without an answer keeps: 2 response timeouts;
 * - cold start, looks, preparation: half a minute.
 *
 * After a worker's death, a lost call to AWS or a replaced environment, what they leave hidden comes first: the bells, at
 * most for the function's timeout (their queue's visibility), and the messages, for theirs; and at most one turn more,
 * which found them hidden.
 *
 * In deferral nothing rings, and a message that stepped back, or that Lambda throttled until its time was over, is hidden
 * for a visibility even where nothing went wrong.
 */
export function livenessBounds(setting: Setting): { readonly calmUs: Micros; readonly hiddenUs: Micros } {
  const { plan, scenario } = setting;
  const { scheduleWithinUs = 0, deliveryWithinUs = 0 } = scenario.aws.faults;
  const ways = SWEEP + scheduleWithinUs + deliveryWithinUs + 8 * awsCallUs(setting) + longestPauseUs(setting);
  const { dispatch, limit, timeouts, queues } = plan;
  const { tierVisibilityUs } = queues;
  const base = ways + 2 * timeouts.responseUs + PREPARATION;
  switch (dispatch.kind) {
    case "doorbell":
      return {
        calmUs: us(base + 2 * limit.intervalUs),
        hiddenUs: us(dispatch.bellVisibilityUs + tierVisibilityUs + SWEEP),
      };
    case "deferral":
      return {
        calmUs: us(base + 2 * dispatch.intervalUs + tierVisibilityUs),
        hiddenUs: us(2 * tierVisibilityUs + SWEEP),
      };
  }
}

const SWEEP: Micros = seconds(60);
const PREPARATION: Micros = seconds(30);

export function livenessChecker(setting: Setting): Checker {
  const { calmUs, hiddenUs } = livenessBounds(setting);
  const stepsUs = wallStepsUs(setting);
  const attempts = new Attempts();
  const waiting = new Map<string, { readonly request: string; readonly sinceUs: Micros }>();
  /** From here the bound counts; later while something stands in the way. */
  let fromUs = us(0);
  let isShut = false;
  let isPaused = false;
  const from = (instant: number) => {
    fromUs = us(Math.max(fromUs, instant));
  };

  const overdue = (atUs: Micros): Broken | undefined => {
    if (isShut || isPaused) from(atUs);
    for (const [id, { request, sinceUs }] of waiting) {
      if (!attempts.waits(id)) {
        waiting.delete(id);
        continue;
      }
      const waitedUs = atUs - Math.max(sinceUs, fromUs);
      if (waitedUs <= calmUs) continue;
      const bound = `${Math.round(calmUs / 1_000_000)} s`;
      return {
        message: `${request} waits at ${inSeconds(atUs)}, and nothing was called for more than ${bound}`,
        request,
      };
    }
    return undefined;
  };

  return {
    invariant: "liveness",
    see(sighting) {
      const { atUs } = sighting;
      attempts.see(sighting);
      switch (sighting.kind) {
        case "delivered":
          if (!waiting.has(sighting.id)) waiting.set(sighting.id, { request: sighting.request, sinceUs: atUs });
          break;
        case "called":
          from(Math.max(atUs, (quietOf(sighting, setting)?.untilUs ?? 0) + stepsUs));
          break;
        case "answered":
          from(atUs);
          break;
        case "way":
          isShut = sighting.way !== "open";
          from(atUs);
          break;
        case "paused":
          isPaused = true;
          break;
        case "resumed":
          isPaused = false;
          from(atUs);
          break;
        case "deployed":
          from(atUs + hiddenUs);
          break;
        case "fault":
          from(hides(sighting) ? atUs + hiddenUs : isLostSweep(sighting) ? atUs : 0);
          break;
      }
      return overdue(atUs);
    },
  };
}

const hides = (sighting: Sighting): boolean =>
  isDeath(sighting) ||
  isLostCall(sighting) ||
  (sighting.kind === "fault" && sighting.fault === "replaced environments");

const isLostSweep = (sighting: Sighting): boolean => sighting.kind === "fault" && sighting.fault === "lost sweep";
