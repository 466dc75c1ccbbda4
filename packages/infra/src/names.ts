import { createHash } from "node:crypto";

export { MAX_NAME_CHARS, stackNameOf } from "@sluice/dsl";

/**
 * A physical name of at most `maxChars`. One that is too long is cut and ends in a hash of all of it, so that two names
 * that begin alike stay apart, and the same one comes out every time.
 *
 * @param ending kept whole: FIFO topics and queues are known by theirs
 */
export function physicalName(name: string, maxChars: number, ending = ""): string {
  if (name.length + ending.length <= maxChars) return name + ending;
  const mark = `-${shortHash(name)}`;
  return name.slice(0, maxChars - mark.length - ending.length) + mark + ending;
}

/**
 * A tier's name as part of a logical id, which takes letters and digits only. `A-B` and `AB` must not meet in one id, so
 * what loses a hyphen gains a hash.
 */
export function tierId(tier: string): string {
  const plain = tier.replaceAll("-", "");
  return plain === tier ? tier : plain + shortHash(tier);
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
