import { type Micros, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import { type Broken, type Checker, inSeconds, onItsWayUs, type Setting, SLACK, wallStepsUs } from "./checker";

interface Open {
  readonly untilUs: Micros;
  /** Given up by the worker from here on: the target may still work at it. */
  readonly givenUpAtUs: Micros;
}

/**
 * Never more calls open than `concurrency`, as the worker sees it: a call without an answer is open for its response
 * timeout, and keeps its place for one more.
 *
 * Excused: calls whose worker died with them; and places of calls given up that a turn could not hand on, because a call
 * to AWS failed since or the wall clock, in which it hands them on, was moved.
 */
export function openCallsChecker(setting: Setting): Checker {
  const { responseUs } = setting.plan.timeouts;
  const handedOnByAWrongClock = wallStepsUs(setting) > 0;
  let { openCalls } = setting.plan;
  let open: Open[] = [];
  let diedAtUs = Number.NEGATIVE_INFINITY;
  const wayUs = onItsWayUs(setting);

  const called = ({ atUs, reaction }: Extract<Sighting, { kind: "called" }>): Broken | undefined => {
    open = open.filter(({ untilUs }) => atUs < untilUs);
    const isAnswered = reaction.end !== "hang" && reaction.latencyUs < responseUs;
    const openUs = isAnswered ? reaction.latencyUs : 2 * responseUs - SLACK;
    const givenUpAtUs = us(atUs + (isAnswered ? openUs : responseUs));
    open.push({ untilUs: handedOnByAWrongClock ? givenUpAtUs : us(atUs + openUs), givenUpAtUs });
    // Its bytes were on their way when its worker died.
    if (atUs - diedAtUs <= wayUs) open.pop();
    if (open.length <= openCalls) return undefined;
    return { message: `${open.length} calls are open at ${inSeconds(atUs)}, and ${openCalls} may be` };
  };

  return {
    invariant: "rate",
    see(sighting) {
      if (sighting.kind === "called") return called(sighting);
      if (sighting.kind === "deployed") openCalls = Math.max(openCalls, sighting.plan.openCalls);
      if (isDeath(sighting)) {
        open = [];
        diedAtUs = sighting.atUs;
      }
      if (isLostCall(sighting)) open = open.map(({ givenUpAtUs }) => ({ untilUs: givenUpAtUs, givenUpAtUs }));
      return undefined;
    },
  };
}
