import { type Json, type Micros, seconds, us } from "@sluice/dsl";
import { isObject } from "../../input";
import type { Random } from "../../random";
import type { Problems } from "./problems";
import type { Template } from "./template-value";

/** One entry of a state's Retry. */
export interface Retrier {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  /** JitterStrategy FULL: each wait is anything from nothing to what was computed. */
  readonly hasFullJitter: boolean;
}

/** One entry of a state's Catch. */
export interface Catcher {
  readonly errors: readonly string[];
  readonly next: string;
  /** Undefined: the error output itself, `{ Error, Cause }`. */
  readonly output: Template | undefined;
}

/** Neither of them is matched by States.ALL. */
const NEVER_IN_ALL = ["States.DataLimitExceeded", "States.Runtime"];

/**
 * Whether an entry of Retry or Catch matches.
 *
 * @param error undefined when a worker failed its task without a name
 */
export function matchesError(errors: readonly string[], error: string | undefined): boolean {
  return errors.some((pattern) => {
    if (pattern === "States.ALL") return error === undefined || !NEVER_IN_ALL.includes(error);
    if (pattern === "States.TaskFailed")
      return error === undefined || ![...NEVER_IN_ALL, "States.Timeout"].includes(error);
    return pattern === error;
  });
}

/** The attempts of one visit of a state: each retrier counts for itself, and the first that matches is the one. */
export class Retries {
  private readonly used: number[];

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly random: Random,
  ) {
    this.used = retriers.map(() => 0);
  }

  /**
   * How long to wait before the next attempt; undefined when there is none. A retrier that has no attempts left does not
   * hand over to a later one.
   *
   * @param names the error's name, and any other that matches it as well
   */
  waitAfter(names: readonly (string | undefined)[]): Micros | undefined {
    const at = this.retriers.findIndex(({ errors }) => names.some((name) => matchesError(errors, name)));
    const retrier = this.retriers[at];
    const used = this.used[at];
    if (retrier === undefined || used === undefined || used >= retrier.maxAttempts) return undefined;
    this.used[at] = used + 1;
    const wait = Math.min(
      retrier.intervalSeconds * retrier.backoffRate ** used,
      retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY,
    );
    return retrier.hasFullJitter ? us(Math.floor(seconds(wait) * this.random.next())) : seconds(wait);
  }
}

const RETRY_FIELDS = [
  "Comment",
  "ErrorEquals",
  "IntervalSeconds",
  "MaxAttempts",
  "BackoffRate",
  "MaxDelaySeconds",
  "JitterStrategy",
];

export function parseRetriers(value: Json | undefined, path: string, problems: Problems): Retrier[] {
  return entriesOf(value, path, problems, (entry, at, isLast) => {
    problems.allowOnly(at, entry, RETRY_FIELDS);
    const { JitterStrategy: jitter = "NONE" } = entry;
    if (jitter !== "FULL" && jitter !== "NONE") problems.add(`${at}/JitterStrategy`, "The value is to be FULL or NONE");
    const maxDelay = problems.number(`${at}/MaxDelaySeconds`, entry.MaxDelaySeconds, {
      min: 1,
      max: 31_622_400,
      otherwise: 0,
    });
    return {
      errors: parseErrors(entry.ErrorEquals, `${at}/ErrorEquals`, problems, isLast),
      intervalSeconds: problems.number(`${at}/IntervalSeconds`, entry.IntervalSeconds, { min: 1, otherwise: 1 }),
      maxAttempts: problems.number(`${at}/MaxAttempts`, entry.MaxAttempts, { min: 0, otherwise: 3 }),
      backoffRate: problems.number(`${at}/BackoffRate`, entry.BackoffRate, { min: 1, isWhole: false, otherwise: 2 }),
      maxDelaySeconds: maxDelay || undefined,
      hasFullJitter: jitter === "FULL",
    };
  });
}

export function parseCatchers(
  value: Json | undefined,
  path: string,
  problems: Problems,
  stateNames: readonly string[],
  parseOutput: (output: Json, field: string) => Template,
): Catcher[] {
  return entriesOf(value, path, problems, (entry, at, isLast) => {
    problems.allowOnly(at, entry, ["Comment", "ErrorEquals", "Next", "Output"]);
    const next = problems.text(`${at}/Next`, entry.Next);
    if (!stateNames.includes(next)) problems.add(`${at}/Next`, `There is no state '${next}'`);
    return {
      errors: parseErrors(entry.ErrorEquals, `${at}/ErrorEquals`, problems, isLast),
      next,
      output:
        entry.Output === undefined
          ? undefined
          : parseOutput(entry.Output, `${at.slice(at.lastIndexOf("Catch"))}/Output`),
    };
  });
}

function entriesOf<T>(
  value: Json | undefined,
  path: string,
  problems: Problems,
  parse: (entry: { [key: string]: Json }, path: string, isLast: boolean) => T,
): T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.add(path, "The value is to be a list");
    return [];
  }
  return value.flatMap((entry, at) => {
    if (isObject(entry)) return [parse(entry, `${path}/${at}`, at === value.length - 1)];
    problems.add(`${path}/${at}`, "The entry is to be a JSON object");
    return [];
  });
}

function parseErrors(value: Json | undefined, path: string, problems: Problems, isLast: boolean): string[] {
  const errors = Array.isArray(value) ? value.filter((error) => typeof error === "string") : [];
  if (!Array.isArray(value) || errors.length === 0 || errors.length < value.length)
    problems.add(path, "The value is to be a list of error names");
  if (errors.includes("States.ALL") && (errors.length > 1 || !isLast))
    problems.add(path, "States.ALL is to stand alone and in the last entry");
  return errors;
}
