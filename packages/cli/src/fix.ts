import { randomUUID } from "node:crypto";
import { access, chmod, constants, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Fixed, fixGateway, fixProject, type Project, readProject } from "@sluice/dsl";
import { ToolFailure } from "./failures";
import { type GatewayFile, readText } from "./files";
import { Interrupted, listening } from "./interrupt";
import type { Io } from "./io";
import type { LoadedProject } from "./project";

/** What is linted: gateway files, and what they share. */
export interface Sources {
  readonly shared: LoadedProject | undefined;
  readonly files: readonly GatewayFile[];
}

/** The same after everything in them was mended that can be mended for certain. */
export interface FixedSources extends Sources {
  /** How many findings were mended. */
  readonly fixes: number;
  /** In how many files. */
  readonly changed: number;
}

/**
 * Mends the files on the disk, each whole or not at all: what they share first, since it decides what is wrong in them.
 *
 * @throws Interrupted between two of them
 */
export async function fixFiles(
  { shared, files }: Sources,
  environment: string | undefined,
  io: Io,
): Promise<FixedSources> {
  const { mended: project, fixes } = mendProject(shared, files, environment);
  const mended = await listening(mendInSteps(files, environment, project?.project), io.interrupt);
  const changed = [
    ...(shared && project && project.text !== shared.text ? [{ before: shared, text: project.text }] : []),
    ...mended.filter(({ before, text }) => text !== before.text),
  ];
  for (const { before, text } of changed) {
    if (io.interrupt.aborted) throw new Interrupted("interrupted");
    await replaceFile(before, text, io);
  }
  return {
    shared: project,
    files: mended.map(({ before, text }) => ({ file: before.file, text })),
    fixes: mended.reduce((sum, one) => sum + one.fixes, fixes),
    changed: changed.length,
  };
}

function mendProject(
  shared: LoadedProject | undefined,
  files: readonly GatewayFile[],
  environment: string | undefined,
): { readonly mended: LoadedProject | undefined; readonly fixes: number } {
  if (shared === undefined) return { mended: undefined, fixes: 0 };
  const { text, fixes } = fixProject(shared, files, { environment });
  return { mended: fixes === 0 ? shared : { ...shared, text, project: readProject(text, shared.file) }, fixes };
}

function* mendInSteps(
  files: readonly GatewayFile[],
  environment: string | undefined,
  project: Project | undefined,
): Generator<undefined, Mended[]> {
  const mended: Mended[] = [];
  for (const file of files) {
    mended.push({ before: file, ...fixGateway(file, { environment, project }) });
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
