import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changed, WEATHER } from "../gateway-text";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(() => {
  session = newSession();
});
afterEach(() => session.close());

const WRONG = changed(WEATHER, "timeout: 2m }", "timeout: 2 minutes } # why");
const RIGHT = changed(WEATHER, "timeout: 2m }", "timeout: 2m } # why");
const read = (file: string) => readFileSync(join(session.cwd, file), "utf8");

describe("lint --fix", () => {
  test("mends the file, says how much, and reports what is left", async () => {
    await session.write("gateways/weather.yaml", changed(WRONG, "rateLimit: 5/s", "rateLimit: 5"));
    const { code, stdout, stderr } = await session.run("lint --fix");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "Mended 1 finding in 1 file.\n" });
    expect(stdout).toContain("bare-number");
    expect(stdout).not.toContain("bad-unit");
    expect(read("gateways/weather.yaml")).toBe(changed(RIGHT, "rateLimit: 5/s", "rateLimit: 5"));
  });

  test("does not touch a file in which nothing can be mended", async () => {
    await session.write("gateways/weather.yaml", WEATHER);
    const before = statSync(join(session.cwd, "gateways/weather.yaml"), { bigint: true });
    expect(await session.run("lint --fix")).toEqual({ code: 0, stdout: "Nothing wrong in 1 file.\n", stderr: "" });
    expect(statSync(join(session.cwd, "gateways/weather.yaml"), { bigint: true }).mtimeNs).toBe(before.mtimeNs);
  });

  test("mends sluice.yaml too, and the gateways by what it then says", async () => {
    await session.write("sluice.yaml", "version: 1\ndefaults:\n  timeouts: { response: 9 s } # slow\n");
    await session.write("gateways/weather.yaml", WRONG);
    const { code, stdout, stderr } = await session.run("lint --fix");
    expect(stderr).toBe("Mended 2 findings in 2 files.\n");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Nothing wrong in 2 files.\n" });
    expect(read("sluice.yaml")).toBe("version: 1\ndefaults:\n  timeouts: { response: 9s } # slow\n");
    expect(read("gateways/weather.yaml")).toBe(RIGHT);
  });

  test("of standard input leaves sluice.yaml as it is", async () => {
    const shared = "version: 1\ndefaults:\n  timeouts: { response: 9 s }\n";
    await session.write("sluice.yaml", shared);
    expect((await session.run("lint --fix --stdin", { stdin: WRONG })).stdout).toBe(RIGHT);
    expect(read("sluice.yaml")).toBe(shared);
  });

  test("leaves a file that is not UTF-8 as it is, for its other letters would be lost", async () => {
    await session.write("gateways/weather.yaml", "");
    const bytes = Buffer.from(`${WRONG}# für`, "latin1");
    writeFileSync(join(session.cwd, "gateways/weather.yaml"), bytes);
    const { code, stderr } = await session.run("lint --fix");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "sluice: The file gateways/weather.yaml is not UTF-8, and was not read. Save it as UTF-8.\n",
    });
    expect(readFileSync(join(session.cwd, "gateways/weather.yaml"))).toEqual(bytes);
  });

  test("leaves a link a link, the file's permissions as they are, and nothing beside it", async () => {
    await session.write("kept/weather.yaml", WRONG);
    chmodSync(join(session.cwd, "kept/weather.yaml"), 0o640);
    symlinkSync(join(session.cwd, "kept/weather.yaml"), join(session.cwd, "weather.yaml"));
    await session.run("lint --fix weather.yaml");
    expect(lstatSync(join(session.cwd, "weather.yaml")).isSymbolicLink()).toBe(true);
    expect(read("kept/weather.yaml")).toBe(RIGHT);
    expect(statSync(join(session.cwd, "kept/weather.yaml")).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(session.cwd, "kept"))).toEqual(["weather.yaml"]);
  });
});

describe("interrupted, lint prints nothing and writes no file", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ])("%s ends it with %d", async (signal, exit) => {
    await session.write("gateways/weather.yaml", WRONG);
    const interrupt = AbortSignal.abort(signal);
    for (const words of ["lint", "lint --fix"])
      expect(await session.run(words, { interrupt })).toEqual({ code: exit, stdout: "", stderr: "" });
    expect(read("gateways/weather.yaml")).toBe(WRONG);
  });
});

test("sluice.yaml and the secrets may be named among the files, as commit hooks do", async () => {
  await session.write("sluice.yaml", "version: 1\n");
  await session.write("sluice.secrets.yaml", "weather: hunter2\n");
  await session.write("gateways/weather.yaml", WEATHER);
  const { code, stdout } = await session.run("lint sluice.yaml sluice.secrets.yaml gateways/weather.yaml");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Nothing wrong in 2 files.\n" });
  expect(await session.run("lint sluice.yaml")).toMatchObject({ code: 0, stdout: "Nothing wrong in 1 file.\n" });
  expect(await session.run("synth sluice.yaml")).toMatchObject({ code: 2, stdout: "" });
});

test("a sluice.yaml that is a list is told what belongs into it", async () => {
  await session.write("sluice.yaml", "- a\n");
  await session.write("gateways/weather.yaml", WEATHER);
  expect((await session.run("lint")).stdout).toContain("Begin with version: 1; defaults, environments and policy");
});

describe("lint --stdin", () => {
  test("looks at standard input under the name that is given", async () => {
    const { code, stdout } = await session.run("lint --stdin --stdin-filename gateways/weather.yaml --format json", {
      stdin: WRONG,
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).findings).toEqual([
      expect.objectContaining({ file: "gateways/weather.yaml", line: 5, name: "bad-unit" }),
    ]);
  });

  test("without a name, the gateway's own is taken", async () => {
    expect((await session.run("lint --stdin", { stdin: WEATHER })).stdout).toBe("Nothing wrong in 1 file.\n");
  });

  test("with --fix, the mended text is all that goes to standard output", async () => {
    const { code, stdout, stderr } = await session.run("lint --stdin --fix", { stdin: WRONG });
    expect({ code, stdout }).toEqual({ code: 0, stdout: RIGHT });
    expect(stderr).toBe("Nothing wrong in 1 file.\n");
  });

  test.each([
    ["lint --stdin weather.yaml", "Either --stdin or files"],
    ["lint --stdin-filename weather.yaml", "Add --stdin"],
  ])("%s is refused in words", async (words, sentence) => {
    const { code, stderr } = await session.run(words);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe("comments that answer findings", () => {
  const ANSWERED = changed(
    WEATHER,
    "rateLimit: 5/s",
    "rateLimit: 5/s\njitter: 600ms # sluice-ignore SL017: satellite",
  ).replace(/^environments:[\s\S]*/m, "");

  test("an answered warning is not reported, and is listed with its reason when asked for", async () => {
    await session.write("gateways/weather.yaml", ANSWERED);
    expect((await session.run("lint --max-warnings 0")).stdout).toBe("Nothing wrong in 1 file.\n");
    const { stdout } = await session.run("lint --show-suppressed");
    expect(stdout).toMatch(/^gateways\/weather\.yaml:4:9 {2}SL017 jitter-too-large {2}answered: satellite$/m);
  });

  test("machines get them too", async () => {
    await session.write("gateways/weather.yaml", ANSWERED);
    const json = JSON.parse((await session.run("lint --show-suppressed --format json")).stdout);
    expect(json).toMatchObject({ findings: [], suppressed: [{ rule: "SL017", line: 4, reason: "satellite" }] });
    const sarif = JSON.parse((await session.run("lint --show-suppressed --format sarif")).stdout);
    expect(sarif.runs[0].results).toEqual([
      expect.objectContaining({ suppressions: [expect.objectContaining({ justification: "satellite" })] }),
    ]);
    expect(JSON.parse((await session.run("lint --format json")).stdout)).not.toHaveProperty("suppressed");
  });

  test("without any, that is said", async () => {
    await session.write("gateways/weather.yaml", WEATHER);
    expect((await session.run("lint --show-suppressed")).stdout).toBe(
      "No comment answers anything.\n\nNothing wrong in 1 file.\n",
    );
  });
});

describe("sluice.yaml", () => {
  test("its defaults lie under the gateways for every command", async () => {
    await session.write("sluice.yaml", "version: 1\ndefaults: { owner: '@acme/all', timeouts: { response: 25s } }\n");
    await session.write("gateways/weather.yaml", WEATHER);
    expect((await session.run("lint")).stdout).toBe("Nothing wrong in 2 files.\n");
    const { stdout } = await session.run("explain gateways/weather.yaml");
    expect(stdout).toMatch(/response timeout +25 s/);
  });

  test("what is wrong in it is framed in its own text, and stops the others", async () => {
    await session.write("sluice.yaml", "version: 1\ndefaults:\n  timeouts: { response: 25 }\n");
    await session.write("gateways/weather.yaml", WEATHER);
    const { code, stdout } = await session.run("lint");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^sluice\.yaml:3:25 {2}error {2}SL004 bare-number\n3 \| {3}timeouts: \{ response: 25 \}\n/);
    const explained = await session.run("explain gateways/weather.yaml");
    expect(explained).toMatchObject({ code: 1, stdout: "" });
    expect(explained.stderr).toContain("sluice.yaml:3:25");
  });

  test("it is found from a folder below, and not taken for a gateway in its own", async () => {
    await session.write("sluice.yaml", "version: 1\ndefaults: { timeouts: { response: 25s } }\n");
    await session.write("gateways/weather.yaml", WEATHER);
    const below = newSession(join(session.cwd, "gateways"));
    expect((await below.run("explain weather.yaml")).stdout).toMatch(/response timeout +25 s/);
    await session.write("weather.yaml", WEATHER);
    expect((await session.run("lint .")).stdout).toBe("Nothing wrong in 2 files.\n");
  });

  test("an environment of it can be asked for without an entry in each file", async () => {
    await session.write("sluice.yaml", "version: 1\nenvironments: { production: { region: eu-west-2 } }\n");
    await session.write("gateways/weather.yaml", WEATHER);
    expect((await session.run("lint --env production")).code).toBe(0);
    writeFileSync(join(session.cwd, "sluice.yaml"), "version: 1\n");
    expect((await session.run("lint --env production")).code).toBe(1);
  });
});
