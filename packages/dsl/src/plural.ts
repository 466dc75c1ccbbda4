import { showWhole } from "./explain/words";

/** `1 call`, `2,000 calls`, `4.9 calls`. */
export const plural = (count: number, noun: string): string =>
  `${Number.isInteger(count) ? showWhole(count) : count} ${noun}${count === 1 ? "" : "s"}`;
