import type { GatewayPlan } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import { type Checker, heardStatus, meaningOf, onItsWayUs, type Setting } from "./checker";

type Called = Extract<Sighting, { kind: "called" }>;
type Ended = Extract<Sighting, { kind: "ended" }>;

/**
 * Each end is one that the target's log bears out; and what a worker heard it tells.
 *
 * Excused of not telling what it heard: a request since whose last call a worker died or a call to AWS was lost, and one
 * that was stopped: redriven, all that is known of it is that its call had begun.
 */
export function honestyChecker(setting: Setting): Checker {
  const { plan } = setting;
  // A call may arrive a moment after its worker's death.
  const wayUs = onItsWayUs(setting);
  const sender = plan.dispatch.kind === "doorbell" ? "sns" : "sqs";
  const calls = new Map<string, Called[]>();
  let excusedAtUs = Number.NEGATIVE_INFINITY;
  const stopped = new Set<string>();
  let wasShut = false;
  let hasLostPublish = false;

  return {
    invariant: "honesty",
    see(sighting) {
      if (isDeath(sighting) || isLostCall(sighting)) excusedAtUs = sighting.atUs;
      if (isLostCall(sighting) && sighting.kind === "fault" && sighting.where === sender) hasLostPublish = true;
      if (sighting.kind === "way" && sighting.way !== "open") wasShut = true;
      if (sighting.kind === "called") calls.set(sighting.request, [...(calls.get(sighting.request) ?? []), sighting]);
      if (sighting.kind !== "ended") return undefined;
      if (sighting.end.status === "ABORTED") stopped.add(sighting.request);
      const own = calls.get(sighting.request) ?? [];
      const isExcused = stopped.has(sighting.request);
      const lie =
        lieOf(sighting, own, plan, wasShut || hasLostPublish) ??
        (isExcused ? undefined : ignoranceOf(sighting, own, plan, excusedAtUs + wayUs));
      return lie === undefined ? undefined : { message: wordsOf(sighting, own, plan, lie), request: sighting.request };
    },
  };
}

function wordsOf({ request, end }: Ended, own: readonly Called[], plan: GatewayPlan, lie: string): string {
  const said = own.map(({ reaction }) => heardStatus(reaction, plan) ?? "nothing in time").join(", ");
  return `${request}: ${lie} (${end.error ?? end.status}; the target said ${said || "nothing, it was not called"})`;
}

/** What an end says and the target denies. */
function lieOf({ end }: Ended, own: readonly Called[], plan: GatewayPlan, mayBeUnreached: boolean): string | undefined {
  const heard = own.map(({ reaction }) => heardStatus(reaction, plan));
  const meanings = own.map(({ reaction }) => meaningOf(reaction, plan));
  const { status, error, cause, output } = end;
  if (status === "SUCCEEDED") {
    return heard.includes(200) && output?.includes('"ok":true') ? undefined : "success without one";
  }
  switch (error) {
    case "Gateway.Rejected":
      return heard.some((one) => one === 404 || one === 403) ? undefined : "rejected by nobody";
    case "Gateway.Throttled":
      return meanings.includes("throttled") ? undefined : "throttled by nobody";
    case "Gateway.Unavailable":
      return meanings.includes("unavailable") || mayBeUnreached ? undefined : "unavailable, and it was there";
    case "Gateway.InvalidRequest":
      return "refused, and it was fine";
    case "Gateway.Expired":
      return saysUncalled(cause, own) ? "said to be uncalled, and was called" : undefined;
    default:
      return undefined;
  }
}

function saysUncalled(cause: string | undefined, own: readonly Called[]): boolean {
  if (cause === undefined || !cause.includes("No call was made")) return false;
  const { attempt }: { attempt: number } = JSON.parse(cause);
  return own.some((call) => call.attempt === attempt);
}

/** What a worker that lived and was heard must have known. */
function ignoranceOf(
  { end: { status, error } }: Ended,
  own: readonly Called[],
  plan: GatewayPlan,
  excusedAtUs: number,
): string | undefined {
  const last = own.at(-1);
  if (status === "SUCCEEDED") return undefined;
  if (last === undefined) return error === "Gateway.Unknown" && excusedAtUs < 0 ? "unknown without a call" : undefined;
  if (excusedAtUs >= last.atUs) return undefined;
  const heard = heardStatus(last.reaction, plan);
  if (heard === 200) return "done and not told";
  return error === "Gateway.Unknown" && heard !== undefined && heard < 500 ? "unknown although answered" : undefined;
}
