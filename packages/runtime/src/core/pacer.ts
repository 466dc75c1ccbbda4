import { type LimitPlan, type Micros, us } from "@sluice/dsl";

/**
 * Where the last start stands on the grid. The bytes of a call whose place is `gridAt` left between `gridAt` and
 * `gridAt + latenessUs`; that is all that the proof below needs.
 *
 * With T = (W + J) / N, places at least T apart and bytes at most L late, call i + N leaves at least N·T − L after call i,
 * so the path may shift arrivals by J − L before a window of length W could hold one call too many.
 *
 * @see DESIGN.md, "The guarantee"
 */
export interface Pace {
  readonly gridAt: Micros;
}

/** The earliest instant at which the next start may be decided. */
export const nextStartAt = (pace: Pace, limit: LimitPlan): Micros => us(pace.gridAt + limit.intervalUs);

/**
 * A start was decided at `decidedAt`, not before {@link nextStartAt}. A decision that is late by no more than the allowed
 * lateness keeps the grid, so that a timer's millisecond costs no rate; a later one moves it.
 */
export function decided(pace: Pace, limit: LimitPlan, decidedAt: Micros): Pace {
  return { gridAt: us(Math.max(pace.gridAt + limit.intervalUs, decidedAt - limit.latenessUs)) };
}

/**
 * The bytes of the last start had left by `writtenAt`. The process may have been stopped between decision and bytes: then
 * the grid moves, and the next call keeps its distance from the bytes, not from the decision.
 */
export function written(pace: Pace, limit: LimitPlan, writtenAt: Micros): Pace {
  return { gridAt: us(Math.max(pace.gridAt, writtenAt - limit.latenessUs)) };
}

/**
 * Another process may have started a call until the moment this turn began: turns never overlap, so nothing left after
 * `entryAt`, and the first call waits one interval from there.
 */
export const unknownPast = (entryAt: Micros): Pace => ({ gridAt: entryAt });
