import { readFileSync } from "node:fs";
import { type GatewayPlan, type Json, type Micros, us } from "@sluice/dsl";
import { type ExecutionEnd, type Reaction, simulate, type Usage } from "@sluice/local";
import type { CallLine } from "@sluice/runtime";
import type { SynthesizedStack } from "../synthesize";

/** What happens in a simulated gateway, each told when it happens. */
export interface EngineEvents {
  /** A call arrived at the target: what does the target do? */
  called(name: string, operation: string, at: Micros): Reaction;
  /** A call's end, as the worker's log has it. */
  logged(line: CallLine, name: string): void;
  ended(end: ExecutionEnd): void;
}

/** How often AWS's services were used. */
export interface AwsUsage {
  readonly publish: number;
  readonly standardRequest: number;
  readonly fifoRequest: number;
  readonly write: number;
  readonly read: number;
}

/** A synthesized gateway in virtual time: the only place that knows how the simulation is driven. */
export interface Engine {
  now(): Micros;
  /** Something that happens at an instant, or now when that has passed. */
  at(instant: Micros, action: () => void): void;
  /** Starts an execution now. */
  start(name: string, tier: string, operation: string, request: Json): void;
  /** Stops an execution. */
  stop(name: string): void;
  /** Lets time pass, until `goesOn` (asked before everything that happens) says no. */
  run(until: Micros, goesOn: () => boolean): Promise<void>;
  /** The invocation under way included. */
  readonly lambda: Usage;
  readonly aws: AwsUsage;
}

/** @throws TemplateError when the template cannot be loaded */
export async function startEngine(
  { templatePath, assetDir, stackName }: SynthesizedStack,
  plan: GatewayPlan,
  seed: number,
  events: EngineEvents,
): Promise<Engine> {
  const template: Json = JSON.parse(readFileSync(templatePath, "utf8"));
  const world = await simulate({
    ...{ template, assetDir, stackName, plan, seed },
    // What is over is told and forgotten: weeks are simulated.
    remembers: false,
    target: { react: ({ atUs, operation, context }) => events.called(nameOf(context.execution), operation, atUs) },
  });
  const [functionName = ""] = world.stack.functionNames;
  const running = watchInvocations(world);
  const aws = countAws(world.services.cloud);
  world.onCall((line) => events.logged(line, nameOf(line.execution)));
  world.onEnded((end) => events.ended(end));
  return {
    now: () => world.clock.now(),
    at: (instant, action) => void world.clock.at(instant, action),
    start: (name, tier, operation, request) => world.send(tier, name, { operation, request }),
    stop(name) {
      const executionArn = `${world.stack.stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
      void world.services.cloud.call({ kind: "user" }, "sfn", "StopExecution", { executionArn });
    },
    run: (until, goesOn) => world.clock.run({ until, while: goesOn }),
    get lambda() {
      const usage = world.services.lambda.usage(functionName);
      return { ...usage, durationUs: us(usage.durationUs + running()) };
    },
    aws,
  };
}

const nameOf = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(":") + 1);

type World = Awaited<ReturnType<typeof simulate>>;

/** How long the invocation under way has lasted: the service counts one when it has ended, and a turn may last minutes. */
function watchInvocations({ clock, services: { lambda } }: World): () => number {
  let since: number | undefined;
  const invoke = lambda.invoke.bind(lambda);
  lambda.invoke = async (...words) => {
    since = clock.now();
    try {
      return await invoke(...words);
    } finally {
      since = undefined;
    }
  };
  return () => (since === undefined ? 0 : clock.now() - since);
}

const WRITES = new Set(["UpdateItem", "PutItem", "DeleteItem"]);

/** Counts what is asked of AWS from now on, whoever asks: state machine, topics, mapping, schedule, worker. */
function countAws(cloud: World["services"]["cloud"]): AwsUsage {
  const counts = { publish: 0, standardRequest: 0, fifoRequest: 0, write: 0, read: 0 };
  const call = cloud.call.bind(cloud);
  cloud.call = (principal, service, operation, input) => {
    if (service === "sns" && operation === "Publish") counts.publish += 1;
    else if (service === "sqs" && operation !== "GetQueueAttributes") counts[queueKind(input)] += 1;
    else if (service === "dynamodb") counts[WRITES.has(operation) ? "write" : "read"] += 1;
    return call(principal, service, operation, input);
  };
  return counts;
}

const queueKind = (input: Json): "fifoRequest" | "standardRequest" =>
  typeof input === "object" && input !== null && "QueueUrl" in input && String(input.QueueUrl).endsWith(".fifo")
    ? "fifoRequest"
    : "standardRequest";
