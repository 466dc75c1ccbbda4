import { type Micros, us } from "@sluice/dsl";
import type { WorldClock } from "./clock";

/** One await of a worker, as a fault sees it. */
export interface AwaitPoint {
  readonly environmentId: string;
  /** 1 for the first await of the environment. */
  readonly number: number;
  /** What is awaited: `sqs ReceiveMessage`, `sleep`, `write`. */
  readonly label: string;
}

/** What may happen to a worker's process. */
export interface ProcessFaults {
  /** `before`: it dies before the awaited thing is done; `after`: it is done, and the process dies before it notices. */
  readonly crash?: (point: AwaitPoint) => "before" | "after" | undefined;
  /** Told when it has died of {@link crash}: `after`, that may be long after it was asked. */
  readonly died?: (point: AwaitPoint) => void;
  /** How long the process stands still at this await; longer than the function's timeout, it is ended by that. */
  readonly stall?: (point: AwaitPoint) => Micros;
  /** How long the process stands still between the decision to start a call and its bytes. */
  readonly pauseBeforeBytes?: (point: AwaitPoint) => Micros;
  /** How long the kernel keeps the bytes of a call, while the process goes on. */
  readonly holdBytes?: (point: AwaitPoint) => Micros;
}

/**
 * A process in virtual time. It only ever waits in {@link step}, so that it can die or stand still at each of its awaits:
 * a dead process never hears from the world again, and the world never from it.
 */
export interface VirtualProcess {
  readonly isAlive: boolean;
  /** Tells the process's death; the returned function stops that. */
  onDeath(listener: () => void): () => void;
  kill(): void;
  /** Waits for something that the world does. */
  step<T>(label: string, effect: () => Promise<T>): Promise<T>;
  /** How long it stands still now, before bytes; until then nothing else of it goes on either. */
  pauseBeforeBytes(): Micros;
  /** How long the bytes that it has written now stay in the kernel. */
  holdBytes(): Micros;
  /** Between invocations nothing of it goes on: what the world has done meanwhile it hears when it is thawed. */
  freeze(): void;
  thaw(): void;
}

/** @param faults read at each use, so that a scenario may change them */
export function createVirtualProcess(
  clock: WorldClock,
  environmentId: string,
  faults: () => ProcessFaults,
): VirtualProcess {
  let isAlive = true;
  let awaits = 0;
  let stillUntil = us(0);
  let thawed: Promise<void> | undefined;
  let announceThaw: () => void = () => {};
  const mourners = new Set<() => void>();
  const kill = () => {
    isAlive = false;
    for (const listener of mourners) listener();
    mourners.clear();
  };
  const crash = (label: string) => {
    if (!isAlive) return;
    kill();
    faults().died?.(pointOf(label));
  };
  const pointOf = (label: string): AwaitPoint => ({ environmentId, number: awaits, label });
  const never = <T>() => new Promise<T>(() => {});

  async function step<T>(label: string, effect: () => Promise<T>): Promise<T> {
    if (thawed !== undefined) await thawed;
    if (!isAlive) return never();
    awaits += 1;
    const fate = faults().crash?.(pointOf(label));
    if (fate === "before") {
      crash(label);
      return never();
    }
    const stall = faults().stall?.(pointOf(label)) ?? 0;
    if (stall > 0) stillUntil = us(Math.max(stillUntil, clock.now() + stall));
    try {
      const value = await effect();
      if (hearsAtOnce(fate)) return value;
      return (await hears(fate, label)) ? value : never();
    } catch (error) {
      if (await hears(fate, label)) throw error;
      return never();
    }
  }

  const hearsAtOnce = (fate: "after" | undefined): boolean =>
    fate === undefined && thawed === undefined && isAlive && clock.now() >= stillUntil;

  /** The world has done it. @returns whether the process lives to hear of it, and when it does */
  async function hears(fate: "after" | undefined, label: string): Promise<boolean> {
    if (fate === "after") crash(label);
    if (thawed !== undefined) await thawed;
    while (isAlive && clock.now() < stillUntil) {
      await new Promise<void>((resolve) => void clock.at(stillUntil, resolve));
    }
    return isAlive;
  }

  return {
    get isAlive() {
      return isAlive;
    },
    onDeath(listener) {
      mourners.add(listener);
      return () => void mourners.delete(listener);
    },
    kill,
    step,
    pauseBeforeBytes() {
      const pause = faults().pauseBeforeBytes?.(pointOf("write")) ?? us(0);
      stillUntil = us(Math.max(stillUntil, clock.now() + pause));
      return pause;
    },
    holdBytes: () => faults().holdBytes?.(pointOf("write")) ?? us(0),
    freeze() {
      thawed = new Promise((resolve) => {
        announceThaw = resolve;
      });
    },
    thaw() {
      thawed = undefined;
      announceThaw();
    },
  };
}
