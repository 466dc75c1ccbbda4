import { type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { awsCallUs, type Broken, type Checker, inSeconds, longestDelayUs, type Setting, SLACK } from "./checker";
import { Orphans } from "./orphans";

type Called = Extract<Sighting, { kind: "called" }>;

/** A worker asks for a token no longer before the call than this. */
const ASKED_WITHIN: Micros = seconds(1);

/**
 * A call is made only when somebody still waits for it: never after its execution has ended, or has heard that the attempt
 * was not published, by more than the time from the question whether its token lives to the bytes.
 *
 * Excused: a question that Step Functions throttled counts as answered with yes.
 */
export function wantedChecker(setting: Setting): Checker {
  const { scenario } = setting;
  const prepareUs = 2 * awsCallUs(setting) + ms(scenario.target.handshakeMs);
  const lateUs = us(ASKED_WITHIN + prepareUs + longestDelayUs(setting) + SLACK);
  const endedAtUs = new Map<string, Micros>();
  const orphans = new Orphans();
  let throttledAtUs = Number.NEGATIVE_INFINITY;

  const called = (call: Called): Broken | undefined => {
    const { request, atUs } = call;
    const [sinceUs, why] = endedAtUs.has(request)
      ? [endedAtUs.get(request), "had ended"]
      : [orphans.sinceUs(call), "nobody waited for the attempt since its publish looked failed"];
    if (sinceUs === undefined || atUs <= sinceUs + lateUs || throttledAtUs >= sinceUs) return undefined;
    return { message: `${request} was called at ${inSeconds(atUs)}, and ${why} at ${inSeconds(sinceUs)}`, request };
  };

  return {
    invariant: "wanted",
    see(sighting) {
      orphans.see(sighting);
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
