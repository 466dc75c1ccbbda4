// Makes a clone ready to run: installs what package-lock.json names, then builds what changed. Plain Node and no
// dependency, because it runs before there are any. Nothing goes to standard output: that belongs to the command that
// follows. With nothing to do it takes well under 0.3 s.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STATE = join(ROOT, ".build");
const STAMP = join(STATE, "built");
const LOCK = join(STATE, "lock");
const OLDEST_NODE = 20;
/** A lock without a readable owner is given this long: its owner may be about to write its id. */
const OWNERLESS_MS = 5_000;
const POLL_MS = 100;

/** @param {string} text */
function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Not there, or not yet: the callers treat both alike.
  }
}

/**
 * Runs a program of Node's; its standard output goes to our standard error.
 *
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const npm = process.platform === "win32" && command === "npm";
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], shell: npm });
  if (error) throw error;
  return status ?? 1;
}

/**
 * @param {string} file a lock file, npm's or the one npm keeps inside node_modules
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function lockedPackages(file) {
  const text = readText(file);
  if (text === undefined) return undefined;
  return JSON.parse(text).packages;
}

/** Whether node_modules holds what package-lock.json names: npm writes its own list there as its last step. */
function isInstalled() {
  const wanted = lockedPackages(join(ROOT, "package-lock.json"));
  if (wanted === undefined) throw new Error("package-lock.json is missing: restore it from git.");
  const present = lockedPackages(join(ROOT, "node_modules", ".package-lock.json"));
  if (present === undefined) return false;
  const isHere = Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    const found = present[path];
    // Packages for other platforms are in the lock file and not on the disk.
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
  return isHere && Object.keys(present).every((path) => path in wanted);
}

/** @param {string} folder @returns {string[]} every file below it, in a fixed order */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path);
      return [path];
    });
}

function packageFolders() {
  const packages = join(ROOT, "packages");
  return readdirSync(packages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(packages, entry.name, "package.json")))
    .map((entry) => join(packages, entry.name))
    .sort();
}

/** @param {string} folder */
function bundler(folder) {
  return join(folder, "scripts", "bundle.mjs");
}

/** The packages with those first that others are made from: a package that uses more of them comes later. */
function inOrder() {
  /** @param {string} folder */
  const used = (folder) => {
    const { dependencies = {} } = JSON.parse(readText(join(folder, "package.json")) ?? "{}");
    return Object.keys(dependencies).filter((name) => name.startsWith("@sluice/")).length;
  };
  return packageFolders().sort((a, b) => used(a) - used(b));
}

/** A hash over the content of everything that the build reads. */
function sourceHash() {
  const inputs = packageFolders().flatMap((folder) => [
    join(folder, "package.json"),
    join(folder, "tsconfig.json"),
    ...filesBelow(join(folder, "src")),
    ...filesBelow(join(folder, "scripts")),
  ]);
  const hash = createHash("sha256");
  for (const file of [join(ROOT, "package-lock.json"), join(ROOT, "tsconfig.json"), ...inputs]) {
    hash.update(`${file.slice(ROOT.length)}\0`);
    // A file removed since it was listed counts as changed: the next look does not list it.
    hash.update(readText(file) ?? "");
    hash.update("\0");
  }
  return hash.digest("hex");
}

/** @param {string} hash */
function isBuilt(hash) {
  if (readText(STAMP) !== hash) return false;
  return packageFolders().every(
    (folder) =>
      existsSync(join(folder, "lib", "index.js")) && (!existsSync(bundler(folder)) || existsSync(join(folder, "dist"))),
  );
}

function install() {
  say("Installing what package-lock.json names (npm ci), once; usually half a minute to two, by the network …");
  if (run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]) !== 0) {
    throw new Error("npm ci failed: its message is above.");
  }
}

function build() {
  // Taken before the build: a file edited during it is built again next time.
  const hash = sourceHash();
  if (isBuilt(hash)) return;
  say("Building, once and after changes; usually half a minute to one, and quiet meanwhile.");
  say("  1 of 2: compiling the packages (tsc) …");
  rmSync(STAMP, { force: true });
  if (run(process.execPath, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b"]) !== 0) {
    throw new Error("The build failed: the compiler's messages are above.");
  }
  say("  2 of 2: bundling the worker (esbuild) …");
  for (const script of inOrder().map(bundler).filter(existsSync)) {
    if (run(process.execPath, [script]) !== 0) throw new Error(`${script.slice(ROOT.length + 1)} failed.`);
  }
  writeFileSync(STAMP, hash);
}

/** @param {number} id */
function isRunning(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM"; // It runs, as another user.
  }
}

function isStaleLock() {
  const owner = Number(readText(join(LOCK, "owner")));
  if (owner > 0) return !isRunning(owner);
  const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > OWNERLESS_MS;
}

function tryLock() {
  try {
    mkdirSync(LOCK);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(LOCK, "owner"), String(process.pid));
  return true;
}

/** Moved away before it is removed, so that of several that find it stale one succeeds. */
function breakLock() {
  const grave = `${LOCK}-${process.pid}`;
  try {
    renameSync(LOCK, grave);
  } catch {
    return; // Another one was faster.
  }
  rmSync(grave, { recursive: true, force: true });
}

async function takeLock() {
  mkdirSync(STATE, { recursive: true });
  for (let waits = 0; !tryLock(); waits += 1) {
    if (isStaleLock()) breakLock();
    else if (waits === 5) say("Another build is under way in this folder; waiting for it …");
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

async function bootstrap() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Error(`Sluice needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}.`);
  }
  // No lock for the look: it finds everything ready, or takes the lock and looks again.
  if (!existsSync(LOCK) && isInstalled() && isBuilt(sourceHash())) return;
  await takeLock();
  const unlock = () => rmSync(LOCK, { recursive: true, force: true });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.once(signal, () => {
      unlock();
      process.exit(130);
    });
  }
  try {
    if (!isInstalled()) install();
    build();
  } finally {
    unlock();
  }
}

bootstrap().catch((error) => {
  say(error.message);
  process.exitCode = 1;
});
