import { join, relative } from "node:path";
import {
  type DispatchPlan,
  type GatewayDocument,
  type GatewayPlan,
  type Json,
  lintGateways,
  planGateway,
  resolveSpec,
  showDuration,
} from "@sluice/dsl";
import { type LocalWorld, type StrictTarget, startLocalWorld } from "@sluice/local";
import type { Cleanup } from "../cleanup";
import { ToolFailure } from "../failures";
import { readText } from "../files";
import { pause } from "../interrupt";
import { type Io, lookOf, printLine } from "../io";
import { renderLint } from "../print/lint-pretty";
import { renderTable } from "../print/table";
import { plural } from "../print/words";
import { madeUpSecrets } from "../secrets";
import { startStandIn } from "../stand-ins";
import { synthesize } from "../synthesize";
import { SAMPLES, SAMPLES_FOLDER, type Sample } from "./samples";
import { limitText, scaleLimit } from "./scale";
import type { Screen } from "./screen";

/** A sample gateway that runs, with a target of its own and another one for the naive limiter. */
export interface Stage {
  readonly sample: Sample;
  readonly plan: GatewayPlan;
  readonly target: StrictTarget;
  readonly naiveTarget: StrictTarget;
  /** What the deployment named it. */
  readonly stateMachineArn: string;
  readonly functionName: string;
}

export interface Stages {
  readonly world: LocalWorld;
  readonly stages: readonly Stage[];
}

export interface Surroundings {
  /** Everything that is written goes there. */
  readonly folder: string;
  readonly seed: number;
  readonly dispatch: DispatchPlan["kind"];
  readonly io: Io;
  readonly screen: Screen;
  readonly cleanup: Cleanup;
}

/** Answers come within it, so that calls that a killed worker leaves behind come back within the run. */
const RESPONSE_TIMEOUT = "3s";

/** Lints, plans, synthesizes and starts; undefined when the samples do not lint. */
export async function prepareStages(surroundings: Surroundings): Promise<Stages | undefined> {
  const documents = await lintSamples(surroundings);
  if (documents === undefined) return undefined;
  const planned = await planSamples(documents, surroundings);
  const { world, stackNames } = await startWorld(planned, surroundings);
  const stages = planned.map(({ sample, plan, target, naiveTarget }) => {
    const stack = world.stacks.find(({ name }) => name === stackNames.get(plan.name));
    const functionName = stack?.functionNames[0];
    if (stack === undefined || functionName === undefined) throw new Error(`no stack of ${plan.name} was loaded`);
    return { sample, plan, target, naiveTarget, stateMachineArn: stack.stateMachineArn, functionName };
  });
  return { world, stages };
}

async function lintSamples({ io, screen }: Surroundings): Promise<ReadonlyMap<string, GatewayDocument> | undefined> {
  screen.title("Lint");
  const files = await Promise.all(
    SAMPLES.map(async ({ file }) => {
      const path = relative(io.cwd, join(SAMPLES_FOLDER, file)) || file;
      return { file: path, text: await readText(join(SAMPLES_FOLDER, file), io) };
    }),
  );
  const { findings, specs } = lintGateways(files);
  const hasErrors = findings.some(({ severity }) => severity === "error");
  if (hasErrors) printLine(io.stderr, renderLint(files, findings, lookOf(io.stderr, io)));
  else screen.say(renderLint(files, findings, lookOf(io.stdout, io)));
  if (hasErrors) return undefined;
  return new Map(specs.map(({ file, document }, index) => [SAMPLES[index]?.file ?? file, document]));
}

interface Planned {
  readonly sample: Sample;
  readonly plan: GatewayPlan;
  readonly target: StrictTarget;
  readonly naiveTarget: StrictTarget;
}

async function planSamples(
  documents: ReadonlyMap<string, GatewayDocument>,
  { seed, dispatch, screen, cleanup }: Surroundings,
): Promise<Planned[]> {
  screen.title("Plan");
  const planned: Planned[] = [];
  const rows: string[][] = [];
  for (const sample of SAMPLES) {
    const document = documents.get(sample.file);
    if (document === undefined) throw new Error(`${sample.file} was not linted`);
    const deployed = planOf(document, { worker: { dispatch } });
    const scaled = { ...scaledPatch(deployed), worker: { dispatch } };
    const judged = planOf(document, scaled);
    const target = await startStandIn(judged, seed);
    cleanup.add(() => target.close());
    const naiveTarget = await startStandIn(judged, seed);
    cleanup.add(() => naiveTarget.close());
    const plan = planOf(document, { ...scaled, endpoint: { url: target.url } });
    planned.push({ sample, plan, target, naiveTarget });
    rows.push([
      plan.name,
      deployed.limit.rate?.text ?? "",
      plan.limit.rate?.text ?? "",
      showDuration(plan.limit.jitterUs),
      showDuration(plan.limit.intervalUs),
      ...(plan.dispatch.kind === "deferral" ? [String(plan.dispatch.slots)] : []),
    ]);
  }
  const slots = dispatch === "deferral" ? ["slots"] : [];
  const head = ["gateway", "limit", "here", "jitter", "one call every", ...slots];
  screen.say(renderTable({ head, rows }, screen.colors));
  screen.say(
    "Windows are shorter here, at the same rate, so that they fill several times. The jitter is the default, not tuned.",
  );
  return planned;
}

/** What the demo changes in a file, and all that it changes beside the endpoint's address. */
function scaledPatch(plan: GatewayPlan): { [key: string]: Json } {
  const { rate } = plan.limit;
  if (rate === undefined) throw new Error(`${plan.name} has no rateLimit`);
  return { rateLimit: limitText(scaleLimit(rate)), timeouts: { response: RESPONSE_TIMEOUT } };
}

function planOf(document: GatewayDocument, patch: Json): GatewayPlan {
  const { spec, findings } = resolveSpec(document, { patch });
  if (spec === undefined)
    throw new ToolFailure(`${document.file} does not fit the demo: ${findings[0]?.message ?? "it does not lint"}`);
  return planGateway(spec);
}

interface Started {
  readonly world: LocalWorld;
  /** By gateway. */
  readonly stackNames: ReadonlyMap<string, string>;
}

async function startWorld(
  planned: readonly Planned[],
  { folder, io, screen, cleanup }: Surroundings,
): Promise<Started> {
  screen.title("Synthesize");
  screen.progress("synthesizing …");
  const plans = planned.map(({ plan }) => plan);
  // CDK's own validation of the templates takes two seconds a stack; the build does it.
  const stacks = await synthesize(plans, { out: join(folder, "cdk.out"), validation: false });
  await pause(0, io.interrupt);
  const world = await startLocalWorld({ stacks, port: 0, secrets: madeUpSecrets(plans, new Map()) });
  cleanup.add(() => world.close());
  screen.say(
    `${plural(stacks.length, "stack")}, as they would be deployed: ${stacks.map(({ stackName }) => stackName).join(", ")}.`,
  );
  screen.say(`They run behind ${world.endpoint}, each worker in processes of its own; secrets are made up.`);
  return { world, stackNames: new Map(stacks.map(({ gateway, stackName }) => [gateway, stackName])) };
}
