import { Worker } from "node:worker_threads";
import {
  type Certificate,
  call,
  closeAll,
  endpointFor,
  httpsTarget,
  httpTarget,
  prepare,
  rawTarget,
  SHORT,
  scriptedTarget,
  selfSigned,
  until,
} from "./loopback";

afterEach(closeAll);

test("preparing a call connects and sends nothing", async () => {
  const target = await rawTarget();
  const { endpoint } = endpointFor(target.url);
  const prepared = await prepare(endpoint);
  await until(() => target.sockets.length === 1);
  expect(prepared.isReady).toBe(true);
  expect(target.received()).toBe("");
});

test("a call is written whole at its start: head and body, once", async () => {
  const target = await scriptedTarget("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
  const { endpoint } = endpointFor(target.url);
  const prepared = await prepare(endpoint, { method: "POST", path: "/orders", body: "$request" }, { item: 3 });
  const { written, ended } = prepared.start();
  await written;
  await ended;
  expect(target.received()).toMatch(/^POST \/orders HTTP\/1\.1\r\n(.+\r\n)+\r\n\{"item":3\}$/);
});

/** Records when the first byte of a request came; in a thread, so that it sees what leaves while this one stands still. */
const OBSERVER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const seen = new Int32Array(workerData.seen);
  const onSocket = (socket) => socket.on("error", () => {}).once("data", () => {
    Atomics.store(seen, 0, 1);
    Atomics.notify(seen, 0);
  });
  const server = workerData.tls
    ? require("node:tls").createServer(workerData.tls, onSocket)
    : require("node:net").createServer(onSocket);
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

test.each(["http", "https"])("the bytes of an %s call leave within the call of start", async (scheme) => {
  const seen = new SharedArrayBuffer(4);
  const tls = scheme === "https" ? selfSigned() : undefined;
  const observer = new Worker(OBSERVER, { eval: true, workerData: { seen, tls } });
  try {
    const port = await new Promise<number>((resolve) => observer.once("message", resolve));
    const { endpoint } = endpointFor(`${scheme}://localhost:${port}`, { ca: tls?.cert });
    const prepared = await prepare(endpoint, { method: "POST", path: "/orders", body: "$request" }, { item: 3 });
    prepared.start();
    // This thread does nothing more, not even a microtask, until the target has the bytes.
    const woken = Atomics.wait(new Int32Array(seen), 0, 0, 5_000);
    expect(woken).not.toBe("timed-out");
  } finally {
    await observer.terminate();
  }
});

test("an answer is its status, its headers in lower case, and its body as JSON when it is", async () => {
  const target = await httpTarget((_, response) => {
    response.setHeader("Content-Type", "application/problem+json; charset=utf-8");
    response.setHeader("X-Twice", ["a", "b"]);
    response.writeHead(404).end('{ "title": "none" }');
  });
  const end = await call(endpointFor(target.url).endpoint);
  expect(end).toMatchObject({ kind: "answer", status: 404, headers: { "x-twice": "a, b" }, body: { title: "none" } });
});

test.each([
  ["text stays text", "text/plain", "5", "5"],
  ["what only calls itself JSON stays text", "application/json", "<html>", "<html>"],
  ["an empty body is an empty text", "application/json", "", ""],
  ["JSON may come without its usual name", "text/json", "[1]", [1]],
])("%s", async (_name, type, sent, body) => {
  const target = await httpTarget((_request, response) => response.setHeader("Content-Type", type).end(sent));
  expect(await call(endpointFor(target.url).endpoint)).toMatchObject({ kind: "answer", body });
});

test("a body in an old character set is read in it", async () => {
  const target = await httpTarget((_, response) =>
    response.setHeader("Content-Type", "text/xml; charset=ISO-8859-1").end(Buffer.from("<n>Müller</n>", "latin1")),
  );
  expect(await call(endpointFor(target.url).endpoint)).toMatchObject({ body: "<n>Müller</n>" });
});

test.each([
  ["with a length", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"],
  ["in chunks", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nhel\n2\nlo\n0\n\n", "hello"],
  ["after an interim answer", "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"],
  ["after early hints", "HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"],
  ["without a body", "HTTP/1.1 204 No Content\n\n", ""],
])("an answer %s is read to its end", async (_name, sent, body) => {
  const target = await scriptedTarget(sent);
  expect(await call(endpointFor(target.url).endpoint)).toMatchObject({ kind: "answer", body });
});

test("an answer that ends with its connection is read to its end", async () => {
  const target = await rawTarget((socket) => socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nhello")));
  expect(await call(endpointFor(target.url).endpoint)).toMatchObject({ kind: "answer", status: 200, body: "hello" });
});

test("the answer to HEAD has no body, whatever length it names", async () => {
  const target = await scriptedTarget("HTTP/1.1 200 OK\nContent-Length: 500\nContent-Type: application/json\n\n");
  const end = await call(endpointFor(target.url).endpoint, { method: "HEAD" });
  expect(end).toMatchObject({ kind: "answer", status: 200, body: "" });
});

test("a redirect is an answer and is not followed", async () => {
  const target = await httpTarget((_, response) => response.writeHead(302, { Location: "/elsewhere" }).end());
  expect(await call(endpointFor(target.url).endpoint)).toMatchObject({ kind: "answer", status: 302 });
  expect(target.requests.length).toBe(1);
});

test("an answer to a large request that comes before the request was read counts", async () => {
  const target = await httpTarget((_, response) => response.writeHead(413, { Connection: "close" }).end("too much"));
  const large = { path: "/orders", method: "POST", body: "$request" } as const;
  expect(await call(endpointFor(target.url).endpoint, large, "x".repeat(250_000))).toMatchObject({ status: 413 });
});

test("a target that answers nothing ends in a timeout", async () => {
  const target = await rawTarget();
  const end = await call(endpointFor(target.url, { responseUs: SHORT }).endpoint);
  expect(end).toEqual({ kind: "timeout", message: "no answer within 0.06 s (timeouts.response)" });
});

test("a target that stops in the middle of its answer ends in a timeout", async () => {
  const target = await scriptedTarget("HTTP/1.1 200 OK\nContent-Length: 500\n\nhel");
  const end = await call(endpointFor(target.url, { responseUs: SHORT }).endpoint);
  expect(end.kind).toBe("timeout");
});

test.each<[string, (socket: import("node:net").Socket) => void]>([
  ["reset after the first byte", (socket) => socket.resetAndDestroy()],
  ["closed without an answer", (socket) => socket.end()],
  ["closed in the middle of the answer", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhel")],
  ["closed in the middle of the head", (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-")],
])("a call whose connection is %s is lost", async (_name, react) => {
  const target = await rawTarget((socket) => socket.once("data", () => react(socket)));
  const end = await call(endpointFor(target.url).endpoint);
  expect(end).toEqual({ kind: "lost", message: "127.0.0.1 closed the connection before it had answered" });
});

test("an answer that is no HTTP is lost, and the message says so", async () => {
  const target = await scriptedTarget("220 mail.example ESMTP\n");
  const end = await call(endpointFor(target.url).endpoint);
  expect(end).toMatchObject({
    kind: "lost",
    message: expect.stringContaining("answered something that is no HTTP/1.1"),
  });
});

test("an answer of more than a MiB is not read to its end", async () => {
  const target = await httpTarget((_, response) => response.writeHead(200).end(Buffer.alloc(1_048_577)));
  const end = await call(endpointFor(target.url).endpoint);
  expect(end).toMatchObject({
    kind: "tooLarge",
    status: 200,
    message: "its body is longer than 1 MiB, the most that a gateway reads",
  });
});

test("an answer of a MiB is read", async () => {
  const target = await httpTarget((_, response) => response.writeHead(200).end("x".repeat(1_048_576)));
  expect(await call(endpointFor(target.url).endpoint)).toMatchObject({ kind: "answer", body: "x".repeat(1_048_576) });
});

describe("with TLS", () => {
  let certificate: Certificate;
  beforeAll(() => {
    certificate = selfSigned();
  });

  test("a call works as without", async () => {
    const target = await httpsTarget((_, response) => response.end("hello"), certificate);
    const { endpoint } = endpointFor(target.url, { ca: certificate.cert });
    expect(await call(endpoint)).toMatchObject({ kind: "answer", body: "hello" });
  });

  test("a second connection resumes the first one's session", async () => {
    const resumed: boolean[] = [];
    const target = await httpsTarget((request, response) => {
      resumed.push((request.socket as import("node:tls").TLSSocket).isSessionReused());
      response.setHeader("Connection", "close").end();
    }, certificate);
    const { endpoint } = endpointFor(target.url, { ca: certificate.cert });
    await call(endpoint);
    await call(endpoint);
    expect(resumed).toEqual([false, true]);
  });

  test("a certificate that nobody vouches for is refused before anything is sent", async () => {
    const target = await httpsTarget((_, response) => response.end(), certificate);
    const refused = prepare(endpointFor(target.url).endpoint);
    await expect(refused).rejects.toMatchObject({ name: "NotSent", reason: "unavailable" });
    await expect(refused).rejects.toThrow(/^TLS with localhost:\d+ failed: self-signed certificate/);
  });

  test("a certificate for another name is refused before anything is sent", async () => {
    const target = await httpsTarget((_, response) => response.end(), certificate);
    const { endpoint } = endpointFor(`https://127.0.0.2:${target.port}`, { ca: certificate.cert });
    await expect(prepare(endpoint)).rejects.toMatchObject({ name: "NotSent", reason: "unavailable" });
  });

  test("a call is prepared only when the handshake is done", async () => {
    const target = await httpsTarget((_, response) => response.end("hello"), certificate);
    const held = await holdingProxy(target.port);
    const { endpoint } = endpointFor(`https://localhost:${held.port}`, { ca: certificate.cert });
    let isPrepared = false;
    const preparing = prepare(endpoint).then((prepared) => {
      isPrepared = true;
      return prepared;
    });
    await until(() => held.isHolding());
    expect(isPrepared).toBe(false);
    held.release();
    expect(await (await preparing).start().ended).toMatchObject({ kind: "answer", body: "hello" });
  });
});

/** Lets a connection be made, and holds back what it carries until it is released. */
async function holdingProxy(port: number) {
  let waiting: Buffer[] = [];
  let pass: ((chunk: Buffer) => void) | undefined;
  let back: import("node:net").Socket | undefined;
  const { connect } = await import("node:net");
  const front = await rawTarget((socket) => {
    back = connect(port, "127.0.0.1");
    back.on("error", () => {}).pipe(socket);
    socket.once("close", () => back?.destroy());
    socket.on("data", (chunk: Buffer) => (pass ? pass(chunk) : waiting.push(chunk)));
  });
  return {
    port: front.port,
    isHolding: () => waiting.length > 0,
    release: () => {
      pass = (chunk) => back?.write(chunk);
      for (const chunk of waiting) pass(chunk);
      waiting = [];
    },
  };
}
