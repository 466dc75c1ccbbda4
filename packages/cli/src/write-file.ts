import { mkdir, writeFile } from "node:fs/promises";
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
  try {
    // Asked of the file system in the same step, so that a file made in between is not lost.
    await writeFile(path, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "EISDIR") throw new ToolFailure(`${file} is a folder. Name a file with --out.`);
    if (error.code !== "EEXIST") throw error;
    throw new ToolFailure(
      `${file} exists and was left as it is. Replace it with --force, or choose another one with --out.`,
    );
  }
}
