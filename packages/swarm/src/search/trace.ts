import type { Reaction } from "@sluice/local";
import type { Violation } from "../outcome";
import type { Sighting } from "../sighting";

/** Most lines of a trace that is not asked for whole. */
const MOST_LINES = 60;

/**
 * What happened, one line an event, in words. Not whole: what concerns the request that the violation names, what was
 * done to the gateway and went wrong, and the calls shortly before.
 */
export function renderTrace(seen: readonly Sighting[], violation: Violation, isWhole: boolean): string[] {
  const end = seen.at(-1)?.atUs ?? 0;
  const told = seen.filter((one) => isWhole || matters(one, violation, end));
  const lines = told.flatMap((one) => {
    const words = wordsOf(one);
    return words === undefined ? [] : [line(one, words)];
  });
  const hidden = lines.length - MOST_LINES;
  return isWhole || hidden <= 0
    ? lines
    : [`  … ${hidden} earlier lines; --trace prints all`, ...lines.slice(-MOST_LINES)];
}

/** The target's calls within this time before the end are told, whosever they are. */
const SHORTLY_US = 20_000_000;

function matters(one: Sighting, { request }: Violation, end: number): boolean {
  if ("request" in one && one.request === request) return true;
  switch (one.kind) {
    case "called":
      return end - one.atUs < SHORTLY_US;
    case "fault":
      return one.fault !== "short poll that misses" && (end - one.atUs < SHORTLY_US || one.where === request);
    case "deployed":
    case "paused":
    case "resumed":
    case "way":
    case "calm":
      return true;
    default:
      return false;
  }
}

const line = (one: Sighting, words: string): string => {
  const request = "request" in one ? one.request : "";
  return `  ${(one.atUs / 1_000_000).toFixed(3).padStart(10)} s  ${request.padEnd(5)} ${words}`;
};

/** @returns undefined for what is no event */
function wordsOf(one: Sighting): string | undefined {
  switch (one.kind) {
    case "started":
      return "asked";
    case "published":
      return `published to ${one.tier}: ${one.operation}, attempt ${one.attempt}`;
    case "unpublished":
      return "its publish looked failed, and was done";
    case "delivered":
      return `delivered to the queue of ${one.tier}`;
    case "rung":
      return "a bell came into its queue";
    case "unrung":
      return undefined;
    case "looked":
      return one.ids.length === 0 ? undefined : `a worker received ${one.ids.length} from ${one.tier}`;
    case "givenBack":
      return "a worker gave a message back";
    case "deleted":
      return "its message was deleted";
    case "called":
      return `called: ${one.operation} of ${one.tier}, attempt ${one.attempt}; ${reactionIn(one.reaction)}`;
    case "answered":
      return one.error === undefined ? "a worker answered: success" : `a worker answered: ${one.error}`;
    case "ended":
      return `ended: ${one.end.error ?? one.end.status}`;
    case "redriven":
      return "redriven";
    case "fault":
      return `! ${one.fault}: ${one.where}`;
    case "deployed":
      return `deployed again: ${one.plan.limit.rate?.text ?? "no rate limit"}`;
    case "paused":
      return "a person paused the gateway";
    case "resumed":
      return "a person resumed the gateway";
    case "way":
      return `new connections are ${one.way} from here on`;
    case "calm":
      return "nothing goes wrong from here on";
    case "over":
      return "the run is over";
    case "tick":
      return undefined;
  }
}

function reactionIn({ latencyUs, end }: Reaction): string {
  if (end === "hang") return "never answered";
  const what = end.kind === "answer" ? `${end.status}` : end.kind;
  const after = end.kind === "answer" ? (end.headers["retry-after"] ?? "") : "";
  return `${what} after ${Math.round(latencyUs / 1_000)} ms${after === "" ? "" : `, Retry-After ${after}`}`;
}
