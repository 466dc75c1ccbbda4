import { ERRORS, type GatewaySpec, type Micros, UNKNOWN_REPEATABLE, us } from "@sluice/dsl";
import type { Attempt, Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import {
  awsCallUs,
  type Broken,
  type Checker,
  heardStatus,
  isRefused,
  isRepeatable,
  longestDelayUs,
  meaningOf,
  type Setting,
  SLACK,
  wallStepsUs,
} from "./checker";
import { Orphans } from "./orphans";

type Called = Extract<Sighting, { kind: "called" }>;
type Ended = Extract<Sighting, { kind: "ended" }>;
type Answered = Extract<Sighting, { kind: "answered" }>;

/** The names with which an execution may fail; DESIGN.md, section 6. */
const NAMES: ReadonlySet<string> = new Set(Object.values(ERRORS));

/** What is known of a request from outside. */
interface Known {
  /** When it was asked, or redriven to be published again: redriven in its Fail state, an execution only fails again. */
  readonly askedAtUs: Micros;
  /** When that happened last, published or not. */
  readonly begunAtUs: Micros;
  readonly tier: string;
  readonly operation: string;
  readonly calls: readonly Called[];
  /** When a message of it was last handed to a worker. */
  readonly handedAtUs: Micros;
  /** Whether a worker has answered the last attempt; if not, its end is Step Functions' own word. */
  readonly isAnswered: boolean;
  /** Stopped, and so perhaps redriven: all that the gate knows of it is that its call had begun. */
  readonly wasStopped: boolean;
}

const NOTHING: Known = {
  askedAtUs: us(0),
  begunAtUs: us(0),
  tier: "",
  operation: "",
  calls: [],
  handedAtUs: us(Number.NEGATIVE_INFINITY),
  isAnswered: false,
  wasStopped: false,
};

/**
 * Each answer of a worker and each end is one that the target's log bears out; and what a worker heard it tells.
 *
 * Excused of not telling what it heard: a request since whose last call left a worker died or a call to AWS was lost, and one
 * that was stopped: redriven, all that is known of it is that its call had begun. Excused of unknown without a call: one
 * since whose asking that happened. Nor does anybody hear what came of an attempt whose publish looked failed. What was
 * handed to a worker at the moment at which Step Functions gave it up may end as unknown without a call.
 */
export function honestyChecker(setting: Setting): Checker {
  const { file, plan } = setting;
  const sender = plan.dispatch.kind === "doorbell" ? "sns" : "sqs";
  const known = new Map<string, Known>();
  const attempts = new Map<string, Attempt>();
  const orphans = new Orphans();
  let excusedAtUs = Number.NEGATIVE_INFINITY;
  let shutAtUs = Number.NEGATIVE_INFINITY;
  let isShut = false;
  let hasLostPublish = false;
  const change = (request: string, what: Partial<Known>) =>
    known.set(request, { ...NOTHING, ...known.get(request), ...what });

  const note = (sighting: Sighting): void => {
    const { atUs } = sighting;
    orphans.see(sighting);
    if (isDeath(sighting) || isLostCallOfWorker(sighting)) excusedAtUs = atUs;
    if (isShut) shutAtUs = atUs;
    switch (sighting.kind) {
      case "fault":
        if (isLostCall(sighting) && sighting.where === sender) hasLostPublish = true;
        return;
      case "way":
        isShut = sighting.way !== "open";
        if (isShut) shutAtUs = atUs;
        return;
      case "started":
      case "redriven":
        change(sighting.request, { begunAtUs: atUs });
        return;
      case "published": {
        const { request, tier, operation } = sighting;
        attempts.set(sighting.id, sighting);
        change(request, { tier, operation, isAnswered: false, askedAtUs: known.get(request)?.begunAtUs ?? atUs });
        return;
      }
      case "looked":
        for (const id of sighting.ids) {
          const attempt = attempts.get(id);
          if (attempt !== undefined) change(attempt.request, { handedAtUs: atUs });
        }
        return;
      case "called":
        change(sighting.request, { calls: [...(known.get(sighting.request)?.calls ?? []), sighting] });
        return;
      case "answered":
        change(sighting.request, { isAnswered: true });
        return;
      case "ended":
        if (sighting.end.status === "ABORTED") change(sighting.request, { wasStopped: true });
    }
  };

  const isExcused = ({ wasStopped, askedAtUs }: Known): boolean => wasStopped || excusedAtUs >= askedAtUs;

  const answered = ({ id, request, error }: Answered): Broken | undefined => {
    const one = known.get(request) ?? NOTHING;
    const attempt = attempts.get(id)?.attempt;
    const calls = one.calls.filter((call) => call.attempt === attempt);
    const mayBeUnreached = shutAtUs >= one.askedAtUs;
    const lie =
      denied(error, calls, file, mayBeUnreached) ?? (isExcused(one) ? undefined : unfounded(error, calls, one, file));
    return lie === undefined
      ? undefined
      : { message: wordsOf(request, `answered ${error ?? "success"}: ${lie}`, one.calls, file), request };
  };

  /**
   * A worker may have claimed it this moment, only to say that it has expired. In deferral its poller, which Lambda
   * throttled, may have had it until then for as long as it is hidden.
   */
  const settlingUs =
    4 * awsCallUs(setting) + SLACK + (plan.dispatch.kind === "deferral" ? plan.queues.tierVisibilityUs : 0);
  const isBeingSettled = ({ handedAtUs }: Known, atUs: Micros): boolean => atUs - handedAtUs <= settlingUs;

  const isOrphaned = ({ calls }: Known): boolean => {
    const last = calls.at(-1);
    return last !== undefined && orphans.sinceUs(last) !== undefined;
  };

  const ended = (sighting: Ended): Broken | undefined => {
    const { request, end, atUs } = sighting;
    const one = known.get(request) ?? NOTHING;
    const dueAtUs = one.askedAtUs + deadlineUs(file, one.tier) - wallStepsUs(setting) - SLACK;
    const lie =
      lieOf(sighting, one, file, shutAtUs >= 0 || hasLostPublish) ??
      (end.error === ERRORS.expired && atUs < dueAtUs ? "expired before its time" : undefined) ??
      (isExcused(one) || isBeingSettled(one, atUs) ? undefined : baseless(sighting, one)) ??
      (one.wasStopped || isOrphaned(one)
        ? undefined
        : ignoranceOf(sighting, one, file, excusedAtUs + longestDelayUs(setting)));
    return lie === undefined
      ? undefined
      : { message: wordsOf(request, `${lie} (${end.error ?? end.status})`, one.calls, file), request };
  };

  return {
    invariant: "honesty",
    see(sighting) {
      note(sighting);
      if (sighting.kind === "answered") return answered(sighting);
      return sighting.kind === "ended" ? ended(sighting) : undefined;
    },
  };
}

/** The state machine's own calls, to SNS, take nothing from what a worker knows. */
const isLostCallOfWorker = (sighting: Sighting): boolean =>
  isLostCall(sighting) && sighting.kind === "fault" && sighting.where !== "sns";

/** From asking to the latest start of a call; nothing when the tier is not known, because nothing was published. */
function deadlineUs({ tiers, timeouts }: GatewaySpec, name: string): number {
  const tier = tiers.find((candidate) => candidate.name === name);
  return tier === undefined ? 0 : tier.timeout - timeouts.response;
}

function wordsOf(request: string, what: string, calls: readonly Called[], file: GatewaySpec): string {
  const said = calls.map(({ reaction }) => heardStatus(reaction, file) ?? "nothing in time").join(", ");
  return `${request}: ${what}; the target said ${said || "nothing, it was not called"}`;
}

/** What an answer or an end says and the calls that it is about deny. */
function denied(
  error: string | undefined,
  calls: readonly Called[],
  file: GatewaySpec,
  mayBeUnreached: boolean,
): string | undefined {
  const heard = calls.map(({ reaction }) => heardStatus(reaction, file));
  const meanings = calls.map(({ reaction }) => meaningOf(reaction, file));
  switch (error) {
    case undefined:
      return heard.includes(200) ? undefined : "success without one";
    case ERRORS.rejected:
      return heard.some((one) => one === 404 || one === 403) ? undefined : "rejected by nobody";
    case ERRORS.throttled:
      return meanings.includes("throttled") ? undefined : "throttled by nobody";
    case ERRORS.unavailable:
      return meanings.includes("unavailable") || mayBeUnreached ? undefined : "unavailable, and it was there";
    case ERRORS.invalidRequest:
      return "refused, and it was fine";
    default:
      return undefined;
  }
}

/**
 * Unknown is only what was called in this attempt, and not refused; or what may not be repeated and was risked in one before,
 * of which Step Functions had heard that it was not published.
 */
function unfounded(
  error: string | undefined,
  calls: readonly Called[],
  one: Known,
  file: GatewaySpec,
): string | undefined {
  if (error !== ERRORS.unknown && error !== UNKNOWN_REPEATABLE) return undefined;
  const wasRisked = one.calls.some(({ reaction }) => !isRefused(reaction, file));
  if (wasRisked && !isRepeatable(file, one.operation)) return undefined;
  const last = calls.at(-1);
  if (last === undefined) return "unknown without a call";
  return isRefused(last.reaction, file) ? "unknown although refused" : undefined;
}

function lieOf({ end }: Ended, one: Known, file: GatewaySpec, mayBeUnreached: boolean): string | undefined {
  const { status, error, cause, output } = end;
  if (status === "SUCCEEDED") {
    return output?.includes('"ok":true') ? denied(undefined, one.calls, file, mayBeUnreached) : "success without one";
  }
  if (error === undefined) return undefined;
  if (!NAMES.has(error)) return "a name that the contract does not know";
  if (error === ERRORS.expired && saysUndone(cause, one, file)) return "said to be undone, and was called";
  return denied(error, one.calls, file, mayBeUnreached);
}

/** A call that was not refused may have been done. */
const saysUndone = (cause: string | undefined, { calls }: Known, file: GatewaySpec): boolean =>
  cause?.includes("Nothing was done") === true && calls.some(({ reaction }) => !isRefused(reaction, file));

/** Step Functions' own word for what no worker answered, of a request that was never called. */
const baseless = ({ end: { error } }: Ended, { calls, isAnswered }: Known): string | undefined =>
  error === ERRORS.unknown && !isAnswered && calls.length === 0 ? "unknown without a call" : undefined;

/** What a worker that lived and was heard must have known. An attempt that none has answered timed out behind a park. */
function ignoranceOf(
  { end: { status, error } }: Ended,
  { calls, isAnswered }: Known,
  file: GatewaySpec,
  excusedAtUs: number,
): string | undefined {
  const last = calls.at(-1);
  if (status === "SUCCEEDED" || last === undefined || excusedAtUs >= last.atUs) return undefined;
  const heard = heardStatus(last.reaction, file);
  if (heard === 200) return "done and not told";
  const isKnown = heard !== undefined && (heard < 500 || isRefused(last.reaction, file));
  return error === ERRORS.unknown && isAnswered && isKnown ? "unknown although answered" : undefined;
}
