import { type GatewayPlan, type GatewaySpec, type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Reaction } from "@sluice/local";
import type { Invariant, Violation } from "../outcome";
import type { Scenario } from "../scenario";
import type { Sighting } from "../sighting";

/** What a checker knows beforehand: the gateway file, and how strong the faults may be. */
export interface Setting {
  readonly scenario: Scenario;
  /** What is promised: the gateway file of the first deployment, its defaults filled. */
  readonly file: GatewaySpec;
  /** What was made of it, and may be wrong. It bounds how long things take, and says nothing of what is allowed. */
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

/** How long a receive waits for a message. */
export const LONG_POLL: Micros = seconds(1);

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

/** The shortest way to the target that the simulation has. */
const PATH: Micros = ms(5);

/** The longest that the bytes of a call are on their way, everything that holds them up added. */
export const longestDelayUs = ({ scenario: { process }, plan }: Setting): Micros =>
  us(
    PATH +
      plan.limit.jitterUs +
      1_000 *
        ((process.pauseShare > 0 ? process.longestPauseMs : 0) +
          (process.holdShare > 0 ? process.longestHoldMs : 0) +
          (process.stallShare > 0 ? process.longestStallMs : 0)),
  );

/** How far wall clocks are moved in all. */
export const wallStepsUs = ({ scenario: { operations } }: Setting): Micros =>
  us(1_000 * operations.reduce((sum, one) => sum + (one.kind === "wallStep" ? Math.abs(one.byMs) : 0), 0));

/** What the target said, undefined when nothing came back. */
export const statusOf = ({ end }: Reaction): number | undefined =>
  end !== "hang" && end.kind === "answer" ? end.status : undefined;

/** Undefined when the worker had given up by then. */
export const heardStatus = (reaction: Reaction, { timeouts }: GatewaySpec): number | undefined =>
  reaction.latencyUs < timeouts.response ? statusOf(reaction) : undefined;

/** The file's own words for a status come first; DESIGN.md, section 6, has the rest. */
export function meaningOf(reaction: Reaction, file: GatewaySpec): "throttled" | "unavailable" | "other" | "unheard" {
  const status = heardStatus(reaction, file);
  if (status === undefined) return "unheard";
  const { throttled, unavailable } = file.outcomes;
  if (throttled.status?.includes(status)) return "throttled";
  if (unavailable?.status?.includes(status)) return "unavailable";
  if (status === 429 || (status === 503 && retryAfterOf(reaction) !== undefined)) return "throttled";
  return "other";
}

export const retryAfterOf = ({ end }: Reaction): string | undefined =>
  end !== "hang" && end.kind === "answer" ? end.headers["retry-after"] : undefined;

/** Refused by the target, which did nothing. */
export const isRefused = (reaction: Reaction, file: GatewaySpec): boolean =>
  ["throttled", "unavailable"].includes(meaningOf(reaction, file));

const HARMLESS_TWICE: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);

/** Whether the file lets an operation be called a second time; DESIGN.md, section 1. */
export function isRepeatable({ operations }: GatewaySpec, name: string): boolean {
  const operation = operations[name];
  return operation !== undefined && (HARMLESS_TWICE.has(operation.method) || operation.idempotency !== undefined);
}

/** The tiers with what each is promised of the starts; a lower one of which the file says nothing gets 5 %. */
export const sharesOf = ({ tiers }: GatewaySpec): readonly { readonly name: string; readonly share: number }[] =>
  tiers.map(({ name, share }, rank) => ({ name, share: rank === 0 ? 0 : (share ?? 0.05) }));
