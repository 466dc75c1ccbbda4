import { type GatewaySpec, type Micros, us } from "@sluice/dsl";
import { judge } from "@sluice/local";
import { isDeath } from "../sighting";
import { type Broken, type Checker, inSeconds, type Setting } from "./checker";

/** A limit while some turn may still go by it. */
interface InForce {
  readonly calls: number;
  readonly windowUs: Micros;
  readonly text: string;
  /** Undefined: for good. */
  readonly untilUs: Micros | undefined;
}

/**
 * No half-open window of length W holds more than N calls. In doorbell nothing excuses it; in deferral one call more for
 * each worker that died, whose slot is free at once. A process that stands still dies when its function's time is over.
 *
 * A turn that runs when a limit is changed ends by the old one, within the function's timeout: until then, the larger of
 * the two holds.
 */
export function rateChecker({ file, plan }: Setting): Checker {
  let limits = limitOf(file);
  let functionTimeoutUs = plan.worker.functionTimeoutUs;
  const arrivals: Micros[] = [];
  let first = 0;
  const { dispatch } = plan;
  const deaths: { readonly atUs: Micros; readonly slots: number }[] = [];
  const freedSince = (fromUs: Micros): number =>
    deaths.reduce((sum, { atUs, slots }) => sum + (atUs + functionTimeoutUs >= fromUs ? slots : 0), 0);

  const called = (atUs: Micros): Broken | undefined => {
    arrivals.push(atUs);
    if (limits.length === 0) return undefined;
    const windowUs = Math.max(...limits.map((limit) => limit.windowUs));
    while (atUs - (arrivals[first] ?? atUs) >= windowUs) first += 1;
    const from = us(arrivals[first] ?? atUs);
    const inForce = limits.filter(({ untilUs }) => untilUs === undefined || from < untilUs);
    const [largest] = inForce.sort((a, b) => b.calls - a.calls);
    const count = arrivals.length - first;
    if (largest === undefined || count <= largest.calls + freedSince(from)) return undefined;
    return { message: `${count} calls from ${inSeconds(from)} to ${inSeconds(atUs)}; ${largest.text} is allowed` };
  };

  return {
    invariant: "rate",
    see(sighting) {
      if (sighting.kind === "called") return called(sighting.atUs);
      if (dispatch.kind === "deferral" && sighting.kind === "fault" && isDeath(sighting))
        // A kill ends whatever runs.
        deaths.push({ atUs: sighting.atUs, slots: sighting.fault === "kill" ? dispatch.slots : 1 });
      if (sighting.kind !== "deployed") return undefined;
      const untilUs = us(sighting.atUs + functionTimeoutUs);
      functionTimeoutUs = sighting.plan.worker.functionTimeoutUs;
      limits = [...limits.map((limit) => ({ ...limit, untilUs: limit.untilUs ?? untilUs })), ...limitOf(sighting.file)];
      return undefined;
    },
  };
}

function limitOf({ rateLimit }: GatewaySpec): InForce[] {
  return rateLimit === undefined ? [] : [{ ...rateLimit, untilUs: undefined }];
}

/**
 * The same by `rolling-rate-limiter`, when a run is over whose limit never changed.
 *
 * @throws Error when it judges otherwise than our own counting
 */
export async function judgeAll(arrivals: readonly Micros[], { rateLimit }: GatewaySpec): Promise<Broken[]> {
  if (rateLimit === undefined) return [];
  const { isKept, overLimit } = await judge(arrivals, rateLimit);
  return isKept ? [] : [{ message: `rolling-rate-limiter refuses ${overLimit} calls of ${rateLimit.text}` }];
}
