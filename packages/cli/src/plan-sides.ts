import {
  diffPlans,
  environmentsOf,
  type Finding,
  type GatewayPlan,
  lintInSteps,
  type Project,
  parseGateway,
  plansOf,
  positionOf,
  sharedEnvironments,
} from "@sluice/dsl";
import type { BothSides } from "./both-sides";
import { ToolFailure } from "./failures";
import type { GatewayFile } from "./files";
import type { PlanReport, UnreadableBase } from "./print/plan-report";

/** What all gateways share, here and at the base. */
export interface ProjectSides {
  readonly before?: Project;
  readonly after?: Project;
}

/** What both sides make, or what is wrong on this one. */
export type Planned =
  | { readonly errors: readonly Finding[] }
  | { readonly errors?: undefined; readonly report: Omit<PlanReport, "base"> };

/**
 * Plans both sides and compares them. Only files that differ are parsed, and those of the others that speak of the same
 * host or the same name.
 *
 * Pauses after each file that it looks at.
 *
 * @param environment only this one; undefined: the files themselves and all their environments
 * @throws ToolFailure when no file has the environment
 */
export function* planSides(
  { before, after, unchanged, unreadable }: BothSides,
  environment: string | undefined,
  projects: ProjectSides = {},
): Generator<undefined, Planned> {
  const own = yield* errorsIn(after, after, projects.after);
  if (own.length > 0) return { errors: own };
  const plans = yield* plansByFile(after, projects.after);
  const neighbours = neighboursOf([...plans.values()].flat(), unchanged);
  const shared = neighbours.length > 0 ? yield* errorsIn([...after, ...neighbours], after, projects.after) : [];
  if (shared.length > 0) return { errors: shared };
  if (environment !== undefined) refuseUnknown(environment, [...before, ...after, ...unchanged], projects);
  const old = yield* plansOfBase(before, projects.before);
  const onBothSides = [...(yield* plansByFile(neighbours, projects.after)).values()].flat();
  const asked = (made: readonly GatewayPlan[]) =>
    [...made, ...onBothSides].filter((plan) => environment === undefined || plan.environment === environment);
  const diff = diffPlans(asked(old.plans), asked([...plans.values()].flat()));
  const changed = new Set(diff.gateways.flatMap(({ gateway, previously }) => [gateway, previously]));
  const withoutEffect = [...plans]
    .filter(([, made]) => made.every(({ name }) => !changed.has(name)))
    .map(([file]) => file);
  const lost = [...unreadable, ...old.unreadable];
  return { report: { diff, withoutEffect, unreadable: lost, unchangedFiles: unchanged.length } };
}

/** Errors of some files, found with all of them at hand. */
function* errorsIn(
  all: readonly GatewayFile[],
  asked: readonly GatewayFile[],
  project: Project | undefined,
): Generator<undefined, Finding[]> {
  const names = new Set([...asked.map(({ file }) => file), project?.document.file]);
  const { findings } = yield* lintInSteps(all, { project });
  return findings.filter(({ file, severity }) => severity === "error" && names.has(file));
}

function* plansByFile(
  files: readonly GatewayFile[],
  project: Project | undefined,
): Generator<undefined, ReadonlyMap<string, GatewayPlan[]>> {
  const plans = new Map<string, GatewayPlan[]>();
  for (const { file, text } of files) {
    plans.set(file, plansOf(parseGateway(text, file), project));
    yield;
  }
  return plans;
}

/** Unchanged files that hold a host or a name of the changed ones: a look at the text is enough to leave out the rest. */
function neighboursOf(plans: readonly GatewayPlan[], unchanged: readonly GatewayFile[]): GatewayFile[] {
  const hosts = new Set(plans.map(({ endpoint }) => new URL(endpoint.url).host));
  const names = new Set(plans.map(({ name }) => name));
  return unchanged.filter(
    ({ text }) => [...hosts].some((host) => text.includes(host)) || [...namesIn(text)].some((name) => names.has(name)),
  );
}

/** Every `name:` of a text; those of tiers too, which does no harm. */
function* namesIn(text: string): Generator<string> {
  for (const [, name] of text.matchAll(/\bname["']?\s*:\s*["']?([a-z0-9-]+)/g)) if (name !== undefined) yield name;
}

/** Each file by itself: what was wrong at the base stops nobody from mending it. */
function* plansOfBase(
  files: readonly GatewayFile[],
  project: Project | undefined,
): Generator<undefined, { plans: GatewayPlan[]; unreadable: UnreadableBase[] }> {
  const plans: GatewayPlan[] = [];
  const unreadable: UnreadableBase[] = [];
  for (const file of files) {
    const [error] = yield* errorsIn([file], [file], project);
    if (error === undefined) plans.push(...plansOf(parseGateway(file.text, file.file), project));
    else unreadable.push({ file: file.file, reason: reasonOf(error, [file, project?.document]) });
  }
  return { plans, unreadable };
}

function reasonOf({ file, range, message, name }: Finding, sources: readonly (GatewayFile | undefined)[]): string {
  const text = sources.find((source) => source?.file === file)?.text ?? "";
  const where = file === sources[0]?.file ? "Line" : `${file}, line`;
  return `${where} ${positionOf(text, range[0]).line}, ${name}: ${message}`;
}

function refuseUnknown(environment: string, files: readonly GatewayFile[], { before, after }: ProjectSides): void {
  const own = files.flatMap(({ file, text }) => environmentsOf(parseGateway(text, file)));
  const names = new Set([...own, ...sharedEnvironments(before), ...sharedEnvironments(after)]);
  if (names.has(environment)) return;
  const known = names.size === 0 ? "None has any." : `There are: ${[...names].sort().join(", ")}.`;
  throw new ToolFailure(`No gateway file has an environment ${environment}. ${known}`);
}
