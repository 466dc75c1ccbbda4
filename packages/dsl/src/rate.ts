import { parseDuration } from "./duration";
import type { Micros } from "./units";

/** Calls in any window, as `rateLimit` states it. */
export interface Rate {
  readonly calls: number;
  readonly windowUs: Micros;
  /** As in the file. */
  readonly text: string;
}

/** `5/s`, `600/5m`: calls in any window; a window of one unit needs no number. */
export const RATE_PATTERN = /^[1-9][0-9]{0,6}\/([1-9][0-9]{0,5})?(ms|s|m|h|d)$/;

/**
 * Calls and window of a rate as the file writes it.
 *
 * @returns undefined when the text is not a rate
 */
export function parseRate(text: string): Rate | undefined {
  if (!RATE_PATTERN.test(text)) return undefined;
  const [calls = "", window = ""] = text.split("/");
  const windowUs = parseDuration(/^[0-9]/.test(window) ? window : `1${window}`);
  return windowUs === undefined ? undefined : { calls: Number.parseInt(calls, 10), windowUs, text };
}

/** `5%`, `2.5%`: a share of the starts. */
export const SHARE_PATTERN = /^[0-9]{1,2}(\.[0-9]{1,2})?%$/;

/**
 * A share as a number from 0 to 1.
 *
 * @returns undefined when the text is not a share
 */
export function parseShare(text: string): number | undefined {
  return SHARE_PATTERN.test(text) ? Number.parseFloat(text) / 100 : undefined;
}

/** The limit that the interval keeps: of several the one with the shortest window, and where it stands in the file. */
export function spacedLimit(
  rateLimit: Rate | readonly Rate[] | undefined,
): { readonly rate: Rate; readonly path: readonly (string | number)[] } | undefined {
  if (rateLimit === undefined) return undefined;
  if (!isList(rateLimit)) return { rate: rateLimit, path: ["rateLimit"] };
  const [first, ...others] = rateLimit;
  if (first === undefined) return undefined;
  const rate = others.reduce((best, one) => (one.windowUs < best.windowUs ? one : best), first);
  return { rate, path: ["rateLimit", rateLimit.indexOf(rate)] };
}

/** All limits of a file, one or several. */
export const allLimits = (rateLimit: Rate | readonly Rate[] | undefined): readonly Rate[] =>
  rateLimit === undefined ? [] : isList(rateLimit) ? rateLimit : [rateLimit];

const isList = (rateLimit: Rate | readonly Rate[]): rateLimit is readonly Rate[] => Array.isArray(rateLimit);
