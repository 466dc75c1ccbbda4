import { type GatewayPlan, type Json, type Micros, parseDuration, us } from "@sluice/dsl";
import type { CallLine } from "@sluice/runtime";
import { after } from "./clock";
import type { Cloud } from "./cloud-types";
import { createServices, type Services } from "./emulated-account";
import type { Placement } from "./models/lambda/lambda";
import type { Queue } from "./models/sqs/queue";
import type { ExecutionEnd } from "./models/step-functions/step-functions";
import { Random } from "./random";
import { type LoadedStack, loadTemplate } from "./template";
import { VirtualClock } from "./virtual-clock";
import { createVirtualHost, type WorkerLog } from "./virtual-host";
import type { ProcessFaults } from "./virtual-process";
import {
  type ArrivalListener,
  createVirtualTarget,
  type VirtualTarget,
  type VirtualTargetOptions,
} from "./virtual-target";
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
  /**
   * How much longer than the shortest the path to the target may take for a call, anything up to it, or what is asked for
   * each call; nothing when left out.
   */
  readonly pathVariesUs?: Micros | (() => Micros);
  /** Left out: a clock that is the simulation's own. One that is handed in decides what of all that waits is next. */
  readonly clock?: VirtualClock;
  /** Left out: from {@link seed}. */
  readonly random?: Random;
  /** What lies between a worker's process and AWS, beyond what {@link faults} say. Left out: nothing. */
  readonly workerNetwork?: (cloud: Cloud) => Cloud;
  /**
   * Whether it keeps what is over: every start, end, arrival and line of the log. Left out, it does. False: it tells
   * listeners only, and its memory depends on what waits and not on the time simulated. The names of executions that have
   * ended are forgotten, too, where AWS keeps them for 90 days: a load must not use one twice.
   */
  readonly remembers?: boolean;
}

/** A request of a load, in its place in time. */
export interface FedRequest extends Omit<Request, "delayUs"> {
  /** Of the simulation's clock. One that has passed is now. */
  readonly atUs: Micros;
  readonly tier: string;
  /** Of the execution; different for each. */
  readonly name: string;
}

/** How many executions were started, or are promised by {@link Simulation.send}, and how many have ended. */
export interface Counts {
  readonly started: number;
  readonly ended: number;
}

/** One gateway in virtual time, with its target and its callers. */
export interface Simulation {
  readonly clock: VirtualClock;
  readonly services: Services;
  readonly stack: LoadedStack;
  readonly target: VirtualTarget;
  /** What workers said; stays empty when the simulation does not remember. */
  readonly log: readonly WorkerLog[];
  /** How executions ended, by name. One that is missing still waits. Stays empty when it does not remember. */
  readonly ended: ReadonlyMap<string, ExecutionEnd>;
  /** Names of all executions that were started; stays empty when it does not remember. */
  readonly started: ReadonlySet<string>;
  counts(): Counts;
  /** Messages in each tier's queue: those that wait there, and those that a worker holds. */
  depths(): Readonly<Record<string, number>>;
  /** Tells every execution's end from now on; the returned function stops that. */
  onEnded(listener: (end: ExecutionEnd) => void): () => void;
  /** Tells every call that reaches the target, with what the target does with it; as {@link onEnded}. */
  onArrival(listener: ArrivalListener): () => void;
  /** Tells every line that workers log of a request's end; as {@link onEnded}. */
  onCall(listener: (line: CallLine) => void): () => void;
  processFaults: ProcessFaults;
  faults: Partial<Faults>;
  /** Starts an execution now, or after `delay`. The name identifies it in {@link ended} and at the target. */
  send(tier: string, name: string, request?: Request): void;
  /**
   * Starts an execution for each request of a load, asking for the next one only when it has started the one before: a
   * million requests need not exist at once. Several loads may be fed beside each other.
   *
   * @param load in the order of time; a request before the one ahead of it ends the run with a RangeError
   */
  feed(load: Iterable<FedRequest>): void;
  /** Redrives an execution that ended, which takes it out of {@link ended}. @throws ServiceError ExecutionNotRedrivable */
  redrive(name: string): Promise<void>;
  /** Lets time pass: `90s`, `2m`. */
  run(duration: string): Promise<void>;
  /**
   * Lets time pass until every load is fed and every execution has ended, at most `duration`, or until `givesUp` says so.
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
  const { clock = new VirtualClock(), random = new Random(options.seed), workerNetwork = (cloud) => cloud } = options;
  let faults = { ...TYPICAL, ...options.faults };
  let processFaults = options.processFaults ?? {};
  const varies = options.pathVariesUs ?? us(0);
  const world: World = { clock, random, faults: NO_FAULTS, region: "eu-west-1", account: "111122223333" };
  const target = createVirtualTarget(clock, { ...options.target, remembers: options.remembers ?? true });
  const remembers = options.remembers ?? true;
  const log: WorkerLog[] = [];
  const callListeners = new Set<(line: CallLine) => void>();
  const services = createServices({
    world,
    queueOrigin: "http://localhost",
    stepFunctions: remembers ? {} : { keepEnded: 0, keepsHistory: false },
    host: (cloud) =>
      createVirtualHost({
        clock,
        cloud: workerNetwork(cloud),
        target,
        faults: () => processFaults,
        pathUs: () => us(SHORTEST_PATH + (typeof varies === "function" ? varies() : random.between(0, varies))),
        coldStartUs: COLD_START,
        log: (line) => {
          if (remembers) log.push(line);
          if (line.kind === "call") for (const listener of callListeners) listener(line.line);
        },
      }),
  });
  const { template, assetDir, stackName } = options;
  // Deployed before time begins: nothing of it may wait for a clock that does not run yet.
  const stack = await loadTemplate({ template, assetDir, stackName, services });
  world.faults = faults;
  for (const name of stack.functionNames) services.lambda.setPlacement(name, options.placement ?? { kind: "reuse" });
  const tierQueues = tierQueuesOf(stack);
  const started = new Set<string>();
  const ended = new Map<string, ExecutionEnd>();
  const counts = { started: 0, ended: 0 };
  let openLoads = 0;
  services.stepFunctions.onEnded((end) => {
    if (ended.has(end.name)) throw new Error(`the execution ${end.name} ended twice`);
    counts.ended += 1;
    if (remembers) ended.set(end.name, end);
  });

  const promise = (name: string) => {
    counts.started += 1;
    if (remembers) started.add(name);
  };

  const start = (tier: string, name: string, { operation, request }: Request) => {
    const input = { tier, request: request ?? {}, ...(operation !== undefined && { operation }) };
    void services.cloud.call({ kind: "user" }, "sfn", "StartExecution", {
      stateMachineArn: stack.stateMachineArn,
      name,
      input: JSON.stringify(input),
    });
  };

  const feedOn = (load: Iterator<FedRequest>, lastUs: Micros) => {
    const next = load.next();
    if (next.done === true) {
      openLoads -= 1;
      return;
    }
    const { atUs, tier, name } = next.value;
    if (atUs < lastUs)
      throw new RangeError(`the load is not in the order of time: ${name} at ${atUs} us comes after ${lastUs} us`);
    clock.at(atUs, () => {
      promise(name);
      start(tier, name, next.value);
      feedOn(load, atUs);
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
    counts: () => ({ ...counts }),
    depths: () => Object.fromEntries(tierQueues.map(([tier, queue]) => [tier, depthOf(queue)])),
    onEnded: (listener) => services.stepFunctions.onEnded(listener),
    onArrival: (listener) => target.onArrival(listener),
    onCall(listener) {
      callListeners.add(listener);
      return () => void callListeners.delete(listener);
    },
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
      promise(name);
      if (request.delayUs === undefined) start(tier, name, request);
      else after(clock, request.delayUs, () => start(tier, name, request));
    },
    feed(load) {
      openLoads += 1;
      feedOn(load[Symbol.iterator](), us(0));
    },
    async redrive(name) {
      const end = ended.get(name);
      // Gone before it is asked for: a Fail state fails again at once.
      ended.delete(name);
      counts.ended -= 1;
      try {
        await services.cloud.call({ kind: "user" }, "sfn", "RedriveExecution", { executionArn: end?.arn ?? name });
      } catch (error) {
        if (end !== undefined) ended.set(name, end);
        counts.ended += 1;
        throw error;
      }
    },
    run: (duration) => clock.run({ until: us(clock.now() + durationUs(duration)) }),
    async runUntilEnded(duration, givesUp = () => false) {
      const until = us(clock.now() + durationUs(duration));
      const isDone = () => counts.ended === counts.started && openLoads === 0;
      await clock.run({ until, while: () => !isDone() && !givesUp() });
      return isDone();
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

/** The queue of each tier, as the worker is told of them. */
function tierQueuesOf({ functionNames, services }: LoadedStack): (readonly [tier: string, queue: Queue])[] {
  const urls = functionNames.flatMap((name) => {
    const told = services.lambda.deployed(name).environment.SLUICE_TIER_QUEUE_URLS;
    return told === undefined ? [] : Object.entries(JSON.parse(told) as Record<string, string>);
  });
  return urls.flatMap(([tier, url]) => {
    const queue = services.sqs.queue(url.slice(url.lastIndexOf("/") + 1));
    return queue === undefined ? [] : [[tier, queue] as const];
  });
}

function depthOf(queue: Queue): number {
  const { visible, inFlight, delayed } = queue.size();
  return visible + inFlight + delayed;
}
