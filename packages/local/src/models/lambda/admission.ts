import { type Micros, seconds, us } from "@sluice/dsl";
import { ServiceError } from "../../cloud-types";

/** Why Lambda answers 429; of the API model's ThrottleReason. */
export type ThrottleReason =
  | "ConcurrentInvocationLimitExceeded"
  | "FunctionInvocationRateLimitExceeded"
  | "ReservedFunctionConcurrentInvocationLimitExceeded"
  | "ReservedFunctionInvocationRateLimitExceeded";

/** An invocation that was not let in. */
export class TooManyRequests extends ServiceError {
  constructor(readonly reason: ThrottleReason) {
    super("TooManyRequestsException", "Rate Exceeded.", 429);
  }
}

/** A new account's concurrency in a region; what functions without a reservation share. */
const ACCOUNT_CONCURRENCY = 1_000;
const STARTS_PER_SECOND_AND_UNIT = 10;
const SECOND_US = seconds(1);

/**
 * A function's two limits: invocations in flight, and ten starts in any second for each unit of concurrency. That the
 * rate is counted in rolling seconds is inferred; AWS documents the figure only.
 */
export class Admission {
  private inFlight = 0;
  /** The last starts, the oldest first; at most as many as a second may hold. */
  private starts: Micros[] = [];

  /** @param reserved undefined: none is reserved, and the account's own concurrency is the limit */
  constructor(private readonly reserved: number | undefined) {}

  /** Takes a place, which {@link leave} gives back. @throws TooManyRequests */
  enter(now: Micros): void {
    const isReserved = this.reserved !== undefined;
    const units = this.reserved ?? ACCOUNT_CONCURRENCY;
    if (this.inFlight >= units)
      throw new TooManyRequests(
        isReserved ? "ReservedFunctionConcurrentInvocationLimitExceeded" : "ConcurrentInvocationLimitExceeded",
      );
    const oldest = this.starts[0];
    if (this.starts.length === units * STARTS_PER_SECOND_AND_UNIT && oldest !== undefined) {
      if (us(now - oldest) < SECOND_US)
        throw new TooManyRequests(
          isReserved ? "ReservedFunctionInvocationRateLimitExceeded" : "FunctionInvocationRateLimitExceeded",
        );
      this.starts.shift();
    }
    this.starts.push(now);
    this.inFlight += 1;
  }

  leave(): void {
    this.inFlight -= 1;
  }
}
