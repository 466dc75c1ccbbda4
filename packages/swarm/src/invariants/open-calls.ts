import { type Micros, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCallTo } from "../sighting";
import { type Broken, type Checker, inSeconds, longestDelayUs, type Setting, SLACK, wallStepsUs } from "./checker";

interface Open {
  readonly untilUs: Micros;
  /** Given up by the worker from here on: the target may still work at it. */
  readonly givenUpAtUs: Micros;
}

/**
 * Never more calls open than `concurrency`, as the worker sees it: a call without an answer is open for its response
 * timeout, and keeps its place for one more.
 *
 * Excused: calls whose worker died with them, also where their bytes were still on their way; and places of calls given up
 * that a turn could not hand on, because a call to the gate failed since or the wall clock, in which it hands them on, was
 * moved.
 */
export function openCallsChecker(setting: Setting): Checker {
  const responseUs = setting.file.timeouts.response;
  const onTheirWayUs = longestDelayUs(setting);
  const handedOnByAWrongClock = wallStepsUs(setting) > 0;
  let openCalls = openCallsOf(setting);
  let open: Open[] = [];
  let diedAtUs = Number.NEGATIVE_INFINITY;

  const called = ({ atUs, reaction }: Extract<Sighting, { kind: "called" }>): Broken | undefined => {
    open = open.filter(({ untilUs }) => atUs < untilUs);
    if (atUs <= diedAtUs + onTheirWayUs) return undefined;
    const isAnswered = reaction.end !== "hang" && reaction.latencyUs < responseUs;
    const openUs = isAnswered ? reaction.latencyUs : 2 * responseUs - SLACK;
    const givenUpAtUs = us(atUs + (isAnswered ? openUs : responseUs));
    open.push({ untilUs: handedOnByAWrongClock ? givenUpAtUs : us(atUs + openUs), givenUpAtUs });
    if (open.length <= openCalls) return undefined;
    return { message: `${open.length} calls are open at ${inSeconds(atUs)}, and ${openCalls} may be` };
  };

  return {
    invariant: "rate",
    see(sighting) {
      if (sighting.kind === "called") return called(sighting);
      if (sighting.kind === "deployed") openCalls = Math.max(openCalls, openCallsOf(sighting));
      if (isDeath(sighting)) {
        open = [];
        diedAtUs = sighting.atUs;
      }
      // What is not given up yet is told by a later call.
      if (isLostCallTo(sighting, "dynamodb")) open = open.filter(({ givenUpAtUs }) => sighting.atUs < givenUpAtUs);
      return undefined;
    },
  };
}

/** What the file allows; where it says nothing, and in deferral, what the plan takes for enough. */
const openCallsOf = ({ file, plan }: Pick<Setting, "file" | "plan">): number =>
  plan.dispatch.kind === "deferral" ? plan.openCalls : (file.concurrency ?? plan.openCalls);
