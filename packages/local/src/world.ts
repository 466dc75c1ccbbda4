import { type Json, type Micros, us } from "@sluice/dsl";
import type { WorldClock } from "./clock";
import type { Random } from "./random";

/** What all models of one emulated account share. */
export interface World {
  readonly clock: WorldClock;
  readonly random: Random;
  /** May be replaced while the world runs: models read it at each use. */
  faults: Faults;
  /** Told each time that a fault strikes, before its consequences. */
  onFault?: (fault: Fault) => void;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

/**
 * What goes wrong: probabilities (0 to 1) and longest durations (each occasion draws from 0 to it). All of it is
 * behaviour that AWS documents or that was seen there.
 */
export interface Faults {
  /** A short poll of a standard queue that finds nothing although messages wait. */
  readonly shortPollMiss: number;
  /** A message given out by a standard queue that becomes visible again within {@link copyWithinUs}. */
  readonly duplicate: number;
  /** A message deleted from a standard queue that is given out once more, within {@link copyWithinUs}. */
  readonly duplicateAfterDelete: number;
  readonly copyWithinUs: Micros;
  /** A delete that is acknowledged and never done. */
  readonly lostDelete: number;
  /** A delete that is acknowledged and done within {@link lateDeleteWithinUs}. */
  readonly lateDelete: number;
  readonly lateDeleteWithinUs: Micros;
  /** A delete on a standard queue with a handle older than the last receive that succeeds and deletes nothing. */
  readonly staleHandleKeeps: number;
  /** How late each delivery of a topic arrives. */
  readonly deliveryWithinUs: Micros;
  /** A delivery to a standard queue that arrives a second time. */
  readonly deliveryTwice: number;
  /** A delivery to a FIFO queue that never arrives. */
  readonly fifoDeliveryLost: number;
  /** How late a schedule sends. */
  readonly scheduleWithinUs: Micros;
  /** A schedule that does not send, once. */
  readonly scheduleLost: number;
  /** How long an item outlives its time to live. */
  readonly ttlLagUs: Micros;
  /** How long a role's call takes, half of it at most before it is done and half after. */
  readonly callWithinUs: Micros;
  /** By service: a role's call that is refused as one too many. */
  readonly throttled: Readonly<Partial<Record<string, number>>>;
  /** By service: a role's call that fails with status 500 and does nothing. */
  readonly failBefore: Readonly<Partial<Record<string, number>>>;
  /** By service: a role's call that is done, and whose answer is lost (status 500). */
  readonly failAfter: Readonly<Partial<Record<string, number>>>;
}

/** Nothing goes wrong. */
export const NO_FAULTS: Faults = {
  shortPollMiss: 0,
  duplicate: 0,
  duplicateAfterDelete: 0,
  copyWithinUs: us(0),
  lostDelete: 0,
  lateDelete: 0,
  lateDeleteWithinUs: us(0),
  staleHandleKeeps: 0,
  deliveryWithinUs: us(0),
  deliveryTwice: 0,
  fifoDeliveryLost: 0,
  scheduleWithinUs: us(0),
  scheduleLost: 0,
  ttlLagUs: us(0),
  callWithinUs: us(0),
  throttled: {},
  failBefore: {},
  failAfter: {},
};

/** The faults that are probabilities. */
export type FaultName = {
  [Name in keyof Faults]: Faults[Name] extends Micros ? never : Name;
}[keyof Faults];

/** A fault that struck. */
export interface Fault {
  readonly name: FaultName;
  /** What it struck: the service of a call, or the name of a queue. */
  readonly where: string;
  /** Of a call to a service: what was asked; of a lost delivery: what was published. */
  readonly input?: Readonly<Record<string, Json | undefined>>;
}

/** Whether this fault strikes now, with `probability`. */
export function strikes(
  world: World,
  name: FaultName,
  where: string,
  probability: number,
  input?: Fault["input"],
): boolean {
  if (!world.random.chance(probability)) return false;
  world.onFault?.({ name, where, input });
  return true;
}

/** Some of 0 to `longest`. */
export const upTo = (world: World, longest: Micros): Micros =>
  longest > 0 ? us(world.random.between(0, longest)) : us(0);
