import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { changed, WEATHER } from "../gateway-text";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

test("a clean file is clean: exit 0 and one line that says so", async () => {
  await session.write("gateways/weather.yaml", WEATHER);
  expect(await session.run("lint")).toEqual({ code: 0, stdout: "Nothing wrong in 1 file.\n", stderr: "" });
});

test("without words, lint looks at every .yaml and .yml file of gateways/", async () => {
  await session.write("gateways/weather.yaml", WEATHER);
  await session.write(
    "gateways/tides.yml",
    changed(WEATHER, "name: weather", "name: tides").replace("weather.example", "tides.example"),
  );
  await session.write("gateways/README.md", "no gateway");
  expect((await session.run("lint")).stdout).toBe("Nothing wrong in 2 files.\n");
});

test("the secrets file in a folder of gateways is no gateway, and nothing of it is printed", async () => {
  await session.write("weather.yaml", WEATHER);
  await session.write("sluice.secrets.yaml", "weather: { key: hunter2 }\n");
  const { code, stdout, stderr } = await session.run("lint .");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe("Nothing wrong in 1 file.\n");
});

test("a value without its unit is shown in the user's own line with a caret under it, and how to mend it", async () => {
  await session.write("weather.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { code, stdout } = await session.run("lint weather.yaml");
  expect(code).toBe(1);
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(/^weather\.yaml:5:28 {2}error {2}SL\d+ bare-number$/);
  expect(lines[1]).toBe("5 |   - { name: HIGH, timeout: 2 }");
  expect(lines[2]).toMatch(/^ {2}\| {28}\^ .*unit/);
  expect(stdout).toMatch(/1 error in 1 file\.\n$/);
});

test("all findings come at once, over all files", async () => {
  await session.write("gateways/weather.yaml", changed(WEATHER, "rateLimit: 5/s", "ratelimit: 5/s\nconcurrency: many"));
  await session.write("gateways/broken.yaml", "version: 1\n  name: broken\n");
  const { code, stdout } = await session.run("lint");
  expect(code).toBe(1);
  expect(stdout).toContain("Did you mean rateLimit?");
  expect(stdout).toContain("gateways/broken.yaml:1:");
  expect(stdout).toMatch(/errors in 2 files\.\n$/);
});

test("two gateways with one name are a finding of each file", async () => {
  await session.write("a/weather.yaml", WEATHER);
  await session.write("b/weather.yaml", WEATHER);
  const { code, stdout } = await session.run("lint a b --format json");
  expect(code).toBe(1);
  const files = JSON.parse(stdout)
    .findings.filter(({ name }: { name: string }) => name === "duplicate-name")
    .map(({ file }: { file: string }) => file);
  expect(files.length).toBeGreaterThan(0);
});

test("--format json prints the documented shape and nothing else", async () => {
  await session.write("weather.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { stdout, stderr } = await session.run("lint weather.yaml --format json");
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    files: 1,
    errors: 1,
    warnings: 0,
    findings: [
      {
        file: "weather.yaml",
        line: 5,
        column: 28,
        endLine: 5,
        endColumn: 29,
        path: ["tiers", 0, "timeout"],
        rule: expect.stringMatching(/^SL\d{3}$/),
        name: "bare-number",
        severity: "error",
        message: expect.any(String),
        hint: expect.any(String),
        docs: "docs/rules/bare-number.md",
      },
    ],
  });
});

test("a finding for people ends with the command that tells more of its rule", async () => {
  await session.write("weather.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { stdout } = await session.run("lint weather.yaml");
  expect(stdout.split("\n").slice(3, 8)).toEqual([
    expect.stringContaining("2 could be 2 ms or 2 s"),
    expect.stringContaining("Write 2ms or 2s."),
    "More: sluice rule bare-number",
    "",
    "1 error in 1 file.",
  ]);
});

test("--format sarif prints a log and nothing else, with paths from where the user stands", async () => {
  await session.write("gateways/north sea.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { code, stdout, stderr } = await session.run("lint gateways --format sarif");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  const [run] = JSON.parse(stdout).runs;
  expect(run.artifacts[0].location.uri).toBe("gateways/north%20sea.yaml");
  expect(run.results.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain("SL004");
});

test("--format github prints a line a finding, and nothing at all when nothing is wrong", async () => {
  await session.write("weather.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { code, stdout, stderr } = await session.run("lint ./weather.yaml --format github");
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toMatch(/^::error file=weather\.yaml,line=5,endLine=5,col=28,endColumn=29,title=SL004 [^\n]*\n$/);
  await session.write("weather.yaml", WEATHER);
  expect(await session.run("lint weather.yaml --format github")).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("--format junit prints a report and nothing else, of clean files too", async () => {
  await session.write("weather.yaml", WEATHER);
  expect(await session.run("lint weather.yaml --format junit")).toEqual({
    code: 0,
    stdout: [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="sluice lint" tests="1" failures="0" errors="0" skipped="0">',
      '  <testsuite name="weather.yaml" tests="1" failures="0" errors="0" skipped="0">',
      '    <testcase classname="weather.yaml" name="nothing wrong" file="weather.yaml"/>',
      "  </testsuite>",
      "</testsuites>",
      "",
    ].join("\n"),
    stderr: "",
  });
});

test.each(["json", "sarif", "github", "junit"])("--format %s has the exit codes of the others", async (format) => {
  await session.write("wetter.yaml", WEATHER);
  expect((await session.run(`lint wetter.yaml --format ${format}`)).code).toBe(0);
  const strict = await session.run(`lint wetter.yaml --format ${format} --max-warnings 0`);
  expect(strict).toMatchObject({ code: 1, stderr: "1 warning, and --max-warnings allows 0.\n" });
  expect(await session.run(`lint nothing.yaml --format ${format}`)).toMatchObject({ code: 2, stdout: "" });
});

test("warnings are clean, unless there are more than --max-warnings", async () => {
  await session.write("wetter.yaml", WEATHER);
  const lenient = await session.run("lint wetter.yaml");
  expect(lenient.code).toBe(0);
  expect(lenient.stdout).toContain("1 warning in 1 file.");
  const strict = await session.run("lint wetter.yaml --max-warnings 0");
  expect(strict.code).toBe(1);
  expect(strict.stderr).toBe("1 warning, and --max-warnings allows 0.\n");
});

test("an environment that the file does not have is a finding", async () => {
  await session.write("weather.yaml", WEATHER);
  expect((await session.run("lint weather.yaml --env staging")).code).toBe(0);
  const { code, stdout } = await session.run("lint weather.yaml --env stagin");
  expect(code).toBe(1);
  expect(stdout).toContain("staging");
});

test("a missing file is one sentence and exit 2", async () => {
  expect(await session.run("lint nothing.yaml")).toEqual({
    code: 2,
    stdout: "",
    stderr: "sluice: There is no file nothing.yaml.\n",
  });
});

test("a folder without gateway files is one sentence and exit 2, and so is the want of gateways/", async () => {
  await mkdir(join(session.cwd, "empty"));
  expect(await session.run("lint empty")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("The folder empty holds no"),
  });
  expect(await session.run("lint")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("No gateway files found"),
  });
});

test.each([
  ["gateways/wether.yaml", " Did you mean gateways/weather.yaml?"],
  ["gateways/weather.yml", " Did you mean gateways/weather.yaml?"],
  ["gateways/weather", " Did you mean gateways/weather.yaml?"],
  ["gatewys", " Did you mean gateways?"],
  ["gatewys/weather.yaml", ""],
  ["gateways/weather.yaml/tiers", ""],
  ["gateways/ship.json", " Did you mean gateways/shop.json?"],
  ["gateways/ship.yml", " Did you mean gateways/shop.yaml?"],
  ["gateways/shop", " Did you mean gateways/shop.yaml?"],
  ["gateways/linked.yaml", ""],
])("%s is not there, and the file that was likely meant is named", async (path, guess) => {
  await session.write("gateways/weather.yaml", WEATHER);
  for (const ending of ["json", "md", "yaml"]) await session.write(`gateways/shop.${ending}`, WEATHER);
  await symlink("nowhere", join(session.cwd, "gateways", "linked.yaml"));
  const { code, stderr } = await session.run(`lint ${path}`);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `sluice: There is no file ${path}.${guess}\n` });
});
