import type { Finding } from "./findings";
import { isMap, valueAt } from "./merge-patch";
import type { GatewayDocument } from "./parse";
import type { ProjectFile } from "./schema/project-file";

/** `sluice.yaml`, read: what all gateways of a repository share. */
export interface Project {
  readonly document: GatewayDocument;
  /** What it says; undefined while something in it is wrong. */
  readonly settings: ProjectFile | undefined;
  /** What is wrong in the file itself. What is wrong in its `defaults` is found with the gateways that they go into. */
  readonly findings: readonly Finding[];
}

/** The names of the environments that a project declares for all its gateways. */
export function sharedEnvironments(project: Project | undefined): string[] {
  const environments = valueAt(project?.document.value, ["environments"]);
  return Object.keys(isMap(environments) ? environments : {});
}
