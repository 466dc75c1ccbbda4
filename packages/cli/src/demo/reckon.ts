import { type GatewayPlan, ms, toMs, us } from "@sluice/dsl";
import { idealWaits, judge, measuredJitter, type TargetArrival } from "@sluice/local";
import { windowOf } from "../stand-ins";
import type { Lane } from "./lane";
import {
  type ArrivalAtTarget,
  type IdealWaits,
  type Measurement,
  measure,
  type Outage,
  type RequestHistory,
  shareOfAllowedRate,
  waitsMs,
} from "./measure";
import type { DemoReport, KilledWorker } from "./report";
import { KILLED_FILE } from "./samples";

/** A worker was killed. */
export interface Kill {
  /** On the machine's monotonic clock. */
  readonly atMs: number;
  /** Executions that it had in its hands: received, called or about to be, and not ended. */
  readonly held: ReadonlySet<string>;
}

/** Bytes that the worker wrote just before it was killed still arrive. */
const LAST_BYTES_MS = 50;

/** From the targets' logs and the executions' ends to the report. */
export async function reportOf(
  lanes: readonly Lane[],
  beganAtMs: number,
  kill: Kill,
  dispatch: DemoReport["dispatch"],
): Promise<DemoReport> {
  const measured = await Promise.all(lanes.map((lane) => measurementsOf(lane, beganAtMs, kill)));
  const killed = measured.find(({ isKilled }) => isKilled);
  if (killed === undefined) throw new Error("no worker was killed");
  return {
    dispatch,
    gateways: measured.map(({ gateway }) => measure(gateway)),
    killedWorker: killedWorkerOf(killed.gateway, beganAtMs, kill),
    naive: { gateways: measured.map(({ naive }) => measure(naive)) },
  };
}

async function measurementsOf(lane: Lane, beganAtMs: number, kill: Kill) {
  const { plan, sample, target, naiveTarget } = lane.stage;
  const isKilled = sample.file === KILLED_FILE;
  const [log, naiveLog] = await Promise.all([target.log(), naiveTarget.log()]);
  const unharmed = { outage: undefined, heldByKilled: new Set<string>() };
  const harm = isKilled ? { outage: outageOf(log, kill), heldByKilled: kill.held } : unharmed;
  const naiveRequests = naiveHistories(lane, naiveLog, beganAtMs);
  const naiveArrivals = naiveLog.map((arrival, index) => ({ ...arrivalOf(arrival), requestId: String(index) }));
  return {
    isKilled,
    gateway: { ...(await judged(plan, log)), arrivals: log.map(arrivalOf), requests: lane.ledger.histories(), ...harm },
    naive: { ...(await judged(plan, naiveLog)), arrivals: naiveArrivals, requests: naiveRequests, ...unharmed },
  };
}

/** The naive limiter keeps one queue and repeats nothing, so its n-th call is its n-th request's. */
const naiveHistories = ({ asks }: Lane, log: readonly TargetArrival[], beganAtMs: number): RequestHistory[] =>
  asks.map(({ atMs, tier }, index) => {
    const arrival = log[index];
    const end = arrival === undefined ? "waiting" : arrival.accepted ? "succeeded" : "failed";
    return { id: String(index), tier, startedAtMs: beganAtMs + atMs, end };
  });

/** Undefined when no call came after the kill. */
function outageOf(log: readonly TargetArrival[], { atMs }: Kill): Outage | undefined {
  const back = log.find(({ atUs }) => atUs / 1_000 > atMs + LAST_BYTES_MS);
  return back && { fromMs: atMs, untilMs: back.atUs / 1_000 };
}

/** What does not depend on who called: the limit, the judges' words, the ideal. */
async function judged(plan: GatewayPlan, log: readonly TargetArrival[]) {
  const limit = windowOf(plan);
  const { intervalUs } = plan.limit;
  const instants = log.map(({ atUs }) => atUs);
  const { mostInWindow } = await judge(instants, limit);
  return {
    name: plan.name,
    limit: { calls: limit.calls, windowMs: toMs(limit.windowUs), intervalMs: toMs(intervalUs) },
    tiers: plan.tiers.map((tier) => tier.name),
    mostInWindow,
    jitterMs: toMs(measuredJitter(instants, limit.calls, intervalUs)),
    idealWaits: idealFor(plan),
  };
}

/** The ideal of a plan, its grid laid so that it could have called at the given instant and no sooner. */
const idealFor =
  ({ tiers, limit: { intervalUs } }: GatewayPlan): IdealWaits =>
  (arrivals, idleUntilMs) => {
    const names = tiers.map(({ name }) => name);
    const [highest = ""] = names;
    // A request one interval earlier takes the ideal's last start before that instant.
    const first = { atUs: us(ms(idleUntilMs) - intervalUs), tier: highest };
    const waits = idealWaits(
      [first, ...arrivals.map(({ atMs, tier }) => ({ atUs: ms(atMs), tier }))],
      intervalUs,
      names,
    );
    const taken = new Map(names.map((name) => [name, name === highest ? 1 : 0]));
    return arrivals.map(({ tier }) => {
      const next = taken.get(tier) ?? 0;
      taken.set(tier, next + 1);
      return toMs(waits.get(tier)?.[next] ?? us(0));
    });
  };

const arrivalOf = ({ atUs, accepted, requestId }: TargetArrival): ArrivalAtTarget => ({
  atMs: atUs / 1_000,
  isAccepted: accepted,
  requestId,
});

function killedWorkerOf(measurement: Measurement, beganAtMs: number, { atMs, held }: Kill): KilledWorker {
  const waits = waitsMs(measurement);
  const lastCalls = measurement.requests.flatMap(({ id, startedAtMs }) =>
    held.has(id) ? startedAtMs + (waits.get(id) ?? 0) : [],
  );
  const { outage } = measurement;
  return {
    gateway: measurement.name,
    atMs: Math.round(atMs - beganAtMs),
    backAfterMs: outage === undefined ? null : Math.round(outage.untilMs - outage.fromMs),
    shareWithOutage: shareOfAllowedRate({ ...measurement, outage: undefined, heldByKilled: new Set() }),
    requestsHeld: held.size,
    calledTwice: [...held].filter((id) => callsOf(measurement, id) > 1).length,
    allCalledAfterMs: lastCalls.length === 0 ? null : Math.round(Math.max(...lastCalls) - atMs),
  };
}

const callsOf = ({ arrivals }: Measurement, id: string): number =>
  arrivals.filter(({ requestId }) => requestId === id).length;
