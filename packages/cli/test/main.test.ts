import { WEATHER } from "./gateway-text";
import { newSession, type Session } from "./session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

test("an unknown command is exit 2 with the one that was meant", async () => {
  const { code, stdout, stderr } = await session.run("lnt");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("unknown command 'lnt'");
  expect(stderr).toContain("Did you mean lint?");
});

test.each([
  ["lint --nothing", "sluice lint"],
  ["explain", "sluice explain"],
  ["import openapi", "sluice import openapi"],
  ["nothing-like-it", "sluice"],
])("after wrong use, %s says where help is", async (words, command) => {
  const { code, stderr } = await session.run(words);
  expect(code).toBe(2);
  expect(stderr).toMatch(new RegExp(`\\nSee: ${command} --help\\n$`));
});

test("an unknown option is exit 2 with the one that was meant", async () => {
  const { code, stderr } = await session.run("lint --formt json");
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean --format?");
});

test("no words at all is wrong use: the help on standard error, exit 2", async () => {
  const { code, stdout, stderr } = await session.run("");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("Usage: sluice");
});

test("--version prints the version alone, and that it is unreleased as long as it is", async () => {
  expect(await session.run("--version")).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^(0\.0\.0 \(unreleased\)|(?!0\.0\.0)\d+\.\d+\.\d+)\n$/),
    stderr: "",
  });
});

test.each(["lint", "explain", "synth", "dev", "call", "demo", "schema", "import", "new", "rule"])(
  "%s --help is exit 0 and has an example",
  async (command) => {
    const { code, stdout, stderr } = await session.run(`${command} --help`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: sluice ${command}`);
    expect(stdout).toMatch(/Examples?:\n {2}\$ sluice /);
  },
);

test("dev --help says what the targets are and how the secrets file is written", async () => {
  const { stdout } = await session.run("dev --help");
  expect(stdout).toContain("none    No stand-ins: the real endpoints are called");
  expect(stdout).toContain('companies-house: { key: "0123456789" }');
});

test.each(["dev", "demo", "call", "synth", "schema"])("%s --help fits a terminal of 80 columns", async (command) => {
  const { stdout } = await session.run(`${command} --help`, { env: { COLUMNS: "80" } });
  const long = stdout.split("\n").filter((line) => line.length > 80 && !line.startsWith("  $ "));
  expect(long).toEqual([]);
});

test.each([
  [{ COLUMNS: "80" }, 80],
  [{ COLUMNS: "120" }, 120],
  [{ COLUMNS: "wide" }, 100],
  [{}, 100],
])("without a terminal text wraps to %j", async (env, width) => {
  await session.write("weather.yaml", WEATHER);
  const { stdout } = await session.run("explain weather.yaml", { env });
  const longest = Math.max(...stdout.split("\n").map((line) => line.length));
  expect(longest).toBeLessThanOrEqual(width);
  expect(longest).toBeGreaterThan(width - 10);
});
