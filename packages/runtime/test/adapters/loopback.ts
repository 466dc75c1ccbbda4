import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Json, type Micros, ms, type OperationPlan, seconds, us } from "@sluice/dsl";
import { httpEndpoint } from "../../src/adapters/http/endpoint";
import type { AwsCall } from "../../src/aws-call";
import type { CallContext, CallEnd, Endpoint } from "../../src/core/ports";
import { createEvaluate } from "../../src/expressions";
import { createSecrets } from "../../src/secrets";
import { systemClock } from "../../src/system-clock";
import { samplePlan } from "../core/sample-plan";

const cleanups: (() => unknown)[] = [];

/** After each test: every endpoint and every target that it opened is closed. */
export async function closeAll(): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) await clean();
}

/** A target of raw bytes: what it does with a connection is the test's to say. */
export async function rawTarget(onConnection: (socket: Socket, index: number) => void = () => {}) {
  const sockets: Socket[] = [];
  const bytes: Buffer[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => bytes.push(chunk));
    onConnection(socket, sockets.length - 1);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sockets,
    /** Everything that came in, over all connections. */
    received: () => Buffer.concat(bytes).toString("latin1"),
  };
}

/** A target that answers every request with the same bytes. */
export const scriptedTarget = (answer: string) =>
  rawTarget((socket) => socket.on("data", () => socket.write(answer.replaceAll("\n", "\r\n"))));

/** A target by Node's own HTTP server. It announces how long connections may idle, and closes them after that. */
export async function httpTarget(listener: RequestListener) {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createHttpServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.on("connection", () => {
    connections += 1;
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, requests, connections: () => connections };
}

/** The same with TLS. */
export async function httpsTarget(listener: RequestListener, certificate: Certificate) {
  const server = createHttpsServer(certificate, listener);
  const port = await listen(server);
  return { url: `https://localhost:${port}`, port };
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate for localhost that only its holder trusts. */
export function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "sluice-tls-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface EndpointParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: ReturnType<typeof samplePlan>["endpoint"]["auth"];
  readonly connectUs?: Micros;
  readonly responseUs?: Micros;
  /** Secrets Manager: name to value. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly ca?: string;
}

/** The adapter under test, on a clock that may be put forward. */
export function endpointFor(url: string, parts: EndpointParts = {}) {
  const { headers = {}, auth, connectUs = seconds(5), responseUs = seconds(10), secrets = {}, ca } = parts;
  let forward = 0;
  const clock = { now: () => us(systemClock.now() + forward) };
  const asked: string[] = [];
  const endpoint: TestedEndpoint = Object.assign(
    httpEndpoint({
      plan: samplePlan({ endpoint: { adapter: "http", url, headers, auth }, timeouts: { connectUs, responseUs } }),
      secrets: createSecrets(secretsManager(secrets, asked), clock),
      evaluate: createEvaluate(),
      clock,
      ca,
    }),
    { clock },
  );
  cleanups.push(() => endpoint.close());
  return {
    endpoint,
    /** Names of the secrets that were read, in order. */
    asked,
    putClockForward: (by: Micros) => {
      forward += by;
    },
  };
}

/** Secrets Manager as far as the worker uses it. */
export function secretsManager(values: Readonly<Record<string, string>>, asked: string[] = []): AwsCall {
  return async (_service, _operation, input) => {
    const { SecretId: name } = input as { SecretId: string };
    asked.push(name);
    const value = values[name];
    if (value === undefined) throw Object.assign(new Error("can't find it"), { name: "ResourceNotFoundException" });
    return { SecretString: value };
  };
}

export const operation = (changes: Partial<OperationPlan> = {}): OperationPlan => ({
  name: "read",
  method: "GET",
  path: "/things/{id}",
  headers: {},
  repeatable: true,
  ...changes,
});

export const context: CallContext = {
  execution: "arn:aws:states:eu-west-1:1:execution:register:one",
  attempt: 0,
  tier: "HIGH",
  idempotencyKey: "key-of-one",
};

/** An endpoint, and what it takes for the time. */
export type TestedEndpoint = Endpoint & { readonly clock: { now(): Micros } };

/** A call that only has to be started, on a connection that stands. */
export async function prepare(
  endpoint: TestedEndpoint,
  changes: Partial<OperationPlan> = {},
  request: Json = { id: "7" },
  about: CallContext = context,
) {
  const form = await endpoint.form(operation(changes), request, about);
  const { clock } = endpoint;
  const connection = await endpoint.connect(clock.now());
  return {
    get isReady() {
      return connection.readyUntil > clock.now();
    },
    start: () => connection.start(form),
    discard: () => connection.discard(),
  };
}

/** One whole call. */
export async function call(
  endpoint: TestedEndpoint,
  changes: Partial<OperationPlan> = {},
  request: Json = { id: "7" },
): Promise<CallEnd> {
  const { ended } = (await prepare(endpoint, changes, request)).start();
  return ended;
}

/** Lets the event loop turn until something that others do has happened. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

export const SHORT: Micros = ms(60);
