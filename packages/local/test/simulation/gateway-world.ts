import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayPlan, type GatewaySpec, type Json, lintGateways, planGateway } from "@sluice/dsl";
import { synthGateways } from "@sluice/infra";
import { type Simulation, type SimulationOptions, simulate } from "../../src/simulation";

/** A gateway file as a test needs it: one operation that may be repeated, one that may not. */
const FILE = (name: string, rateLimit: string, more: string) => `version: 1
name: ${name}
rateLimit: ${rateLimit}
endpoint: { adapter: http, url: "http://127.0.0.1:1" }
operations:
  read: { method: GET, path: "/read" }
  order: { method: POST, path: "/orders" }
${more}
`;

/** A synthesized gateway, from which any number of worlds can be made. */
export interface Synthesized {
  readonly plan: GatewayPlan;
  readonly template: { Resources: Record<string, Resource> };
  readonly assetDir: string;
  readonly stackName: string;
}

export interface Resource {
  Type: string;
  Properties: Record<string, Json>;
  [key: string]: Json | Record<string, Json>;
}

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * Lints, plans and synthesizes a gateway as the product does.
 *
 * @param change of the specification, after it was linted
 */
export async function synthesize(
  rateLimit = "10/s",
  more = "",
  change: Partial<GatewaySpec> = {},
): Promise<Synthesized> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-simulation-"));
  folders.push(folder);
  const worker = join(folder, "worker");
  const { mkdirSync } = await import("node:fs");
  mkdirSync(worker);
  // In virtual time the core runs in this process; the asset only has to be there.
  writeFileSync(join(worker, "index.mjs"), "export {};\n");
  const { specs, findings } = lintGateways([{ file: "register.yaml", text: FILE("register", rateLimit, more) }]);
  if (findings.some(({ severity }) => severity === "error")) throw new Error(JSON.stringify(findings, null, 2));
  const [linted] = specs;
  if (linted === undefined) throw new Error("the gateway file gave no specification");
  const plan = planGateway({ ...linted.spec, ...change });
  const outdir = join(folder, "cdk.out");
  const { stacks } = await synthGateways({ plans: [plan], outdir, workerAsset: worker, validation: false });
  const [stack] = stacks;
  if (stack === undefined) throw new Error("nothing was synthesized");
  const template = JSON.parse(readFileSync(stack.templatePath, "utf8"));
  return { plan, template, assetDir: outdir, stackName: stack.stackName };
}

/** A world with that gateway. */
export function worldOf(
  { plan, template, assetDir, stackName }: Synthesized,
  options: Partial<SimulationOptions> = {},
): Promise<Simulation> {
  return simulate({ plan, template: template as unknown as Json, assetDir, stackName, seed: 1, ...options });
}

/** Most calls at the target in any half-open window of the gateway's limit. */
export function mostInWindow({ plan }: Synthesized, world: Simulation): number {
  const windowUs = plan.limit.rate?.windowUs ?? 0;
  const times = world.target.arrivals.map(({ atUs }) => atUs as number);
  let most = 0;
  let first = 0;
  for (let last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= windowUs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
