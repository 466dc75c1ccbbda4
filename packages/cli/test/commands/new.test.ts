import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CTRL_C, CTRL_D, CTRL_U, DOWN, ENTER, runAtTerminal } from "../pseudo-terminal";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

const FLAGS = "--url https://api.example.org --rate 600/5m";
const textOf = (file: string): string => readFileSync(join(session.cwd, file), "utf8");
const isThere = (file: string): boolean => existsSync(join(session.cwd, file));

test("new writes a file in which lint finds nothing, in a folder that it makes, and prints its path", async () => {
  const { code, stdout, stderr } = await session.run(`new tides ${FLAGS}`);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "gateways/tides.yaml\n" });
  expect(stderr).toContain("sluice lint gateways/tides.yaml");
  expect((await session.run("lint")).stdout).toBe("Nothing wrong in 1 file.\n");
});

test.each(["none", "basic", "bearer", "apiKey"])(
  "with --auth %s the file is clean, and secrets are references",
  async (auth) => {
    await session.run(`new tides ${FLAGS} --auth ${auth}`);
    expect((await session.run("lint")).stdout).toBe("Nothing wrong in 1 file.\n");
    const line =
      textOf("gateways/tides.yaml")
        .split("\n")
        .find((one) => /^ {2}auth:/.test(one)) ?? "";
    expect(line === "" ? "none" : line).toContain(auth === "none" ? "none" : "$" + "{secret:tides#");
  },
);

test.each(["/", "/a/{b}/c{?d,e}", "/a{?d}", "{?q}", "/a/{b}/{c}"])(
  "the request has what the path %s is filled from, and the file is clean with any method",
  async (path) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      await session.run(`new tides ${FLAGS} --path '${path}' --method ${method} --force`);
      expect((await session.run("lint")).stdout).toBe("Nothing wrong in 1 file.\n");
      expect(textOf("gateways/tides.yaml")).toContain(`method: ${method}`);
    }
  },
);

test("what the path needs is required, what the query takes is not", async () => {
  await session.run(`new tides ${FLAGS} --path '/a/{b}{?c}'`);
  expect(textOf("gateways/tides.yaml")).toContain("required: [b]\n");
});

test("every key of the file says in a comment why it is there", async () => {
  await session.run(`new tides ${FLAGS} --auth bearer`);
  const lines = textOf("gateways/tides.yaml").split("\n");
  const keys = ["version", "name", "rateLimit", "tiers", "defaultTier", "timeouts", "operations", "  url", "  auth"];
  for (const key of keys) {
    const at = lines.findIndex((line) => line.startsWith(`${key}:`));
    expect({ key, before: lines[at - 1] }).toEqual({ key, before: expect.stringMatching(/^ *# /) });
  }
  expect(textOf("gateways/tides.yaml")).toContain("- { name: NORMAL, timeout: 1h } # share: 5%");
});

test("the editor's line leads to the schema where there is one", async () => {
  await session.run(`new tides ${FLAGS}`);
  expect(textOf("gateways/tides.yaml")).not.toContain("yaml-language-server");
  await session.write("schemas/gateway.schema.json", "{}");
  await session.run(`new tides ${FLAGS} --out apis/uk/tides.yaml`);
  expect(textOf("apis/uk/tides.yaml")).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/\.\.\/schemas\/gateway\.schema\.json\n/,
  );
});

test.each(["1/m", "1/2m", "1/10m"])("a target as slow as %s gets timeouts that it can keep", async (rate) => {
  expect((await session.run(`new tides --url https://api.example.org --rate ${rate}`)).code).toBe(0);
  expect((await session.run("lint")).stdout).toBe("Nothing wrong in 1 file.\n");
});

test.each(["5/s", "20/s", "100/s"])(
  "a target as fast as %s, beside another, gets timeouts that leave room among an account's open executions",
  async (rate) => {
    await session.run("new waves --url https://waves.example.org --rate 3/s");
    const { stderr } = await session.run(`new tides --url https://api.example.org --rate ${rate}`);
    expect(stderr).toMatch(/^Next: /);
    expect((await session.run("lint")).stdout).toBe("Nothing wrong in 2 files.\n");
  },
);

test("a file that is there is left as it is, unless --force", async () => {
  await session.write("gateways/tides.yaml", "mine\n");
  const refused = await session.run(`new tides ${FLAGS}`);
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Replace it with --force") });
  expect(textOf("gateways/tides.yaml")).toBe("mine\n");
  expect((await session.run(`new tides ${FLAGS} --force`)).code).toBe(0);
  expect(textOf("gateways/tides.yaml")).toContain("name: tides");
});

test("--force replaces the file as a whole, keeps its permissions, and a link stays a link", async () => {
  await session.write("real.yaml", "mine\n");
  chmodSync(join(session.cwd, "real.yaml"), 0o640);
  symlinkSync("real.yaml", join(session.cwd, "tides.yaml"));
  const before = statSync(join(session.cwd, "real.yaml"));
  expect((await session.run(`new tides ${FLAGS} --out tides.yaml --force`)).code).toBe(0);
  const after = statSync(join(session.cwd, "real.yaml"));
  expect(after.mode).toBe(before.mode);
  // Another file in its place: whoever is killed in between leaves the old one.
  expect(after.ino).not.toBe(before.ino);
  expect(lstatSync(join(session.cwd, "tides.yaml")).isSymbolicLink()).toBe(true);
  expect(readdirSync(session.cwd).sort()).toEqual(["real.yaml", "tides.yaml"]);
});

test("--out that is a folder is refused in words", async () => {
  await session.write("tides.yaml/x", "");
  const { code, stderr } = await session.run(`new tides ${FLAGS} --out tides.yaml --force`);
  expect({ code, stderr }).toEqual({ code: 2, stderr: "sluice: tides.yaml is a folder. Name a file with --out.\n" });
});

test.each([
  ["Tides", "", "Tides: name must be lower-case words"],
  ["tides", "--rate 600", "--rate 600: A rate needs its window."],
  ["tides", "--url ftp://x", "--url ftp://x: Not an address of HTTP."],
  ["tides", "--method gte", "Did you mean GET?"],
  ["tides", "--operation 1a", "--operation 1a: 1a must be a name of letters"],
  ["tides", "--path x", "--path x: A path begins with /"],
  ["tides", "--auth baisc", "--auth baisc: it must be one of none, basic, bearer, apiKey. Did you mean basic?"],
  ["tides", "--rate 1/10d", "--rate 1/10d: One call in 10 d 2 h 24 min"],
])("new %s %s is refused in the words of the flag, and nothing is written", async (name, flags, sentence) => {
  const { code, stdout, stderr } = await session.run(`new ${name} ${FLAGS} ${flags}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
  expect(isThere("gateways")).toBe(false);
});

test("all that is wrong is told at once", async () => {
  const { stderr } = await session.run("new tides --url x --rate 600");
  expect(stderr).toContain("--url x:");
  expect(stderr).toContain("--rate 600:");
});

test("where nobody can be asked, address and limit must be given", async () => {
  expect(await session.run("new tides --url https://api.example.org")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "sluice: --rate must be given where nothing is asked, like --url https://api.example.org --rate 600/5m. They are never guessed.\n",
  });
});

test("a name that another file of the folder has is refused", async () => {
  await session.run(`new tides ${FLAGS} --out gateways/first.yaml`);
  const { code, stderr } = await session.run(`new tides ${FLAGS}`);
  expect({ code, isThere: isThere("gateways/tides.yaml") }).toEqual({ code: 1, isThere: false });
  expect(stderr).toContain("tides");
  expect(stderr).toContain("Nothing was written.");
});

test("at a terminal it asks for what is not given, and an answer that is wrong is asked again", async () => {
  const { code, screen } = await runAtTerminal(
    ["new", "tides", "--method", "get"],
    [
      ["Address of the target", `ftp://x${ENTER}`],
      ["Not an address of HTTP", `${CTRL_U}https://tides.example/v1${ENTER}`],
      ["documented limit", `600${ENTER}`],
      ["A rate needs its window", `/5m${ENTER}`],
      ["know its callers", `${DOWN}${ENTER}`],
      ["name for the first operation", ENTER],
      ["Its path", `/at/{place}${ENTER}`],
    ],
    session.cwd,
  );
  expect({ code, asksForMethod: screen.includes("HTTP method") }).toEqual({ code: 0, asksForMethod: false });
  const text = textOf("gateways/tides.yaml");
  for (const part of [
    "url: https://tides.example/v1",
    "rateLimit: 600/5m",
    "type: basic",
    "  read:",
    "path: /at/{place}",
  ])
    expect(text).toContain(part);
  expect((await session.run("lint")).stdout).toBe("Nothing wrong in 1 file.\n");
});

test.each([
  ["Ctrl-C", CTRL_C],
  ["Ctrl-D", CTRL_D],
])("%s in a question ends with 130 and writes nothing", async (_, key) => {
  const steps = [
    ["Address of the target", `https://tides.example${ENTER}`],
    ["documented limit", key],
  ] as const;
  expect((await runAtTerminal(["new", "tides"], steps, session.cwd)).code).toBe(130);
  expect(isThere("gateways")).toBe(false);
});

test("with --yes nothing is asked, also at a terminal", async () => {
  const words = ["new", "tides", "--url", "https://tides.example", "--rate", "5/s", "--yes"];
  expect((await runAtTerminal(words, [], session.cwd)).code).toBe(0);
  expect(isThere("gateways/tides.yaml")).toBe(true);
});
