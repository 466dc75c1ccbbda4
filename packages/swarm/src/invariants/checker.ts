import { type GatewayPlan, type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Reaction } from "@sluice/local";
import type { Invariant, Violation } from "../outcome";
import type { Scenario } from "../scenario";
import type { Sighting } from "../sighting";

/** What a checker knows beforehand: the gateway file, and how strong the faults may be. */
export interface Setting {
  readonly scenario: Scenario;
  /** Of the first deployment. */
  readonly plan: GatewayPlan;
}

/** What was broken, in words. */
export interface Broken {
  readonly message: string;
  readonly request?: string;
}

/** One invariant beside the world: it is shown everything in order, and says at once what breaks it. */
export interface Checker {
  readonly invariant: Invariant;
  see(sighting: Sighting): Broken | undefined;
}

/** @returns what it broke, of the checker's invariant */
export function ask({ invariant, see }: Checker, sighting: Sighting): Violation | undefined {
  const broken = see(sighting);
  return broken && { invariant, ...broken };
}

export const inSeconds = (instant: Micros): string => `${(instant / 1_000_000).toFixed(3)} s`;

/** An answer's way back to the worker and through its loop, and the rounding of clocks that count milliseconds. */
export const WAY_BACK: Micros = us(150_000);
export const SLACK: Micros = us(50_000);

/** How long bytes that left a worker just before it died may be on their way. */
export const onItsWayUs = ({ plan }: Setting): Micros => us(plan.limit.jitterUs + SLACK);

/** A role's call to AWS at its slowest; two, because some steps ask twice. */
export const awsCallUs = ({ scenario }: Setting): Micros => us(2 * (scenario.aws.faults.callWithinUs ?? ms(10)));

/** The longest that a process of this scenario stands still without dying of it. */
export const longestPauseUs = ({ scenario: { process } }: Setting): Micros =>
  us(
    1_000 *
      Math.max(
        process.pauseShare > 0 ? process.longestPauseMs : 0,
        process.holdShare > 0 ? process.longestHoldMs : 0,
        process.stallShare > 0 ? process.longestStallMs : 0,
      ),
  );

/** How far wall clocks are moved in all. */
export const wallStepsUs = ({ scenario: { operations } }: Setting): Micros =>
  us(1_000 * operations.reduce((sum, one) => sum + (one.kind === "wallStep" ? Math.abs(one.byMs) : 0), 0));

/** What the target said, undefined when nothing came back. */
export const statusOf = ({ end }: Reaction): number | undefined =>
  end !== "hang" && end.kind === "answer" ? end.status : undefined;

/** Undefined when the worker had given up by then. */
export const heardStatus = (reaction: Reaction, plan: GatewayPlan): number | undefined =>
  reaction.latencyUs < plan.timeouts.responseUs ? statusOf(reaction) : undefined;

/** The file's own words for a status come first; DESIGN.md, section 6, has the rest. */
export function meaningOf(reaction: Reaction, plan: GatewayPlan): "throttled" | "unavailable" | "other" | "unheard" {
  const status = heardStatus(reaction, plan);
  if (status === undefined) return "unheard";
  const { throttled, unavailable } = plan.outcomes;
  if (throttled.status?.includes(status)) return "throttled";
  if (unavailable?.status?.includes(status)) return "unavailable";
  if (status === 429 || (status === 503 && retryAfterOf(reaction) !== undefined)) return "throttled";
  return "other";
}

export const retryAfterOf = ({ end }: Reaction): string | undefined =>
  end !== "hang" && end.kind === "answer" ? end.headers["retry-after"] : undefined;

export const minutes = (count: number): Micros => seconds(60 * count);
