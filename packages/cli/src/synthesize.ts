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
  /** Where they are to be deployed, as sluice.yaml says of the environment. */
  readonly place?: { readonly account?: string; readonly region?: string };
}

/** Writes the plans' stacks. The CDK is loaded only here: it takes longer than most commands do altogether. */
export async function synthesize(
  plans: readonly GatewayPlan[],
  { out, validation, place }: SynthesizeOptions,
): Promise<SynthesizedStack[]> {
  const { synthGateways } = await import("@sluice/infra");
  const { assemblyDir, stacks } = synthGateways({
    plans,
    outdir: out,
    workerAsset: WORKER_FOLDER,
    validation,
    place,
  });
  return stacks.map(({ gateway, stackName, templatePath }) => ({
    gateway,
    stackName,
    templatePath,
    assetDir: assemblyDir,
  }));
}
