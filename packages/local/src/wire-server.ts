import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Cloud, type Principal, ServiceError } from "./cloud-types";
import { signerOf } from "./wire/caller";
import { JSON_SERVICES, jsonProtocol } from "./wire/json-protocol";
import { LAMBDA_PROTOCOL } from "./wire/lambda-protocol";
import type { Protocol, WireAnswer, WireRequest } from "./wire/protocol";
import { SNS_PROTOCOL } from "./wire/query-protocol";

/** What a wire server speaks for. */
export interface WireAccount {
  readonly cloud: Cloud;
  /** Who an access key stands for. Throws a ServiceError for one that it refuses. */
  readonly principalOf: (accessKeyId: string) => Principal;
  /** Requests signed for another region are refused: they would find nothing of theirs. */
  readonly region: string;
}

/** An endpoint for AWS's SDKs and CLI on loopback. */
export interface WireServer {
  /** `http://127.0.0.1:PORT`, for AWS_ENDPOINT_URL and for queue URLs. */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A wire server whose account is still to be made, because queue URLs contain its origin. */
export interface OpenWireServer extends WireServer {
  /** Until then every request is answered 503. */
  serve(account: WireAccount): void;
}

/** More than any request here may have: 6 MB for Lambda's payload, 1 MiB for SQS before JSON escapes it. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Where a body that is too large is no longer read to its end. */
const MAX_DRAINED_BYTES = 8 * MAX_BODY_BYTES;
/** About what AWS's own front does; a client that finds its connection closed in the middle of a send would repeat it. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Opens a port of 127.0.0.1 and serves the account there.
 *
 * @param options.port 0: any free one
 * @throws Error in one sentence when the port cannot be had
 */
export async function startWireServer(options: WireAccount & { readonly port: number }): Promise<WireServer> {
  const server = await openWireServer(options.port);
  server.serve(options);
  return server;
}

/** As {@link startWireServer}, for an account that has to know the origin first. */
export async function openWireServer(port: number): Promise<OpenWireServer> {
  let account: WireAccount | undefined;
  const server = createServer((request, response) => {
    void answer(request, account).then((reply) => send(response, reply));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const bound = await listen(server, port);
  return {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    serve: (given) => {
      account = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(whyNot(error, port))));
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function whyNot({ code, message }: NodeJS.ErrnoException, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} is in use; stop what listens there, or choose another port (0 takes any free one)`;
    case "EACCES":
      return `port ${port} may not be used by you; choose one from 1024 on (0 takes any free one)`;
    default:
      return `port ${port} cannot be used: ${message}`;
  }
}

/** Never rejects: what went wrong becomes an answer. */
async function answer(incoming: IncomingMessage, account: WireAccount | undefined): Promise<WireAnswer> {
  const requestId = randomUUID();
  let protocol: Pick<Protocol, "encodeError"> = LAMBDA_PROTOCOL; // Its errors can be read without knowing a service.
  let reply: WireAnswer;
  try {
    const request = await read(incoming);
    const spoken = protocolOf(request);
    protocol = spoken;
    if (account === undefined)
      throw new ServiceError("ServiceUnavailable", "The local account is still being set up.", 503);
    reply = await perform(spoken, request, account, requestId);
  } catch (error) {
    reply = protocol.encodeError(asServiceError(error), requestId);
  }
  return { ...reply, headers: { ...reply.headers, "x-amzn-requestid": requestId } };
}

async function perform(
  protocol: Protocol,
  request: WireRequest,
  account: WireAccount,
  requestId: string,
): Promise<WireAnswer> {
  const { accessKeyId, region } = signerOf(request);
  if (region !== account.region)
    throw new ServiceError(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region, not '${region}'. This endpoint is in ${account.region}.`,
      403,
      "SignatureDoesNotMatch",
    );
  const principal = account.principalOf(accessKeyId);
  const asked = protocol.decode(request);
  const output = await account.cloud.call(principal, protocol.service, asked.operation, asked.input);
  return protocol.encode(asked, output, requestId);
}

function protocolOf(request: WireRequest): Protocol {
  const { "x-amz-target": target, "content-type": contentType = "" } = request.headers;
  if (target !== undefined) return jsonProtocol(target) ?? unknownService(`the X-Amz-Target ${target}`);
  if (/^\/20\d\d-\d\d-\d\d\/(functions|event-source-mappings|layers)\b/.test(request.url)) return LAMBDA_PROTOCOL;
  if (contentType.startsWith("application/x-www-form-urlencoded")) return queryProtocol(request);
  return unknownService(`${request.method} ${request.url.slice(0, 200)}`);
}

function queryProtocol({ body }: WireRequest): Protocol {
  const form = new URLSearchParams(body.toString("utf8"));
  if (form.get("Version") === "2010-03-31") return SNS_PROTOCOL;
  return unknownService(`the action ${form.get("Action")} of the API version ${form.get("Version")}`);
}

const SPOKEN = [...JSON_SERVICES, SNS_PROTOCOL.service, LAMBDA_PROTOCOL.service].sort().join(", ");

function unknownService(what: string): never {
  throw new ServiceError(
    "UnknownOperationException",
    `${what} belongs to no service that is spoken here (${SPOKEN}; of SQS only its JSON protocol).`,
    404,
  );
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  return new ServiceError("InternalFailure", error instanceof Error ? error.message : String(error), 500);
}

/** @throws ServiceError when the body is too large; Error when the client went away */
async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    // Read to its end all the same: a client that is cut off while it sends does not read why.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (bytes > MAX_DRAINED_BYTES) throw new Error("a client sends without end");
  }
  if (bytes > MAX_BODY_BYTES)
    throw new ServiceError("RequestEntityTooLargeException", `A request may have ${MAX_BODY_BYTES} bytes.`, 413);
  return {
    method: incoming.method ?? "",
    url: incoming.url ?? "/",
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()])),
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}
