import { readFileSync } from "node:fs";
import type { Json } from "@sluice/dsl";
import type { DeployedFunction } from "./cloud-types";
import { ServiceError } from "./cloud-types";
import { createServices, type Services } from "./emulated-account";
import { type ProcessEnvironment, ProcessHost } from "./process-host";
import { Random } from "./random";
import { RealClock } from "./real-clock";
import { type LoadedStack, loadTemplate } from "./template";
import { TemplateError } from "./template-values";
import { AccessKeys } from "./wire/caller";
import { type OpenWireServer, openWireServer } from "./wire-server";
import { NO_FAULTS } from "./world";

/** A stack as it was synthesized. */
export interface StackToLoad {
  readonly stackName: string;
  readonly templatePath: string;
  /** The cloud assembly's folder. */
  readonly assetDir: string;
}

export interface LocalWorldOptions {
  readonly stacks: readonly StackToLoad[];
  /** Of 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Left out: us-east-1. Requests signed for another one are refused. */
  readonly region?: string;
  /** What Secrets Manager holds, by name: a text, or fields. */
  readonly secrets?: ReadonlyMap<string, string | Readonly<Record<string, string>>>;
  /** Execution environments of each function, of which any gets the next invocation. Left out: 2. */
  readonly environments?: number;
  /** Variables for every worker beside its function's own: what reaching the targets takes on this machine. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Each line that a worker logs. */
  readonly onLog?: (fn: DeployedFunction, environmentId: string, line: string) => void;
}

/** One emulated account in real time: an AWS endpoint, and the functions of its stacks in processes of their own. */
export interface LocalWorld {
  /** `http://127.0.0.1:PORT`, for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly region: string;
  readonly services: Services;
  readonly stacks: readonly LoadedStack[];
  /** The execution environments that are alive, by id. */
  readonly processes: ReadonlyMap<string, ProcessEnvironment>;
  /** Ends the endpoint and every process. What waits is lost, like everything here. */
  close(): Promise<void>;
}

/** The endpoint's port cannot be had; the message says why and what to do. */
export class PortUnavailable extends Error {
  override readonly name = "PortUnavailable";
}

export const LOCAL_ACCOUNT = "123456789012";
export const LOCAL_REGION = "us-east-1";

/**
 * Runs synthesized stacks on this machine.
 *
 * @throws PortUnavailable
 * @throws TemplateError when a template is none that can be run here
 */
export async function startLocalWorld(options: LocalWorldOptions): Promise<LocalWorld> {
  const { region = LOCAL_REGION } = options;
  const wire = await openWireServer(options.port).catch((error: Error) => {
    throw new PortUnavailable(`${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`);
  });
  const keys = new AccessKeys();
  const { onLog, variables } = options;
  const host = new ProcessHost({
    region,
    endpointUrl: wire.origin,
    accessKeyOf: (roleArn) => keys.keyOf(roleArn),
    ...(onLog && { onLog }),
    ...(variables && { variables }),
  });
  const services = createServices({
    // Timers do not keep the process alive: what is left of them when the endpoint is closed serves nobody.
    world: { clock: new RealClock(false), random: new Random(1), faults: NO_FAULTS, region, account: LOCAL_ACCOUNT },
    queueOrigin: wire.origin,
    host: () => host,
  });
  const stacks: LoadedStack[] = [];
  const close = () => closeAll(stacks, services, host, wire);
  try {
    for (const [name, secret] of options.secrets ?? []) services.secrets.putSecret(name, secret);
    wire.serve({ cloud: services.cloud, principalOf: (key) => keys.principalOf(key), region });
    for (const stack of options.stacks) stacks.push(await load(stack, services, options.environments ?? 2));
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: wire.origin, region, services, stacks, processes: host.running, close };
}

async function load(stack: StackToLoad, services: Services, environments: number): Promise<LoadedStack> {
  const { stackName, templatePath, assetDir } = stack;
  const loaded = await loadTemplate({ template: readTemplate(templatePath), assetDir, stackName, services }).catch(
    (error: unknown) => {
      // A refusal by a model is one by AWS: the template is at fault, and it is told like the loader's own refusals.
      if (!(error instanceof ServiceError)) throw error;
      throw new TemplateError(`${stackName} cannot be deployed: ${error.message} (${error.name})`);
    },
  );
  for (const name of loaded.functionNames) services.lambda.setPlacement(name, { kind: "any", environments });
  return loaded;
}

function readTemplate(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new TemplateError(`${path} is no JSON: synthesize again.`);
    throw error;
  }
}

/** From those who ask to those who answer, so that nobody is left asking. */
async function closeAll(
  stacks: readonly LoadedStack[],
  services: Services,
  host: ProcessHost,
  wire: OpenWireServer,
): Promise<void> {
  for (const stack of stacks) stack.stop();
  services.stop();
  await host.close();
  await wire.close();
}
