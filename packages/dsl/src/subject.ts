import { z } from "zod";
import { isMap, mergePatch, valueAt } from "./merge-patch";
import type { GatewayDocument, Path, Range } from "./parse";
import type { Project } from "./project";
import { type GatewayFile, gatewayFile } from "./schema/gateway-file";
import { type ShapeIssue, shapeIssues } from "./shape";
import type { ResolveOptions } from "./spec";
import type { Json } from "./units";

/** Where a finding is: a path, its key or its value, or some characters of its value. */
export interface Place {
  readonly path: Path;
  /** Default: the value. */
  readonly part?: "key" | "value";
  /** Offsets into the string value. */
  readonly slice?: readonly [start: number, end: number];
  /** Instead of all that: a range of the text itself. */
  readonly range?: Range;
}

/** What rules look at: a gateway file as it is, or as one of its environments makes it. */
export interface Subject {
  readonly document: GatewayDocument;
  /** What kind of file it is, where it is no gateway file; for the words of findings. */
  readonly language?: "load";
  /** The environment whose patch was applied. */
  readonly environment: string | undefined;
  /** The environment that was asked for, whether or not this subject is it. */
  readonly asked: string | undefined;
  /** The instance whose patch was applied, after the environment's. */
  readonly instance: string | undefined;
  /** What all gateways of the repository share. */
  readonly project: Project | undefined;
  /** The file as JSON, patched; undefined when it could not be read. */
  readonly value: Json | undefined;
  readonly issues: readonly ShapeIssue[];
  /** The keys of the file that are right in themselves, units parsed and defaults filled. */
  readonly draft: Partial<GatewayFile>;
  /** The whole, when everything in it is right. */
  readonly gateway: GatewayFile | undefined;
  /** Where a place stands. */
  locate(place: Place): Located;
}

/** Where a place stands. */
export interface Located {
  /** The document whose text it is: the gateway's, or the project's where a default is meant. */
  readonly document: GatewayDocument;
  readonly range: Range;
  /** Whether that is in the environment's own patch. */
  readonly isInPatch: boolean;
  /** Whether the range holds the place itself as it was written, not the nearest key or an alias. */
  readonly isExact: boolean;
}

/** Reads a document as rules look at it. */
export function readSubject(
  document: GatewayDocument,
  { environment, instance, patch, project }: ResolveOptions = {},
  asked = environment,
): Subject {
  const defaults = valueAt(project?.document.value, ["defaults"]);
  const base = isMap(defaults) && isMap(document.value) ? mergePatch(defaults, document.value) : document.value;
  const environmentRoot: Path = ["environments", environment ?? ""];
  const environmentPatch = environment === undefined ? undefined : valueAt(document.value, environmentRoot);
  const inEnvironment = base !== undefined && isMap(environmentPatch) ? mergePatch(base, environmentPatch) : base;
  const rank = instance === undefined ? -1 : instancesOf(inEnvironment).findIndex(({ name }) => name === instance);
  const asInstance = rank < 0 ? inEnvironment : instanceOf(inEnvironment, rank);
  const value = asInstance !== undefined && isMap(patch) ? mergePatch(asInstance, patch) : asInstance;
  const instanceRoots = [
    [...environmentRoot, "instances", rank],
    ["instances", rank],
  ].filter((root) => valueAt(document.value, root) !== undefined);
  const roots = [...instanceRoots.slice(0, 1), ...(environment === undefined ? [] : [environmentRoot])];
  const result = value === undefined ? undefined : gatewayFile.safeParse(value);
  return {
    document,
    environment,
    instance,
    asked,
    project,
    value,
    issues: value === undefined || !result?.error ? [] : shapeIssues(gatewayFile, value, result.error),
    draft: result?.data ?? readDraft(value),
    gateway: result?.data,
    locate: (place) => locate(document, roots, place, project?.document),
  };
}

/** The instances of a file that have a name, whatever else is wrong in them. */
export function instancesOf(value: Json | undefined): { readonly name: string; readonly patch: Json }[] {
  const listed = valueAt(value, ["instances"]);
  return (Array.isArray(listed) ? listed : []).map((patch) => {
    const name = valueAt(patch, ["name"]);
    return { name: typeof name === "string" ? name : "", patch };
  });
}

/** The gateway that an instance makes of a file: its patch applied, named after both. */
function instanceOf(value: Json | undefined, rank: number): Json | undefined {
  const instance = instancesOf(value)[rank];
  if (!isMap(value) || instance === undefined || !isMap(instance.patch)) return value;
  const { instances: _, ...file } = value;
  const { name, ...patch } = instance.patch;
  return { ...Object(mergePatch(file, patch)), name: `${String(file.name)}-${String(name)}` };
}

/** Finds places of a document that nothing is merged into. */
export const locateIn =
  (document: GatewayDocument) =>
  (place: Place): Located =>
    written(document, place.path, place);

/** Whether none of these keys of the file is wrong in itself, so that a rule may reckon with them. */
export function areSound(subject: Subject, keys: readonly (keyof GatewayFile)[]): boolean {
  return (
    subject.value !== undefined &&
    !subject.issues.some(({ path }) => path.length === 0 || keys.some((key) => key === path[0]))
  );
}

/**
 * Whether a path is of this subject's own text: in an environment or an instance, of its patch; in the file itself
 * everything is.
 * An environment that only lowers the limit is not to blame for what it thereby makes idle.
 */
export const isStatedHere = ({ locate }: Subject, path: Path): boolean => locate({ path }).isInPatch;

function readDraft(value: Json | undefined): Partial<GatewayFile> {
  const present = isMap(value) ? value : {};
  const entries = Object.entries(gatewayFile.shape).flatMap(([key, schema]) => {
    const result = z.safeParse(schema, Object.hasOwn(present, key) ? present[key] : undefined);
    return result.success && result.data !== undefined ? [[key, result.data]] : [];
  });
  // Each value was parsed by the schema of its own key.
  return Object.fromEntries(entries) as Partial<GatewayFile>;
}

/** @param roots where the patches stand that were applied, the last one first */
function locate(
  document: GatewayDocument,
  roots: readonly Path[],
  place: Place,
  project: GatewayDocument | undefined,
): Located {
  const isOwn = [[], ...roots].some((root) => valueAt(document.value, [...root, ...place.path]) !== undefined);
  const inDefaults: Path = ["defaults", ...place.path];
  if (project && !isOwn && place.path.length > 0 && valueAt(project.value, inDefaults) !== undefined)
    return written(project, inDefaults, place);
  const [last] = roots;
  if (last === undefined) return written(document, place.path, place);
  const isOfTheFile = valueAt(document.value, place.path) !== undefined;
  for (const root of roots) {
    const reached = reach(valueAt(document.value, root), place.path);
    if (reached > 0 && reached === place.path.length) return written(document, [...root, ...place.path], place);
    // A patch merges maps and replaces everything else: what is below a list of the patch is the patch's.
    const isReplaced = isBelowReplaced(document.value, root, place.path, reached);
    if (!isReplaced && (reached === 0 || isOfTheFile)) continue;
    const range = document.rangeOf([...root, ...place.path.slice(0, reached)], "key");
    return { document, range, isInPatch: true, isExact: false };
  }
  return { document, range: document.rangeOf(last, "key"), isInPatch: false, isExact: false };
}

const written = (document: GatewayDocument, path: Path, place: Place): Located => ({
  document,
  range: rangeOf(document, path, place),
  isInPatch: true,
  isExact: document.isWritten(path),
});

function isBelowReplaced(value: Json | undefined, root: Path, path: Path, reached: number): boolean {
  const along = path.slice(0, reached).map((_, depth) => valueAt(value, [...root, ...path.slice(0, depth + 1)]));
  return along.some((step) => !isMap(step));
}

/** How many steps of a path the patch goes along. */
function reach(patch: Json | undefined, path: Path): number {
  const missing = path.findIndex((_, depth) => valueAt(patch, path.slice(0, depth + 1)) === undefined);
  return missing < 0 ? path.length : missing;
}

function rangeOf(document: GatewayDocument, path: Path, { part = "value", slice }: Place): Range {
  return slice ? document.rangeInside(path, slice[0], slice[1]) : document.rangeOf(path, part);
}
