import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Micros, toMs } from "@sluice/dsl";
import { NotSent } from "../../core/ports";

/** Where connections go. */
export interface Target {
  readonly isTls: boolean;
  /** A name or an address; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
}

export interface ConnectOptions {
  readonly timeoutUs: Micros;
  /** Certificates to trust instead of Node's own, PEM. */
  readonly ca?: string;
  /** A TLS session to resume. */
  readonly session?: Buffer;
  readonly onSession?: (session: Buffer) => void;
  /** Told of the socket at once, so that it can be closed while it connects. */
  readonly onSocket: (socket: Socket) => void;
}

/**
 * A connection whose next byte may be a request's first: DNS, TCP and TLS are done.
 *
 * Rejects with {@link NotSent} (unavailable), saying what failed.
 */
export function connect(target: Target, options: ConnectOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port } = target;
    const socket = target.isTls ? openTls(target, options) : connectTcp({ host, port, noDelay: true });
    options.onSocket(socket);
    // For good: a socket that fails while nobody listens would end the process.
    socket.on("error", () => {});
    const timer = setTimeout(() => socket.destroy(new ConnectTimeout()), toMs(options.timeoutUs));
    const end = (settle: () => void) => {
      clearTimeout(timer);
      socket.off("error", fail).off("close", close);
      settle();
    };
    const fail = (error: Error) => {
      socket.destroy();
      end(() => reject(new NotSent("unavailable", `${whyNot(target, error, options.timeoutUs)}.`)));
    };
    const close = () => fail(new Error("it was closed while connecting"));
    socket.on("error", fail).on("close", close);
    socket.once(target.isTls ? "secureConnect" : "connect", () => end(() => resolve(socket)));
  });
}

function openTls({ host, port }: Target, { ca, session, onSession }: ConnectOptions): Socket {
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) ? {} : { servername: host }),
    ALPNProtocols: ["http/1.1"],
    ...(ca === undefined ? {} : { ca }),
    ...(session === undefined ? {} : { session }),
  });
  socket.setNoDelay(true);
  if (onSession) socket.on("session", onSession);
  return socket;
}

class ConnectTimeout extends Error {}

/** Why there is no connection, for people: completes "… could not be reached: ". */
function whyNot({ host, port, isTls }: Target, error: Error, timeoutUs: Micros): string {
  const place = `${host}:${port}`;
  if (error instanceof ConnectTimeout)
    return `no connection to ${place} within ${toMs(timeoutUs)} ms (timeouts.connect)`;
  const code = codeOf(error);
  switch (code) {
    case "ENOTFOUND":
      return `the name ${host} does not exist (DNS)`;
    case "EAI_AGAIN":
      return `the name ${host} could not be looked up (DNS)`;
    case "ECONNREFUSED":
      return `${place} refused the connection`;
    case "ECONNRESET":
      return `${place} closed the connection while it was being established`;
    case "ETIMEDOUT":
    case "ERR_SOCKET_CONNECTION_TIMEOUT":
      return `${place} did not answer`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `there is no way to ${place} from here`;
    default:
      return isTls && code !== undefined
        ? `TLS with ${place} failed: ${error.message} (${code})`
        : `${place}: ${error.message}`;
  }
}

/** The system's code; of several addresses that were tried, the last one's. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? codeOf(error.errors.at(-1)) : undefined;
}
