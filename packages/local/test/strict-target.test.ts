import { spawn } from "node:child_process";
import { Agent, get } from "node:http";
import { get as getTls } from "node:https";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { ms, seconds, us } from "@sluice/dsl";
import { workerClock } from "../src/clock";
import { RealClock } from "../src/real-clock";
import { type StrictTarget, startStrictTarget } from "../src/strict-target";

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const clock = workerClock(new RealClock());
const targets: StrictTarget[] = [];
afterEach(async () => {
  await Promise.all(targets.splice(0).map((target) => target.close()));
});

async function start(...settings: Parameters<typeof startStrictTarget>): Promise<StrictTarget> {
  const target = await startStrictTarget(...settings);
  targets.push(target);
  return target;
}

/** One call; rejects with the error's code when the connection is lost. */
function call(target: StrictTarget, options: { path?: string; id?: string; agent?: Agent } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { path = "/", id, agent } = options;
    const request = (target.certificate ? getTls : get)(
      `${target.url}${path}`,
      { ca: target.certificate, headers: id ? { "x-request": id } : {}, agent },
      async (response) => {
        let body = "";
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"], body });
      },
    );
    request.on("error", (error: NodeJS.ErrnoException) => reject(new Error(error.code)));
  });
}

const port = (target: StrictTarget): number => Number(new URL(target.url).port);

/** A connection that stands. */
const connected = (target: StrictTarget): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ port: port(target), host: "127.0.0.1", noDelay: true }, () => resolve(socket));
  });

/** What the target says until it has said `until`. */
const said = (socket: Socket, until: string): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.includes(until)) resolve(text);
    });
  });

test("the N+1st arrival in a window is refused, and accepted again once the window has passed", async () => {
  const target = await start({ limit: { calls: 3, windowUs: ms(300) } });
  const statuses = (count: number) => Promise.all(Array.from({ length: count }, () => call(target)));
  expect((await statuses(5)).map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);

  const lastUs = (await target.log()).at(-1)?.atUs ?? 0;
  await clock.sleepUntil(us(lastUs + 300_000));
  expect((await call(target)).status).toBe(200);
});

test("a refused arrival counts too", async () => {
  const target = await start({ limit: { calls: 1, windowUs: ms(150) } });
  await call(target);
  const until = process.hrtime.bigint() + 400_000_000n;
  let accepted = 0;
  // A client that keeps knocking faster than the window is never let in again.
  while (process.hrtime.bigint() < until) accepted += (await call(target)).status === 200 ? 1 : 0;
  expect(accepted).toBe(0);
});

test("the refusal is the one that the API at hand would give", async () => {
  const limit = { calls: 1, windowUs: seconds(60) };
  const target = await start({ limit, refusal: { status: 403 } });
  await call(target);
  expect(await call(target)).toMatchObject({ status: 403, retryAfter: undefined });
  await target.setBehaviour({ refusal: { status: 503, retryAfterSeconds: 7 } });
  expect(await call(target)).toMatchObject({ status: 503, retryAfter: "7" });
});

test("an arrival is the first byte of a request, not its last and not the connection", async () => {
  const target = await start();
  const socket = await connected(target);
  expect(await target.log()).toEqual([]);

  const before = process.hrtime.bigint() / 1_000n;
  socket.write("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n");
  let log = await target.log();
  while (log.length === 0) log = await target.log();
  const seen = process.hrtime.bigint() / 1_000n;
  const end = said(socket, '{"ok":true}');
  socket.write("\r\nhe");
  socket.write("llo");
  await end;

  log = await target.log();
  expect(log).toHaveLength(1);
  expect(log[0]).toMatchObject({ method: "POST", path: "/slow", status: 200, end: "answered", openNow: 1 });
  expect(log[0]?.atUs).toBeGreaterThanOrEqual(Number(before));
  expect(log[0]?.atUs).toBeLessThanOrEqual(Number(seen));
  socket.destroy();
});

test("each request on a kept connection is an arrival, and so is a second one sent before the first was answered", async () => {
  const target = await start({ latency: { medianMs: 20, p99Ms: 20 } });
  const socket = await connected(target);
  const request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  const two = said(socket, "never");
  socket.write(request + request.replace("/a", "/b"));
  while ((await target.log()).filter(({ end }) => end === "answered").length < 2);
  socket.write(request.replace("/a", "/c"));
  while ((await target.log()).filter(({ end }) => end === "answered").length < 3);
  expect((await target.log()).map(({ path }) => path)).toEqual(["/a", "/b", "/c"]);
  socket.destroy();
  void two;
});

test("bytes that are no HTTP are an arrival with the answer 400", async () => {
  const target = await start({ limit: { calls: 1, windowUs: seconds(60) } });
  const socket = await connected(target);
  const answer = said(socket, "\r\n\r\n");
  socket.write("\x00\x01garbage\r\n\r\n");
  expect(await answer).toContain("400 Bad Request");
  expect((await call(target)).status).toBe(429);
  expect((await target.log())[0]).toMatchObject({ status: 400 });
});

test("the log tells requests apart by a header, and the moment in both clocks", async () => {
  const target = await start({ requestIdHeader: "x-request" });
  await call(target, { id: "one" });
  await call(target, { id: "two" });
  const log = await target.log();
  expect(log.map(({ requestId }) => requestId)).toEqual(["one", "two"]);
  const [first, second] = log;
  const monotonicMs = ((second?.atUs ?? 0) - (first?.atUs ?? 0)) / 1_000;
  expect((second?.wallMs ?? 0) - (first?.wallMs ?? 0)).toBeCloseTo(monotonicMs, 0);
  expect(Math.abs((second?.wallMs ?? 0) - Date.now())).toBeLessThan(5_000);
});

test("the call that would be one too many at once is refused for that", async () => {
  const target = await start({ maxOpen: 2, latency: { medianMs: 100, p99Ms: 100 } });
  const answers = await Promise.all([call(target), call(target), call(target)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  expect((await target.log()).map(({ openNow, refusedFor }) => [openNow, refusedFor])).toEqual([
    [1, undefined],
    [2, undefined],
    [3, "concurrency"],
  ]);
});

test("a target that was told to does the work and says 502, resets, hangs or refuses", async () => {
  const target = await start({ next: ["commitThen502", "reset", "refuse", "answer", "hang"] });
  expect((await call(target)).status).toBe(502);
  await expect(call(target)).rejects.toThrow("ECONNRESET");
  expect((await call(target)).status).toBe(429);
  expect((await call(target)).status).toBe(200);
  const socket = await connected(target);
  socket.write("GET /hung HTTP/1.1\r\nHost: x\r\n\r\n");
  while ((await target.log()).length < 5);
  socket.destroy();
  while ((await target.log()).at(-1)?.end === "open");
  expect((await target.log()).map(({ end, committed }) => [end, committed])).toEqual([
    ["answered", true],
    ["reset", false],
    ["answered", false],
    ["answered", true],
    ["abandoned", false],
  ]);
});

test("faults are drawn by their shares", async () => {
  const target = await start({ faults: { commitThen502: 0.5 }, seed: 3 });
  const answers = await Promise.all(Array.from({ length: 200 }, () => call(target)));
  const bad = answers.filter(({ status }) => status === 502).length;
  expect(bad).toBeGreaterThan(70);
  expect(bad).toBeLessThan(130);
});

test("half of the answers come within the median latency and nearly all within the 99th percentile", async () => {
  const target = await start({ latency: { medianMs: 20, p99Ms: 200 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  await Promise.all(Array.from({ length: 200 }, () => call(target, { agent })));
  agent.destroy();
  const lastedMs = (await target.log()).map(({ atUs, endUs = 0 }) => (endUs - atUs) / 1_000).sort((a, b) => a - b);
  expect(lastedMs[0]).toBeLessThan(15);
  expect(lastedMs[100]).toBeGreaterThan(13);
  expect(lastedMs[100]).toBeLessThan(40);
  expect(lastedMs[199]).toBeGreaterThan(80);
});

test("an idle connection is closed after the time given, a busy one is not", async () => {
  const target = await start({ idleCloseMs: 100, latency: { medianMs: 250, p99Ms: 250 } });
  const socket = await connected(target);
  const answer = said(socket, '{"ok":true}');
  const closed = new Promise<number>((resolve) => socket.on("close", () => resolve(performance.now())));
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(await answer).toContain("200 OK");
  const answeredAt = performance.now();
  expect((await closed) - answeredAt).toBeGreaterThan(80);
});

test("a TLS client waits for a delayed handshake, and its request arrives without that delay", async () => {
  const target = await start({ tls: true, handshakeDelayMs: 200 });
  const from = performance.now();
  expect((await call(target)).status).toBe(200);
  expect(performance.now() - from).toBeGreaterThan(195);
  // Over TLS a client may have its answer before the target has noted that it has.
  while ((await target.log()).at(-1)?.end === "open");
  const [arrival] = await target.log();
  expect(performance.now() - from - 200).toBeGreaterThan(0);
  expect(arrival?.end).toBe("answered");
});

test("a reset reaches a TLS client as a reset", async () => {
  const target = await start({ tls: true, next: ["reset"] });
  await expect(call(target)).rejects.toThrow("ECONNRESET");
});

test("a plain connection is read only after the delay", async () => {
  const target = await start({ handshakeDelayMs: 150 });
  const from = Number(process.hrtime.bigint() / 1_000n);
  await call(target);
  const [arrival] = await target.log();
  expect((arrival?.atUs ?? 0) - from).toBeGreaterThan(145_000);
});

test("a target that was closed says so", async () => {
  const target = await startStrictTarget();
  await target.close();
  await expect(target.log()).rejects.toThrow("the strict target has ended");
});

test("a target ends with the process that started it, even when that is killed", async () => {
  const starter = spawn(process.execPath, ["--import", "tsx", join(__dirname, "programs", "doomed-target.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => void starter.stdout.once("data", (data) => resolve(`${data}`)));
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await new Promise<void>((resolve) => void socket.once("connect", resolve));
  const closed = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
  socket.on("error", () => undefined); // A reset is an end, too.
  socket.resume();
  starter.kill("SIGKILL");
  await closed;
});

test("a window too long for the limiter's timer is refused", async () => {
  await expect(startStrictTarget({ limit: { calls: 1, windowUs: seconds(25 * 86_400) } })).rejects.toThrow(RangeError);
});
