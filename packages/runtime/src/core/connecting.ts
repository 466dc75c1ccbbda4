import { type Micros, seconds, us } from "@sluice/dsl";
import { expectedUs, leadUs, rememberSlowest } from "./lead";
import { type Connection, NotSent } from "./ports";
import { chore, describe, type TurnState } from "./turn-state";

/** A failure that found no start is no news of the target any more, and another connection is tried. */
const FAILURE_KEPT: Micros = seconds(5);

/** What there is to start calls on, and how long it takes to get more. */
export interface Provision {
  readonly now: Micros;
  /** The instant of the next start, and how far the starts are apart. */
  readonly nextStart: Micros;
  readonly intervalUs: Micros;
  /** How many calls could start, if each had a connection. */
  readonly starts: number;
  /** How many places are free at the target, and until when each other one is expected to be taken; ascending. */
  readonly freePlaces: number;
  readonly takenUntil: readonly Micros[];
  /** Of each connection that stands, until when it may be used. */
  readonly readyUntil: readonly Micros[];
  /** Of each one under way and each failure, from when a start may be spent on it; ascending. */
  readonly readyFrom: readonly Micros[];
  /** How long a connection takes, and how long before its start it is begun. */
  readonly takesUs: Micros;
  readonly leadUs: Micros;
}

/**
 * The starts for which a connection is to be begun now, and when the next is. Each is begun so that it stands a little before
 * its start: begun all at once, most would stand for long, and a target that drops what is idle would drop them together.
 */
export function missingFor(provision: Provision): { readonly startsAt: Micros[]; readonly nextAt: Micros | undefined } {
  const { now, intervalUs, takesUs, freePlaces, takenUntil, leadUs: lead } = provision;
  const standing = provision.readyUntil.toSorted((a, b) => a - b);
  const coming = [...provision.readyFrom];
  const startsAt: Micros[] = [];
  let due = us(Math.max(now, provision.nextStart));
  for (let nth = 0; nth < provision.starts; nth++) {
    due = us(Math.max(due, takenUntil[nth - freePlaces] ?? now));
    const until = takeFirst(standing, (readyUntil) => readyUntil > due);
    const from = until === undefined ? coming.shift() : due;
    const startAt = us(Math.max(due, from ?? now + takesUs));
    if (from === undefined) {
      if (startAt > now + lead) return { startsAt, nextAt: us(startAt - lead) };
      startsAt.push(startAt);
    }
    due = us(startAt + intervalUs);
  }
  return { startsAt, nextAt: undefined };
}

function takeFirst<T>(items: T[], fits: (item: T) => boolean): T | undefined {
  const at = items.findIndex(fits);
  return at < 0 ? undefined : items.splice(at, 1)[0];
}

/**
 * Connects for the calls that would start within the lead time.
 *
 * @param starts how many calls could start, if each had a connection
 * @returns the instant at which another connection becomes worth beginning; undefined: none is wanted
 */
export function connectDue(state: TurnState, nextStart: Micros, starts: number): Micros | undefined {
  const { connecting, worker } = state;
  const { memory, plan, ports } = worker;
  const now = ports.clock.now();
  tidy(state, starts);
  const takesUs = expectedUs(memory.connectUs);
  const { startsAt, nextAt } = missingFor({
    now,
    nextStart,
    intervalUs: plan.limit.intervalUs,
    starts,
    ...placesOf(state),
    readyUntil: connecting.standing.map(({ readyUntil }) => readyUntil),
    readyFrom: [...connecting.failures.map(() => now), ...connecting.underWay.map((beganAt) => us(beganAt + takesUs))],
    takesUs,
    leadUs: leadUs(memory.connectUs),
  });
  for (const startAt of startsAt) chore(state, () => connect(state, startAt));
  return nextAt;
}

/**
 * A place is expected to come free when its call has lasted as long as the shortest of late. Expected at once, a connection
 * would stand for the next start all the time, and where calls outlast idle connections, one after the other would be made.
 */
function placesOf({ openSince, worker: { memory, plan } }: TurnState): Pick<Provision, "freePlaces" | "takenUntil"> {
  const takenUntil = openSince.map((startedAt) => us(startedAt + (memory.callUs ?? 0)));
  takenUntil.push(...memory.lingering);
  return {
    freePlaces: plan.openCalls - takenUntil.length,
    takenUntil: takenUntil.sort((a, b) => a - b),
  };
}

/** Connects for one call that starts at `startAt`, if nothing is there for it. */
export function connectOnce(state: TurnState, startAt: Micros): void {
  tidy(state, 1);
  if (!isConnected(state) && state.connecting.underWay.length === 0) chore(state, () => connect(state, startAt));
}

async function connect({ connecting, worker }: TurnState, startAt: Micros): Promise<void> {
  const { memory, ports } = worker;
  const beganAt = ports.clock.now();
  connecting.underWay.push(beganAt);
  try {
    connecting.standing.push(await ports.endpoint.connect(startAt));
    memory.connectUs = rememberSlowest(memory.connectUs, us(ports.clock.now() - beganAt));
  } catch (error) {
    const reason = error instanceof NotSent ? error : new NotSent("unavailable", `${describe(error)}.`);
    connecting.failures.push({ reason, at: ports.clock.now() });
  }
  connecting.underWay.splice(connecting.underWay.indexOf(beganAt), 1);
}

/** Whether it is known what a start would come to: there is a connection, or a reason why there is none. */
export function isConnected(state: TurnState): boolean {
  dropLost(state);
  const { standing, failures } = state.connecting;
  return standing.length + failures.length > 0;
}

/** What a start is made on, of connections the one that gets too old first; only where {@link isConnected}. */
export function takeConnection({ connecting: { standing, failures } }: TurnState): Connection | NotSent {
  const [first] = standing.toSorted((a, b) => a.readyUntil - b.readyUntil);
  const failure = first === undefined ? failures.shift() : undefined;
  if (failure !== undefined) return failure.reason;
  if (first === undefined) throw new Error("A call was started without a connection.");
  standing.splice(standing.indexOf(first), 1);
  return first;
}

/** Drops what no start can be made on, and failures of connections that nobody wants any more. */
function tidy(state: TurnState, starts: number): void {
  dropLost(state);
  const { connecting, worker } = state;
  const oldest = worker.ports.clock.now() - FAILURE_KEPT;
  connecting.failures = connecting.failures.filter(({ at }) => at > oldest).slice(0, starts);
}

function dropLost({ connecting, worker }: TurnState): void {
  const now = worker.ports.clock.now();
  const isLost = ({ readyUntil }: Connection) => readyUntil <= now;
  if (!connecting.standing.some(isLost)) return;
  for (const connection of connecting.standing.filter(isLost)) connection.discard();
  connecting.standing = connecting.standing.filter((connection) => !isLost(connection));
}
