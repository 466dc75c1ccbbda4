import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Json, Micros } from "@sluice/dsl";

/** Something other than the answer that the target does with a call. */
export type TargetFault =
  /** Says nothing until the client gives up. */
  | "hang"
  /** Closes the connection with a TCP reset; nothing was done. */
  | "reset"
  /** Does the work and then says that it did not. */
  | "commitThen502"
  /** Refuses a call that the limit would allow. */
  | "refuse";

/** How the target behaves. May be changed while it runs; what is under way keeps the old manner. */
export interface TargetBehaviour {
  /** From the first byte to the answer, log-normal. The same number twice: always that. */
  readonly latency: { readonly medianMs: number; readonly p99Ms: number };
  readonly answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Json };
  readonly refusal: {
    /** 429 as a rule; some APIs refuse with 403 or 503. */
    readonly status: number;
    /** Left out: no Retry-After header. */
    readonly retryAfterSeconds?: number;
  };
  /** Calls open at once, beyond which it refuses. Left out: any number. */
  readonly maxOpen?: number;
  /** Shares (0 to 1) of the accepted calls that end otherwise. */
  readonly faults: Readonly<Partial<Record<TargetFault, number>>>;
  /** What becomes of the next accepted calls, in turn, before `faults` are drawn. */
  readonly next: readonly (TargetFault | "answer")[];
  /** How late a new connection is taken up: the client awaits it with TLS; without, its first bytes are read late. */
  readonly handshakeDelayMs: number;
  /** How long an idle connection is kept. Left out: for ever. */
  readonly idleCloseMs?: number;
}

export interface StrictTargetOptions {
  /** The N+1st arrival in any half-open window is refused, and counts. Left out: no limit. */
  readonly limit?: { readonly calls: number; readonly windowUs: Micros };
  /** `https` with a certificate of its own, {@link StrictTarget.certificate}. */
  readonly tls: boolean;
  /** In lower case; its value becomes the arrival's {@link TargetArrival.requestId}. */
  readonly requestIdHeader?: string;
  /** Of latencies and faults. */
  readonly seed: number;
  readonly behaviour: TargetBehaviour;
}

/** One arrival at the target. */
export interface TargetArrival {
  /** When its first bytes were read, before HTTP was parsed; the machine's monotonic clock, which all processes share. */
  readonly atUs: Micros;
  /** The same moment in epoch milliseconds, with a fraction. */
  readonly wallMs: number;
  accepted: boolean;
  refusedFor?: "rate" | "concurrency";
  /** Left out when nothing was answered. */
  status?: number;
  requestId?: string;
  method?: string;
  path?: string;
  /** Calls open at that moment, itself included. */
  readonly openNow: number;
  /** `abandoned`: the client closed the connection before there was an answer. */
  end: "open" | "answered" | "reset" | "abandoned";
  /** When it ended so, on the clock of {@link atUs}. */
  endUs?: Micros;
  /** Whether the work was done, whatever was said. */
  committed: boolean;
}

/** A running target. */
export interface StrictTarget {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string;
  /** PEM, for the client's list of authorities; undefined without TLS. */
  readonly certificate: string | undefined;
  /** Everything that arrived so far, in order. */
  log(): Promise<TargetArrival[]>;
  /** Replaces the named parts of its behaviour; `undefined` takes away what may be left out. */
  setBehaviour(change: Partial<TargetBehaviour>): Promise<void>;
  close(): Promise<void>;
}

const PROGRAM = join(__dirname, "..", "assets", "strict-target.mjs");

const KIND: TargetBehaviour = {
  latency: { medianMs: 0, p99Ms: 0 },
  answer: { status: 200, headers: {}, body: { ok: true } },
  refusal: { status: 429 },
  faults: {},
  next: [],
  handshakeDelayMs: 0,
};

/** Beyond it a timer of the limiter's would overflow and it would forget everything at once. */
const LONGEST_WINDOW_US = 24 * 86_400_000_000;

type Settings = Partial<Omit<StrictTargetOptions, "behaviour">> & Partial<TargetBehaviour>;

/**
 * Starts a target in a process of its own, on a free port of 127.0.0.1. It ends with {@link StrictTarget.close}, and by
 * itself when this process does.
 *
 * @throws RangeError when its window is longer than 24 days
 */
export async function startStrictTarget(settings: Settings = {}): Promise<StrictTarget> {
  const { limit, tls = false, requestIdHeader, seed = 1, ...behaviour } = settings;
  if (limit && limit.windowUs > LONGEST_WINDOW_US) throw new RangeError("a strict target's window is 24 days at most");
  const options: StrictTargetOptions = { limit, tls, requestIdHeader, seed, behaviour: { ...KIND, ...behaviour } };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced", // Keeps `undefined`, with which a change takes a setting away.
    detached: true, // A Ctrl-C in the terminal is for the command that started it, which closes it in its own order.
    env: { PATH: process.env.PATH },
  });
  const ended = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  const { port, certificate } = await readiness(child);
  const ask = correspondence(child);
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    certificate,
    log: async () => (await ask({ do: "log" })).log ?? [],
    setBehaviour: async (change) => void (await ask({ do: "behave", behaviour: change })),
    close: () => {
      if (child.connected) child.disconnect();
      return ended;
    },
  };
}

interface Ready {
  readonly port: number;
  readonly certificate: string | undefined;
}

function readiness(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`the strict target did not start: ${reason}`));
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => fail(`its process ended with ${signal ?? `status ${code}`}`));
    child.once("message", (message: Ready | { failed: string }) =>
      "failed" in message ? fail(message.failed) : resolve(message),
    );
  });
}

interface Order {
  readonly do: "log" | "behave";
  readonly behaviour?: Partial<TargetBehaviour>;
}

interface Reply {
  readonly id: number;
  readonly log?: TargetArrival[];
}

/** Questions over the IPC channel, each with its answer. */
function correspondence(child: ChildProcess): (order: Order) => Promise<Reply> {
  const waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  const abandon = () => {
    for (const { reject } of waiting.values()) reject(new Error("the strict target has ended"));
    waiting.clear();
  };
  child.on("message", (reply: Reply) => {
    waiting.get(reply.id)?.resolve(reply);
    waiting.delete(reply.id);
  });
  child.once("exit", abandon);
  return (order) =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error("the strict target has ended"));
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      child.send({ id: lastId, ...order });
    });
}
