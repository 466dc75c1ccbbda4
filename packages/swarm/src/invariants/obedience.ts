import { type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCall, isLostCallTo } from "../sighting";
import {
  awsCallUs,
  type Broken,
  type Checker,
  inSeconds,
  longestDelayUs,
  meaningOf,
  type Setting,
  SLACK,
  WAY_BACK,
  wallStepsUs,
} from "./checker";

type Called = Extract<Sighting, { kind: "called" }>;

const GATE_BELIEVED_FOR: Micros = seconds(1);

interface Quiet {
  readonly answeredAtUs: Micros;
  readonly fromUs: Micros;
  readonly untilUs: Micros;
}

/** A turn reads the gate every five seconds, and again after one when that failed. */
export const GATE_READ_WITHIN: Micros = seconds(6);

/**
 * A target that asked to be left alone is, by the process that heard it and by all that come after; and a gateway that a
 * person paused calls nothing until it is resumed.
 *
 * Excused: a refusal of a call whose worker had died while it was on its way; a park that its process had no time to leave in
 * the gate, or could not, before it died; in deferral, one that the gate did not take at once, of which other slots do not
 * know.
 */
export function obedienceChecker(setting: Setting): Checker {
  let quiets: Quiet[] = [];
  let pausedAtUs: Micros | undefined;
  let diedAtUs = Number.NEGATIVE_INFINITY;
  let lostCallAtUs = Number.NEGATIVE_INFINITY;
  /** In deferral only. */
  let gateLostAtUs = Number.NEGATIVE_INFINITY;
  const isDeferral = setting.plan.dispatch.kind === "deferral";
  const stepsUs = wallStepsUs(setting);
  /** A call that is on its way when the refusal comes has left before. */
  const onItsWayUs = longestDelayUs(setting);
  const savedWithinUs = us(WAY_BACK + awsCallUs(setting));
  // In deferral other slots learn of it by the gate, which they believe for a second, and while they get ready.
  const heardWithinUs =
    setting.plan.dispatch.kind === "doorbell"
      ? WAY_BACK
      : us(2 * savedWithinUs + GATE_BELIEVED_FOR + ms(2 * setting.scenario.target.handshakeMs));
  const pausedWithinUs = us(GATE_READ_WITHIN + awsCallUs(setting) + onItsWayUs + WAY_BACK);

  const called = (call: Called): Broken | undefined => {
    const { atUs, request } = call;
    quiets = quiets.filter(({ untilUs }) => atUs < untilUs);
    const hit = quiets.find(({ fromUs, answeredAtUs }) => atUs > fromUs && gateLostAtUs < answeredAtUs);
    const asked = quietOf(call, setting);
    if (asked !== undefined && atUs > diedAtUs + onItsWayUs) {
      quiets.push({
        answeredAtUs: asked.answeredAtUs,
        fromUs: us(asked.answeredAtUs + heardWithinUs + onItsWayUs),
        untilUs: us(asked.untilUs - SLACK - stepsUs),
      });
    }
    if (pausedAtUs !== undefined && atUs > pausedAtUs + pausedWithinUs) {
      return { message: `${request} was called at ${inSeconds(atUs)}, and the gateway is paused`, request };
    }
    if (hit === undefined) return undefined;
    const early = inSeconds(us(hit.untilUs - atUs));
    return {
      message: `${request} was called at ${inSeconds(atUs)}, ${early} before the target's pause was over`,
      request,
    };
  };

  const died = (atUs: Micros) => {
    diedAtUs = atUs;
    quiets = quiets.filter(({ answeredAtUs }) => atUs > answeredAtUs + savedWithinUs && lostCallAtUs < answeredAtUs);
  };

  return {
    invariant: "obedience",
    see(sighting) {
      if (isDeath(sighting)) died(sighting.atUs);
      if (isLostCall(sighting)) lostCallAtUs = sighting.atUs;
      if (isDeferral && isLostCallTo(sighting, "dynamodb")) gateLostAtUs = sighting.atUs;
      if (sighting.kind === "paused") pausedAtUs = sighting.atUs;
      if (sighting.kind === "resumed") pausedAtUs = undefined;
      return sighting.kind === "called" ? called(sighting) : undefined;
    },
  };
}

/** When the worker knows, and until when the target wants to be left alone. */
export function quietOf(
  { atUs, reaction, asksUs }: Called,
  { file }: Pick<Setting, "file">,
): { readonly answeredAtUs: Micros; readonly untilUs: Micros } | undefined {
  if (meaningOf(reaction, file) !== "throttled") return undefined;
  const answeredAtUs = us(atUs + reaction.latencyUs);
  const { pause, maxPause } = file.outcomes.throttled;
  return { answeredAtUs, untilUs: us(answeredAtUs + Math.min(asksUs ?? pause, maxPause)) };
}
