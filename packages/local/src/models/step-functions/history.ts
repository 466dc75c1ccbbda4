import type { Json } from "@sluice/dsl";
import type { WorldClock } from "../../clock";

/** One event of an execution's history. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** The name of the field with the event's details, `taskFailedEventDetails`, and its content. */
  readonly details: readonly [field: string, content: { readonly [key: string]: Json }] | undefined;
}

/** An execution's events, numbered from 1. Each names the one before it, unless the caller says otherwise. */
export class History {
  private readonly recorded: HistoryEvent[] | undefined;
  private count = 0;

  /** @param isKept whether anybody will read it; if not, it counts its events only */
  constructor(
    private readonly clock: Pick<WorldClock, "wallMs">,
    isKept: boolean,
  ) {
    this.recorded = isKept ? [] : undefined;
  }

  get events(): readonly HistoryEvent[] {
    return this.recorded ?? [];
  }

  get lastId(): number {
    return this.count;
  }

  /**
   * @param detailsOf asked at once, and only by a history that is kept
   * @param previousEventId where AWS's own recordings do not name the event before
   * @returns the event's id
   */
  record(type: string, detailsOf?: () => HistoryEvent["details"], previousEventId = this.count): number {
    this.count += 1;
    this.recorded?.push({ id: this.count, previousEventId, type, atMs: this.clock.wallMs(), details: detailsOf?.() });
    return this.count;
  }
}

/** As GetExecutionHistory shows it. */
export function renderEvent({ id, previousEventId, type, atMs, details }: HistoryEvent, withData: boolean): Json {
  const shown = details === undefined ? [] : [[details[0], withData ? details[1] : withoutData(details[1])] as const];
  return { timestamp: atMs / 1_000, type, id, previousEventId, ...Object.fromEntries(shown) };
}

const DATA_FIELDS = ["input", "output", "parameters", "cause"];

const withoutData = (content: { readonly [key: string]: Json }): { [key: string]: Json } =>
  Object.fromEntries(Object.entries(content).filter(([key]) => !DATA_FIELDS.includes(key)));

/** What recordings show beside each text of data. */
export const WHOLE: Json = { truncated: false };
