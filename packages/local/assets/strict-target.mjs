// The strict target: an API that refuses the N+1st arrival of any half-open window, and can be as nasty as real ones.
// A process of its own and without a line of Sluice's, so that nothing of the worker's can make it kind: the verdict is
// `rolling-rate-limiter`'s. Its starter speaks to it over Node's IPC channel and it ends when that closes.
//
// argv[2] is a StrictTargetOptions as JSON (../src/strict-target.ts says what each field means).

import { createServer as createHttpServer } from "node:http";
import { createRequire } from "node:module";
import { createServer as createTcpServer } from "node:net";
import { constants, setPriority } from "node:os";
import { createSecureContext, TLSSocket } from "node:tls";
import { selfSigned } from "./self-signed.mjs";

const require = createRequire(import.meta.url);
const { InMemoryRateLimiter } = require("rolling-rate-limiter");
// The limiter reads the time from this package. It is handed each arrival's own instant instead, which is monotonic, and
// so the log and the verdict speak of the same one.
const microtime = createRequire(require.resolve("rolling-rate-limiter"))("microtime");
const wallUs = microtime.now;
/** @type {(atUs: number) => void} */
const setLimiterTime = (atUs) => {
  microtime.now = () => atUs;
};

/**
 * @typedef {import("../src/strict-target.js").StrictTargetOptions} Options
 * @typedef {import("../src/strict-target.js").TargetBehaviour} Behaviour
 * @typedef {import("../src/strict-target.js").TargetFault} Fault
 * @typedef {import("../src/strict-target.js").TargetArrival} Arrival
 * @typedef {{ arrival: Arrival, blocked: Promise<boolean> }} Judged
 * @typedef {import("node:http").IncomingMessage} Request
 * @typedef {import("node:http").ServerResponse} Response
 * @typedef {object} Connection
 * @property {import("node:net").Socket} raw the TCP socket, also below TLS
 * @property {Judged} [judged] bytes were read of which no request has come yet
 * @property {{ request: Request, response: Response }} [exchange] the last one
 * @property {NodeJS.Timeout} [idle]
 */

const LIMITER_KEY = "all";
const nowUs = () => /** @type {Arrival["atUs"]} */ (Number(process.hrtime.bigint() / 1_000n));

try {
  // A late read would be logged as a late arrival. Where more priority is not permitted, it goes without.
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // EPERM or EACCES: an ordinary user.
}

/** @type {Options} */
const options = JSON.parse(process.argv[2] ?? "{}");
const limiter =
  options.limit &&
  new InMemoryRateLimiter({ interval: options.limit.windowUs / 1_000, maxInInterval: options.limit.calls });
/** @type {Behaviour} */
let behaviour = /** @type {Behaviour} */ (options.behaviour);
/** @type {Arrival[]} */
const log = [];
/** @type {Map<import("node:stream").Duplex, Connection>} */
const connections = new Map();
let open = 0;

// mulberry32: enough to draw latencies and faults repeatably.
let state = options.seed | 0;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

/** Log-normal with the given median and 99th percentile, which lies 2.326 standard deviations above. */
function drawLatencyMs() {
  const { medianMs, p99Ms } = behaviour.latency;
  if (medianMs <= 0 || p99Ms <= medianMs) return medianMs;
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return medianMs * Math.exp((normal * Math.log(p99Ms / medianMs)) / 2.326);
}

/** @returns {Fault | undefined} */
function drawFault() {
  const [scripted, ...next] = behaviour.next;
  behaviour = { ...behaviour, next };
  if (scripted !== undefined) return scripted === "answer" ? undefined : scripted;
  let draw = random();
  for (const [fault, share] of Object.entries(behaviour.faults)) {
    draw -= share ?? 0;
    if (draw < 0) return /** @type {Fault} */ (fault);
  }
  return undefined;
}

/**
 * Whether bytes that are read now belong to a request that has begun.
 *
 * @param {Connection} connection
 */
function isBusy({ judged, exchange }) {
  if (judged) return true;
  return exchange !== undefined && !(exchange.request.complete && exchange.response.writableEnded);
}

/**
 * The moment that counts. Runs in the tick in which the first bytes of a request were read, before HTTP is parsed.
 *
 * @returns {Judged}
 */
function judge() {
  const atUs = nowUs();
  open += 1;
  /** @type {Arrival} */
  const arrival = { atUs, wallMs: wallUs() / 1_000, accepted: true, openNow: open, end: "open", committed: false };
  log.push(arrival);
  setLimiterTime(atUs);
  return { arrival, blocked: limiter ? limiter.limit(LIMITER_KEY) : Promise.resolve(false) };
}

/**
 * @param {Arrival} arrival
 * @param {Arrival["end"]} end
 */
function finish(arrival, end) {
  if (arrival.end !== "open") return;
  arrival.end = end;
  arrival.endUs = nowUs();
  open -= 1;
}

/**
 * @param {Request} request
 * @param {Response} response
 */
async function serve(request, response) {
  const connection = /** @type {Connection} */ (connections.get(request.socket));
  // Pipelined behind another request its first byte was seen with that one's: it arrived when it was parsed.
  const { arrival, blocked } = connection.judged ?? judge();
  connection.judged = undefined;
  connection.exchange = { request, response };
  response.on("close", () => {
    finish(arrival, response.writableFinished ? "answered" : "abandoned");
    if (!isBusy(connection)) watchIdle(connection);
  });
  arrival.method = request.method;
  arrival.path = request.url;
  arrival.requestId = options.requestIdHeader && request.headers[options.requestIdHeader]?.toString();
  request.resume();

  const isOverRate = await blocked;
  const isOverOpen = behaviour.maxOpen !== undefined && arrival.openNow > behaviour.maxOpen;
  if (isOverRate || isOverOpen) {
    arrival.accepted = false;
    arrival.refusedFor = isOverRate ? "rate" : "concurrency";
    return refuse(arrival, response);
  }
  const fault = drawFault();
  if (fault === "hang") return;
  const leftMs = drawLatencyMs() - (nowUs() - arrival.atUs) / 1_000;
  setTimeout(() => end(arrival, response, connection, fault), Math.max(0, leftMs));
}

/**
 * @param {Arrival} arrival
 * @param {Response} response
 * @param {Connection} connection
 * @param {Fault | undefined} fault
 */
function end(arrival, response, connection, fault) {
  if (response.destroyed) return;
  if (fault === "refuse") return refuse(arrival, response);
  if (fault === "reset") {
    finish(arrival, "reset");
    connection.raw.resetAndDestroy();
    return;
  }
  arrival.committed = true;
  if (fault === "commitThen502") return answer(arrival, response, 502, {}, { error: "bad gateway" });
  const { status, headers, body } = behaviour.answer;
  return answer(arrival, response, status, headers, body);
}

/**
 * @param {Arrival} arrival
 * @param {Response} response
 */
function refuse(arrival, response) {
  const { status, retryAfterSeconds } = behaviour.refusal;
  /** @type {Record<string, string>} */
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  answer(arrival, response, status, headers, { error: "rate limit exceeded" });
}

/**
 * @param {Arrival} arrival
 * @param {Response} response
 * @param {number} status
 * @param {Record<string, string>} headers
 * @param {unknown} body
 */
function answer(arrival, response, status, headers, body) {
  arrival.status = status;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** @param {Connection} connection */
function watchIdle(connection) {
  clearTimeout(connection.idle);
  if (behaviour.idleCloseMs === undefined) return;
  connection.idle = setTimeout(() => connection.raw.destroy(), behaviour.idleCloseMs);
}

const http = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0 }, serve);
http.on("clientError", (_error, socket) => {
  const judged = connections.get(socket)?.judged;
  if (judged) judged.arrival.status = 400; // Bytes arrived, though no request came of them.
  if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
});

/**
 * @param {import("node:net").Socket} raw
 * @param {import("node:net").Socket} stream the same, or TLS over it
 */
function talk(raw, stream) {
  /** @type {Connection} */
  const connection = { raw };
  connections.set(stream, connection);
  http.emit("connection", stream);
  // After the HTTP server has attached its parser, and before that in the list: added earlier, it would be bypassed.
  stream.prependListener("data", () => {
    clearTimeout(connection.idle);
    if (!isBusy(connection)) connection.judged = judge();
  });
  stream.on("close", () => {
    clearTimeout(connection.idle);
    connections.delete(stream);
    if (connection.judged) finish(connection.judged.arrival, "abandoned");
  });
  watchIdle(connection);
}

const certificate = options.tls ? selfSigned() : undefined;
const secureContext = certificate && createSecureContext(certificate);

/**
 * The kernel answers TCP's handshake by itself. What can be delayed is everything after it: TLS, whose handshake the
 * client awaits, or the first read of a plain connection.
 *
 * @param {import("node:net").Socket} raw
 */
function accept(raw) {
  raw.on("error", () => undefined); // A client that resets is no concern of a server's.
  if (raw.destroyed) return;
  if (secureContext === undefined) return talk(raw, raw);
  const stream = new TLSSocket(raw, { isServer: true, secureContext });
  stream.on("error", () => raw.destroy());
  stream.once("secure", () => talk(raw, stream));
}

const tcp = createTcpServer({ pauseOnConnect: true, noDelay: true }, (raw) => {
  raw.on("error", () => undefined);
  setTimeout(() => {
    accept(raw);
    raw.resume();
  }, behaviour.handshakeDelayMs);
});

/** @param {object} message */
const tell = (message) => process.send?.(message);

process.on("message", (/** @type {{ id: number, do: "log" | "behave", behaviour?: Partial<Behaviour> }} */ order) => {
  if (order.do === "behave") behaviour = { ...behaviour, ...order.behaviour };
  tell({ id: order.id, log: order.do === "log" ? log : undefined });
});
process.on("disconnect", () => process.exit(0));

tcp.on("error", (error) => {
  tell({ failed: error.message });
  process.exit(1);
});
tcp.listen(0, "127.0.0.1", () => {
  const address = tcp.address();
  tell({ port: typeof address === "object" && address?.port, certificate: certificate?.cert });
});
