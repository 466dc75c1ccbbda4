import { spawn } from "node:child_process";
import { isSystemError, ToolFailure } from "./failures";
import { Interrupted } from "./interrupt";
import type { Io } from "./io";

/** Who asks git for something to compare with; refusals name it, and the option that the user typed. */
export interface Asker {
  readonly command: "plan" | "simulate";
  readonly option: "--base" | "--compare-ref";
  /** What to do where there is no repository. */
  readonly otherwise: string;
}

/**
 * What is asked of git, as child processes of its own. Nothing is checked out, and nothing is written to the user's
 * repository.
 */
export interface Repository {
  readonly asker: Asker;
  /** The work tree's top folder. */
  readonly root: string;
  /** Its history is cut off, as CI services clone. */
  readonly isShallow: boolean;
}

/** The state that is compared with. */
export interface Base {
  /** As typed: a branch, a tag, a commit. */
  readonly ref: string;
  readonly commit: string;
  /** `commit` is not what `ref` names, but where the work here left it. */
  readonly isMergeBase: boolean;
}

/** One entry of a folder in a commit. */
export interface TreeEntry {
  /** From the work tree's top folder, with slashes. */
  readonly path: string;
  readonly kind: "file" | "link" | "folder" | "submodule";
  readonly id: string;
}

/** The repository around the current folder. @throws ToolFailure where there is none, or git is not installed */
export async function findRepository(asker: Asker, io: Io): Promise<Repository> {
  const words = ["rev-parse", "--show-toplevel", "--is-shallow-repository"];
  const { code, stdout, stderr } = await git(words, io.cwd, io).catch((error: unknown) => {
    throw notRun(error, asker);
  });
  if (code !== 0) throw noRepository(stderr, io.cwd, asker);
  const [root = "", shallow] = stdout.toString("utf8").split("\n");
  return { asker, root, isShallow: shallow === "true" };
}

function noRepository(stderr: string, cwd: string, { command, option, otherwise }: Asker): ToolFailure {
  if (stderr.includes("not a git repository"))
    return new ToolFailure(
      `${cwd} is not inside a git repository, and ${command} compares with what one holds (${option}). Run it inside of one, or ${otherwise}`,
    );
  if (stderr.includes("must be run in a work tree"))
    return new ToolFailure(
      `${cwd} is a git repository without a work tree, and ${command} compares with the files of one (${option}). Run it in a clone that has one.`,
    );
  return new ToolFailure(`git cannot work in ${cwd}, and ${command} compares by it (${option}): ${said(stderr)}`);
}

function notRun(error: unknown, { command, option }: Asker): unknown {
  if (!isSystemError(error) || error.code !== "ENOENT") return error;
  return new ToolFailure(
    `git is not installed here, or not on the PATH, and ${command} reads the other side by it (${option}).`,
  );
}

/**
 * The commit to compare with: where the current branch left `ref`, so that what others did there since does not count as
 * undone here. Where git cannot tell, as in a shallow clone, it is `ref` itself.
 *
 * @throws ToolFailure when there is no such commit here, with what to fetch
 */
export async function findBase(ref: string, repository: Repository, io: Io): Promise<Base> {
  const { root } = repository;
  const commit = await commitOf(ref, root, io);
  if (commit === undefined) throw await noCommit(ref, repository, io);
  if (ref === "HEAD") return { ref, commit, isMergeBase: false };
  const { code, stdout } = await git(["merge-base", commit, "HEAD"], root, io);
  const mergeBase = code === 0 ? firstLine(stdout) : commit;
  return { ref, commit: mergeBase, isMergeBase: mergeBase !== commit };
}

async function commitOf(ref: string, root: string, io: Io): Promise<string | undefined> {
  const words = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`];
  const { code, stdout } = await git(words, root, io);
  return code === 0 ? firstLine(stdout) : undefined;
}

async function noCommit(ref: string, { asker: { option }, root, isShallow }: Repository, io: Io): Promise<ToolFailure> {
  if ((await commitOf("HEAD", root, io)) === undefined)
    return new ToolFailure(
      `This repository has no commit yet, so there is nothing to compare with by ${option}. Commit first.`,
    );
  if (!isShallow)
    return new ToolFailure(
      `git knows no commit ${ref}. Give ${option} a branch, a tag or a commit; if it is a new one of the remote, run: git fetch`,
    );
  return new ToolFailure(
    `git knows no commit ${ref} (${option}): this clone is shallow and does not hold it. Fetch it with: ${fetchFor(ref)}`,
  );
}

/** With the branch's own name on the right: the clone of one branch would keep it as FETCH_HEAD only. */
function fetchFor(ref: string): string {
  if (/[~^@{]/.test(ref)) return "git fetch --deepen=100";
  const branch = /^(?:refs\/remotes\/)?origin\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return `git fetch --depth=1 origin ${ref}`;
  return `git fetch --depth=1 origin ${branch}:refs/remotes/origin/${branch}`;
}

/**
 * What the paths name in a commit: a file itself, of a folder what is directly in it.
 *
 * @param paths from the work tree's top folder, with slashes; an empty one is that folder
 */
export async function entriesAt(
  commit: string,
  paths: readonly string[],
  { root }: Repository,
  io: Io,
): Promise<TreeEntry[]> {
  // With a slash at its end a folder is what it holds, and without one a file is itself; a submodule is so in both.
  const inside = paths.filter((path) => path !== "").flatMap((path) => [path, `${path}/`]);
  const calls = [
    ...(inside.length > 0 ? [["ls-tree", "-z", commit, "--", ...inside]] : []),
    ...(paths.includes("") ? [["ls-tree", "-z", commit]] : []),
  ];
  const answers = await Promise.all(calls.map((words) => succeed(words, root, io)));
  const lines = answers.flatMap((answer) => answer.toString("utf8").split("\0"));
  return [...new Set(lines)].flatMap((line) => entryOf(line) ?? []);
}

/** `100644 blob ID<tab>PATH` */
function entryOf(line: string): TreeEntry | undefined {
  const [, mode, type, id, path] = /^(\d+) (\w+) ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
  if (id === undefined || path === undefined) return undefined;
  const kind = type === "commit" ? "submodule" : type === "tree" ? "folder" : mode === "120000" ? "link" : "file";
  return { path, kind, id };
}

/**
 * The bytes of a commit's files, in their order and all by one process. Links are followed within the commit.
 *
 * @returns undefined for a link that leads to no file there
 */
export async function readContents(
  commit: string,
  entries: readonly TreeEntry[],
  { root }: Repository,
  io: Io,
): Promise<(Buffer | undefined)[]> {
  if (entries.length === 0) return [];
  // Only a path is followed, and it ends at a line feed.
  const names = entries.map(({ kind, id, path }) =>
    kind === "link" && !path.includes("\n") ? `${commit}:${path}` : id,
  );
  const output = await succeed(["cat-file", "--batch", "--follow-symlinks"], root, io, `${names.join("\n")}\n`);
  const contents: (Buffer | undefined)[] = [];
  for (let at = 0; contents.length < names.length; ) {
    const { content, next } = readObject(output, at);
    contents.push(content);
    at = next;
  }
  return contents;
}

/**
 * `ID blob SIZE` and then so many bytes between line feeds, in the same way `dangling SIZE` and the like for a link that
 * leads nowhere, or `NAME missing` alone.
 */
function readObject(output: Buffer, at: number): { readonly content: Buffer | undefined; readonly next: number } {
  const end = output.indexOf("\n", at);
  const line = output.toString("utf8", at, end < 0 ? undefined : end);
  const [, what, size] = /(\w+) (\d+)$/.exec(line) ?? [];
  if (end < 0 || size === undefined)
    throw new ToolFailure(`git cannot read ${line}. If the clone is partial, run: git fetch`);
  const next = end + 1 + Number(size) + 1;
  return { content: what === "blob" ? output.subarray(end + 1, next - 1) : undefined, next };
}

interface GitEnd {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function succeed(words: readonly string[], cwd: string, io: Io, input = ""): Promise<Buffer> {
  const { code, stdout, stderr } = await git(words, cwd, io, input);
  if (code !== 0) throw new ToolFailure(`git ${words[0]} failed: ${said(stderr)}`);
  return stdout;
}

function git(words: readonly string[], cwd: string, io: Io, input = ""): Promise<GitEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", words, { cwd, env: environmentFor(io), signal: io.interrupt });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error) => reject(error.name === "AbortError" ? new Interrupted("interrupted") : error));
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") });
    });
    // git may end before it has read everything; its exit code then says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

function environmentFor({ env }: Io): NodeJS.ProcessEnv {
  // Its own words, whatever the user's language: they are told apart above.
  return { ...process.env, ...env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
}

const firstLine = (output: Buffer): string => output.toString("utf8").split("\n")[0] ?? "";

const said = (stderr: string): string => stderr.trim().replace(/^fatal: /, "") || "it gave no reason";
