import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type Project, readProject } from "@sluice/dsl";
import { isSystemError, ToolFailure } from "./failures";
import { decoded, type GatewayFile, isGatewayFileName, notUtf8, PROJECT_FILE, readText, yamlFilesIn } from "./files";
import { type Asker, type Base, entriesAt, type Repository, readContents, type TreeEntry } from "./git";
import type { Io } from "./io";
import type { UnreadableBase } from "./print/plan-report";
import { loadProject } from "./project";

/** The gateway files here and at the base, as far as they differ. */
export interface BothSides {
  /** Those at the base that are not here, or not the same. */
  readonly before: readonly GatewayFile[];
  /** Those here that are not at the base, or not the same. */
  readonly after: readonly GatewayFile[];
  /** The same on both sides. */
  readonly unchanged: readonly GatewayFile[];
  /** Those at the base whose bytes are no text. */
  readonly unreadable: readonly UnreadableBase[];
}

/**
 * Reads both sides of files and folders. What is the same is known by its object's id and not read at the base.
 *
 * @param typed paths as typed, each of which may be missing on one side; none: `gateways/`
 * @throws ToolFailure when a path is on neither side, or outside of the repository
 */
export async function readBothSides(
  typed: readonly string[],
  base: Base,
  repository: Repository,
  io: Io,
): Promise<BothSides> {
  const paths = [...new Set(typed.length > 0 ? typed : ["gateways"])];
  const places = await Promise.all(paths.map((path) => placeOf(path, repository, io)));
  const entries = await entriesAt(
    base.commit,
    places.map(({ inRepository }) => inRepository),
    repository,
    io,
  );
  const there = baseFiles(places, entries, repository.asker);
  const missing = places.find(({ here, inRepository }) => here.length === 0 && !isAtBase(inRepository, there));
  if (missing !== undefined) throw onNeitherSide(missing.path, typed.length === 0, base);
  const here = await readHere(places, io);
  return compare(here, there, { base, repository, io });
}

/** `sluice.yaml` here and at the base, and whether it says the same. */
export interface BothProjects {
  readonly before?: Project;
  readonly after?: Project;
  readonly isSame: boolean;
  /** Why nothing at the base can be read: the file was there, and its bytes are no text. */
  readonly unreadable?: string;
}

/** Reads what all gateways share on both sides: the file around the current folder, or the one that was there. */
export async function readProjects(base: Base, repository: Repository, io: Io): Promise<BothProjects> {
  const here = await loadProject(io);
  const file = here?.file ?? PROJECT_FILE;
  const { inRepository } = await placeOf(here?.file ?? join(repository.root, PROJECT_FILE), repository, io);
  const entries = await entriesAt(base.commit, [inRepository], repository, io);
  const entry = entries.find(({ path, kind }) => path === inRepository && kind !== "submodule" && kind !== "folder");
  const [bytes] = entry === undefined ? [] : await readContents(base.commit, [entry], repository, io);
  const text = bytes && decoded(bytes);
  return {
    ...(bytes !== undefined && text === undefined ? { unreadable: notUtf8(file) } : {}),
    ...(text === undefined ? {} : { before: readProject(text, file) }),
    ...(here === undefined ? {} : { after: here.project }),
    isSame: text === here?.text,
  };
}

/**
 * The sides as `sluice.yaml` makes them: another one under the gateways can change each of them, and one that could not be
 * read leaves nothing to compare with.
 */
export function underProjects(sides: BothSides, { isSame, unreadable: reason }: BothProjects): BothSides {
  if (isSame) return sides;
  const before = [...sides.before, ...sides.unchanged];
  const after = [...sides.after, ...sides.unchanged];
  if (reason === undefined) return { ...sides, before, after, unchanged: [] };
  const lost = before.map(({ file }) => ({ file, reason }));
  return { before: [], after, unchanged: [], unreadable: [...sides.unreadable, ...lost] };
}

/** A path that was typed. */
interface Place {
  readonly path: string;
  /** From the top folder of the work tree, with slashes. */
  readonly inRepository: string;
  /** The gateway files that it names here: itself, or what is in it. */
  readonly here: readonly string[];
}

async function placeOf(path: string, { asker, root }: Repository, io: Io): Promise<Place> {
  const [real, top] = await Promise.all([withoutLinks(resolve(io.cwd, path)), realpath(root)]);
  const inside = relative(top, real);
  if (inside === ".." || inside.startsWith(`..${sep}`))
    throw new ToolFailure(
      `${path} lies outside of the git repository ${top}, which ${asker.option} reads. Run ${asker.command} in the repository that holds it.`,
    );
  return { path, inRepository: inside.split(sep).join("/"), here: await filesHere(path, io) };
}

/** A place as git names it: without links on the way to it, a folder also without being one; a file may be a link. */
async function withoutLinks(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    return (await stat(real)).isDirectory() ? real : join(await realpath(dirname(path)), basename(path));
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return join(await withoutLinks(dirname(path)), basename(path));
  }
}

const isMissing = (error: unknown): boolean =>
  isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");

async function filesHere(path: string, io: Io): Promise<string[]> {
  try {
    return await yamlFilesIn(path, io);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "ENOTDIR") return [path];
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

/** The gateway files at the base, by the paths that name them here. */
type BaseFiles = ReadonlyMap<string, TreeEntry>;

function baseFiles(places: readonly Place[], entries: readonly TreeEntry[], asker: Asker): BaseFiles {
  const files = new Map<string, TreeEntry>();
  for (const { path, inRepository } of places) {
    for (const entry of entries) {
      const isItself = entry.path === inRepository;
      const isInIt = folderOf(entry.path) === inRepository && isGatewayFileName(basename(entry.path));
      if (isItself && entry.kind === "submodule") throw isSubmodule(path, asker);
      if (entry.kind !== "file" && entry.kind !== "link") continue;
      if (isItself) files.set(path, entry);
      else if (isInIt) files.set(join(path, basename(entry.path)), entry);
    }
  }
  return files;
}

const folderOf = (path: string): string => (path.includes("/") ? dirname(path) : "");

const isAtBase = (inRepository: string, there: BaseFiles): boolean =>
  [...there.values()].some(({ path }) => path === inRepository || folderOf(path) === inRepository);

const isSubmodule = (path: string, { command }: Asker): ToolFailure =>
  new ToolFailure(`${path} is a submodule, a repository of its own. Run ${command} inside of it.`);

function onNeitherSide(path: string, isDefault: boolean, { ref }: Base): ToolFailure {
  if (isDefault)
    return new ToolFailure(
      `No gateway files found: there is no .yaml or .yml file in gateways/, neither here nor at ${ref}. Name the files, or change to the folder above gateways/.`,
    );
  return new ToolFailure(`There is no gateway file ${path}, neither here nor at ${ref}.`);
}

async function readHere(places: readonly Place[], io: Io): Promise<GatewayFile[]> {
  const names = [...new Set(places.flatMap(({ here }) => here))];
  return Promise.all(names.map(async (file) => ({ file, text: await readText(file, io) })));
}

async function compare(
  here: readonly GatewayFile[],
  there: BaseFiles,
  { base, repository, io }: { readonly base: Base; readonly repository: Repository; readonly io: Io },
): Promise<BothSides> {
  const unchanged = here.filter(({ file, text }) => isSameBlob(text, there.get(file)));
  const same = new Set(unchanged.map(({ file }) => file));
  const differing = [...there].filter(([file]) => !same.has(file));
  const entries = differing.map(([, entry]) => entry);
  const contents = await readContents(base.commit, entries, repository, io);
  const before: GatewayFile[] = [];
  const unreadable: UnreadableBase[] = [];
  for (const [i, [file]] of differing.entries()) {
    const bytes = contents[i];
    if (bytes === undefined) continue;
    const text = decoded(bytes);
    if (text === undefined) unreadable.push({ file, reason: notUtf8(file) });
    else before.push({ file, text });
  }
  return { before, after: here.filter(({ file }) => !same.has(file)), unchanged, unreadable };
}

/** Whether git would give this text the same id, as it is or with the line ends that git keeps. */
function isSameBlob(text: string, entry: TreeEntry | undefined): boolean {
  if (entry?.kind !== "file") return false;
  const algorithm = entry.id.length === 64 ? "sha256" : "sha1";
  const idOf = (content: string) => {
    const bytes = Buffer.from(content, "utf8");
    return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  };
  return idOf(text) === entry.id || (text.includes("\r\n") && idOf(text.replaceAll("\r\n", "\n")) === entry.id);
}
