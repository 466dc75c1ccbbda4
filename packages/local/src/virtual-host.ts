import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayPlan, type Json, type Micros, us } from "@sluice/dsl";
import {
  type AwsCall,
  awsPorts,
  type CallLine,
  createWorker,
  type Ports,
  serveInvocation,
  type Telemetry,
  type Worker,
} from "@sluice/runtime";
import { type WorldClock, workerClock } from "./clock";
import type {
  Cloud,
  DeployedFunction,
  Environment,
  EnvironmentHost,
  Invocation,
  InvocationEnd,
  Principal,
} from "./cloud-types";
import { virtualEndpoint } from "./virtual-endpoint";
import { createVirtualProcess, type ProcessFaults, type VirtualProcess } from "./virtual-process";
import type { VirtualTarget } from "./virtual-target";

/** What a worker said, as its log would show it. */
export type WorkerLog =
  | { readonly kind: "call"; readonly environmentId: string; readonly line: CallLine }
  | {
      readonly kind: "event";
      readonly environmentId: string;
      readonly name: string;
      readonly fields: Readonly<Record<string, Json>>;
    };

export interface VirtualHostOptions {
  readonly clock: WorldClock;
  readonly cloud: Cloud;
  readonly target: VirtualTarget;
  /** Read at each use, so that a scenario may change it. */
  readonly faults: () => ProcessFaults;
  /** How long the path to the target takes, asked for each call. */
  readonly pathUs: () => Micros;
  readonly coldStartUs: Micros;
  readonly log: (line: WorkerLog) => void;
}

/**
 * Runs the worker's core in this process, in virtual time: the same turn, the same ports on the same AWS operations as in
 * Lambda, with a simulated process around it that can die or stand still at each of its awaits.
 */
export function createVirtualHost(options: VirtualHostOptions): EnvironmentHost {
  return {
    async start(fn, environmentId) {
      await workerClock(options.clock).sleepUntil(us(options.clock.now() + options.coldStartUs));
      return createVirtualEnvironment(options, fn, environmentId);
    },
  };
}

function createVirtualEnvironment(options: VirtualHostOptions, fn: DeployedFunction, id: string): Environment {
  const { clock } = options;
  const process = createVirtualProcess(clock, id, options.faults);
  const worker = workerOf(options, fn, id, process);
  return {
    id,
    get isAlive() {
      return process.isAlive;
    },
    kill: () => process.kill(),
    invoke: (invocation) => invoke(options, worker, process, invocation),
  };
}

/** An invocation ends with the handler's answer, or with the process. */
async function invoke(
  { clock }: VirtualHostOptions,
  worker: Worker,
  process: VirtualProcess,
  invocation: Invocation,
): Promise<InvocationEnd> {
  process.thaw();
  const deadlineAt = us(clock.now() + (invocation.deadlineMs - clock.wallMs()) * 1_000);
  const served = serveInvocation(worker, invocation.event, { requestId: invocation.requestId, deadlineAt }).then(
    (payload): InvocationEnd => ({ kind: "ok", payload }),
    (error: unknown): InvocationEnd => ({
      kind: "error",
      errorType: error instanceof Error ? error.name : "Error",
      message: error instanceof Error ? error.message : String(error),
    }),
  );
  // A listener for each invocation: one promise of the process's death would gather them all, as long as it lives.
  let hasEnded = () => {};
  const died = new Promise<InvocationEnd>((resolve) => {
    hasEnded = process.onDeath(() => resolve({ kind: "crash", message: "the process was killed" }));
  });
  return Promise.race([served, died]).finally(() => {
    hasEnded();
    process.freeze();
  });
}

function workerOf(options: VirtualHostOptions, fn: DeployedFunction, id: string, process: VirtualProcess): Worker {
  const plan = planOf(fn);
  const principal: Principal = { kind: "role", arn: fn.roleArn };
  const call: AwsCall = (service, operation, input) =>
    process.step(
      `${service} ${operation}`,
      () => options.cloud.call(principal, service, operation, input as Json) as Promise<Record<string, unknown>>,
    );
  const clock = workerClock(options.clock);
  const ports: Ports = {
    ...awsPorts(call, addressesOf(fn)),
    clock: { ...clock, sleepUntil: (instant) => process.step("sleep", () => clock.sleepUntil(instant)) },
    endpoint: virtualEndpoint({
      clock: options.clock,
      process,
      target: options.target,
      connectUs: plan.timeouts.connectUs,
      responseUs: plan.timeouts.responseUs,
      pathUs: options.pathUs,
    }),
    telemetry: telemetryOf(options, id),
  };
  return createWorker(plan, ports);
}

function planOf(fn: DeployedFunction): GatewayPlan {
  const layer = fn.layerPaths[0];
  if (layer === undefined) throw new Error(`the function ${fn.name} has no layer, so its worker has no plan`);
  return JSON.parse(readFileSync(join(layer, "gateway.json"), "utf8")) as GatewayPlan;
}

function addressesOf(fn: DeployedFunction): Parameters<typeof awsPorts>[1] {
  const variable = (name: string): string => {
    const value = fn.environment[name];
    if (value === undefined) throw new Error(`the function ${fn.name} lacks the environment variable ${name}`);
    return value;
  };
  return {
    tierQueueUrls: JSON.parse(variable("SLUICE_TIER_QUEUE_URLS")) as Record<string, string>,
    bellQueueUrl: fn.environment.SLUICE_BELL_QUEUE_URL,
    gateTable: variable("SLUICE_GATE_TABLE"),
  };
}

const telemetryOf = (options: VirtualHostOptions, environmentId: string): Telemetry => ({
  call: (line) => options.log({ kind: "call", environmentId, line }),
  event: (name, fields) => options.log({ kind: "event", environmentId, name, fields }),
});
