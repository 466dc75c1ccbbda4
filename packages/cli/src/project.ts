import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Project, readProject } from "@sluice/dsl";
import { type GatewayFile, PROJECT_FILE, readText, shownPath } from "./files";
import type { Io } from "./io";

/** What all gateways of a repository share, as it was read: the file itself for its findings, and what it says. */
export interface LoadedProject extends GatewayFile {
  readonly project: Project;
}

/**
 * `sluice.yaml` of the repository around the current folder: the nearest one, no further up than where git has its top.
 *
 * @returns undefined where there is none
 * @throws ToolFailure when it cannot be read
 */
export async function loadProject(io: Io): Promise<LoadedProject | undefined> {
  const path = findUp(io.cwd);
  if (path === undefined) return undefined;
  const file = shownPath(path, io);
  const text = await readText(path, io);
  return { file, text, project: readProject(text, file) };
}

function findUp(folder: string): string | undefined {
  const path = join(folder, PROJECT_FILE);
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return existsSync(join(folder, ".git")) || parent === folder ? undefined : findUp(parent);
}
