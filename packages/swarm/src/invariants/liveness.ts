import { type GatewayPlan, type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import { Attempts } from "./attempts";
import {
  awsCallUs,
  type Broken,
  type Checker,
  inSeconds,
  LONG_POLL,
  longestPauseUs,
  type Setting,
  SLACK,
  wallStepsUs,
} from "./checker";
import { quietOf } from "./obedience";

/**
 * While the target accepts and nothing parks it, a waiting request means that some call is made, or a message that nobody
 * waits for is cleared away, within the plan's bound, crash or not. That each request's own turn comes then follows: starvation sees to its tier, and the number of requests
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
 * within seconds, unless something has happened since that hides one of them. So as long as it waits there are bells: in the
 * turn's hands, given back, or yet to be taken. A message's own bell that was not lost and has not come when its delivery
 * must be over counts as one that rang: that nothing rang for it is what the sweep is not there for.
 *
 * After a worker's death, a lost call to AWS or a replaced environment, what they leave hidden comes first: the bells, at
 * most for the function's timeout (their queue's visibility), and the messages, for theirs; and at most one turn more,
 * which found them hidden.
 *
 * In deferral nothing rings, and a message that stepped back, or that Lambda throttled until its time was over, is hidden
 * for a visibility even where nothing went wrong.
 */
export function livenessBounds(setting: Setting): Bounds {
  const { plan, scenario, file } = setting;
  const { scheduleWithinUs = 0, deliveryWithinUs = 0 } = scenario.aws.faults;
  const { tierVisibilityUs } = plan.queues;
  const turnUs = 2 * intervalOf(plan) + 2 * file.timeouts.response;
  const promptUs = us(
    8 * awsCallUs(setting) + longestPauseUs(setting) + turnUs + HANDSHAKES * ms(scenario.target.handshakeMs) + LOOKS,
  );
  const base =
    SWEEP +
    scheduleWithinUs +
    deliveryWithinUs +
    8 * awsCallUs(setting) +
    longestPauseUs(setting) +
    turnUs +
    PREPARATION;
  switch (plan.dispatch.kind) {
    case "doorbell":
      return {
        promptUs,
        calmUs: us(base),
        hiddenUs: us(plan.dispatch.bellVisibilityUs + tierVisibilityUs + SWEEP),
        heldUs: plan.dispatch.turn.bellHoldUs,
      };
    case "deferral":
      return {
        promptUs,
        calmUs: us(base + tierVisibilityUs),
        hiddenUs: us(2 * tierVisibilityUs + SWEEP),
        heldUs: us(0),
      };
  }
}

/** Between two starts of a slot. */
const intervalOf = ({ dispatch, limit }: GatewayPlan): Micros =>
  dispatch.kind === "doorbell" ? limit.intervalUs : dispatch.intervalUs;

interface Bounds {
  /** From a bell that rang while a message waited. */
  readonly promptUs: Micros;
  /** From a message whose bell was lost. */
  readonly calmUs: Micros;
  /** How long longer after a worker's death. */
  readonly hiddenUs: Micros;
  /** How long a bell that was not deleted at a turn's end stays held, and those behind it wait; decision 1. */
  readonly heldUs: Micros;
}

const SWEEP: Micros = seconds(60);
const PREPARATION: Micros = seconds(30);
/** The last look of a turn and the first of the next, a cold start, what SQS rounds to whole seconds. */
const LOOKS: Micros = seconds(6);
/** One for the request, one for a connection that was closed meanwhile. */
const HANDSHAKES = 2;
/** As long as a parked turn returns its bells for: a group behind them waits, also for the bell of `resume`. */
const LONGEST_RETURN: Micros = seconds(60);

/** What the names of bell queues end with. */
const BELLS = "-bell.fifo";

interface Waiting {
  readonly request: string;
  readonly tier: string;
  readonly sinceUs: Micros;
  /** From here the bound counts of what was rung for; later while its message may be hidden. */
  promptFromUs: Micros;
  /** A turn that a bell begins before that may find its message hidden: a dead worker was handed it. */
  deafUntilUs: Micros;
  /** When a bell rang after it was there, which nothing has undone since. */
  rungUs: Micros | undefined;
}

/** Which attempts' bells must have come by when. In deferral nothing rings. */
class OwnBells {
  /** By id, the earliest first. */
  private readonly dueUs = new Map<string, Micros>();
  private readonly lost = new Set<string>();
  private readonly withinUs: Micros;
  private readonly isAwaited: boolean;

  constructor({ scenario, plan }: Setting) {
    this.withinUs = us((scenario.aws.faults.deliveryWithinUs ?? 0) + SLACK);
    this.isAwaited = plan.dispatch.kind === "doorbell";
  }

  /** @returns ids of attempts whose bell was not lost and has not come, with the instant at which it must have */
  missed(sighting: Sighting): (readonly [string, Micros])[] {
    const { atUs } = sighting;
    if (sighting.kind === "unrung") this.lost.add(sighting.id);
    if (sighting.kind === "rung" && sighting.id !== undefined) this.dueUs.delete(sighting.id);
    if (sighting.kind === "published" && this.isAwaited && !this.lost.delete(sighting.id)) {
      this.dueUs.set(sighting.id, us(atUs + this.withinUs));
    }
    const missed: (readonly [string, Micros])[] = [];
    for (const one of this.dueUs) {
      if (atUs <= one[1]) break;
      missed.push(one);
      this.dueUs.delete(one[0]);
    }
    return missed;
  }
}

export function livenessChecker(setting: Setting): Checker {
  const { hiddenUs, heldUs, ...bounds } = livenessBounds(setting);
  const bells = new OwnBells(setting);
  let { promptUs, calmUs } = bounds;
  const stepsUs = wallStepsUs(setting);
  const attempts = new Attempts();
  const waiting = new Map<string, Waiting>();
  /** From here the bound counts; later while something stands in the way. */
  let fromUs = us(0);
  let isShut = false;
  let isPaused = false;
  /** The same for all that was rung for. */
  let hiddenUntilUs = us(0);
  const from = (instant: number) => {
    fromUs = us(Math.max(fromUs, instant));
  };
  /** What is delivered until then may be handed to the open poll of a worker that is dead, and is hidden as long as that. */
  let toTheDead = { untilUs: us(Number.NEGATIVE_INFINITY), deafUntilUs: us(0) };
  const hideUntil = (instant: number) => {
    hiddenUntilUs = us(Math.max(hiddenUntilUs, instant));
  };

  /** Deployed again, a gateway may have a longer interval. */
  const slower = (byUs: number) => {
    promptUs = us(Math.max(promptUs, bounds.promptUs + byUs));
    calmUs = us(Math.max(calmUs, bounds.calmUs + byUs));
  };

  /** What was rung for may be hidden now, or was missed: a bell has to ring anew. */
  const unsettle = (fault: Extract<Sighting, { kind: "fault" }>): void => {
    const { atUs, where } = fault;
    const unring = (which: (one: Waiting) => boolean, untilUs: number) => {
      for (const one of waiting.values()) {
        if (which(one))
          Object.assign(one, { rungUs: undefined, promptFromUs: us(Math.max(one.promptFromUs, untilUs)) });
      }
    };
    const isOfQueue = ({ tier }: Waiting) => where.endsWith(`-${tier}`);
    if (hides(fault)) {
      unring(() => true, atUs);
      hideUntil(atUs + hiddenUs);
      const untilUs = us(atUs + LONG_POLL + awsCallUs(setting));
      toTheDead = { untilUs, deafUntilUs: us(untilUs + setting.plan.queues.tierVisibilityUs) };
      for (const one of waiting.values()) one.deafUntilUs = toTheDead.deafUntilUs;
    } else if (fault.fault === "short poll that misses") {
      unring(isOfQueue, atUs);
    } else if (fault.fault === "duplicate") {
      // The handle of what was received again is worth nothing: given back, the message stays hidden.
      const { copyWithinUs = 0 } = setting.scenario.aws.faults;
      unring(isOfQueue, atUs + copyWithinUs + setting.plan.queues.tierVisibilityUs);
    } else if (fault.fault === "lost delete" && where.endsWith(BELLS)) {
      hideUntil(atUs + heldUs);
    } else if (fault.fault === "wall-clock step") {
      hideUntil(atUs + LONGEST_RETURN + stepsUs);
    }
  };

  const overdue = (atUs: Micros): Broken | undefined => {
    if (isShut || isPaused) from(atUs);
    for (const [id, { request, sinceUs, rungUs, promptFromUs }] of waiting) {
      if (!attempts.waits(id)) {
        waiting.delete(id);
        continue;
      }
      const waitedUs = atUs - Math.max(sinceUs, fromUs);
      const heardUs = rungUs === undefined ? 0 : atUs - Math.max(rungUs, fromUs, promptFromUs, hiddenUntilUs);
      if (waitedUs <= calmUs && heardUs <= promptUs) continue;
      const bound = `${Math.round((waitedUs > calmUs ? calmUs : promptUs) / 1_000_000)} s`;
      return {
        message: `${request} waits at ${inSeconds(atUs)}, and nothing was called for more than ${bound}`,
        request,
      };
    }
    return undefined;
  };

  const unrung = (atUs: Micros): Broken | undefined => {
    for (const { request, rungUs, promptFromUs } of waiting.values()) {
      if (rungUs === undefined || atUs <= Math.max(rungUs, promptFromUs, hiddenUntilUs)) continue;
      return { message: `${request} waits at ${inSeconds(atUs)}, and no bell is left to ring for it`, request };
    }
    return undefined;
  };

  return {
    invariant: "liveness",
    see(sighting) {
      const { atUs } = sighting;
      attempts.see(sighting);
      for (const [id, dueUs] of bells.missed(sighting)) {
        const one = waiting.get(id);
        if (one !== undefined && dueUs >= one.deafUntilUs) one.rungUs ??= dueUs;
      }
      switch (sighting.kind) {
        case "delivered":
          if (!waiting.has(sighting.id)) {
            const deafUntilUs = atUs <= toTheDead.untilUs ? toTheDead.deafUntilUs : atUs;
            waiting.set(sighting.id, {
              ...sighting,
              sinceUs: atUs,
              promptFromUs: atUs,
              rungUs: undefined,
              deafUntilUs,
            });
          }
          break;
        case "rung":
          for (const one of waiting.values()) if (atUs >= one.deafUntilUs) one.rungUs ??= atUs;
          break;
        case "called":
          from(Math.max(atUs, (quietOf(sighting, setting)?.untilUs ?? 0) + stepsUs));
          break;
        case "answered":
        case "deleted":
          // What nobody waits for is cleared away one by one, and a tier's live requests wait behind it.
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
          hideUntil(atUs + LONGEST_RETURN);
          break;
        case "deployed":
          from(atUs + hiddenUs);
          slower(2 * (intervalOf(sighting.plan) - intervalOf(setting.plan)));
          break;
        case "fault":
          unsettle(sighting);
          from(hides(sighting) ? atUs + hiddenUs : isLostSweep(sighting) ? atUs : 0);
          break;
      }
      const late = overdue(atUs);
      return late ?? (sighting.kind === "tick" && sighting.bells === 0 ? unrung(atUs) : undefined);
    },
  };
}

const hides = (sighting: Sighting): boolean =>
  isDeath(sighting) ||
  isLostCall(sighting) ||
  (sighting.kind === "fault" && sighting.fault === "replaced environments");

const isLostSweep = (sighting: Sighting): boolean => sighting.kind === "fault" && sighting.fault === "lost sweep";
