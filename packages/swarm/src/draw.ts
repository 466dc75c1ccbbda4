import type { Random } from "@sluice/local";

export const oneOf = <T>(random: Random, things: readonly T[]): T => things[random.between(0, things.length - 1)] as T;

/** With `chance` some of 0 to `most`, otherwise nothing. */
export const some = (random: Random, chance: number, most: number): number =>
  random.chance(chance) ? random.next() * most : 0;
