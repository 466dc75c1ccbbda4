import { join } from "node:path";
import { build, type Message } from "esbuild";
import { BrokenMutant } from "./failures";
import { PACKAGES } from "./places";

/**
 * Makes one program of copied sources, which runs seeds. What is not ours stays outside: it is large, and the same for all.
 *
 * @param folder see {@link copySources}
 * @returns the program's file
 * @throws BrokenMutant when the sources do not compile
 */
export async function bundleSeeds(folder: string): Promise<string> {
  const outfile = join(folder, "run-seeds.cjs");
  const sourceOf = (name: string) => join(folder, "packages", name, "src");
  try {
    await build({
      entryPoints: [join(sourceOf("swarm"), "mutants", "run-seeds.ts")],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      packages: "external",
      alias: Object.fromEntries(PACKAGES.map((name) => [`@sluice/${name}`, join(sourceOf(name), "index.ts")])),
      absWorkingDir: folder,
      logLevel: "silent",
    });
  } catch (error) {
    throw new BrokenMutant(`does not compile: ${messageOf(error)}`);
  }
  return outfile;
}

function messageOf(error: unknown): string {
  const { errors = [] } = error as { errors?: Message[] };
  const [first] = errors;
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  const { location } = first;
  return `${first.text}${location ? ` (${location.file}:${location.line})` : ""}`;
}
