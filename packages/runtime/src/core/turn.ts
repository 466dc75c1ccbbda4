import { type Micros, ms, seconds, type TurnPlan, us } from "@sluice/dsl";
import { connectDue } from "./connecting";
import { leadUs } from "./lead";
import { nextStartAt, type Pace, unknownPast } from "./pacer";
import type { Bell, GateState, LeftBehind } from "./ports";
import { handSize, LONG_LOOK, receiveMore, remove, SHORT_LOOK, tendHands } from "./receiving";
import { createAlarm, createSignal } from "./signal";
import { countStartable, giveBack, stageDue } from "./staging";
import { startNext } from "./starting";
import {
  type Closing,
  chore,
  describe,
  gateFailed,
  type Hand,
  type Invocation,
  isEmptyHanded,
  newTurnState,
  parkLeftUs,
  type TurnState,
  type Worker,
} from "./turn-state";

/** One invocation by the bell queue. */
export interface TurnInput extends Invocation {
  readonly bells: readonly Bell[];
  readonly plan: TurnPlan;
}

/** What only a turn knows, whose bells must ring again when it dies. */
interface Turn extends TurnState {
  readonly turn: TurnInput;
  bellsHeldAt: Micros;
  /** Every renewal under way: one that lands late would undo what the turn's end says of its bells. */
  bellsHolding: Promise<unknown>;
}

/** What a turn leaves: bells that must ring again, and which were given their visibility already. */
export interface TurnEnd {
  readonly returned: readonly Bell[];
}

const READ_GATE_EVERY: Micros = seconds(5);
const READ_GATE_AGAIN_AFTER: Micros = seconds(1);
/** A gate that cannot be used for this long ends the turn. */
const GATE_PATIENCE: Micros = seconds(5);
/** A park no longer than this is waited for: a turn more would cost as much. */
const PARK_WORTH_WAITING: Micros = seconds(2);
const MAX_BELL_RETURN: Micros = seconds(60);
/** Lambda starts at most ten invocations a second for each reserved unit. */
const MIN_TURN: Micros = ms(120);
/** Left at the end of the function's time for the last answers. */
const ENDING_MARGIN: Micros = seconds(10);

/**
 * One turn: takes the gate, then starts calls one interval apart, highest tier first, until nothing is left, its time is
 * up, or the gateway is parked. Calls overlap; the turn ends when the last has ended and been answered.
 *
 * @throws when the gate cannot be taken: nothing was called, and the bells ring again
 * @see DESIGN.md, "doorbell"
 */
export async function runTurn(worker: Worker, turn: TurnInput): Promise<TurnEnd> {
  const { ports, memory } = worker;
  const entryAt = ports.clock.now();
  const [gate] = await Promise.all([ports.gate.take(turn.id), holdBells(worker, turn)]);
  recall(worker, gate, turn.id, entryAt);
  const signal = createSignal();
  const parts = { signal, alarm: createAlarm(ports.clock, signal) };
  const state: Turn = {
    ...newTurnState(worker, turn, gate, entryAt, parts),
    turn,
    bellsHeldAt: ports.clock.now(),
    bellsHolding: Promise.resolve(),
  };
  const onlyKnownBells = turn.bells.every((bell) => bell.requestId !== undefined && memory.taken.has(bell.requestId));
  let look = onlyKnownBells ? SHORT_LOOK : LONG_LOOK;
  for (;;) {
    look = isQuiet(state) && state.startedCalls === 0 ? look : LONG_LOOK;
    step(state, look);
    if (isOver(state)) break;
    await signal.next();
  }
  return end(state);
}

/** Past a turn of another process, what this one remembers of the target is worth nothing. */
function recall({ memory, ports }: Worker, gate: GateState, turnId: string, entryAt: Micros): void {
  const wasLast = memory.turnId !== undefined && gate.turnId === memory.turnId;
  if (!wasLast || memory.pace === undefined) {
    memory.pace = unknownPast(entryAt);
    memory.credits = gate.credits;
    const { clock } = ports;
    memory.lingering = gate.lingeringUntilMs.map((untilMs) => us(clock.now() + (untilMs - clock.wallMs()) * 1_000));
  }
  memory.turnId = turnId;
}

async function holdBells(worker: Worker, { bells, plan }: TurnInput): Promise<void> {
  try {
    await worker.ports.bells.hold(bells, plan.bellHoldUs);
  } catch (error) {
    // They stay hidden for the queue's own visibility, which is longer: only a crash would be noticed later.
    worker.ports.telemetry.event("hold-bells-failed", { error: describe(error) });
  }
}

/** Everything that can be done now. Nothing in here waits; what takes time notifies the loop when it is done. */
function step(state: Turn, look: Micros): void {
  const { worker } = state;
  const { plan, memory } = worker;
  watchClock(state);
  watchGate(state);
  watchPark(state);
  renewBells(state);
  tendHands(state);
  let pace = paceOf(memory, state.entryAt);
  while (startNext(state, pace)) pace = paceOf(memory, state.entryAt);
  if (state.closing !== undefined) {
    returnHands(state);
    return;
  }
  if (parkLeftUs(state) > 0) return;
  receiveMore(state, handsToAsk(state), handSize(plan.limit.intervalUs, longestLead(memory)), lookNow(state, look));
  const due = nextStartAt(pace, plan.limit);
  // Before the connections: who takes up a redelivered request counts that before anything else is done for it.
  if (!isEmptyHanded(state)) alarmAhead(state, stageDue(state, due));
  // Empty-handed, too: what was made for a request that is gone is no news for the next one.
  alarmAhead(state, connectDue(state, due, countStartable(state)));
  if (!isEmptyHanded(state)) alarmAhead(state, due);
}

/** Instants that have passed are waited for by events: a place that comes free, a preparation that is done. */
function alarmAhead(state: TurnState, instant: Micros | undefined): void {
  if (instant !== undefined && instant > state.worker.ports.clock.now()) state.alarm(instant);
}

const longestLead = ({ stagingUs, connectUs }: Worker["memory"]): Micros =>
  us(Math.max(leadUs(stagingUs), leadUs(connectUs)));

const paceOf = (memory: Worker["memory"], entryAt: Micros): Pace => memory.pace ?? unknownPast(entryAt);

/**
 * All tiers while anything goes on. Afterwards those that have not been seen empty since: asked again because another
 * tier's answer is a moment later, the first would hold the turn for a second more.
 */
function handsToAsk(state: TurnState): readonly Hand[] {
  return isQuiet(state) ? state.hands.filter((hand) => !isSeenEmpty(state, hand)) : state.hands;
}

const isQuiet = (state: TurnState): boolean =>
  state.openSince.length === 0 && state.chores === 0 && isEmptyHanded(state);

const isSeenEmpty = (state: TurnState, hand: Hand): boolean =>
  hand.emptyAt !== undefined && hand.emptyAt >= state.busyAt;

function isOver(state: TurnState): boolean {
  const { clock } = state.worker.ports;
  const isReceiving = state.hands.some((hand) => hand.isReceiving);
  if (state.openSince.length > 0 || state.chores > 0 || isReceiving || state.gate.isReading || state.isWriting)
    return false;
  if (state.closing !== undefined && !isEmptyHanded(state)) return false;
  if (state.closing === undefined) {
    if (!isQuiet(state) || !state.hands.every((hand) => isSeenEmpty(state, hand))) return false;
    state.closing = "idle";
  }
  const earliest = us(state.entryAt + MIN_TURN);
  if (clock.now() >= earliest) return true;
  state.alarm(earliest);
  return false;
}

function watchClock(state: Turn): void {
  const timeUp = timeUpAt(state);
  if (state.worker.ports.clock.now() >= timeUp) close(state, "time");
  else state.alarm(timeUp);
}

/** When the turn takes nothing more. */
function timeUpAt({ worker: { plan }, entryAt, turn }: Turn): Micros {
  return us(Math.min(entryAt + turn.plan.lengthUs, turn.deadlineAt - plan.timeouts.responseUs - ENDING_MARGIN));
}

/** A long look that outlasts the turn would keep it, and every other, waiting. */
const lookNow = (state: Turn, look: Micros): Micros =>
  state.worker.ports.clock.now() + LONG_LOOK > timeUpAt(state) ? SHORT_LOOK : look;

function watchPark(state: TurnState): void {
  const left = parkLeftUs(state);
  if (left === 0) return;
  if (left > PARK_WORTH_WAITING) close(state, "parked");
  else state.alarm(us(state.worker.ports.clock.now() + left));
}

function watchGate(state: TurnState): void {
  const { clock } = state.worker.ports;
  const { gate } = state;
  const now = clock.now();
  if (gate.failingSince !== undefined && now - gate.failingSince >= GATE_PATIENCE) close(state, "gate");
  if (state.closing !== undefined || gate.isReading) return;
  const due = us(gate.readAt + (gate.failingSince === undefined ? READ_GATE_EVERY : READ_GATE_AGAIN_AFTER));
  if (now >= due) void readGate(state);
  else state.alarm(due);
}

async function readGate(state: TurnState): Promise<void> {
  const { gate: port, clock } = state.worker.ports;
  const { gate } = state;
  gate.isReading = true;
  try {
    const seen = await port.read();
    if (seen.turnId !== state.turn.id) close(state, "overtaken");
    // A park of this turn's own may be on its way to the table; one that somebody cleared there is gone.
    gate.parkedUntilMs = { ...seen.parkedUntilMs, ...ownParks(gate.parkedUntilMs) };
    gate.failingSince = undefined;
  } catch (error) {
    gateFailed(state, "read", error);
  }
  gate.readAt = clock.now();
  gate.isReading = false;
  state.signal.notify();
}

const ownParks = (parks: Readonly<Record<string, number>>): Record<string, number> =>
  parks.throttled === undefined ? {} : { throttled: parks.throttled };

function close(state: TurnState, why: Closing): void {
  if (state.closing !== undefined) return;
  state.closing = why;
  state.worker.ports.telemetry.event("turn-closing", { why });
}

function renewBells(state: Turn): void {
  const { ports } = state.worker;
  const due = us(state.bellsHeldAt + state.turn.plan.bellRenewUs);
  const now = ports.clock.now();
  if (state.turn.bells.length === 0) return;
  if (now < due) {
    state.alarm(due);
    return;
  }
  state.bellsHeldAt = now;
  // Not a chore: it says nothing about work, and would keep an idle turn looking.
  state.bellsHolding = Promise.all([state.bellsHolding, holdBells(state.worker, state.turn)]);
}

/** Gives back what will not be started. Within the loop, which renews the bells however long that takes. */
function returnHands(state: TurnState): void {
  for (const hand of state.hands) {
    // An open receive would bring back what is given back here, as a copy that nobody takes until its visibility ends.
    if (hand.isReceiving) continue;
    for (const held of hand.requests.filter(({ stage }) => stage.kind !== "staging")) {
      remove(hand, held);
      state.hasGivenBack = true;
      chore(state, () => giveBack(state, held));
    }
  }
}

/** Tells the next turn what it should know, and closes the connections. */
async function end(state: Turn): Promise<TurnEnd> {
  const { worker, turn } = state;
  const { gate, endpoint, telemetry } = worker.ports;
  const hadMore = state.hasGivenBack || state.hands.some((hand) => hand.emptyAt === undefined);
  await state.bellsHolding;
  if (state.startedCalls > 0) {
    try {
      await gate.leave(turn.id, whatIsLeft(worker));
    } catch (error) {
      telemetry.event("gate-failed", { operation: "leave", error: describe(error) });
    }
  }
  await endpoint.close();
  return { returned: await returnBells(state, hadMore) };
}

function whatIsLeft({ memory, ports: { clock } }: Worker): LeftBehind {
  const lingeringUntilMs = memory.lingering
    .filter((until) => until > clock.now())
    .map((until) => clock.wallMs() + (until - clock.now()) / 1_000);
  return { credits: memory.credits, lingeringUntilMs };
}

async function returnBells(state: Turn, hadMore: boolean): Promise<readonly Bell[]> {
  const { bells } = state.turn;
  switch (state.closing) {
    case "parked":
      await giveBellsFor(state, us(Math.min(MAX_BELL_RETURN, parkLeftUs(state))));
      return bells;
    case "gate":
    case "queues":
      return bells; // What hold they have left is soon over.
    case "time":
      // With work left and every other bell used up, nobody would come back before the sweep.
      if (!hadMore) return [];
      await giveBellsFor(state, us(0));
      return bells;
    case "overtaken":
      return bells;
    default:
      return [];
  }
}

async function giveBellsFor(state: Turn, hiddenFor: Micros): Promise<void> {
  try {
    await state.worker.ports.bells.hold(state.turn.bells, hiddenFor);
  } catch (error) {
    state.worker.ports.telemetry.event("give-bells-failed", { error: describe(error) });
  }
}
