import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_FOLDER } from "./package-folder";

/** The number that stands in the manifest until there is a first release. */
const UNRELEASED = "0.0.0";

/** As the package says it. */
export const VERSION: string = versionOf(readFileSync(join(PACKAGE_FOLDER, "package.json"), "utf8"));

/** For people: a number that every commit bears says so. */
export const SHOWN_VERSION = VERSION === UNRELEASED ? `${VERSION} (unreleased)` : VERSION;

function versionOf(manifest: string): string {
  const parsed: unknown = JSON.parse(manifest);
  const hasVersion = typeof parsed === "object" && parsed !== null && "version" in parsed;
  return hasVersion && typeof parsed.version === "string" ? parsed.version : UNRELEASED;
}
