import { type Micros, seconds, us } from "@sluice/dsl";
import { type CallEnd, type Endpoint, NotSent, type PreparedCall } from "@sluice/runtime";
import { after, type WorldClock } from "./clock";
import type { VirtualProcess } from "./virtual-process";
import type { VirtualTarget } from "./virtual-target";

export interface VirtualEndpointOptions {
  readonly clock: WorldClock;
  readonly process: VirtualProcess;
  readonly target: VirtualTarget;
  readonly connectUs: Micros;
  readonly responseUs: Micros;
  /** How long the path takes, asked for each call; what varies of it is what the jitter must cover. */
  readonly pathUs: () => Micros;
}

/** As long as the http adapter keeps an idle connection. */
const KEEP_IDLE: Micros = seconds(4);

/** The Endpoint port against a target in virtual time: connections that cost a handshake and are lost when idle. */
export function virtualEndpoint(options: VirtualEndpointOptions): Endpoint {
  const { clock, process, target } = options;
  let idle: { since: Micros }[] = [];

  const takeIdle = (): boolean => {
    const limit = Math.min(KEEP_IDLE, target.idleUs / 2);
    idle = idle.filter(({ since }) => clock.now() - since < limit);
    return idle.pop() !== undefined;
  };

  const sleep = (duration: Micros) => new Promise<void>((resolve) => void after(clock, duration, resolve));

  async function connect(): Promise<void> {
    const way = target.way();
    await sleep(way === "open" ? target.handshakeUs : way === "silent" ? options.connectUs : us(0));
    if (way === "refused") throw new NotSent("unavailable", "the target refused the connection.");
    if (way === "silent") throw new NotSent("unavailable", `no connection within ${options.connectUs / 1_000_000} s.`);
  }

  return {
    async prepare(operation, request, context): Promise<PreparedCall> {
      const isReused = takeIdle();
      await process.step("connect", () => (isReused ? Promise.resolve() : connect()));
      const readyAt = clock.now();
      const isReady = () => clock.now() - readyAt < target.idleUs;
      return {
        get isReady() {
          return isReady();
        },
        discard() {
          if (isReady()) idle.push({ since: readyAt });
        },
        start() {
          if (!isReady()) return { written: Promise.resolve(), ended: Promise.resolve(closed) };
          const late = us(process.pauseBeforeBytes() + process.holdBytes());
          let answer: Promise<CallEnd> | undefined;
          // The bytes leave inside the step: a process that dies right after has sent them all the same.
          const bytesLeft = process.step("write", async () => {
            if (late > 0) await sleep(late);
            answer = respond(operation.name, request, context);
          });
          const ended = bytesLeft.then(() => process.step("response", () => answer ?? lost()));
          return { written: bytesLeft, ended };
        },
      };
    },
    async close() {
      idle = [];
    },
  };

  async function respond(...[operation, request, context]: Parameters<typeof callOf>): Promise<CallEnd> {
    await sleep(options.pathUs());
    const end = await new Promise<CallEnd | "timeout">((resolve, reject) => {
      const answer = target.arrive(callOf(operation, request, context));
      const timer = after(clock, us(options.responseUs), () => resolve("timeout"));
      answer.then((said) => {
        if (said === "hang") return;
        timer.cancel();
        resolve(said);
      }, reject);
    });
    if (end === "timeout")
      return { kind: "timeout", message: `no answer within ${options.responseUs / 1_000_000} s (timeouts.response)` };
    idle.push({ since: clock.now() });
    return end;
  }
}

const callOf = (
  operation: string,
  request: Parameters<Endpoint["prepare"]>[1],
  context: Parameters<Endpoint["prepare"]>[2],
) => ({ operation, request, context });

/** The target dropped the connection while it was idle, and the process knows. */
const closed: CallEnd = { kind: "notSent", message: "the target had closed the connection before the call started" };

/** Stands for an answer of a call that never left; no process lives to see it. */
const lost = (): Promise<CallEnd> => Promise.resolve({ kind: "lost", message: "nothing left" });
