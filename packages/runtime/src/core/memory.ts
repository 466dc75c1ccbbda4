import { BELLS_KEPT, type Micros } from "@sluice/dsl";
import type { Pace } from "./pacer";
import type { Credits } from "./pick";

/** What one process remembers between its turns. True only while the gate still names its last turn. */
export interface WorkerMemory {
  turnId: string | undefined;
  pace: Pace | undefined;
  credits: Credits;
  /** Ids of requests that this process took up, oldest first: their bells need no second look. */
  readonly taken: Set<string>;
  /** Until when each timed-out call still counts as open at the target. */
  lingering: Micros[];
  /** The longest recent time from taking a request up to knowing that it may be called, and how. */
  stagingUs: Micros | undefined;
  /** The longest recent time that a connection took. */
  connectUs: Micros | undefined;
  /** The shortest recent time for which a call was open. */
  callUs: Micros | undefined;
}

export const newWorkerMemory = (): WorkerMemory => ({
  turnId: undefined,
  pace: undefined,
  credits: {},
  taken: new Set(),
  lingering: [],
  stagingUs: undefined,
  connectUs: undefined,
  callUs: undefined,
});

/** A request that was given back is looked for again. */
export const forgetTaken = (memory: WorkerMemory, requestId: string): boolean => memory.taken.delete(requestId);

/** Remembers as many as bells may still wait after a long backlog; about 10 MB of ids. */
export function rememberTaken(memory: WorkerMemory, requestId: string): void {
  memory.taken.delete(requestId);
  memory.taken.add(requestId);
  if (memory.taken.size <= BELLS_KEPT) return;
  for (const oldest of memory.taken) {
    memory.taken.delete(oldest);
    break;
  }
}
