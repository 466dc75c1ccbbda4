import { type GatewayPlan, type LoadTarget, type Micros, ms, paceOf, toSecondsUp, us } from "@sluice/dsl";
import { answered, Random, type Reaction } from "@sluice/local";
import type { LoadCalendar } from "./load-calendar";

/** How a call that fails fails. */
type Failure = "throttled" | "error" | "hang" | "reset" | "refused";

const FAILURES: readonly Failure[] = ["throttled", "error", "hang", "reset", "refused"];

/** What the target does with a call of an operation at an instant. */
export type TargetBehaviour = (operation: string, at: Micros) => Reaction;

/** As long as a connection takes that nobody answers to. */
const REFUSED_AFTER = ms(2);

/** The target of a load: latencies and failures drawn from the seed, outages by the clock. */
export function targetBehaviour(
  target: LoadTarget,
  plan: GatewayPlan,
  calendar: LoadCalendar,
  seed: number,
): TargetBehaviour {
  const random = new Random(seed * 1_000_003 + 104_729);
  const latency = latencyOf(target, plan, random);
  const drawFailure = failureDraw(target.failures, random);
  const outages = (target.outages ?? []).map(({ from, until, failure }) => {
    const fromUs = calendar.offsetOf(from);
    return {
      fromUs,
      untilUs: until.kind === "after" ? until.afterUs : after(calendar.offsetOf(until), fromUs),
      failure,
    };
  });
  return (operation, at) => {
    const latencyUs = latency(operation);
    const drawn = drawFailure();
    const outage = outages.find(({ fromUs, untilUs }) => fromUs <= at && at < untilUs);
    const failure = outage?.failure ?? drawn;
    if (failure === undefined) return answered(latencyUs);
    return failed(failure, latencyUs, outage === undefined ? (target.failures?.status ?? 500) : 503, target);
  };
}

const WEEK = 7 * 86_400_000_000;

/** An end that is a time of day before its beginning is one of the next week. */
const after = (end: number, begin: number): Micros => us(end > begin ? end : end + WEEK);

function failed(failure: Failure, latencyUs: Micros, status: number, { failures }: LoadTarget): Reaction {
  switch (failure) {
    case "throttled": {
      const wait = failures?.retryAfter;
      return answer(latencyUs, 429, wait === undefined ? {} : { "retry-after": String(toSecondsUp(wait)) });
    }
    case "error":
      return answer(latencyUs, status, {});
    case "hang":
      return { latencyUs: us(0), end: "hang" };
    case "reset":
      return { latencyUs, end: { kind: "lost", message: "the connection was reset after the request was sent" } };
    case "refused":
      return { latencyUs: REFUSED_AFTER, end: { kind: "notSent", message: "the target refused the connection" } };
  }
}

const answer = (latencyUs: Micros, status: number, headers: Readonly<Record<string, string>>): Reaction => ({
  latencyUs,
  end: { kind: "answer", status, headers, body: "" },
});

/** One number drawn for each call, whatever is on, so that a share that changes moves no other call's latency. */
function failureDraw(failures: LoadTarget["failures"], random: Random): () => Failure | undefined {
  return () => {
    let left = random.next();
    for (const failure of FAILURES) {
      left -= failures?.[failure] ?? 0;
      if (left < 0) return failure;
    }
    return undefined;
  };
}

function latencyOf(target: LoadTarget, plan: GatewayPlan, random: Random): (operation: string) => Micros {
  const { latency } = target;
  if (latency === undefined) return statedLatency(plan);
  if (typeof latency === "number") return () => latency;
  if (isList(latency)) return () => latency[random.between(0, latency.length - 1)] ?? us(0);
  const { median, p99, min, max } = latency;
  if (median !== undefined && p99 !== undefined) return logNormal(median, p99, random);
  return () => us(random.between(min ?? 0, max ?? 0));
}

const isList = (latency: NonNullable<LoadTarget["latency"]>): latency is Micros[] => Array.isArray(latency);

/** What the gateway file states of each operation, or what explain assumes. */
function statedLatency(plan: GatewayPlan): (operation: string) => Micros {
  const stated = new Map(
    plan.operations.map((operation) => [operation.name, paceOf({ ...plan, operations: [operation] }).callUs]),
  );
  return (operation) => stated.get(operation) ?? us(0);
}

/** So many standard deviations above its mean lies the 99th percentile of a normal distribution. */
const Z99 = 2.326_347_874;

function logNormal(median: Micros, p99: Micros, random: Random): () => Micros {
  const sigma = Math.log(p99 / median) / Z99;
  // Box and Muller: two even draws, one normal one.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return () => us(Math.round(median * Math.exp(sigma * normal())));
}
