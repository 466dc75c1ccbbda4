import { Agent, type ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { type Micros, toMs, us } from "@sluice/dsl";
import type { Clock } from "../../core/ports";
import { type ConnectOptions, connect, type Target } from "./connect";
import type { Idleness } from "./idleness";

/** An established connection. It carries one call at a time. */
export interface PooledConnection {
  readonly socket: Socket;
  /** Gives Node's HTTP client this connection and no other. */
  readonly agent: Agent;
  /** How long it took to establish. */
  readonly handshakeUs: Micros;
  isNew: boolean;
  /** Since when it has been idle; undefined while a call is on it. */
  idleSince: Micros | undefined;
  /** When it is looked at next. */
  look: NodeJS.Timeout | undefined;
}

/** The connections of one endpoint. */
export interface Connections {
  /** An idle one that will be fresh enough at `startAt`, or a new one. Rejects with NotSent. */
  take(startAt: Micros): Promise<PooledConnection>;
  /** The call on it has ended and left it usable. */
  giveBack(connection: PooledConnection): void;
  /** A call may start on it before that; long ago when it was lost. */
  usableUntil(connection: PooledConnection): Micros;
  closeAll(): void;
}

export interface ConnectionsOptions {
  readonly target: Target;
  readonly connectUs: Micros;
  readonly ca?: string;
  readonly clock: Pick<Clock, "now">;
  readonly idleness: Idleness;
}

export const LONG_AGO: Micros = us(Number.NEGATIVE_INFINITY);

export function createConnections(options: ConnectionsOptions): Connections {
  const { clock, idleness } = options;
  const open = new Set<Socket>();
  /** The one idle for the shortest time last: it is taken first, and the others show how long the target lets them live. */
  let idle: PooledConnection[] = [];
  let session: Buffer | undefined;

  const age = ({ idleSince }: PooledConnection): Micros => us(idleSince === undefined ? 0 : clock.now() - idleSince);

  const isAlive = ({ socket }: PooledConnection): boolean => !socket.destroyed && socket.readable && socket.writable;

  const usableUntil = (connection: PooledConnection): Micros => {
    if (!isAlive(connection)) return LONG_AGO;
    // By age, too: a process that stood still has not yet been told of the close that happened meanwhile.
    const limit = connection.isNew ? idleness.limitWhenNew(connection.handshakeUs) : idleness.limit();
    return us((connection.idleSince ?? clock.now()) + limit);
  };

  const forget = (connection: PooledConnection): void => {
    clearTimeout(connection.look);
    idle = idle.filter((other) => other !== connection);
  };

  /** Looks at an idle connection when its being alive would say something new. */
  const watch = (connection: PooledConnection): void => {
    const next = idleness.nextLook(age(connection));
    if (next === undefined) {
      connection.socket.destroy();
      return;
    }
    connection.look = setTimeout(() => {
      // After the poll of the event loop: a close that came while the process stood still is known then.
      setImmediate(() => {
        if (!idle.includes(connection)) return;
        idleness.survived(age(connection));
        watch(connection);
      });
    }, toMs(next));
    connection.look.unref();
  };

  const adopt = (socket: Socket, beganAt: Micros): PooledConnection => {
    const now = clock.now();
    const connection: PooledConnection = {
      socket,
      agent: new OneConnection(socket),
      handshakeUs: us(now - beganAt),
      isNew: true,
      idleSince: now,
      look: undefined,
    };
    // Both are the target's doing: what is closed from this side says neither.
    const closedByTarget = () => {
      if (connection.idleSince !== undefined) idleness.closedAfter(age(connection));
      forget(connection);
    };
    socket.on("end", closedByTarget).on("error", closedByTarget);
    socket.on("close", () => forget(connection));
    socket.on("data", () => {
      // Bytes that no call has asked for could be taken for the next one's answer.
      if (connection.idleSince !== undefined) socket.destroy();
    });
    return connection;
  };

  return {
    usableUntil,
    async take(startAt) {
      const usable = idle.findLast((connection) => usableUntil(connection) > startAt);
      if (usable) {
        forget(usable);
        return usable;
      }
      const beganAt = clock.now();
      const socket = await connect(options.target, connectOptions());
      return adopt(socket, beganAt);
    },
    giveBack(connection) {
      if (!isAlive(connection)) return;
      connection.isNew = false;
      connection.idleSince = clock.now();
      idle.push(connection);
      watch(connection);
    },
    closeAll() {
      for (const connection of idle) forget(connection);
      for (const socket of open) socket.destroy();
    },
  };

  function connectOptions(): ConnectOptions {
    return {
      timeoutUs: options.connectUs,
      ca: options.ca,
      session,
      onSession: (latest) => {
        session = latest;
      },
      onSocket: (socket) => {
        open.add(socket);
        socket.once("close", () => open.delete(socket));
      },
    };
  }
}

/** Node's client asks an agent for a connection. This one has exactly one, and it stands already. */
class OneConnection extends Agent {
  constructor(private readonly socket: Socket) {
    super({ keepAlive: true });
  }

  /** What Node's client calls; not in its types. */
  addRequest(request: ClientRequest): void {
    request.onSocket(this.socket);
  }
}
