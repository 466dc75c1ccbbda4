import { ERRORS, UNKNOWN_REPEATABLE } from "@sluice/dsl";
import type { Checker, Setting } from "./checker";

/** A request is answered with each error that is retried no more often than the file's `attempts`, until it is redriven. */
export function attemptsMadeChecker({ file: { retries } }: Setting): Checker {
  const allowed = new Map<string, number>([
    [ERRORS.throttled, retries.throttled.attempts],
    [ERRORS.unavailable, retries.unavailable.attempts],
    [UNKNOWN_REPEATABLE, retries.unknown.attempts],
  ]);
  const failures = new Map<string, number>();

  return {
    invariant: "attempts",
    see(sighting) {
      if (sighting.kind === "redriven") {
        for (const error of allowed.keys()) failures.delete(`${sighting.request} ${error}`);
        return undefined;
      }
      if (sighting.kind !== "answered" || sighting.error === undefined) return undefined;
      const { request, error } = sighting;
      const most = allowed.get(error);
      if (most === undefined) return undefined;
      const count = (failures.get(`${request} ${error}`) ?? 0) + 1;
      failures.set(`${request} ${error}`, count);
      if (count <= most) return undefined;
      return { message: `${request} was tried ${count} times and failed with ${error}; ${most} is allowed`, request };
    },
  };
}
