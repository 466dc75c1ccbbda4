import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayPlan, type GatewaySpec, type Json, lintGateways, planGateway, us } from "@sluice/dsl";
import { synthGateways } from "@sluice/infra";

/** A synthesized gateway, from which any number of worlds can be made. */
export interface Deployment {
  /** What the file says, its defaults filled. */
  readonly file: GatewaySpec;
  readonly plan: GatewayPlan;
  readonly template: Json;
  readonly assetDir: string;
  readonly stackName: string;
  /** Deletes what lies on the disk. */
  remove(): void;
}

/**
 * Plans a gateway as the product does, but with turns so many times shorter where they still hold an interval: a run is
 * minutes long, and many turns must end in it.
 */
export function planOf(file: GatewaySpec, timesShorter = 2): GatewayPlan {
  const plan = planGateway(file);
  if (plan.dispatch.kind !== "doorbell") return plan;
  const turnUs = us(Math.floor(plan.dispatch.turn.lengthUs / timesShorter));
  return turnUs > plan.limit.intervalUs ? planGateway(file, { turnUs }) : plan;
}

/**
 * What a gateway file says, its defaults filled.
 *
 * @param text a gateway file
 * @throws Error when the file has a finding that is an error
 */
export function readGateway(text: string): GatewaySpec {
  const { specs, findings } = lintGateways([{ file: "swarm.yaml", text }]);
  const [linted] = specs;
  if (linted === undefined || findings.some(({ severity }) => severity === "error")) {
    throw new Error(`the gateway file does not lint:\n${JSON.stringify(findings, null, 2)}`);
  }
  return linted.spec;
}

/**
 * Lints, plans and synthesizes a gateway as the product does, into a temporary folder.
 *
 * @param text a gateway file
 * @param timesShorter see {@link planOf}
 * @throws Error when the file has a finding that is an error
 */
export function deploy(text: string, timesShorter?: number): Deployment {
  const file = readGateway(text);
  const plan = planOf(file, timesShorter);
  const folder = mkdtempSync(join(tmpdir(), "sluice-swarm-"));
  const worker = join(folder, "worker");
  mkdirSync(worker);
  // In virtual time the core runs in this process; the asset only has to be there.
  writeFileSync(join(worker, "index.mjs"), "export {};\n");
  const outdir = join(folder, "cdk.out");
  const { stacks } = synthGateways({ plans: [plan], outdir, workerAsset: worker, validation: false });
  const [stack] = stacks;
  if (stack === undefined) throw new Error("nothing was synthesized");
  const template: Json = JSON.parse(readFileSync(stack.templatePath, "utf8"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { file, plan, template, assetDir: outdir, stackName: stack.stackName, remove };
}
