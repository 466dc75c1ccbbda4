import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { changed, WEATHER } from "../gateway-text";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(async () => {
  session = newSession();
  await session.write("gateways/weather.yaml", WEATHER);
});
afterEach(() => session.close());

test("synth writes one template for each gateway and says where", async () => {
  const { code, stdout } = await session.run("synth --no-validation");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^sluice-weather {2}cdk\.out\/\S+\.template\.json\n$/);
  const [, path = ""] = stdout.trim().split("  ");
  expect(JSON.parse(readFileSync(join(session.cwd, path), "utf8"))).toHaveProperty("Resources");
});

test("--env is part of the stack's name, and --out is where it goes", async () => {
  const { stdout } = await session.run("synth --no-validation --env staging --out build/templates");
  expect(stdout).toMatch(/^sluice-weather-staging {2}build\/templates\//);
});

test("each instance of a file is a stack of its own", async () => {
  const instances = "instances: [{ name: acme }, { name: globex, endpoint: { url: https://globex.example.org } }]\n";
  await session.write("gateways/weather.yaml", WEATHER + instances);
  const { code, stdout } = await session.run("synth --no-validation");
  expect(code).toBe(0);
  expect(stdout.match(/^\S+/gm)).toEqual(["sluice-weather-acme", "sluice-weather-globex"]);
});

test("an environment's account and region in sluice.yaml are where its stacks go", async () => {
  await session.write(
    "sluice.yaml",
    'version: 1\nenvironments: { production: { account: "123456789012", region: eu-west-2 } }\n',
  );
  expect((await session.run("synth --no-validation --env production")).stdout).toMatch(/^sluice-weather-production /);
  const manifest = JSON.parse(readFileSync(join(session.cwd, "cdk.out", "manifest.json"), "utf8"));
  expect(manifest.artifacts["sluice-weather-production"].environment).toBe("aws://123456789012/eu-west-2");
});

test("where there is a finding nothing is written: exit 1, the finding on standard error", async () => {
  await session.write("gateways/tides.yaml", changed(WEATHER, "timeout: 2m", "timeout: 2"));
  const { code, stdout, stderr } = await session.run("synth --no-validation");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("gateways/tides.yaml:5:28  error");
  expect(existsSync(join(session.cwd, "cdk.out"))).toBe(false);
});

test("a folder that holds something else is left alone: one sentence and exit 2", async () => {
  await mkdir(join(session.cwd, "photos"));
  await writeFile(join(session.cwd, "photos", "sea.jpg"), "");
  const { code, stderr } = await session.run("synth --no-validation --out photos");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^sluice: .*photos.*\n$/);
  expect(readdirSync(join(session.cwd, "photos"))).toEqual(["sea.jpg"]);
});

test("an output folder below a file is one sentence and exit 2", async () => {
  const { code, stderr } = await session.run("synth --no-validation --out gateways/weather.yaml/out");
  expect(code).toBe(2);
  expect(stderr.split("\n")).toHaveLength(2);
  expect(stderr).toContain("weather.yaml");
});
