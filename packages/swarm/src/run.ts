import { BELL_GROUP, type GatewayPlan, type Json, type Micros, ms, us } from "@sluice/dsl";
import { after, Random, type Simulation, simulate, updateStack } from "@sluice/local";
import { type Deployment, deploy } from "./deploy";
import { drawScenario } from "./draw-scenario";
import { allCheckers } from "./invariants/all";
import { ask, type Setting } from "./invariants/checker";
import { livenessBounds } from "./invariants/liveness";
import { judgeAll } from "./invariants/rate";
import type { RunOutcome, Violation } from "./outcome";
import type { Operation, Scenario } from "./scenario";
import { DEATHS, type FaultKind, type Sighting } from "./sighting";
import { answerTo, phaseAt } from "./target";
import { bellsLeft, messagesLeft, nameOf, type Tell, watch } from "./watch";

/** One random run of a gateway, all of it from the seed. */
export const runSeed = (seed: number): Promise<RunOutcome> => runScenario(drawScenario(seed));

/**
 * Runs a scenario until everything has ended and been cleared away, or until an invariant breaks.
 *
 * @param onSighting shown everything that is seen, in order
 */
export async function runScenario(
  scenario: Scenario,
  onSighting: (sighting: Sighting) => void = () => {},
): Promise<RunOutcome> {
  const deployments = [deploy(JSON.stringify(scenario.gateway), scenario.turnsShorter)];
  try {
    return await new Run(scenario, deployments, onSighting).toItsEnd();
  } finally {
    for (const { remove } of deployments) remove();
  }
}

const TICK_MS = 5_000;
/** What copies and bells need when every request has ended. */
const AFTERMATH_MS = 600_000;

type Tally = "operations" | "ends";

class Run {
  private readonly setting: Setting;
  private readonly checkers;
  private readonly violations: Violation[] = [];
  private readonly faults: Partial<Record<FaultKind, number>> = {};
  private readonly tallies: Record<Tally, Record<string, number>> = { operations: {}, ends: {} };
  /** Of the process faults; apart from the models', so that neither changes the other's. */
  private readonly random: Random;
  private readonly callsOf = new Map<string, number>();
  private calls = 0;
  private isStormy = true;
  private world: Simulation | undefined;

  constructor(
    private readonly scenario: Scenario,
    private readonly deployments: Deployment[],
    private readonly onSighting: (sighting: Sighting) => void,
  ) {
    const { file, plan } = this.deployed;
    this.setting = { scenario, file, plan };
    this.checkers = allCheckers(this.setting);
    this.random = new Random(scenario.seed * 31 + 7);
  }

  async toItsEnd(): Promise<RunOutcome> {
    try {
      await this.live();
    } catch (error) {
      this.violations.push({ invariant: "soundness", message: error instanceof Error ? error.message : String(error) });
    }
    const { scenario, calls, faults, tallies } = this;
    return {
      seed: scenario.seed,
      violations: this.violations,
      story: storyOf(scenario, calls),
      requests: scenario.requests.length,
      calls,
      faults,
      ...tallies,
      simulatedMs: Math.round((this.world?.clock.now() ?? 0) / 1_000),
    };
  }

  private get deployed(): Deployment {
    return this.deployments.at(-1) as Deployment;
  }

  private async live(): Promise<void> {
    const world = await this.begin();
    watch(world, this.tell);
    this.plan(world);
    const isKept = () => this.violations.length === 0;
    const runFor = (forMs: number, goesOn = () => true) =>
      world.clock.run({ until: us(world.clock.now() + ms(forMs)), while: () => isKept() && goesOn() });
    await runFor(this.scenario.stormMs);
    this.calmDown(world);
    await runFor(
      this.drainMs(),
      () => world.services.stepFunctions.running > 0 || world.started.size < this.scenario.requests.length,
    );
    await runFor(AFTERMATH_MS);
    if (!isKept()) return;
    const { running } = world.services.stepFunctions;
    this.tell({ kind: "over", running, left: await messagesLeft(world, this.setting.plan) });
    await this.judge(world);
  }

  private async begin(): Promise<Simulation> {
    const { scenario, deployed } = this;
    const { process, target } = scenario;
    const world = await simulate({
      ...deployed,
      seed: scenario.seed,
      faults: scenario.aws.faults,
      pathVariesUs: this.pathVaries(deployed.plan.limit),
      placement: process.environments > 1 ? { kind: "any", environments: process.environments } : { kind: "reuse" },
      processFaults: this.processFaults(),
      target: {
        handshakeUs: ms(target.handshakeMs),
        idleUs: ms(target.idleMs),
        way: () => this.wayNow(),
        react: (arrival) => {
          const request = nameOf(arrival.context.execution);
          const number = this.callsOf.get(request) ?? 0;
          this.callsOf.set(request, number + 1);
          this.calls += 1;
          const atMs = arrival.atUs / 1_000;
          const wallMs = this.world?.clock.wallMs() ?? 0;
          const { reaction, asksUs, faults } = answerTo(scenario, deployed.plan, { request, number, atMs, wallMs });
          const { tier, attempt } = arrival.context;
          this.tell({ kind: "called", request, tier, attempt, operation: arrival.operation, reaction, asksUs });
          for (const fault of faults) this.tell({ kind: "fault", fault, where: request });
          return reaction;
        },
      },
    });
    this.world = world;
    return world;
  }

  /** Shows a sighting to everybody, and keeps what it breaks. The first is all: what follows from it says no more. */
  private readonly tell: Tell = (seen) => {
    if (this.violations.length > 0) return;
    const sighting = { ...seen, atUs: this.world?.clock.now() ?? us(0) } as Sighting;
    this.onSighting(sighting);
    if (sighting.kind === "fault") this.faults[sighting.fault] = (this.faults[sighting.fault] ?? 0) + 1;
    if (sighting.kind === "ended") this.count("ends", sighting.end.error ?? sighting.end.status);
    for (const checker of this.checkers) {
      const violation = ask(checker, sighting);
      if (violation !== undefined) this.violations.push(violation);
    }
  };

  /** How much longer than the shortest a call's way to the target may be, as the plan allows for. */
  private pathVaries({ jitterUs, latenessUs }: GatewayPlan["limit"]): Micros | (() => Micros) {
    const mostUs = us(jitterUs - latenessUs);
    return this.isExtreme ? () => (this.random.chance(0.5) ? mostUs : us(0)) : mostUs;
  }

  private get isExtreme(): boolean {
    return this.scenario.path === "extremes";
  }

  private count(tally: Tally, what: string): void {
    this.tallies[tally][what] = (this.tallies[tally][what] ?? 0) + 1;
  }

  private processFaults() {
    const { process } = this.scenario;
    const functionMs = this.setting.plan.worker.functionTimeoutUs / 1_000;
    const strikes = (share: number, fault: FaultKind, where: string) => {
      if (!this.isStormy || !this.random.chance(share)) return false;
      this.tell({ kind: "fault", fault, where });
      return true;
    };
    const within = (longestMs: number) => ms(this.random.between(0, Math.round(longestMs)));
    const { latenessUs } = this.setting.plan.limit;
    const pauseUs = () => (this.isExtreme ? latenessUs : within(process.longestPauseMs));
    return {
      crash: () => {
        if (!this.isStormy || !this.random.chance(process.crashShare)) return undefined;
        return this.random.chance(0.5) ? ("before" as const) : ("after" as const);
      },
      died: ({ label }: { label: string }) => this.tell({ kind: "fault", fault: "crash", where: label }),
      stall: ({ label }: { label: string }) => {
        if (!strikes(process.stallShare, "stall", label)) return us(0);
        const stallUs = within(process.longestStallMs);
        if (stallUs > functionMs * 1_000) this.tell({ kind: "fault", fault: "function timeout", where: label });
        return stallUs;
      },
      pauseBeforeBytes: () => (strikes(process.pauseShare, "pause before bytes", "a call") ? pauseUs() : us(0)),
      holdBytes: () => (strikes(process.holdShare, "bytes held", "a call") ? within(process.longestHoldMs) : us(0)),
    };
  }

  private wayNow() {
    const now = (this.world?.clock.now() ?? 0) / 1_000;
    const way = phaseAt(this.scenario, now)?.way ?? "open";
    if (way === "refused") this.tell({ kind: "fault", fault: "refused connections", where: "the target" });
    if (way === "silent") this.tell({ kind: "fault", fault: "silent connections", where: "the target" });
    return way;
  }

  /** Everything that has its instant. */
  private plan(world: Simulation): void {
    const { requests, operations, aws, target, stormMs } = this.scenario;
    const at = (atMs: number, action: () => void) => void after(world.clock, ms(atMs), action);
    for (const { name, atMs, tier, operation, stopAfterMs } of requests) {
      world.send(tier, name, { operation, delayUs: ms(atMs) });
      if (stopAfterMs !== undefined) at(atMs + stopAfterMs, () => void this.stop(world, name));
    }
    for (const operation of operations) at(operation.atMs, () => void this.perform(world, operation));
    for (const { service, atMs, forMs } of aws.outages) {
      at(atMs, () => this.outage(world, service, true));
      at(Math.min(atMs + forMs, stormMs), () => this.outage(world, service, false));
    }
    for (const [index, phase] of target.phases.entries()) {
      at(target.phases[index - 1]?.untilMs ?? 0, () => this.tell({ kind: "way", way: phase.way }));
    }
    const tick = () => {
      this.tell({ kind: "tick", running: world.services.stepFunctions.running, bells: bellsLeft(world) });
      after(world.clock, ms(TICK_MS), tick);
    };
    tick();
  }

  private calmDown(world: Simulation): void {
    this.isStormy = false;
    world.faults = {};
    this.tell({ kind: "way", way: "open" });
    this.tell({ kind: "calm" });
  }

  private outage(world: Simulation, service: string, isDown: boolean): void {
    if (!this.isStormy) return;
    const { failBefore = {} } = this.scenario.aws.faults;
    const share = isDown ? 1 : (failBefore[service] ?? 0);
    world.faults = { ...world.faults, failBefore: { ...world.faults.failBefore, [service]: share } };
    if (isDown) this.tell({ kind: "fault", fault: "outage of a service", where: service });
  }

  private async stop(world: Simulation, name: string): Promise<void> {
    const executionArn = `${world.stack.stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
    if (world.ended.has(name)) return;
    this.count("operations", "stop");
    await world.services.cloud.call({ kind: "user" }, "sfn", "StopExecution", { executionArn });
  }

  private async perform(world: Simulation, operation: Operation): Promise<void> {
    const { lambda } = world.services;
    const [worker = ""] = world.stack.functionNames;
    this.count("operations", operation.kind);
    switch (operation.kind) {
      case "kill":
        if (lambda.killRunning(worker) > 0) this.tell({ kind: "fault", fault: "kill", where: "the worker" });
        return;
      case "replace":
        this.tell({ kind: "fault", fault: "replaced environments", where: "the worker" });
        lambda.replaceEnvironments(worker);
        return;
      case "redeploy":
        return this.redeploy(world, operation.patch);
      case "pause":
        return this.pause(world, operation.forMs);
      case "redrive":
        return this.redrive(world);
      case "wallStep":
        this.tell({ kind: "fault", fault: "wall-clock step", where: `${operation.byMs} ms` });
        world.clock.stepWall(operation.byMs);
    }
  }

  private async redeploy(world: Simulation, patch: { readonly [key: string]: Json }): Promise<void> {
    const next = deploy(JSON.stringify({ ...this.scenario.gateway, ...patch }), this.scenario.turnsShorter);
    this.deployments.push(next);
    await updateStack({ ...next, services: world.services });
    this.tell({ kind: "deployed", file: next.file, plan: next.plan });
  }

  private async pause(world: Simulation, forMs: number): Promise<void> {
    const gate = {
      TableName: world.stack.tableNames[0] ?? "",
      Key: { pk: { S: "gate" } },
      ExpressionAttributeNames: { "#paused": "parked_paused" },
    };
    const call = (service: string, operation: string, input: Json) =>
      world.services.cloud.call({ kind: "user" }, service, operation, input);
    const until = { ":until": { N: String(world.clock.wallMs() + 86_400_000) } };
    await call("dynamodb", "UpdateItem", {
      ...gate,
      UpdateExpression: "SET #paused = :until",
      ExpressionAttributeValues: until,
    });
    this.tell({ kind: "paused" });
    after(world.clock, ms(forMs), async () => {
      await call("dynamodb", "UpdateItem", { ...gate, UpdateExpression: "REMOVE #paused" });
      this.tell({ kind: "resumed" });
      const [worker = ""] = world.stack.functionNames;
      const QueueUrl = world.services.lambda.deployed(worker).environment.SLUICE_BELL_QUEUE_URL;
      if (QueueUrl === undefined) return;
      const MessageDeduplicationId = `resume-${world.clock.now()}`;
      await call("sqs", "SendMessage", {
        QueueUrl,
        MessageBody: "resume",
        MessageGroupId: BELL_GROUP,
        MessageDeduplicationId,
      });
    });
  }

  private async redrive(world: Simulation): Promise<void> {
    const unsuccessful = [...world.ended.values()].filter(({ status }) => status !== "SUCCEEDED");
    for (const { name } of unsuccessful) {
      this.tell({ kind: "redriven", request: name });
      await world.redrive(name);
    }
  }

  /** The time that the plan itself gives: what waits, at its rate, with every retry; parks, and what a storm leaves hidden. */
  private drainMs(): number {
    const { plan } = this.setting;
    const { calmUs, hiddenUs } = livenessBounds(this.setting);
    const attempts = Math.max(plan.retries.throttled.attempts, plan.retries.unavailable.attempts);
    const waitsUs = 1_000_000 * attempts * plan.retries.throttled.maxSeconds;
    const slowestUs = Math.max(...this.deployments.map(({ plan }) => plan.limit.intervalUs));
    const workUs = 4 * this.scenario.requests.length * slowestUs;
    return (3 * calmUs + 3 * hiddenUs + workUs + waitsUs) / 1_000;
  }

  private async judge(world: Simulation): Promise<void> {
    if (this.violations.length > 0 || this.deployments.length > 1) return;
    // What a death may cost in deferral is reckoned window by window, by the checker.
    if (this.setting.plan.dispatch.kind === "deferral" && [...DEATHS].some((fault) => this.faults[fault])) return;
    const arrivals = world.target.arrivals.map(({ atUs }) => atUs);
    const broken = await judgeAll(arrivals, this.setting.file);
    this.violations.push(...broken.map((one): Violation => ({ invariant: "rate", ...one })));
  }
}

function storyOf({ seed, gateway, requests }: Scenario, calls: number): string {
  const limit = gateway.rateLimit ?? `concurrency ${gateway.concurrency}`;
  return `seed ${seed}: ${limit}, ${requests.length} requests, ${calls} calls`;
}
