import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "./cleanup";
import { isSystemError } from "./failures";

/**
 * A new folder in the system's temporary folder, gone when the cleanup runs or the process exits before that. Its name
 * says whose it is, and what earlier processes left because they were killed is removed first.
 *
 * @param purpose the command
 */
export function newTemporaryFolder(purpose: "dev" | "demo" | "simulate", cleanup: Cleanup): string {
  removeOrphans();
  const folder = mkdtempSync(join(tmpdir(), `sluice-${purpose}-${placeOfIds()}-${process.pid}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove); // The second Ctrl-C waits for no cleanup.
  cleanup.add(() => {
    process.off("exit", remove);
    remove();
  });
  return folder;
}

const NAME = /^sluice-(?:dev|demo|simulate)-([0-9a-f]{8})-(\d+)-\w{6}$/;

/** Folders of this user whose process is gone. Whose process cannot be told, or may be another's by now, stays. */
function removeOrphans(): void {
  const place = placeOfIds();
  for (const name of readdirSync(tmpdir())) {
    const [, madeAt, id] = NAME.exec(name) ?? [];
    if (madeAt !== place || isRunning(Number(id))) continue;
    try {
      const folder = join(tmpdir(), name);
      const entry = lstatSync(folder);
      if (entry.isDirectory() && entry.uid === process.getuid?.()) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another process has removed it, or may and we may not. It stands in nobody's way.
    }
  }
}

/** Where a process's id means one process: this machine, and on it this container. Eight hexadecimal digits. */
function placeOfIds(): string {
  let container = "";
  try {
    container = readlinkSync("/proc/self/ns/pid");
  } catch {
    // No Linux: there is one place on the machine.
  }
  return createHash("sha256").update(`${hostname()} ${container}`).digest("hex").slice(0, 8);
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return !(isSystemError(error) && error.code === "ESRCH");
  }
}
