import { changed, WEATHER } from "../gateway-text";
import { newSession, type Session } from "../session";

let session: Session;
beforeEach(async () => {
  session = newSession();
  await session.write("weather.yaml", WEATHER);
});
afterEach(() => session.close());

test("explain says the interval with how it comes about, and what follows each outcome", async () => {
  const { code, stdout, stderr } = await session.run("explain weather.yaml");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  // (1 s + 20 ms of jitter) / 5 calls
  expect(stdout).toMatch(/^interval +204 ms +\(1 s \+ 20 ms\) \/ 5/m);
  expect(stdout).toMatch(/^throttled +429/m);
  expect(stdout).toMatch(/^forecast +GET https:\/\/weather\.example\.org\/forecast\/\{place\} +yes/m);
});

test("explain says the waits with the formula's name, and the cost with the count of each part", async () => {
  const { stdout } = await session.run("explain weather.yaml");
  const flat = stdout.replace(/\s+/g, " ");
  expect(flat).toContain("By Cobham's formula for the M/D/1 queue with non-preemptive priorities");
  expect(stdout).toMatch(/^tier +50 % load +80 % load +95 % load +endless BATCH$/m);
  expect(stdout).toMatch(/^state transitions +1 +\$25\.00 +1 +\$25\.00$/m);
  expect(flat).toContain("Prices of us-east-1, from pages dated 2021-04-22 to 2026-06-13");
});

test("--load tells the waits for what the user expects", async () => {
  const { code, stdout } = await session.run("explain weather.yaml --load HIGH=120/m,BATCH=2/s");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^tier +this load +endless BATCH$/m);
  expect(stdout.replace(/\s+/g, " ")).toContain("arrivals as given: HIGH 2/s, BATCH 2/s");
});

test("a load that the gateway cannot carry is told in words", async () => {
  const { code, stdout } = await session.run("explain weather.yaml --load HIGH=1/s,BATCH=50/s");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^BATCH +grows without end/m);
});

test("a load for a tier that does not exist is refused with those that do", async () => {
  expect(await session.run("explain weather.yaml --load HIHG=1/s")).toEqual({
    code: 2,
    stdout: "",
    stderr:
      "sluice: --load names the tier HIHG, which the gateway does not have. Did you mean HIGH? Its tiers: HIGH, BATCH.\n",
  });
});

test.each([
  ["HIGH=2", '"HIGH=2" is not a tier and its rate. Write --load HIGH=2/s,BATCH=100/m; units: ms, s, m, h, d.'],
  ["HIGH=1/s,", '"" is not a tier and its rate.'],
  ["2/s", '"2/s" is not a tier and its rate.'],
  ["HIGH=1/s,HIGH=2/s", "HIGH is there twice. Give each tier one rate."],
])("--load %s is wrong use, and says what is right", async (load, sentence) => {
  const { code, stdout, stderr } = await session.run(`explain weather.yaml --load ${load}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(sentence);
});

test("--format json has a version, and numbers with units in their names", async () => {
  const { stdout } = await session.run("explain weather.yaml --format json");
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    gateway: "weather",
    numbers: { intervalUs: 204_000, limitCalls: 5, limitWindowUs: 1_000_000, openCalls: 50 },
    waits: {
      loads: [
        {
          name: "50 % load",
          tiers: [
            { tier: "HIGH", kind: "mean" },
            { tier: "BATCH", kind: "mean" },
          ],
        },
        {},
        {},
        {},
      ],
    },
    cost: { currency: "USD", region: "us-east-1" },
  });
});

test("no line is wider than the terminal, or than 100 characters where there is none", async () => {
  const { stdout } = await session.run("explain weather.yaml");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("--env explains that environment", async () => {
  const { stdout } = await session.run("explain weather.yaml --env staging --format json");
  expect(JSON.parse(stdout)).toMatchObject({ gateway: "weather", environment: "staging" });
});

test("a file with a finding is not explained: the finding on standard error, exit 1", async () => {
  await session.write("weather.yaml", changed(WEATHER, "rateLimit: 5/s", "rateLimit: 5"));
  const { code, stdout, stderr } = await session.run("explain weather.yaml");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("weather.yaml:3:12  error");
});

test("a missing file is one sentence and exit 2", async () => {
  expect(await session.run("explain nothing.yaml")).toEqual({
    code: 2,
    stdout: "",
    stderr: "sluice: There is no file nothing.yaml.\n",
  });
});

describe("a file with instances", () => {
  beforeEach(() =>
    session.write("weather.yaml", `${WEATHER}instances:\n  - { name: acme }\n  - { name: globex, rateLimit: 2/s }\n`),
  );

  test("is explained one gateway after the other; --instance chooses", async () => {
    const { code, stdout } = await session.run("explain weather.yaml");
    expect(code).toBe(0);
    expect(stdout.match(/^weather-\w+$/gm)).toEqual(["weather-acme", "weather-globex"]);
    expect((await session.run("explain weather.yaml --instance globex")).stdout).toMatch(/^weather-globex\n/);
    expect((await session.run("explain weather.yaml --instance globes")).stderr).toContain("Did you mean globex?");
  });

  test("is told in one object for machines", async () => {
    const { instances } = JSON.parse((await session.run("explain weather.yaml --format json")).stdout);
    expect(instances.map(({ gateway }: { gateway: string }) => gateway)).toEqual(["weather-acme", "weather-globex"]);
    const one = JSON.parse((await session.run("explain weather.yaml --format json --instance acme")).stdout);
    expect(one).toEqual(instances[0]);
  });
});
