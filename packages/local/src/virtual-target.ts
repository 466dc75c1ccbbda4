import { type Json, type Micros, seconds, us } from "@sluice/dsl";
import type { CallContext, CallEnd } from "@sluice/runtime";
import { after, type WorldClock } from "./clock";

/** A call as the target sees it. */
export interface Arrival {
  /** When its first byte arrived. */
  readonly atUs: Micros;
  readonly operation: string;
  readonly request: Json;
  readonly context: CallContext;
}

/** What the target does with a call: after `latencyUs` it ends so. `hang`: it never answers. */
export interface Reaction {
  readonly latencyUs: Micros;
  readonly end: CallEnd | "hang";
}

/** Told when a call arrives, before anything comes of it. */
export type ArrivalListener = (arrival: Arrival, reaction: Reaction) => void;
/** What a new connection meets: it is made, refused at once, or nobody answers. */
export type Way = "open" | "refused" | "silent";

/** A target in virtual time: a log of arrivals, and a reaction to each. */
export interface VirtualTarget {
  /** Every arrival so far; stays empty when the target does not remember. */
  readonly arrivals: readonly Arrival[];
  /** Tells every arrival from now on; the returned function stops that. */
  onArrival(listener: ArrivalListener): () => void;
  /** What a new connection costs before its first byte may go. */
  readonly handshakeUs: Micros;
  /** How long it keeps an idle connection. */
  readonly idleUs: Micros;
  /** Asked for each new connection. */
  way(): Way;
  arrive(arrival: Omit<Arrival, "atUs">): Promise<CallEnd | "hang">;
}

export interface VirtualTargetOptions {
  readonly handshakeUs?: Micros;
  readonly idleUs?: Micros;
  /** Left out: always open. */
  readonly way?: () => Way;
  /** Left out: 200 with `{ "ok": true }` after 150 ms. */
  readonly react?: (arrival: Arrival, index: number) => Reaction;
  /** Whether it keeps its arrivals; left out, it does. */
  readonly remembers?: boolean;
}

/** A 200 after 150 ms. */
export const answered = (latencyUs: Micros = us(150_000), body: Json = { ok: true }): Reaction => ({
  latencyUs,
  end: { kind: "answer", status: 200, headers: { "content-type": "application/json" }, body },
});

/** Any other answer. */
export const refused = (status: number, headers: Readonly<Record<string, string>> = {}): Reaction => ({
  latencyUs: us(20_000),
  end: { kind: "answer", status, headers, body: "" },
});

export function createVirtualTarget(clock: WorldClock, options: VirtualTargetOptions = {}): VirtualTarget {
  const arrivals: Arrival[] = [];
  const listeners = new Set<ArrivalListener>();
  const remembers = options.remembers ?? true;
  let count = 0;
  const react = options.react ?? (() => answered());
  return {
    arrivals,
    onArrival(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    handshakeUs: options.handshakeUs ?? us(30_000),
    idleUs: options.idleUs ?? seconds(60),
    way: options.way ?? (() => "open"),
    async arrive({ operation, request, context }) {
      const arrival = { operation, request, context, atUs: clock.now() };
      if (remembers) arrivals.push(arrival);
      const reaction = react(arrival, count);
      count += 1;
      for (const listener of listeners) listener(arrival, reaction);
      if (reaction.latencyUs > 0) {
        await new Promise<void>((resolve) => void after(clock, reaction.latencyUs, resolve));
      }
      return reaction.end;
    },
  };
}
