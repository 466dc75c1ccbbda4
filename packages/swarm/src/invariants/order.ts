import { type Checker, inSeconds, type Setting, sharesOf } from "./checker";
import { Reach } from "./reach";

/** As many starts as a tier may be owed, and one that was under way when a higher request came. */
const MOST_OWED = 4;

/**
 * A start does not go to a lower tier, beyond its share, while a higher one presses. Counted as the worker counts credits:
 * each start that passes while a higher tier waits earns every lower tier its share, each of its own while one presses costs
 * one, and a tier begins with all that it may be owed.
 */
export function orderChecker(setting: Setting): Checker {
  const tiers = sharesOf(setting.file);
  const reach = new Reach(setting);
  const credits = new Map(tiers.map(({ name }) => [name, MOST_OWED]));

  return {
    invariant: "order",
    see(sighting) {
      if (sighting.kind === "called") {
        const { atUs, tier, request } = sighting;
        const pressing = tiers.findIndex(({ name }) => reach.presses(name, atUs));
        const waiting = tiers.findIndex(({ name }) => reach.waits(name));
        reach.see(sighting);
        for (const [rank, { name, share }] of tiers.entries()) {
          const isPressed = pressing >= 0 && pressing < rank;
          const earned = waiting >= 0 && waiting < rank ? share : 0;
          const credit = (credits.get(name) ?? 0) + earned - (name === tier && isPressed ? 1 : 0);
          credits.set(name, Math.min(MOST_OWED, credit));
          if (credit >= 0) continue;
          const higher = tiers[pressing]?.name;
          const what = `${request} of ${tier} was started at ${inSeconds(atUs)}, beyond its share of ${100 * share} %`;
          return { message: `${what}, while ${higher} had work in hand`, request };
        }
        return undefined;
      }
      if (reach.see(sighting)) for (const { name } of tiers) credits.set(name, MOST_OWED);
      return undefined;
    },
  };
}
