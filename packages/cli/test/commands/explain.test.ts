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
