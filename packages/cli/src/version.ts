import { readFileSync } from "node:fs";
import { join } from "node:path";

/** As the package says it; both `src` and `lib` lie directly in the package's folder. */
export const VERSION: string = versionOf(readFileSync(join(__dirname, "..", "package.json"), "utf8"));

function versionOf(manifest: string): string {
  const parsed: unknown = JSON.parse(manifest);
  const hasVersion = typeof parsed === "object" && parsed !== null && "version" in parsed;
  return hasVersion && typeof parsed.version === "string" ? parsed.version : "0.0.0";
}
