import { type Micros, ms, us } from "@sluice/dsl";
import { awsCallUs, type Checker, inSeconds, longestDelayUs, type Setting, WAY_BACK } from "./checker";
import { GATE_READ_WITHIN } from "./obedience";

/**
 * When the gate cannot be read, nothing is called. A turn that runs when the gate goes down notices it at its next look;
 * one that begins then cannot take the gate at all.
 */
export function gateChecker(setting: Setting): Checker {
  const { aws, stormMs } = setting.scenario;
  const noticedWithinUs = GATE_READ_WITHIN + awsCallUs(setting) + longestDelayUs(setting) + WAY_BACK;
  const outages = aws.outages
    .filter(({ service }) => service === "dynamodb")
    .map(({ atMs, forMs }) => ({ fromUs: ms(atMs) + noticedWithinUs, untilUs: ms(Math.min(atMs + forMs, stormMs)) }));
  const isDown = (atUs: Micros) => outages.some(({ fromUs, untilUs }) => fromUs < atUs && atUs < untilUs);

  return {
    invariant: "gate",
    see(sighting) {
      if (sighting.kind !== "called" || !isDown(sighting.atUs)) return undefined;
      const { request, atUs } = sighting;
      return { message: `${request} was called at ${inSeconds(us(atUs))}, and the gate is down`, request };
    },
  };
}
