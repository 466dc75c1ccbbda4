import { isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** Where a file lies: below the root, as a path with forward slashes; or elsewhere, as an absolute path. */
export type Whereabouts =
  | { readonly isBelowRoot: true; readonly path: string }
  | { readonly isBelowRoot: false; readonly path: string };

/**
 * Where a file lies, however its path was typed: `./a.yaml`, `b/../a.yaml` and `/root/a.yaml` are all `a.yaml`.
 *
 * @param root an absolute path, to which `file` is relative unless it is absolute itself
 */
export function locate(file: string, root: string): Whereabouts {
  const absolute = resolve(root, file);
  const path = relative(root, absolute);
  const isBelowRoot = path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
  return isBelowRoot ? { isBelowRoot, path: path.split(sep).join("/") } : { isBelowRoot, path: absolute };
}

/** The same as a URI: relative to the root below it, `file:///…` elsewhere; what a URI does not take is percent-encoded. */
export function uriOf({ isBelowRoot, path }: Whereabouts): string {
  return isBelowRoot ? path.split("/").map(encodeURIComponent).join("/") : pathToFileURL(path).href;
}
