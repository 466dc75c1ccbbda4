import { type Json, type Micros, us } from "@sluice/dsl";
import type { Random } from "./random";

/** A request that somebody will make. */
export interface LoadRequest {
  /** From the load's beginning. */
  readonly atUs: Micros;
  readonly tier: string;
  readonly operation: string;
  readonly request: Json;
}

/** What a load is made of. */
export interface LoadKind {
  readonly tier: string;
  readonly operation: string;
  /** The request with that number of its kind, from 0. */
  readonly requestOf: (index: number) => Json;
}

/** From `fromUs` up to, and without, `untilUs`. */
export interface Span {
  readonly fromUs: Micros;
  readonly untilUs: Micros;
}

/** So many requests, all there at `atUs`. */
export const backlog = (kind: LoadKind, count: number, atUs: Micros = us(0)): LoadRequest[] =>
  Array.from({ length: count }, (_, index) => requestAt(kind, atUs, index));

/** Requests that come independently of each other, `perSecond` on average. */
export function poisson(kind: LoadKind, perSecond: number, span: Span, random: Random): LoadRequest[] {
  const requests: LoadRequest[] = [];
  if (perSecond <= 0) return requests;
  let at = span.fromUs + gapUs(perSecond, random);
  while (at < span.untilUs) {
    requests.push(requestAt(kind, us(Math.floor(at)), requests.length));
    at += gapUs(perSecond, random);
  }
  return requests;
}

/** Gusts of `size` requests within `spreadUs`, each after a silence that lasts between half of `silenceUs` and one and a half. */
export function gusts(
  kind: LoadKind,
  { size, spreadUs, silenceUs }: { readonly size: number; readonly spreadUs: Micros; readonly silenceUs: Micros },
  span: Span,
  random: Random,
): LoadRequest[] {
  const requests: LoadRequest[] = [];
  let from = span.fromUs + silenceUs * (0.5 + random.next());
  while (from + spreadUs < span.untilUs) {
    const moments = Array.from({ length: size }, () => Math.floor(from + random.next() * spreadUs));
    for (const at of moments.sort((a, b) => a - b)) requests.push(requestAt(kind, us(at), requests.length));
    from += spreadUs + silenceUs * (0.5 + random.next());
  }
  return requests;
}

/** Several loads as one, in the order of their requests' time. */
export const mergeLoads = (...loads: readonly (readonly LoadRequest[])[]): LoadRequest[] =>
  loads.flat().sort((a, b) => a.atUs - b.atUs);

const requestAt = ({ tier, operation, requestOf }: LoadKind, atUs: Micros, index: number): LoadRequest => ({
  atUs,
  tier,
  operation,
  request: requestOf(index),
});

/** The time to the next of so many a second: exponentially distributed. */
const gapUs = (perSecond: number, random: Random): number => (-Math.log(1 - random.next()) / perSecond) * 1_000_000;
