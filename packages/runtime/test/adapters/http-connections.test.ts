import { connect } from "node:net";
import { seconds, us } from "@sluice/dsl";
import { call, closeAll, endpointFor, httpTarget, prepare, rawTarget, SHORT, scriptedTarget, until } from "./loopback";

afterEach(closeAll);

const OK = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok";
const OK_BYTES = OK.replaceAll("\n", "\r\n");

test("a port where nobody listens is unavailable", async () => {
  const port = await freePort();
  const refused = prepare(endpointFor(`http://127.0.0.1:${port}`).endpoint);
  await expect(refused).rejects.toMatchObject({ name: "NotSent", reason: "unavailable" });
  await expect(refused).rejects.toThrow(`127.0.0.1:${port} refused the connection.`);
});

test("a name that does not exist is unavailable", async () => {
  const { endpoint } = endpointFor("http://target.invalid");
  await expect(prepare(endpoint)).rejects.toMatchObject({ reason: "unavailable" });
  await expect(prepare(endpoint)).rejects.toThrow(
    /^the name target\.invalid (does not exist|could not be looked up) \(DNS\)\.$/,
  );
});

test("a handshake that takes too long is unavailable", async () => {
  const target = await rawTarget();
  const { endpoint } = endpointFor(`https://127.0.0.1:${target.port}`, { connectUs: SHORT });
  await expect(prepare(endpoint)).rejects.toMatchObject({ reason: "unavailable" });
  await expect(prepare(endpoint)).rejects.toThrow(
    `no connection to 127.0.0.1:${target.port} within 60 ms (timeouts.connect).`,
  );
});

test("a target that does not speak TLS is unavailable", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint } = endpointFor(`https://127.0.0.1:${target.port}`);
  await expect(prepare(endpoint)).rejects.toMatchObject({ reason: "unavailable" });
});

test("a connection that is closed between prepare and start is not ready, and a start on it sends nothing", async () => {
  const target = await rawTarget();
  const prepared = await prepare(endpointFor(target.url).endpoint);
  await until(() => target.sockets.length === 1);
  target.sockets[0]?.end();
  await until(() => !prepared.isReady);
  const { written, ended } = prepared.start();
  await written;
  expect(await ended).toEqual({
    kind: "notSent",
    message: "127.0.0.1 had closed the connection before the call started",
  });
  expect(target.received()).toBe("");
});

test("an answer that comes before the call is not taken for the call's", async () => {
  const target = await rawTarget((socket) => socket.write(OK_BYTES));
  const prepared = await prepare(endpointFor(target.url).endpoint);
  await until(() => !prepared.isReady);
  expect(await prepared.start().ended).toMatchObject({ kind: "notSent" });
});

test("a connection is used again, by one call after the other", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint } = endpointFor(target.url);
  for (let count = 0; count < 3; count += 1) expect(await call(endpoint)).toMatchObject({ kind: "answer" });
  expect(target.sockets.length).toBe(1);
});

test("calls at the same time have a connection each", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint } = endpointFor(target.url);
  const prepared = await Promise.all([prepare(endpoint), prepare(endpoint), prepare(endpoint)]);
  await Promise.all(prepared.map((one) => one.start().ended));
  expect(target.sockets.length).toBe(3);
});

test("a hundred calls on one connection leave no listeners behind", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  const target = await scriptedTarget(OK);
  const { endpoint } = endpointFor(target.url);
  for (let count = 0; count < 100; count += 1) await call(endpoint);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect([target.sockets.length, warnings]).toEqual([1, []]);
});

test.each([
  ["that the target closes after its answer", "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 2\n\nok"],
  ["of HTTP/1.0", "HTTP/1.0 200 OK\nContent-Length: 2\n\nok"],
])("a connection %s is not used again", async (_name, answer) => {
  const target = await scriptedTarget(answer);
  const { endpoint } = endpointFor(target.url);
  await call(endpoint);
  expect(await call(endpoint)).toMatchObject({ kind: "answer" });
  expect(target.sockets.length).toBe(2);
});

test("a connection on which the target says more than it was asked is not used again", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint } = endpointFor(target.url);
  await call(endpoint);
  target.sockets[0]?.write(OK_BYTES);
  await until(() => target.sockets[0]?.destroyed === true);
  expect(await call(endpoint)).toMatchObject({ kind: "answer" });
  expect(target.sockets.length).toBe(2);
});

test("a target that closes connections after one idle second costs no call, however the gaps fall", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint, putClockForward } = endpointFor(target.url);
  await call(endpoint);
  // A second later the target closes, and the next call starts at the same moment: on a connection of its own.
  putClockForward(seconds(1));
  const prepared = await prepare(endpoint);
  target.sockets[0]?.end();
  expect(await prepared.start().ended).toMatchObject({ kind: "answer" });
  expect(target.sockets.length).toBe(2);
});

test("a prepared call that waited for as long as a target may take to hang up is prepared again", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint, putClockForward } = endpointFor(target.url);
  const prepared = await prepare(endpoint);
  // Real time goes on beside the offset: the margins are wide.
  putClockForward(us(300_000));
  expect(prepared.isReady).toBe(true);
  putClockForward(us(250_000));
  expect(prepared.isReady).toBe(false);
});

test("a target's Keep-Alive announcement is believed by half", async () => {
  const target = await scriptedTarget("HTTP/1.1 200 OK\nKeep-Alive: timeout=6, max=100\nContent-Length: 2\n\nok");
  const { endpoint, putClockForward } = endpointFor(target.url);
  await call(endpoint);
  putClockForward(us(2_900_000));
  await call(endpoint);
  expect(target.sockets.length).toBe(1);
  putClockForward(us(3_000_000));
  await call(endpoint);
  expect(target.sockets.length).toBe(2);
});

test("once the target was seen to close early, connections are left alone earlier", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint, putClockForward } = endpointFor(target.url);
  await call(endpoint);
  putClockForward(us(200_000));
  target.sockets[0]?.end();
  await until(() => target.sockets[0]?.destroyed === true);
  await call(endpoint);
  expect(target.sockets.length).toBe(2);
  putClockForward(us(150_000));
  await call(endpoint);
  expect(target.sockets.length).toBe(3);
});

test("a discarded call closes its connection without a byte", async () => {
  const target = await rawTarget();
  const prepared = await prepare(endpointFor(target.url).endpoint);
  prepared.discard();
  expect(prepared.isReady).toBe(false);
  await until(() => target.sockets[0]?.destroyed === true);
  expect(target.received()).toBe("");
});

test("closing the endpoint closes what idles and what was prepared, and it can be used again", async () => {
  const target = await scriptedTarget(OK);
  const { endpoint } = endpointFor(target.url);
  await call(endpoint);
  const prepared = await Promise.all([prepare(endpoint), prepare(endpoint)]);
  await endpoint.close();
  await until(() => target.sockets.length === 2 && target.sockets.every((socket) => socket.destroyed));
  expect(prepared.map((one) => one.isReady)).toEqual([false, false]);
  expect(await call(endpoint)).toMatchObject({ kind: "answer" });
});

test("a target by Node's own server keeps its connection over many calls", async () => {
  const target = await httpTarget((_, response) => response.end("ok"));
  const { endpoint } = endpointFor(target.url);
  for (let count = 0; count < 5; count += 1) await call(endpoint);
  expect(target.connections()).toBe(1);
});

/** A port on which somebody listened a moment ago. */
async function freePort(): Promise<number> {
  const target = await rawTarget();
  await closeAll();
  await new Promise<void>((resolve) => {
    const probe = connect(target.port, "127.0.0.1");
    probe.once("error", () => resolve());
  });
  return target.port;
}
