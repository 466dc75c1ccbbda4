import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Nothing of the machine's own settings. */
const SETTINGS = [
  "user.name=Nobody",
  "user.email=nobody@example.org",
  "init.defaultBranch=main",
  "commit.gpgSign=false",
  "core.autocrlf=false",
  "protocol.file.allow=always",
].flatMap((setting) => ["-c", setting]);

/** Runs git in a folder. */
export const git = (folder: string, ...words: string[]): string =>
  execFileSync("git", [...SETTINGS, ...words], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Everything in the folder is committed. */
export function commitAll(folder: string, message = "change"): void {
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", message);
}

/** A folder of its own that is removed by `close`. */
export function temporaryFolder(): { readonly path: string; close(): void } {
  const path = mkdtempSync(join(tmpdir(), "sluice-git-"));
  return { path, close: () => rmSync(path, { recursive: true, force: true }) };
}
