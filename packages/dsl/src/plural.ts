import { showWhole } from "./explain/words";

/** `1 call`, `2,000 calls`. */
export const plural = (count: number, noun: string): string => `${showWhole(count)} ${noun}${count === 1 ? "" : "s"}`;
