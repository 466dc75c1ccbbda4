import { type Checker, inSeconds, type Setting, sharesOf } from "./checker";
import { Reach } from "./reach";

/**
 * A start is taken from the highest tier when two are owed; two lower tiers may come due at once; and one start may have
 * been decided before the tier had work.
 */
const owedAtMost = (tiers: number): number => 3 + tiers;

/** A tier with waiting work gets its share of any long enough run of starts: it is never owed more than a few. */
export function starvationChecker(setting: Setting): Checker {
  const tiers = sharesOf(setting.file);
  const reach = new Reach(setting);
  const owed = new Map<string, number>();

  return {
    invariant: "starvation",
    see(sighting) {
      if (sighting.kind === "called") {
        const { atUs } = sighting;
        const pressing = new Set(tiers.map(({ name }) => name).filter((name) => reach.presses(name, atUs)));
        reach.see(sighting);
        for (const { name, share } of tiers.slice(1)) {
          // One without work is owed nothing: silence is not saved up.
          const now = pressing.has(name) ? (owed.get(name) ?? 0) + share - (name === sighting.tier ? 1 : 0) : 0;
          owed.set(name, Math.max(0, now));
          if (now <= owedAtMost(tiers.length)) continue;
          return { message: `${name} has work and is owed ${now.toFixed(1)} starts at ${inSeconds(atUs)}` };
        }
        return undefined;
      }
      if (reach.see(sighting)) owed.clear();
      return undefined;
    },
  };
}
