import type { GatewayPlan } from "@sluice/dsl";
import { WORKER_FOLDER } from "@sluice/runtime";

/** A gateway's stack, written out. */
export interface SynthesizedStack {
  readonly gateway: string;
  readonly stackName: string;
  readonly templatePath: string;
  /** The cloud assembly's folder. */
  readonly assetDir: string;
}

export interface SynthesizeOptions {
  readonly out: string;
  /** Whether CDK checks the templates itself. */
  readonly validation: boolean;
}

/** Writes the plans' stacks. The CDK is loaded only here: it takes longer than most commands do altogether. */
export async function synthesize(
  plans: readonly GatewayPlan[],
  { out, validation }: SynthesizeOptions,
): Promise<SynthesizedStack[]> {
  const { synthGateways } = await import("@sluice/infra");
  const { assemblyDir, stacks } = synthGateways({ plans, outdir: out, workerAsset: WORKER_FOLDER, validation });
  return stacks.map(({ gateway, stackName, templatePath }) => ({
    gateway,
    stackName,
    templatePath,
    assetDir: assemblyDir,
  }));
}
