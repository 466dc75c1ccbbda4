import { type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { awsCallUs, type Broken, type Checker, inSeconds, longestDelayUs, type Setting, SLACK } from "./checker";

type Called = Extract<Sighting, { kind: "called" }>;

/** A worker asks for a token no longer before the call than this. */
const ASKED_WITHIN: Micros = seconds(1);

/**
 * A call is made only when somebody still waits for it: never after its execution has ended, by more than the time from
 * the question whether its token lives to the bytes.
 *
 * Excused: a question that Step Functions throttled counts as answered with yes.
 */
export function wantedChecker(setting: Setting): Checker {
  const { scenario } = setting;
  const prepareUs = 2 * awsCallUs(setting) + ms(scenario.target.handshakeMs);
  const lateUs = us(ASKED_WITHIN + prepareUs + longestDelayUs(setting) + SLACK);
  const endedAtUs = new Map<string, Micros>();
  let throttledAtUs = Number.NEGATIVE_INFINITY;

  const called = ({ request, atUs }: Called): Broken | undefined => {
    const ended = endedAtUs.get(request);
    if (ended === undefined || atUs <= ended + lateUs || throttledAtUs >= ended) return undefined;
    return { message: `${request} was called at ${inSeconds(atUs)}, and had ended at ${inSeconds(ended)}`, request };
  };

  return {
    invariant: "wanted",
    see(sighting) {
      switch (sighting.kind) {
        case "ended":
          endedAtUs.set(sighting.request, sighting.atUs);
          return undefined;
        case "redriven":
          endedAtUs.delete(sighting.request);
          return undefined;
        case "fault":
          if (sighting.fault === "throttled call to AWS" && sighting.where === "sfn") throttledAtUs = sighting.atUs;
          return undefined;
        case "called":
          return called(sighting);
        default:
          return undefined;
      }
    },
  };
}
