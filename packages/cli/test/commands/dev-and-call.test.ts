import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
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

test("under a naming of sluice.yaml dev shows, and call finds, the stack by it", async () => {
  const session = newSession();
  await session.write("sluice.yaml", 'version: 1\nnaming: "acme-{gateway}-{environment}"\n');
  await session.write("gateways/weather.yaml", WEATHER);
  const dev = await startDev(session, "--env staging");
  const call = (words: string) => session.run(`call ${words}`, { env: { AWS_ENDPOINT_URL: dev.endpoint } });
  expect(dev.screen).toContain(":stateMachine:acme-weather-staging");
  expect((await call(`weather --env staging --request '{"place":"Oslo"}'`)).code).toBe(0);
  expect((await call("wether --env staging")).stderr).toContain("did you mean weather-staging?");
  await dev.end();
  session.close();
});

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

  test("dev says where it listens, which secrets it made up and why, and where real ones belong", () => {
    expect(dev.screen).toContain("weather  5/s    forecast    HIGH, BATCH");
    const text = dev.screen.replaceAll(/\s+/g, " ");
    expect(text).toContain("made up, because strict targets take any key: weather.");
    expect(text).toContain("--targets none, which calls the real endpoints, reads them from sluice.secrets.yaml");
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
    expect(stderr).not.toContain("attempt");
  });

  test("a mistyped tier or operation fails with the one that was meant", async () => {
    expect((await call("weather --tier HIHG")).stderr).toContain("Did you mean HIGH?");
    expect((await call("weather forcast")).stderr).toContain("Did you mean forecast?");
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

  test("the same --name and request wait for the one call while it runs, and start nothing after it has ended", async () => {
    const words = `weather --name once --request '{"place":"Oslo"}'`;
    const both = await Promise.all([call(words), call(words)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const { code, stderr } = await call(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^sluice: This request was started as once before, and has ended \(SUCCEEDED\); nothing was sent/,
    );
    expect(stderr).toContain("arn:aws:states:us-east-1:123456789012:execution:sluice-weather:once");
  });

  test("the same --name with another request starts nothing, and says that it was another one", async () => {
    expect((await call(`weather --name taken --request '{"place":"Oslo"}'`)).code).toBe(0);
    const { code, stderr } = await call(`weather --name taken --request '{"place":"Bergen"}'`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^sluice: Another request was started as taken before; nothing was sent/);
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

describe("the commands that dev prints, pasted into a shell", () => {
  let session: Session;
  let dev: Awaited<ReturnType<typeof startDev>>;
  let commands: string[];

  beforeAll(async () => {
    session = newSession();
    const quoted = changed(
      changed(WEATHER, "name: weather", "name: tides"),
      "properties: { place: { type: string } }",
      `properties: { place: { const: "L'Aber $HOME \\"x\\"" } }`,
    );
    const impossible = changed(
      changed(WEATHER, "name: weather", "name: void"),
      "properties: { place: { type: string } }",
      "properties: { place: false }",
    );
    await session.write("gateways/tides.yaml", quoted);
    await session.write("gateways/void.yaml", impossible);
    dev = await startDev(session);
    commands = dev.screen.split("\n").flatMap((line) => (line.startsWith("  $ ") ? line.slice(4) : []));
  });
  afterAll(async () => {
    await dev.end();
    session.close();
  });

  const commandWith = (text: string): string => {
    const found = commands.find((command) => command.includes(text));
    if (found === undefined) throw new Error(`dev printed no ${text}`);
    return found;
  };

  test("call is answered", async () => {
    const { code, stdout, stderr } = await session.run(wordsOf(commandWith("call tides")));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ status: 200 });
  });

  test("the AWS CLI's start-execution starts one, and describe-execution finds it", async () => {
    const start = optionsIn(wordsOf(commandWith("start-execution")));
    const describe = optionsIn(wordsOf(commandWith("describe-execution")));
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new SFNClient({ endpoint: start["endpoint-url"], region: start.region, credentials });
    try {
      const { executionArn } = await client.send(
        new StartExecutionCommand({
          stateMachineArn: start["state-machine-arn"],
          name: start.name,
          input: start.input,
        }),
      );
      expect(executionArn).toBe(describe["execution-arn"]);
      const { input } = await client.send(new DescribeExecutionCommand({ executionArn }));
      expect(JSON.parse(input ?? "")).toMatchObject({ tier: "HIGH", request: { place: `L'Aber $HOME "x"` } });
    } finally {
      client.destroy();
    }
  });

  test("where no sample can be made, the line says what is missing", () => {
    expect(commandWith("call void")).toContain("--request @request.json");
    expect(dev.screen).toContain("no sample could be made for forecast");
  });
});

/** The words that a POSIX shell makes of a command of `sluice` or `aws`. */
function wordsOf(command: string): string[] {
  const script = `sluice() { printf '%s\\0' "$@"; }; aws() { printf '%s\\0' "$@"; }; ${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

/** The options among the words of an AWS CLI command. */
const optionsIn = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    words.flatMap((word, at) => (word.startsWith("--") ? [[word.slice(2), words[at + 1] ?? ""]] : [])),
  );

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
