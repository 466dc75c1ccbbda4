import { isUtf8 } from "node:buffer";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, extname, join, parse, relative, resolve } from "node:path";
import { isSystemError, ToolFailure } from "./failures";
import type { Io } from "./io";

/** A gateway file: the path as the user gave it, and its text. */
export interface GatewayFile {
  readonly file: string;
  readonly text: string;
}

/** The git-ignored file with the secrets that gateways use on this machine. No gateway file: a finding would print it. */
export const SECRETS_FILE = "sluice.secrets.yaml";

/** What all gateways of a repository share, at its root. */
export const PROJECT_FILE = "sluice.yaml";

const isYaml = (name: string): boolean => /\.ya?ml$/.test(name);

/** Whether a file of this name, in a folder that was given, is taken for a gateway file. */
export const isGatewayFileName = (name: string): boolean =>
  isYaml(name) && name !== SECRETS_FILE && name !== PROJECT_FILE;

/**
 * The gateway files that a command works on.
 *
 * @param paths as typed; a folder stands for the YAML files directly in it; none: those of `gateways/`
 * @throws ToolFailure when there is none, or one cannot be read
 */
export async function readGatewayFiles(paths: readonly string[], io: Io): Promise<GatewayFile[]> {
  const typed =
    paths.length > 0 ? await Promise.all(paths.map((path) => expand(path, io))) : [await ofGatewaysFolder(io)];
  // Typed by name too, as commit hooks do: what all gateways share is read beside them, and secrets by nobody.
  const names = [...new Set(typed.flat())].filter((name) => ![PROJECT_FILE, SECRETS_FILE].includes(basename(name)));
  return Promise.all(names.map(async (file) => ({ file, text: await readText(file, io) })));
}

/** One file's text. @throws ToolFailure in words when it cannot be read, or is not UTF-8 */
export async function readText(file: string, io: Io): Promise<string> {
  const bytes = await readFile(resolve(io.cwd, file)).catch(async (error: unknown) => {
    throw await unreadable(file, error, io);
  });
  const text = decoded(bytes);
  if (text === undefined) throw new ToolFailure(notUtf8(file));
  return text;
}

/** Undefined for what is not UTF-8: read as such all the same, its letters would be lost, and --fix would write it so. */
export const decoded = (bytes: Buffer): string | undefined => (isUtf8(bytes) ? bytes.toString("utf8") : undefined);

export const notUtf8 = (file: string): string => `The file ${file} is not UTF-8, and was not read. Save it as UTF-8.`;

async function ofGatewaysFolder(io: Io): Promise<string[]> {
  const files = await yamlFilesIn("gateways", io).catch(async (error: unknown) => {
    if (isMissing(error)) return [];
    throw await unreadable("gateways", error, io);
  });
  if (files.length > 0) return files;
  throw new ToolFailure(
    `No gateway files found: ${join(io.cwd, "gateways")} holds no .yaml or .yml file. Name the files, or change to the folder above gateways/.`,
  );
}

/** A path as typed, or the gateway files of the folder that it names. */
async function expand(path: string, io: Io): Promise<string[]> {
  let files: string[];
  try {
    files = await yamlFilesIn(path, io);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOTDIR") return [path];
    throw await unreadable(path, error, io);
  }
  if (files.length === 0) throw new ToolFailure(`The folder ${path} holds no .yaml or .yml file.`);
  return files;
}

/** The gateway files directly in a folder, in order. @throws the system's error when it cannot be listed */
export async function yamlFilesIn(folder: string, io: Io): Promise<string[]> {
  const entries = await readdir(resolve(io.cwd, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && isGatewayFileName(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** Also where a file stands that would be its folder. */
const isMissing = (error: unknown): boolean =>
  isSystemError(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");

async function unreadable(file: string, error: unknown, io: Io): Promise<unknown> {
  if (!isSystemError(error)) return error;
  if (isMissing(error)) return new ToolFailure(`There is no file ${file}.${await likely(file, io)}`, "missing");
  if (error.code === "EACCES") return new ToolFailure(`The file ${file} may not be read by you.`);
  if (error.code === "EISDIR") return new ToolFailure(`${file} is a folder where a file is expected.`);
  return error;
}

/** The file or folder beside it that was likely meant: of the name with another ending, or of almost the same name. */
async function likely(file: string, io: Io): Promise<string> {
  const [folder, name] = [dirname(file), basename(file)];
  const listed = await readdir(resolve(io.cwd, folder)).catch(() => []);
  // A link to nowhere is listed, and missing all the same.
  const names = listed.filter((one) => one !== name);
  const { didYouMean } = await import("@sluice/dsl");
  // Endings apart, which are letters alike of names that are not.
  const stem = didYouMean(stemOf(name), names.map(stemOf));
  const alike = names.filter((one) => stemOf(one) === stem);
  const ending = didYouMean(extname(name), alike.map(extname));
  const found = alike.find((one) => extname(one) === ending) ?? alike.find(isYaml) ?? alike[0];
  return found === undefined ? "" : ` Did you mean ${join(folder, found)}?`;
}

const stemOf = (name: string): string => parse(name).name;

/** The path from where the user stands, if that is shorter to read. */
export const shownPath = (path: string, io: Io): string => {
  const fromHere = relative(io.cwd, path);
  return fromHere === "" ? "." : fromHere.startsWith("..") ? path : fromHere;
};
