import { type Micros, seconds, TASK_MARGIN_US, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isLostCall } from "../sighting";
import { type Broken, type Checker, inSeconds, longestDelayUs, type Setting, SLACK, wallStepsUs } from "./checker";

type Called = Extract<Sighting, { kind: "called" }>;

/** Step Functions counts a task's timeout in whole seconds, rounded up. */
const WHOLE_SECOND: Micros = seconds(1);

/**
 * A tier's timeout counts from asking, or from the redrive, to the call's end, retries and all: no call starts so late that
 * it could outlast it, and the execution ends soon after. Soon: an attempt that waits at the deadline is given up when a
 * call might have been answered and a message, hidden by a worker's death, received again, and a margin has passed; it may
 * have failed just before and been tried once more.
 *
 * Excused of an end: what waits because its publish failed.
 */
export function deadlineChecker(setting: Setting): Checker {
  const { tiers, timeouts, retries } = setting.file;
  const timeoutOf = new Map(tiers.map(({ name, timeout }) => [name, timeout]));
  const stepsUs = wallStepsUs(setting);
  const lateUs = us(longestDelayUs(setting) + stepsUs + SLACK);
  const attemptUs = us(timeouts.response + setting.plan.queues.tierVisibilityUs + TASK_MARGIN_US + WHOLE_SECOND);
  const backoffUs = us(Math.max(retries.throttled.max, retries.unavailable.max, retries.unknown.max));
  const endsWithinUs = us(2 * attemptUs + backoffUs + stepsUs);
  const askedAtUs = new Map<string, Micros>();
  /** Until when, undefined before it is published. */
  const waiting = new Map<string, Micros | undefined>();
  let hasLostPublish = false;

  const called = ({ request, tier, atUs }: Called): Broken | undefined => {
    const latestUs = (askedAtUs.get(request) ?? atUs) + (timeoutOf.get(tier) ?? 0) - timeouts.response;
    if (atUs <= latestUs + lateUs) return undefined;
    const late = inSeconds(us(atUs - latestUs));
    return { message: `${request} of ${tier} was called at ${inSeconds(atUs)}, ${late} after its deadline`, request };
  };

  const outlived = (atUs: Micros): Broken | undefined => {
    if (hasLostPublish) return undefined;
    for (const [request, untilUs] of waiting) {
      if (untilUs !== undefined && atUs > untilUs)
        return { message: `${request} has not ended at ${inSeconds(atUs)}`, request };
    }
    return undefined;
  };

  return {
    invariant: "deadline",
    see(sighting) {
      switch (sighting.kind) {
        case "started":
        case "redriven":
          askedAtUs.set(sighting.request, sighting.atUs);
          waiting.set(sighting.request, undefined);
          return undefined;
        case "published": {
          const { request, tier, atUs } = sighting;
          const timeoutUs = timeoutOf.get(tier) ?? 0;
          // What was on its way to be published when its execution was stopped is nobody's.
          if (waiting.has(request))
            waiting.set(request, us((askedAtUs.get(request) ?? atUs) + timeoutUs + endsWithinUs));
          return undefined;
        }
        case "ended":
          waiting.delete(sighting.request);
          return undefined;
        case "fault":
          if (isLostCall(sighting) && sighting.where === "sns") hasLostPublish = true;
          return undefined;
        case "called":
          return called(sighting);
        case "tick":
          return outlived(sighting.atUs);
        default:
          return undefined;
      }
    },
  };
}
