import { randomUUID } from "node:crypto";
import { access, chmod, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Fixed, fixGateway } from "@sluice/dsl";
import { ToolFailure } from "./failures";
import { type GatewayFile, readText } from "./files";
import { Interrupted, listening } from "./interrupt";
import type { Io } from "./io";

/** Files after everything in them was mended that can be mended for certain. */
export interface FixedFiles {
  readonly files: readonly GatewayFile[];
  /** How many findings were mended. */
  readonly fixes: number;
  /** In how many files. */
  readonly changed: number;
}

/** Mends the files on the disk, each whole or not at all. @throws Interrupted between two of them */
export async function fixFiles(files: readonly GatewayFile[], io: Io): Promise<FixedFiles> {
  const mended = await listening(mendInSteps(files), io.interrupt);
  const changed = mended.filter(({ before, text }) => text !== before.text);
  for (const { before, text } of changed) {
    if (io.interrupt.aborted) throw new Interrupted("interrupted");
    await replaceFile(before, text, io);
  }
  return {
    files: mended.map(({ before, text }) => ({ file: before.file, text })),
    fixes: mended.reduce((sum, { fixes }) => sum + fixes, 0),
    changed: changed.length,
  };
}

function* mendInSteps(files: readonly GatewayFile[]): Generator<undefined, Mended[]> {
  const mended: Mended[] = [];
  for (const file of files) {
    mended.push({ before: file, ...fixGateway(file) });
    yield;
  }
  return mended;
}

interface Mended extends Fixed {
  readonly before: GatewayFile;
}

/**
 * Beside it and then in its place: a crash in between leaves the file as it was. Links stay links.
 *
 * @throws ToolFailure when the file may not be written, or is another one than was read
 */
async function replaceFile({ file, text: before }: GatewayFile, text: string, io: Io): Promise<void> {
  const target = await realpath(resolve(io.cwd, file));
  await access(target, constants.W_OK).catch(() => {
    throw new ToolFailure(`The file ${file} may not be written by you, and was left as it is.`);
  });
  const { mode } = await stat(target);
  const draft = `${target}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { flag: "wx" });
    await chmod(draft, mode);
    if ((await readText(target, io)) !== before)
      throw new ToolFailure(
        `The file ${file} was changed by somebody else just now, and was left as it is. Run it again.`,
      );
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}
