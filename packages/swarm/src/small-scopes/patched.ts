import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { applyPatch, parsePatch } from "diff";
import { build, type Plugin, stop } from "esbuild";
import type { Explorer } from "./explore-scope";

const ROOT = join(__dirname, "..", "..", "..", "..");

/** The planted defect, as a unified diff against the sources. */
export const PLANTED = join(__dirname, "..", "..", "small-scopes", "PLANTED.patch");

/**
 * The explorer over a copy of the sources to which a patch was applied. Nothing on the disk is changed; the copy is gone
 * when the process ends.
 *
 * @param patch a unified diff with paths from the repository's root
 * @throws Error when the patch does not fit the sources
 */
export async function explorerWith(patch: string): Promise<Explorer> {
  const sources = patchedSources(patch);
  // Inside the clone, so that what is not bundled is found.
  mkdirSync(join(ROOT, ".build"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".build", "patched-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, "explorer.cjs");
  await build({
    entryPoints: [join(ROOT, "packages", "swarm", "src", "small-scopes", "explore-scope.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    plugins: [fromSources(sources)],
  });
  await stop(); // Its process would outlive ours, or keep a test waiting.
  return createRequire(__filename)(outfile) as Explorer;
}

/** Path to text of every file that the patch changes. */
function patchedSources(patch: string): ReadonlyMap<string, string> {
  const files = parsePatch(patch);
  if (files.length === 0) throw new Error("the patch changes no file: it is no unified diff");
  return new Map(
    files.map((file) => {
      const path = join(ROOT, (file.newFileName ?? "").replace(/^b\//, ""));
      const text = applyPatch(readFileSync(path, "utf8"), file);
      if (text === false) throw new Error(`the patch does not fit ${path}: the file has changed. Make the patch anew.`);
      return [path, text];
    }),
  );
}

/** Our own packages from their sources, patched; everything else stays outside the bundle. */
const fromSources = (sources: ReadonlyMap<string, string>): Plugin => ({
  name: "from-sources",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@sluice\// }, ({ path }) => ({
      path: join(ROOT, "packages", path.slice("@sluice/".length), "src", "index.ts"),
    }));
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path, external: true },
    );
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const contents = sources.get(path);
      return contents === undefined ? undefined : { contents, loader: "ts" };
    });
  },
});
