import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { GatewayPlan } from "@sluice/dsl";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { SynthesisFailure } from "./failures";
import { GatewayStack } from "./gateway-stack";
import { stackNameOf } from "./names";
import { readViolations } from "./violations";

export interface SynthesisInput {
  readonly plans: readonly GatewayPlan[];
  /** Where the assembly goes. What an earlier synthesis left there is replaced, and only as a whole. */
  readonly outdir: string;
  /** Folder of the worker's bundle, with `index.mjs` in it. */
  readonly workerAsset: string;
  /** Whether the templates are checked by CDK against CloudFormation's rules and by cdk-nag; about two seconds. */
  readonly validation: boolean;
  /** Where the stacks are to be deployed; left out: wherever the credentials of whoever deploys them lead. */
  readonly place?: { readonly account?: string; readonly region?: string };
}

/** A cloud assembly, as the CDK's tools and the local mode read it. */
export interface SynthesizedGateways {
  readonly assemblyDir: string;
  /** In the order of the plans. */
  readonly stacks: readonly SynthesizedGateway[];
}

export interface SynthesizedGateway {
  readonly gateway: string;
  readonly environment: string | undefined;
  readonly stackName: string;
  readonly templatePath: string;
  readonly assetManifestPath: string;
}

/**
 * Writes the templates and assets of gateways, a stack each. They appear in `outdir` together, when all are written.
 *
 * @throws SynthesisFailure when the worker's bundle is missing, two gateways would be one stack, a template breaks a
 * rule, or `outdir` holds anything but an earlier synthesis
 */
export function synthGateways({ plans, outdir, workerAsset, validation, place }: SynthesisInput): SynthesizedGateways {
  const target = resolve(outdir);
  refuseSharedNames(plans);
  refuseForeign(target);
  // Beside the target, so that a rename moves it: on another disk it would be a copy, seen half done.
  const draft = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
  mkdirSync(draft, { recursive: true });
  try {
    const stacks = synthInto(draft, { plans, workerAsset, validation, place });
    replace(target, draft);
    return { assemblyDir: target, stacks: stacks.map((placed) => located(placed, target)) };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

interface Placed {
  readonly plan: GatewayPlan;
  readonly stack: GatewayStack;
}

function synthInto(
  folder: string,
  { plans, workerAsset, validation, place }: Omit<SynthesisInput, "outdir">,
): Placed[] {
  const app = new App({
    outdir: folder,
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    context: {
      // Traces would tell where each resource was made in our sources: 300 lines a stack that nobody reads.
      "aws:cdk:disable-creation-stack-traces": true,
      "@aws-cdk/core:validateAgainstDefaultRules": true,
      // The report is read below: CDK would print it, and name a folder that is about to be gone.
      "@aws-cdk/core:failSynthOnValidationErrors": false,
    },
  });
  if (validation) Validations.of(app).addPlugins(new AwsSolutionsChecks());
  const stacks = plans.map((plan) => ({
    plan,
    stack: new GatewayStack(app, stackNameOf(plan.name, plan.environment, plan.naming), {
      plan,
      workerAsset,
      env: place,
    }),
  }));
  withDefaultValidation(validation, () => app.synth());
  if (validation) refuseViolations(readViolations(folder));
  return stacks;
}

/** CDK's own validator, which it makes once a process and at a price, can be turned on and off by a variable only. */
function withDefaultValidation(isOn: boolean, synth: () => void): void {
  const before = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = String(isOn);
  try {
    synth();
  } finally {
    if (before === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = before;
  }
}

function refuseViolations(violations: readonly string[]): void {
  if (violations.length === 0) return;
  throw new SynthesisFailure(
    ["The templates break rules of CloudFormation or cdk-nag, so none was written:", ...violations].join("\n  "),
  );
}

function refuseSharedNames(plans: readonly GatewayPlan[]): void {
  const seen = new Map<string, GatewayPlan>();
  for (const plan of plans) {
    const stackName = stackNameOf(plan.name, plan.environment, plan.naming);
    const other = seen.get(stackName);
    if (other !== undefined)
      throw new SynthesisFailure(
        `Two gateways would be one stack, ${stackName}: ${called(other)} and ${called(plan)}. Rename one of them.`,
      );
    seen.set(stackName, plan);
  }
}

const called = ({ name, environment }: GatewayPlan): string =>
  environment === undefined ? name : `${name} in the environment ${environment}`;

/** What a folder of an earlier synthesis has in it. */
const ASSEMBLY_MARK = "manifest.json";

/** Only what a synthesis wrote is replaced: a mistyped folder keeps its files. */
function refuseForeign(target: string): void {
  if (!existsSync(target)) return;
  const entries = filesIn(target);
  if (entries.length > 0 && !entries.includes(ASSEMBLY_MARK))
    throw new SynthesisFailure(
      `${target} holds other files than an earlier synthesis, and all of it would be replaced. Choose another folder, or empty it.`,
    );
}

function filesIn(target: string): string[] {
  if (statSync(target).isDirectory()) return readdirSync(target);
  throw new SynthesisFailure(`${target} is a file where a folder is expected. Choose another folder.`);
}

/** The earlier synthesis steps aside, and comes back when the new one cannot take its place. */
function replace(target: string, draft: string): void {
  const aside = `${draft}-before`;
  const hadBefore = existsSync(target);
  if (hadBefore) renameSync(target, aside);
  try {
    renameSync(draft, target);
  } catch (error) {
    if (hadBefore) renameSync(aside, target);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function located({ plan, stack }: Placed, assemblyDir: string): SynthesizedGateway {
  return {
    gateway: plan.name,
    environment: plan.environment,
    stackName: stack.stackName,
    templatePath: join(assemblyDir, stack.templateFile),
    assetManifestPath: join(assemblyDir, `${stack.artifactId}.assets.json`),
  };
}
