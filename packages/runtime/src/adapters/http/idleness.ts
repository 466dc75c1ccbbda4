import { type Micros, ms, seconds, us } from "@sluice/dsl";

/** A connection idle for longer is never used again. */
const MAX_IDLE: Micros = seconds(4);

/** What a target is believed to grant before it has shown anything. */
const ASSUMED: Micros = seconds(1);

/** A close as early as this was an accident of that connection. */
const MIN_CLOSE: Micros = ms(10);

/** A new connection may always wait this long: less, and none would ever be ready at its start. */
const MIN_NEW: Micros = ms(50);

/**
 * By how much a close that was seen is believed less after each turn, so that a restart of the target does not end reuse
 * for good. Less than 2: as only half is used, a target that really closes so soon is still not met by a call.
 */
const RELAXED = 1.25;

/**
 * How long the target lets a connection idle, as far as it has shown: what it announced, what connections were seen to
 * outlive, and after what time they were seen closed. Only half of it is used, so that a close on its way here never
 * meets a call on its way there: that call would be lost, and nobody could say whether it was done.
 */
export interface Idleness {
  /** The target's `Keep-Alive: timeout=…`. */
  announced(grant: Micros): void;
  /** A connection idle for this long was still open. */
  survived(idle: Micros): void;
  /** The target closed a connection that had been idle for this long. */
  closedAfter(idle: Micros): void;
  /** A call may start on a connection idle for less. */
  limit(): Micros;
  /**
   * The same for a connection that has carried no call yet. One that took long to establish may wait as long again: it is
   * established that much ahead, and otherwise could never be ready at its start.
   */
  limitWhenNew(handshake: Micros): Micros;
  /** An idle connection of this age is looked at after this long; undefined: it has served its time. */
  nextLook(idle: Micros): Micros | undefined;
  /** A turn has ended. */
  relax(): void;
}

export function createIdleness(): Idleness {
  let proven = ASSUMED;
  let closes = us(Number.POSITIVE_INFINITY);
  const limit = () => us(Math.min(MAX_IDLE, Math.min(proven, closes) / 2));
  const closedAfter = (idle: Micros) => {
    closes = us(Math.min(closes, Math.max(idle, MIN_CLOSE)));
  };
  const survived = (idle: Micros) => {
    proven = us(Math.max(proven, idle));
  };
  return {
    announced(grant) {
      survived(grant);
      closedAfter(grant);
    },
    survived,
    closedAfter,
    limit,
    limitWhenNew: (handshake) => us(Math.min(MAX_IDLE, Math.max(limit(), handshake, MIN_NEW))),
    nextLook: (idle) => (idle >= MAX_IDLE ? undefined : us(Math.min(MAX_IDLE, 2 * proven) - idle)),
    relax() {
      closes = us(closes * RELAXED);
    },
  };
}
