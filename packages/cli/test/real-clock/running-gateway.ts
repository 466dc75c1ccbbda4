import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SFNClient, StartExecutionCommand, type StartExecutionCommandInput } from "@aws-sdk/client-sfn";
import {
  type CallerInput,
  type GatewayPlan,
  type Json,
  type Micros,
  parseGateway,
  planGateway,
  resolveSpec,
} from "@sluice/dsl";
import {
  type ExecutionEnd,
  type LocalWorld,
  type StrictTarget,
  startLocalWorld,
  startStrictTarget,
} from "@sluice/local";
import { Cleanup } from "../../src/cleanup";
import { EXECUTION_HEADER, windowOf } from "../../src/stand-ins";
import { synthesize } from "../../src/synthesize";

/** A gateway file, and how its target is to behave. */
export interface GatewayToRun {
  readonly file: string;
  /** Beside the file's own limit. Left out: a kind one that answers at once. */
  readonly target?: Parameters<typeof startStrictTarget>[0];
  /** Changes the synthesized template, as text. */
  readonly template?: (template: string) => string;
  /** How long a turn takes new calls. Left out: as the product plans it, for minutes. */
  readonly turnUs?: Micros;
}

export interface RunningGateway {
  readonly plan: GatewayPlan;
  readonly target: StrictTarget;
  readonly stateMachineArn: string;
  readonly functionName: string;
  /** Starts an execution through the AWS SDK, by that name or one of its own. @returns its ARN */
  ask(input: CallerInput, name?: string): Promise<string>;
  /** Resolves with the ends of all that was asked so far, in the order of asking. */
  ends(): Promise<ExecutionEnd[]>;
  /** The ids of the environments that have called the target so far. */
  callers(): ReadonlySet<string>;
}

/** Gateways that run as `sluice dev` runs them: the deployed bundle in processes, strict targets, the real clock. */
export interface RunningWorld {
  readonly world: LocalWorld;
  /** By the gateway's name. */
  gateway(name: string): RunningGateway;
  /** Resolves when the execution has ended, whoever started it. */
  endOf(executionArn: string): Promise<ExecutionEnd>;
  close(): Promise<void>;
}

/** Lints, plans, synthesizes, loads and starts. What was started is closed again when something of it fails. */
export async function startGateways(
  gateways: readonly GatewayToRun[],
  secrets: ReadonlyMap<string, string> = new Map(),
): Promise<RunningWorld> {
  const cleanup = new Cleanup();
  try {
    return await start(gateways, secrets, cleanup);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

async function start(
  gateways: readonly GatewayToRun[],
  secrets: ReadonlyMap<string, string>,
  cleanup: Cleanup,
): Promise<RunningWorld> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-real-clock-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const aimed = await Promise.all(gateways.map((gateway) => aim(gateway, cleanup)));
  const plans = aimed.map(({ plan }) => plan);
  const stacks = await synthesize(plans, { out: join(folder, "cdk.out"), validation: false });
  for (const [index, { templatePath }] of stacks.entries()) {
    const change = gateways[index]?.template;
    if (change) writeFileSync(templatePath, change(readFileSync(templatePath, "utf8")));
  }
  const certificates = join(folder, "certificates.pem");
  writeFileSync(certificates, aimed.map(({ target }) => target.certificate ?? "").join(""));
  const calls = new Map<string, Set<string>>();
  const world = await startLocalWorld({
    stacks,
    port: 0,
    secrets,
    variables: { NODE_EXTRA_CA_CERTS: certificates },
    onLog: (fn, environmentId, line) => {
      if (line.includes('"event":"call"')) calls.set(fn.name, (calls.get(fn.name) ?? new Set()).add(environmentId));
    },
  });
  cleanup.add(() => world.close());
  const client = newClient(world);
  cleanup.add(() => client.destroy());
  const endOf = follow(world);
  const running = new Map(
    aimed.map(({ plan, target }, index) => {
      const { stateMachineArn, functionNames } = stackOf(world, stacks[index]?.stackName);
      const functionName = functionNames[0] ?? "";
      const asked: string[] = [];
      const gateway: RunningGateway = {
        plan,
        target,
        stateMachineArn,
        functionName,
        async ask(input, name) {
          const executionArn = await startExecution(client, { stateMachineArn, name, input: JSON.stringify(input) });
          asked.push(executionArn);
          return executionArn;
        },
        ends: () => Promise.all(asked.map(endOf)),
        callers: () => calls.get(functionName) ?? new Set(),
      };
      return [plan.name, gateway];
    }),
  );
  return {
    world,
    gateway: (name) => running.get(name) ?? missing(name),
    endOf,
    close: () => cleanup.run(),
  };
}

/** The plan of a gateway file that calls a strict target with its own limit, and that target. */
async function aim({ file, target: settings, turnUs }: GatewayToRun, cleanup: Cleanup) {
  const limit = windowOf(planOf(file, {}));
  const target = await startStrictTarget({ limit, requestIdHeader: EXECUTION_HEADER, ...settings });
  cleanup.add(() => target.close());
  return { target, plan: planOf(file, { endpoint: { url: target.url } }, turnUs) };
}

function planOf(file: string, patch: Json, turnUs?: Micros): GatewayPlan {
  const { spec, findings } = resolveSpec(parseGateway(file, "gateway.yaml"), { patch });
  if (spec === undefined) throw new Error(`the gateway does not lint: ${findings[0]?.message}`);
  return planGateway(spec, turnUs === undefined ? {} : { turnUs });
}

/** An emulated account takes any credentials. */
const newClient = ({ endpoint, region }: LocalWorld): SFNClient =>
  new SFNClient({ endpoint, region, credentials: { accessKeyId: "local", secretAccessKey: "local" } });

async function startExecution(client: SFNClient, input: StartExecutionCommandInput): Promise<string> {
  const { executionArn } = await client.send(new StartExecutionCommand(input));
  return executionArn ?? missing("the execution's ARN");
}

function follow({ services }: LocalWorld): (executionArn: string) => Promise<ExecutionEnd> {
  const ended = new Map<string, ExecutionEnd>();
  const waiting = new Map<string, (end: ExecutionEnd) => void>();
  services.stepFunctions.onEnded((end) => {
    ended.set(end.arn, end);
    waiting.get(end.arn)?.(end);
  });
  return (executionArn) => {
    const end = ended.get(executionArn);
    return end ? Promise.resolve(end) : new Promise((resolve) => waiting.set(executionArn, resolve));
  };
}

const stackOf = ({ stacks }: LocalWorld, stackName: string | undefined) =>
  stacks.find(({ name }) => name === stackName) ?? missing(`the stack ${stackName}`);

function missing(what: string): never {
  throw new Error(`there is no ${what}`);
}
