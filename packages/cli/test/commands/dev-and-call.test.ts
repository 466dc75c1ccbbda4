import { readdirSync } from "node:fs";
import { changed, WEATHER, withToken } from "../gateway-text";
import { type Ended, newSession, type Session } from "../session";

/** `sluice dev` in a session of its own, on a free port, until it is interrupted. */
async function startDev(
  session: Session,
  words = "",
): Promise<{ endpoint: string; screen: string; end(): Promise<Ended> }> {
  const interrupt = new AbortController();
  const seen: string[] = [];
  let tell: (endpoint: string) => void = () => undefined;
  const listening = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const ended = session.run(`dev --port 0 ${words}`, {
    interrupt: interrupt.signal,
    onStdout(text) {
      seen.push(text);
      const endpoint = /Listening on (\S+),/.exec(text)?.[1];
      if (endpoint !== undefined) tell(endpoint);
    },
  });
  const endpoint = await Promise.race([
    listening,
    ended.then(({ stderr }) => Promise.reject(new Error(`dev ended at once: ${stderr}`))),
  ]);
  return {
    endpoint,
    screen: seen.join(""),
    end: () => {
      interrupt.abort();
      return ended;
    },
  };
}

describe("with a gateway that runs", () => {
  let session: Session;
  let dev: Awaited<ReturnType<typeof startDev>>;
  const call = (words: string, more: Parameters<Session["run"]>[1] = {}) =>
    session.run(`call ${words}`, { ...more, env: { AWS_ENDPOINT_URL: dev.endpoint, ...more.env } });

  beforeAll(async () => {
    session = newSession();
    await session.write("gateways/weather.yaml", withToken(WEATHER, "weather#token"));
    dev = await startDev(session);
  });
  afterAll(async () => {
    await dev.end();
    session.close();
  });

  test("dev says where it listens, how to call it, and which secrets it made up", () => {
    expect(dev.screen).toContain("weather  5/s    forecast    HIGH, BATCH");
    expect(dev.screen).toContain("the secrets weather");
    expect(dev.screen).toContain(
      `sluice call weather forecast --tier HIGH --request '{…}' --endpoint-url ${dev.endpoint}`,
    );
  });

  test("call prints the answer of the target as JSON", async () => {
    const { code, stdout, stderr } = await call(`weather --tier HIGH --format json --request '{"place":"Oslo"}'`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ status: 200, body: { from: "strict target of weather" } });
    expect(stdout.trim().split("\n")).toHaveLength(1);
  });

  test("call reads the request from standard input or from a file", async () => {
    await session.write("request.json", '{"place":"Bergen"}');
    const typed = await call("weather forecast --request @-", { stdin: '{"place":"Bergen"}' });
    const read = await call("weather forecast --request @request.json");
    expect([typed.code, read.code]).toEqual([0, 0]);
  });

  test("a request that does not fit its schema fails with what is wrong with it: exit 1", async () => {
    const { code, stdout, stderr } = await call(`weather --request '{"plaice":"Oslo"}'`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^weather: Gateway\.InvalidRequest/);
    expect(stderr).toContain("place");
  });

  test("an unknown tier fails at once with those that exist", async () => {
    const { code, stderr } = await call(`weather --tier URGENT --request '{"place":"Oslo"}'`);
    expect(code).toBe(1);
    expect(stderr).toContain("HIGH, BATCH");
  });

  test("an unknown operation fails at once with those that exist", async () => {
    const { code, stderr } = await call(`weather hindcast --request '{"place":"Oslo"}'`);
    expect(code).toBe(1);
    expect(stderr).toContain("forecast");
  });

  test("an unknown gateway is exit 2 with the one that was meant", async () => {
    const { code, stderr } = await call(`wether --request '{"place":"Oslo"}'`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sluice: There is no gateway wether.*did you mean weather\?/);
  });

  test("the same --name never starts a request twice", async () => {
    const words = `weather --name once --request '{"place":"Oslo"}'`;
    expect((await call(words)).code).toBe(0);
    expect(await call(words)).toMatchObject({ code: 2, stderr: expect.stringContaining("A request named once") });
  });

  test("a second dev on the same port is one sentence and exit 2", async () => {
    const port = new URL(dev.endpoint).port;
    const { code, stderr } = await session.run(`dev --port ${port}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^sluice: Port ${port} is in use.*--port\\.\\n$`));
  });

  test("dev writes nothing into the user's folder", () => {
    expect(readdirSync(session.cwd).filter((name) => name !== "request.json")).toEqual(["gateways"]);
  });

  test("Ctrl-C ends dev, which is how it is meant to end: exit 0", async () => {
    const other = await startDev(session);
    const { code, stderr } = await other.end();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("without one", () => {
  let session: Session;
  beforeEach(() => {
    session = newSession();
  });
  afterEach(() => session.close());

  test.each([
    ["call weather --request {", "The request (--request) is not JSON"],
    ["call weather --request @nothing.json", "There is no file nothing.json."],
    ["call weather --endpoint-url nowhere", "The endpoint nowhere is no URL"],
  ])("%s is one sentence and exit 2", async (words, sentence) => {
    const { code, stdout, stderr } = await session.run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^sluice: [^\n]*\n$/);
    expect(stderr).toContain(sentence);
  });

  test("dev with a finding runs nothing: exit 1", async () => {
    await session.write("gateways/weather.yaml", changed(WEATHER, "rateLimit: 5/s", "rateLimit: 5"));
    const { code, stdout, stderr } = await session.run("dev --port 0");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("gateways/weather.yaml:3:12");
  });

  test("dev that calls real endpoints names the secrets that are missing: exit 2", async () => {
    await session.write("gateways/weather.yaml", withToken(WEATHER, "weather#token"));
    const { code, stderr } = await session.run("dev --port 0 --targets none");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sluice: .*sluice\.secrets\.yaml: weather#token\..*\n$/);
  });
});
