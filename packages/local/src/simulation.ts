import { type GatewayPlan, type Json, type Micros, parseDuration, us } from "@sluice/dsl";
import { after } from "./clock";
import type { Placement } from "./models/lambda/lambda";
import type { ExecutionEnd } from "./models/step-functions/step-functions";
import { Random } from "./random";
import { createServices, type Services } from "./services";
import { type LoadedStack, loadTemplate } from "./template";
import { VirtualClock } from "./virtual-clock";
import { createVirtualHost, type WorkerLog } from "./virtual-host";
import type { ProcessFaults } from "./virtual-process";
import { createVirtualTarget, type VirtualTarget, type VirtualTargetOptions } from "./virtual-target";
import { type Faults, NO_FAULTS, type World } from "./world";

export interface SimulationOptions {
  /** The synthesized template, parsed, and the cloud assembly that it lies in. */
  readonly template: Json;
  readonly assetDir: string;
  readonly stackName: string;
  readonly plan: GatewayPlan;
  readonly seed: number;
  readonly faults?: Partial<Faults>;
  readonly processFaults?: ProcessFaults;
  readonly target?: VirtualTargetOptions;
  readonly placement?: Placement;
  /** How much longer than the shortest the path to the target may take for a call; nothing when left out. */
  readonly pathVariesUs?: Micros;
}

/** One gateway in virtual time, with its target and its callers. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly services: Services;
  readonly stack: LoadedStack;
  readonly target: VirtualTarget;
  readonly log: readonly WorkerLog[];
  /** How executions ended, by name. One that is missing still waits. */
  readonly ended: ReadonlyMap<string, ExecutionEnd>;
  /** Names of all executions that were started. */
  readonly started: ReadonlySet<string>;
  processFaults: ProcessFaults;
  faults: Partial<Faults>;
  /** Starts an execution now, or after `delay`. The name identifies it in {@link ended} and at the target. */
  send(tier: string, name: string, request?: Request): void;
  /** Redrives an execution that ended, which takes it out of {@link ended}. @throws ServiceError ExecutionNotRedrivable */
  redrive(name: string): Promise<void>;
  /** Lets time pass: `90s`, `2m`. */
  run(duration: string): Promise<void>;
  /**
   * Lets time pass until every execution has ended, at most `duration`, or until `givesUp` says so.
   *
   * @returns whether they all have
   */
  runUntilEnded(duration: string, givesUp?: () => boolean): Promise<boolean>;
  /** Names of executions in the order in which their calls arrived. */
  callsAtTarget(): string[];
}

export interface Request {
  readonly operation?: string;
  readonly request?: Json;
  readonly delayUs?: Micros;
}

const COLD_START: Micros = us(250_000);
const SHORTEST_PATH: Micros = us(5_000);

/** @throws TemplateError, ServiceError when the template cannot be loaded */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const clock = new VirtualClock();
  const random = new Random(options.seed);
  let faults = { ...TYPICAL, ...options.faults };
  let processFaults = options.processFaults ?? {};
  const world: World = { clock, random, faults: NO_FAULTS, region: "eu-west-1", account: "111122223333" };
  const target = createVirtualTarget(clock, options.target);
  const log: WorkerLog[] = [];
  const services = createServices({
    world,
    queueOrigin: "http://localhost",
    host: (cloud) =>
      createVirtualHost({
        clock,
        cloud,
        target,
        faults: () => processFaults,
        pathUs: () => us(SHORTEST_PATH + random.between(0, options.pathVariesUs ?? 0)),
        coldStartUs: COLD_START,
        log: (line) => log.push(line),
      }),
  });
  const { template, assetDir, stackName } = options;
  // Deployed before time begins: nothing of it may wait for a clock that does not run yet.
  const stack = await loadTemplate({ template, assetDir, stackName, services });
  world.faults = faults;
  for (const name of stack.functionNames) services.lambda.setPlacement(name, options.placement ?? { kind: "reuse" });
  const started = new Set<string>();
  const ended = new Map<string, ExecutionEnd>();
  services.stepFunctions.onEnded((end) => {
    if (ended.has(end.name)) throw new Error(`the execution ${end.name} ended twice`);
    ended.set(end.name, end);
  });

  const start = (tier: string, name: string, { operation, request }: Request) => {
    const input = { tier, request: request ?? {}, ...(operation !== undefined && { operation }) };
    void services.cloud.call({ kind: "user" }, "sfn", "StartExecution", {
      stateMachineArn: stack.stateMachineArn,
      name,
      input: JSON.stringify(input),
    });
  };

  return {
    clock,
    services,
    stack,
    target,
    log,
    ended,
    started,
    get processFaults() {
      return processFaults;
    },
    set processFaults(next) {
      processFaults = next;
    },
    get faults() {
      return faults;
    },
    set faults(next) {
      faults = { ...TYPICAL, ...next };
      world.faults = faults;
    },
    send(tier, name, request = {}) {
      started.add(name);
      if (request.delayUs === undefined) start(tier, name, request);
      else after(clock, request.delayUs, () => start(tier, name, request));
    },
    async redrive(name) {
      const end = ended.get(name);
      // Gone before it is asked for: a Fail state fails again at once.
      ended.delete(name);
      try {
        await services.cloud.call({ kind: "user" }, "sfn", "RedriveExecution", { executionArn: end?.arn ?? name });
      } catch (error) {
        if (end !== undefined) ended.set(name, end);
        throw error;
      }
    },
    run: (duration) => clock.run({ until: us(clock.now() + durationUs(duration)) }),
    async runUntilEnded(duration, givesUp = () => false) {
      const until = us(clock.now() + durationUs(duration));
      await clock.run({ until, while: () => ended.size < started.size && !givesUp() });
      return ended.size === started.size;
    },
    callsAtTarget: () => target.arrivals.map(({ context }) => nameOf(context.execution)),
  };
}

/** Nothing goes wrong, but nothing is instant either: each call to AWS takes up to 10 ms, each delivery up to 20 ms. */
const TYPICAL: Faults = { ...NO_FAULTS, callWithinUs: us(10_000), deliveryWithinUs: us(20_000) };

const nameOf = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(":") + 1);

function durationUs(text: string): Micros {
  const duration = parseDuration(text);
  if (duration === undefined) throw new RangeError(`${text} is no duration; write 90s or 2m`);
  return duration;
}
