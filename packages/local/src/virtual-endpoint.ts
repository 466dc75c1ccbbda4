import { type Micros, seconds, us } from "@sluice/dsl";
import { type CallEnd, type Connection, type Endpoint, NotSent } from "@sluice/runtime";
import { after, type WorldClock } from "./clock";
import type { VirtualProcess } from "./virtual-process";
import type { Arrival, VirtualTarget } from "./virtual-target";

export interface VirtualEndpointOptions {
  readonly clock: WorldClock;
  readonly process: VirtualProcess;
  readonly target: VirtualTarget;
  readonly connectUs: Micros;
  readonly responseUs: Micros;
  /** How long the path takes, asked for each call; what varies of it is what the jitter must cover. */
  readonly pathUs: () => Micros;
}

/** As long as the http adapter keeps a connection that is not used. */
const KEEP_IDLE: Micros = seconds(4);
const LONG_AGO: Micros = us(Number.NEGATIVE_INFINITY);

/** A call as the target will see it. */
type Form = Omit<Arrival, "atUs">;

/** The Endpoint port against a target in virtual time: connections that cost a handshake and are lost when idle. */
export function virtualEndpoint(options: VirtualEndpointOptions): Endpoint<Form> {
  const { clock, process, target } = options;
  /** Of each, until when it may be used; the latest last. */
  let idle: Micros[] = [];

  /** Half of what the target grants: a close on its way must not meet a call. */
  const reuseLimit = () => us(Math.min(KEEP_IDLE, target.idleUs / 2));

  /** @returns until when it may be used */
  const takeIdle = (startAt: Micros): Micros | undefined => {
    idle = idle.filter((readyUntil) => readyUntil > clock.now());
    return (idle.at(-1) ?? 0) > startAt ? idle.pop() : undefined;
  };

  const sleep = (duration: Micros) => new Promise<void>((resolve) => void after(clock, duration, resolve));

  async function dial(): Promise<void> {
    const way = target.way();
    await sleep(way === "open" ? target.handshakeUs : way === "silent" ? options.connectUs : us(0));
    if (way === "refused") throw new NotSent("unavailable", "the target refused the connection.");
    if (way === "silent") throw new NotSent("unavailable", `no connection within ${options.connectUs / 1_000_000} s.`);
  }

  return {
    form: (operation, request, context) => Promise.resolve({ operation: operation.name, request, context }),
    async connect(startAt) {
      const idleUntil = takeIdle(startAt);
      await process.step("connect", () => (idleUntil === undefined ? dial() : Promise.resolve()));
      return connection(idleUntil ?? us(clock.now() + Math.min(KEEP_IDLE, target.idleUs)));
    },
    async close() {
      idle = [];
    },
  };

  function connection(until: Micros): Connection<Form> {
    let readyUntil = until;
    return {
      get readyUntil() {
        return readyUntil;
      },
      discard() {
        readyUntil = LONG_AGO;
      },
      start(form) {
        if (readyUntil <= clock.now()) return { written: Promise.resolve(), ended: Promise.resolve(closed) };
        readyUntil = LONG_AGO;
        const late = us(process.pauseBeforeBytes() + process.holdBytes());
        let answer: Promise<CallEnd> | undefined;
        // The bytes leave inside the step: a process that dies right after has sent them all the same.
        const bytesLeft = process.step("write", async () => {
          if (late > 0) await sleep(late);
          answer = respond(form);
        });
        const ended = bytesLeft.then(() => process.step("response", () => answer ?? lost()));
        return { written: bytesLeft, ended };
      },
    };
  }

  async function respond(form: Form): Promise<CallEnd> {
    await sleep(options.pathUs());
    const end = await new Promise<CallEnd | "timeout">((resolve, reject) => {
      const answer = target.arrive(form);
      const timer = after(clock, us(options.responseUs), () => resolve("timeout"));
      answer.then((said) => {
        if (said === "hang") return;
        timer.cancel();
        resolve(said);
      }, reject);
    });
    if (end === "timeout")
      return { kind: "timeout", message: `no answer within ${options.responseUs / 1_000_000} s (timeouts.response)` };
    idle.push(us(clock.now() + reuseLimit()));
    return end;
  }
}

/** The target dropped the connection while it was idle, and the process knows. */
const closed: CallEnd = { kind: "notSent", message: "the target had closed the connection before the call started" };

/** Stands for an answer of a call that never left; no process lives to see it. */
const lost = (): Promise<CallEnd> => Promise.resolve({ kind: "lost", message: "nothing left" });
