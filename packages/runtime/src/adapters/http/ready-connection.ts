import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { type Micros, seconds, toMs } from "@sluice/dsl";
import type { CallEnd, Connection } from "../../core/ports";
import { readAnswer } from "./answer";
import { codeOf } from "./connect";
import { type Connections, LONG_AGO, type PooledConnection } from "./connections";
import type { CallForm } from "./form-call";
import type { Idleness } from "./idleness";

const MAX_HEADER_BYTES = 65_536;

export interface CallOptions {
  readonly connections: Connections;
  readonly idleness: Idleness;
  readonly responseUs: Micros;
  /** The target's host, for messages. */
  readonly host: string;
  readonly onAnswer: (end: CallEnd) => void;
}

/**
 * Puts a call that is still blank onto a connection: Node's client holds the connection from here, so that filling it in and
 * writing it is one synchronous step. A connection that is discarded is closed, since the client cannot be made to let go.
 */
export async function readyConnection(
  connection: PooledConnection,
  options: CallOptions,
): Promise<Connection<CallForm>> {
  const { socket, agent } = connection;
  // Begun as a GET, it adds no length of its own to a call that has no body.
  const request = httpRequest({ agent, method: "GET", setHost: false, maxHeaderSize: MAX_HEADER_BYTES });
  let stage: "standing" | "started" | "ended" = "standing";
  let finish: (end: CallEnd) => void = () => {};
  let confirmWritten: () => void = () => {};
  let answer: IncomingMessage | undefined;

  const end = (callEnd: CallEnd): void => {
    if (stage !== "started") return;
    stage = "ended";
    confirmWritten();
    options.onAnswer(callEnd);
    finish(callEnd);
    if (callEnd.kind !== "answer") socket.destroy();
  };
  const lost = (error?: Error): void => {
    if (stage === "standing") socket.destroy();
    else end({ kind: "lost", message: whyLost(options.host, error) });
  };

  request.on("error", lost);
  request.on("close", () => {
    // An answer that ends with the connection is complete then, and about to say so itself.
    if (!answer?.complete) lost();
  });
  request.on("response", (response) => {
    // One that nobody has asked for yet is not read: its connection is being closed for it.
    if (stage === "started") receive(response);
  });
  socket.once("free", () => options.connections.giveBack(connection));
  await attached(request);

  return {
    get readyUntil() {
      return stage === "standing" ? options.connections.usableUntil(connection) : LONG_AGO;
    },
    discard() {
      if (stage === "standing") socket.destroy();
    },
    start({ method, path, headers, body }) {
      const isOpen = stage === "standing" && !socket.destroyed && socket.writable;
      if (!isOpen) {
        stage = "ended";
        const message = `${options.host} had closed the connection before the call started`;
        return { written: Promise.resolve(), ended: Promise.resolve({ kind: "notSent", message }) };
      }
      stage = "started";
      connection.idleSince = undefined;
      const written = new Promise<void>((resolve) => {
        confirmWritten = resolve;
      });
      const ended = new Promise<CallEnd>((resolve) => {
        finish = resolve;
      });
      expire(ended);
      request.method = method;
      request.path = path;
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
      // One write for head and body, from within this call: the client corks the connection and writes it out at once.
      request.end(body, () => confirmWritten());
      return { written, ended };
    },
  };

  function receive(response: IncomingMessage): void {
    answer = response;
    const grant = /\btimeout=(\d{1,6})/i.exec(String(response.headers["keep-alive"]))?.[1];
    if (grant !== undefined) options.idleness.announced(seconds(Number(grant)));
    response.on("error", lost);
    readAnswer(response, end);
  }

  function expire(ended: Promise<CallEnd>): void {
    const limitMs = toMs(options.responseUs);
    const timer = setTimeout(() => {
      // After one more poll: the answer may have come while the process stood still.
      setImmediate(() =>
        end({ kind: "timeout", message: `no answer within ${limitMs / 1_000} s (timeouts.response)` }),
      );
    }, limitMs);
    void ended.then(() => clearTimeout(timer));
  }
}

const attached = (request: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    request.once("socket", () => resolve());
    request.once("close", () => resolve());
  });

/** What became of the connection, for people. */
function whyLost(host: string, error: Error | undefined): string {
  const code = codeOf(error);
  if (code?.startsWith("HPE_")) return `${host} answered something that is no HTTP/1.1 (${error?.message})`;
  if (code === "EPIPE" || code === "ECONNRESET" || code === undefined)
    return `${host} closed the connection before it had answered`;
  return `the connection to ${host} broke before the answer: ${error?.message}`;
}
