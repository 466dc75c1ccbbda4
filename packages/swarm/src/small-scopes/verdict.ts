import { seconds, us } from "@sluice/dsl";
import type { Arrival, Reaction, Simulation } from "@sluice/local";
import type { Deployment } from "../deploy";
import { allCheckers } from "../invariants/all";
import { ask } from "../invariants/checker";
import type { Violation } from "../outcome";
import type { Scenario } from "../scenario";
import type { Sighting } from "../sighting";
import { bellsLeft, messagesLeft, nameOf, type Tell, watch } from "../watch";

/** As often as the checkers are told that time has passed. */
const TICK_EVERY = seconds(5);

/** Shows a run of a small scope to the invariants of the swarm, and keeps what it broke. */
export class Verdict {
  readonly violations: Violation[] = [];
  private readonly checkers;
  private world: Simulation | undefined;
  private tickedAt = us(0);
  private dying: string | undefined;

  /** @param lateUs the longest that a step of the scope takes */
  constructor(
    private readonly gateway: Deployment,
    lateUs: number,
  ) {
    this.checkers = allCheckers({ file: gateway.file, plan: gateway.plan, scenario: asScenario(gateway, lateUs) });
  }

  begin(world: Simulation): void {
    this.world = world;
    watch(world, this.tell);
  }

  called({ context, operation }: Arrival, reaction: Reaction): void {
    const { tier, attempt, execution } = context;
    this.tell({ kind: "called", request: nameOf(execution), tier, attempt, operation, reaction, asksUs: undefined });
    // Its bytes were on their way when the worker died, or the worker was about to die: no answer is told.
    if (this.dying !== undefined) this.tell({ kind: "fault", fault: "crash", where: this.dying });
  }

  /** This worker dies, now or when what it waits for is done. */
  crashed(worker: string): void {
    this.dying = worker;
    this.tell({ kind: "fault", fault: "crash", where: worker });
  }

  /** This worker goes on: what arrives at the target from now on is its own. */
  lives(worker: string): void {
    if (worker !== this.dying) this.dying = undefined;
  }

  /** To be called often: liveness is asked when time has passed. */
  tick(world: Simulation): void {
    if (world.clock.now() - this.tickedAt < TICK_EVERY) return;
    this.tickedAt = world.clock.now();
    this.tell({ kind: "tick", running: world.services.stepFunctions.running, bells: bellsLeft(world) });
  }

  async over(world: Simulation): Promise<void> {
    const { running } = world.services.stepFunctions;
    this.tell({ kind: "over", running, left: await messagesLeft(world, this.gateway.plan) });
  }

  private readonly tell: Tell = (seen) => {
    const sighting = { ...seen, atUs: this.world?.clock.now() ?? us(0) } as Sighting;
    for (const checker of this.checkers) {
      const violation = ask(checker, sighting);
      if (violation !== undefined) this.violations.push(violation);
    }
  };
}

/** A scope in the swarm's words: no fault has a probability, and all that takes its time may take so long. */
const asScenario = (gateway: Deployment, lateUs: number): Scenario => ({
  version: 1,
  seed: 1,
  dispatch: gateway.plan.dispatch.kind,
  gateway: {},
  stormMs: 0,
  requests: [],
  target: { handshakeMs: lateUs / 1_000, idleMs: 60_000, phases: [] },
  aws: { faults: { callWithinUs: us(2 * lateUs), deliveryWithinUs: us(lateUs) }, outages: [] },
  process: {
    environments: 1,
    crashShare: 0,
    stallShare: 0,
    longestStallMs: 0,
    pauseShare: 0,
    longestPauseMs: 0,
    holdShare: 0,
    longestHoldMs: 0,
  },
  operations: [],
});
