import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { changed, WEATHER } from "./gateway-text";

/** The program as it is started from a shell; it runs what `npm test` has built. */
const PROGRAM = join(__dirname, "..", "bin", "sluice.js");

let folder: string;
let temporary: string;
let started: ChildProcess[];
beforeEach(() => {
  started = [];
  folder = mkdtempSync(join(tmpdir(), "sluice-process-"));
  temporary = join(folder, "tmp");
  mkdirSync(temporary);
  mkdirSync(join(folder, "gateways"));
  writeFileSync(join(folder, "gateways", "weather.yaml"), WEATHER);
});
afterEach(() => {
  // What a failed test left running would keep the whole run from ending.
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function start(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  return child;
}

async function end(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const texts = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    texts.stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...texts };
}

test("the program's exit code is the command's, and it colours nothing where there is no terminal", async () => {
  writeFileSync(join(folder, "gateways", "weather.yaml"), changed(WEATHER, "rateLimit: 5/s", "rateLimit: 5"));
  const { code, stdout, stderr } = await end(start("lint"));
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toContain("gateways/weather.yaml:3:12  error");
  expect(stdout).not.toContain("\u001b");
});

test("a reader that goes away, as head does, is no fault", async () => {
  writeFileSync(join(folder, "gateways", "weather.yaml"), changed(WEATHER, "rateLimit: 5/s", "rateLimit: 5"));
  const child = start("lint");
  child.stdout?.destroy();
  expect(await end(child)).toMatchObject({ code: 1, stderr: "" });
});

test("where nothing listens, call says so and what to start: exit 2", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  const endpoint = `http://127.0.0.1:${port}`;
  expect(await end(start("call", "weather", "--endpoint-url", endpoint))).toEqual({
    code: 2,
    stdout: "",
    stderr: `sluice: Nothing listens on ${endpoint}; start it with \`node ${PROGRAM} dev\`.\n`,
  });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends dev with exit 0, and nothing of it is left: no process, no folder",
  async (signal) => {
    const child = start("dev", "--port", "0");
    const ended = end(child);
    await listening(child);
    child.kill(signal);
    // Its standard error is also that of its target: `close` comes only when the target has ended too.
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(temporary)).toEqual([]);
  },
);

test("what a killed dev left is removed when the next one starts, and what a running one uses is not", async () => {
  const killed = start("dev", "--port", "0");
  await listening(killed);
  killed.kill("SIGKILL");
  await end(killed);
  const left = readdirSync(temporary).filter((name) => name.startsWith("sluice-dev-"));
  expect(left).toHaveLength(1);
  writeFileSync(join(temporary, "sluice-dev-notes"), "the user's own");

  const running = start("dev", "--port", "0");
  await listening(running);
  const inUse = readdirSync(temporary).filter((name) => /^sluice-dev-.*-\d+-/.test(name));
  expect(inUse).toHaveLength(1);
  expect(inUse).not.toEqual(left);

  const second = start("dev", "--port", "0");
  await listening(second);
  expect(readdirSync(temporary)).toEqual(expect.arrayContaining([...inUse, "sluice-dev-notes"]));
  for (const child of [running, second]) {
    const ended = end(child);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  }
});

/** Resolves when dev says that it listens, or has ended. */
const listening = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.stdout?.on("data", (chunk) => String(chunk).includes("Listening on") && resolve());
    child.once("close", () => resolve());
  });

test("Ctrl-C ends demo in the middle of its run with 130, and nothing of it is left", async () => {
  const child = start("demo", "--format", "json");
  const ended = end(child);
  await new Promise<void>((resolve) => {
    const look = setInterval(
      () => readdirSync(temporary).some((name) => name.startsWith("sluice-lambda-")) && found(),
      50,
    );
    const found = () => {
      clearInterval(look);
      resolve();
    };
    child.once("close", found);
  });
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, stdout: "", stderr: "Interrupted; everything that ran was ended.\n" });
  expect(readdirSync(temporary)).toEqual([]);
});

describe("what was compiled of the program when it was built", () => {
  const DIST = join(__dirname, "..", "dist");
  const compiled = () => join(folder, "packages", "cli", "dist", "sluice.compiled");
  const program = () => join(folder, "packages", "cli", "bin", "sluice.js");
  beforeEach(() => {
    for (const name of ["bin", "dist"]) mkdirSync(join(folder, "packages", "cli", name), { recursive: true });
    copyFileSync(join(DIST, "..", "package.json"), join(folder, "packages", "cli", "package.json"));
    copyFileSync(PROGRAM, program());
    copyFileSync(join(DIST, "sluice.js"), join(dirname(compiled()), "sluice.js"));
    copyFileSync(join(DIST, "sluice.compiled"), compiled());
  });
  const lint = () => spawnSync(process.execPath, [program(), "lint"], { cwd: folder, encoding: "utf8" });

  test("is taken by the Node that built it", () => {
    // In a process of its own: V8 refuses what was compiled under other flags, and suites before this one may set some.
    const look = `const { readFileSync } = require("node:fs");
      const [source, compiled] = process.argv.slice(1);
      const options = { cachedData: readFileSync(compiled) };
      console.log(new (require("node:vm").Script)(readFileSync(source, "latin1"), options).cachedDataRejected);`;
    const words = ["-e", look, join(DIST, "sluice.js"), compiled()];
    expect(spawnSync(process.execPath, words, { encoding: "utf8" })).toMatchObject({ stdout: "false\n", stderr: "" });
    expect(lint()).toMatchObject({ status: 0, stdout: "Nothing wrong in 1 file.\n", stderr: "" });
  });

  test.each([
    ["missing", () => rmSync(compiled())],
    ["empty", () => writeFileSync(compiled(), "")],
    ["of another version of V8", () => writeFileSync(compiled(), otherVersion(readFileSync(compiled())))],
    ["of another text", () => appendFileSync(join(dirname(compiled()), "sluice.js"), "// another one")],
  ])("makes no difference where it is %s", (_, spoil) => {
    spoil();
    expect(lint()).toMatchObject({ status: 0, stdout: "Nothing wrong in 1 file.\n", stderr: "" });
  });

  /** The hash of the version is the second of the words that it begins with. */
  function otherVersion(bytes: Buffer): Buffer {
    bytes.writeUInt32LE(bytes.readUInt32LE(4) ^ 1, 4);
    return bytes;
  }
});

describe("in a clone that is not built", () => {
  let program: string;
  beforeEach(() => {
    program = join(folder, "packages", "cli", "bin", "sluice.js");
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync(PROGRAM, program);
  });
  const run = () => spawnSync(process.execPath, [program, "lint"], { encoding: "utf8" });

  test("the program says in one sentence what to do: exit 2", () => {
    const { status, stdout, stderr } = run();
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^sluice: this clone is not built yet; run `npm run build` in [^\n]* first\.\n$/);
  });

  test("a module that is missing for another reason is told as it is", () => {
    for (const name of ["dsl", "runtime", "infra", "local", "cli"]) {
      mkdirSync(join(folder, "packages", name, "lib"), { recursive: true });
      writeFileSync(join(folder, "packages", name, "lib", "index.js"), "");
    }
    mkdirSync(join(folder, "packages", "cli", "dist"));
    writeFileSync(
      join(folder, "packages", "cli", "dist", "sluice.js"),
      '(function (module, require) { require("left-out"); })',
    );
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain("Cannot find module 'left-out'");
  });
});
