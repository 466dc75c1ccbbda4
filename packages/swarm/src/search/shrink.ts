import type { AwsFaults, Scenario, TargetPhase, WorkerFaults } from "../scenario";

/** How a scenario may become smaller: several at once for lists, the largest piece first. */
type Step = (scenario: Scenario) => Iterable<Scenario>;

/**
 * A smaller scenario that still breaks: without the operations, faults, troubles and requests that it does not need, and
 * no longer than it must be.
 *
 * @param breaks whether a scenario still breaks the same invariant
 * @param maxRuns how often that may be asked
 */
export async function shrink(
  scenario: Scenario,
  breaks: (candidate: Scenario) => Promise<boolean>,
  maxRuns = 200,
): Promise<Scenario> {
  let smallest = scenario;
  let runs = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const step of STEPS) {
      // Begun again after each success: what it offers next is made from what is left.
      for (let goesOn = true; goesOn; ) {
        goesOn = false;
        for (const candidate of step(smallest)) {
          if (runs >= maxRuns) return smallest;
          runs += 1;
          if (!(await breaks(candidate))) continue;
          smallest = candidate;
          isSmaller = goesOn = true;
          break;
        }
      }
    }
  }
  return smallest;
}

const STEPS: readonly Step[] = [
  (scenario) => map(withoutPieces(scenario.operations), (operations) => ({ ...scenario, operations })),
  (scenario) => map(calmerProcess(scenario.process), (process) => ({ ...scenario, process })),
  (scenario) => map(calmerAws(scenario.aws), (aws) => ({ ...scenario, aws })),
  (scenario) => map(withoutPieces(scenario.requests, 1), (requests) => ({ ...scenario, requests })),
  (scenario) =>
    map(calmerPhases(scenario.target.phases), (phases) => ({ ...scenario, target: { ...scenario.target, phases } })),
  patientRequests,
  shorter,
];

function* map<A, B>(things: Iterable<A>, change: (thing: A) => B): Generator<B> {
  for (const thing of things) yield change(thing);
}

/** The list without its halves, its quarters, and so on down to each of its members. */
function* withoutPieces<T>(list: readonly T[], atLeast = 0): Generator<T[]> {
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < list.length; from += size) {
      const left = [...list.slice(0, from), ...list.slice(from + size)];
      if (left.length >= atLeast) yield left;
    }
  }
}

function* calmerProcess(process: WorkerFaults): Generator<WorkerFaults> {
  if (process.environments > 1) yield { ...process, environments: 1 };
  for (const share of ["crashShare", "stallShare", "pauseShare", "holdShare"] as const) {
    if (process[share] > 0) yield { ...process, [share]: 0 };
  }
}

function* calmerAws({ faults, outages }: AwsFaults): Generator<AwsFaults> {
  for (const fewer of withoutPieces(outages)) yield { faults, outages: fewer };
  for (const [name, value] of Object.entries(faults)) {
    if (typeof value === "number") {
      if (value > 0) yield { faults: { ...faults, [name]: 0 }, outages };
      continue;
    }
    for (const [service, share] of Object.entries(value)) {
      if ((share ?? 0) > 0) yield { faults: { ...faults, [name]: { ...value, [service]: 0 } }, outages };
    }
  }
}

function* calmerPhases(phases: readonly TargetPhase[]): Generator<TargetPhase[]> {
  if (phases.length > 1) for (const phase of phases) yield [{ ...phase, untilMs: phases.at(-1)?.untilMs ?? 0 }];
  for (const [index, phase] of phases.entries()) {
    const changed = (next: TargetPhase) => phases.map((one, at) => (at === index ? next : one));
    if (phase.way !== "open") yield changed({ ...phase, way: "open" });
    if (phase.tail.share > 0) yield changed({ ...phase, tail: { ...phase.tail, share: 0 } });
    for (const trouble of Object.keys(phase.shares)) {
      const shares = Object.fromEntries(Object.entries(phase.shares).filter(([name]) => name !== trouble));
      yield changed({ ...phase, shares });
    }
  }
}

function* patientRequests(scenario: Scenario): Generator<Scenario> {
  if (!scenario.requests.some(({ stopAfterMs }) => stopAfterMs !== undefined)) return;
  yield { ...scenario, requests: scenario.requests.map(({ stopAfterMs: _, ...request }) => request) };
}

function* shorter(scenario: Scenario): Generator<Scenario> {
  const stormMs = Math.floor(scenario.stormMs / 2);
  if (stormMs < 5_000) return;
  const phases = scenario.target.phases.map((phase, index, { length }) =>
    index === length - 1 ? { ...phase, untilMs: Math.max(phase.untilMs, stormMs) } : phase,
  );
  yield { ...scenario, stormMs, target: { ...scenario.target, phases } };
}
