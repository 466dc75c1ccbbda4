import { randomUUID } from "node:crypto";
import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isSystemError, ToolFailure } from "./failures";

/**
 * Writes a new file and the folders above it.
 *
 * @param force whether a file that is there may be replaced
 * @throws ToolFailure when there is one and it may not
 */
export async function writeNewFile(file: string, text: string, cwd: string, force: boolean): Promise<void> {
  const path = resolve(cwd, file);
  await mkdir(dirname(path), { recursive: true });
  const old = force ? await stat(path).catch(() => undefined) : undefined;
  if (old?.isDirectory()) throw new ToolFailure(`${file} is a folder. Name a file with --out.`);
  // A device or a pipe is written to, not replaced.
  if (old?.isFile()) return replaceWhole(path, text);
  // Asked of the file system in the same step, so that a file made in between is not lost.
  await writeFile(path, text, { flag: force ? "w" : "wx" }).catch(async (error: unknown) => {
    if (!isSystemError(error) || error.code !== "EEXIST") throw error;
    throw new ToolFailure(
      `${file} exists and was left as it is. Replace it with --force, or choose another one with --out.`,
    );
  });
}

/**
 * Writes beside a file and then in its place: when the disk is full or the command is killed, it is as it was. Links stay
 * links, and the permissions what they were.
 *
 * @param isStill throws where the file should not be replaced after all
 */
export async function replaceWhole(path: string, text: string, isStill?: () => Promise<void>): Promise<void> {
  const target = await realpath(path);
  const { mode } = await stat(target);
  const draft = `${target}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: "wx" });
    await chmod(draft, mode);
    await isStill?.();
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Refuses a file that could not be written at the end of long work, before the work begins.
 *
 * @param option that names the file, as typed
 */
export async function ensureWritable(file: string, option: string, cwd: string): Promise<void> {
  const path = resolve(cwd, file);
  const old = await stat(path).catch(() => undefined);
  if (old?.isDirectory()) throw new ToolFailure(`${option} ${file} is a folder. Name a file.`);
  if (old !== undefined && !old.isFile()) return;
  // Tried, not asked: what a file system allows, only it knows.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, "", { flag: "wx" }).catch((error: unknown) => {
    throw notWritable(error, file, option);
  });
  await rm(draft);
}

function notWritable(error: unknown, file: string, option: string): unknown {
  if (!isSystemError(error)) return error;
  const folder = dirname(file);
  switch (error.code) {
    case "ENOENT":
      return new ToolFailure(`${option} ${file} cannot be written: there is no folder ${folder}. Make it first.`);
    case "ENOTDIR":
      return new ToolFailure(`${option} ${file} cannot be written: ${folder} is a file, not a folder.`);
    case "EACCES":
    case "EPERM":
      return new ToolFailure(`${option} ${file} cannot be written: you may not write in the folder ${folder}.`);
    case "ENAMETOOLONG":
      return new ToolFailure(`${option} ${file} cannot be written: the name is too long.`);
    default:
      return error;
  }
}

/** All of it or nothing: a page that is cut off would look like a whole one. A device or a pipe is written to. */
export async function writeWhole(file: string, text: string, cwd: string): Promise<void> {
  const path = resolve(cwd, file);
  const old = await stat(path).catch(() => undefined);
  if (old?.isFile()) return replaceWhole(path, text);
  if (old !== undefined) return writeFile(path, text);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: "wx" });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
