import { type Micros, ms, seconds, us } from "@sluice/dsl";
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
 * A bell that rings while a message waits begins a turn that finds it, or the running one finds it: without the sweep, and
 * within seconds, unless something has happened since that hides one of them.
 *
 * After a worker's death, a lost call to AWS or a replaced environment, what they leave hidden comes first: the bells, at
 * most for the function's timeout (their queue's visibility), and the messages, for theirs; and at most one turn more,
 * which found them hidden.
 */
export function livenessBounds(setting: Setting): Bounds {
  const { plan, scenario, file } = setting;
  const { scheduleWithinUs = 0, deliveryWithinUs = 0 } = scenario.aws.faults;
  const turnUs = 2 * plan.limit.intervalUs + 2 * file.timeouts.response;
  const promptUs = us(
    8 * awsCallUs(setting) + longestPauseUs(setting) + turnUs + HANDSHAKES * ms(scenario.target.handshakeMs) + LOOKS,
  );
  const calmUs = us(
    SWEEP +
      scheduleWithinUs +
      deliveryWithinUs +
      8 * awsCallUs(setting) +
      longestPauseUs(setting) +
      turnUs +
      PREPARATION,
  );
  return { promptUs, calmUs, hiddenUs: us(plan.queues.bellVisibilityUs + plan.queues.tierVisibilityUs + SWEEP) };
}

interface Bounds {
  /** From a bell that rang while a message waited. */
  readonly promptUs: Micros;
  /** From a message whose bell was lost. */
  readonly calmUs: Micros;
  /** How long longer after a worker's death. */
  readonly hiddenUs: Micros;
}

const SWEEP: Micros = seconds(60);
const PREPARATION: Micros = seconds(30);
/** The last look of a turn and the first of the next, a cold start, what SQS rounds to whole seconds. */
const LOOKS: Micros = seconds(6);
/** One for the request, one for a connection that was closed meanwhile. */
const HANDSHAKES = 2;
/** As long as a parked turn returns its bells for: a group behind them waits, also for the bell of `resume`. */
const LONGEST_RETURN: Micros = seconds(60);

interface Waiting {
  readonly request: string;
  readonly sinceUs: Micros;
  /** When a bell rang after it was there, which nothing has undone since. */
  rungUs: Micros | undefined;
}

export function livenessChecker(setting: Setting): Checker {
  const { promptUs, calmUs, hiddenUs } = livenessBounds(setting);
  const stepsUs = wallStepsUs(setting);
  const attempts = new Attempts();
  const waiting = new Map<string, Waiting>();
  /** From here the bound counts; later while something stands in the way. */
  let fromUs = us(0);
  let isShut = false;
  let isPaused = false;
  /** The same for what was rung for. */
  let promptFromUs = us(0);
  const from = (instant: number) => {
    fromUs = us(Math.max(fromUs, instant));
  };
  const promptFrom = (instant: number) => {
    promptFromUs = us(Math.max(promptFromUs, instant));
  };

  const overdue = (atUs: Micros): Broken | undefined => {
    if (isShut || isPaused) from(atUs);
    for (const [id, { request, sinceUs, rungUs }] of waiting) {
      if (!attempts.waits(id)) {
        waiting.delete(id);
        continue;
      }
      const waitedUs = atUs - Math.max(sinceUs, fromUs);
      const heardUs = rungUs === undefined ? 0 : atUs - Math.max(rungUs, fromUs, promptFromUs);
      if (waitedUs <= calmUs && heardUs <= promptUs) continue;
      const bound = `${Math.round((waitedUs > calmUs ? calmUs : promptUs) / 1_000_000)} s`;
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
          if (!waiting.has(sighting.id))
            waiting.set(sighting.id, { request: sighting.request, sinceUs: atUs, rungUs: undefined });
          break;
        case "rung":
          for (const one of waiting.values()) one.rungUs ??= atUs;
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
          promptFrom(atUs + LONGEST_RETURN);
          break;
        case "deployed":
          from(atUs + hiddenUs);
          break;
        case "fault":
          if (unsettles(sighting)) {
            promptFrom(atUs + hiddenUs);
            for (const one of waiting.values()) one.rungUs = undefined;
          }
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

/** After these a message may stay hidden that a living turn has given back, or be missed by the turn that was rung for. */
const UNSETTLING: ReadonlySet<string> = new Set(["short poll that misses", "duplicate", "wall-clock step"]);

const unsettles = (sighting: Sighting): boolean =>
  hides(sighting) || (sighting.kind === "fault" && UNSETTLING.has(sighting.fault));

const isLostSweep = (sighting: Sighting): boolean => sighting.kind === "fault" && sighting.fault === "lost sweep";
