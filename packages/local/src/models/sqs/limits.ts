import { type Micros, seconds } from "@sluice/dsl";

/** What SQS allows; a value handed in, so that a test can make it small. */
export interface SqsLimits {
  /** Body and attributes of one message, and of one batch. */
  readonly maxMessageBytes: number;
  readonly maxBatchEntries: number;
  /** Messages of a standard queue in flight at once. */
  readonly maxInFlight: number;
  /** From a receive to the end of all its extensions. */
  readonly maxVisibilitySeconds: number;
  readonly maxDelaySeconds: number;
  readonly maxWaitSeconds: number;
  readonly maxReceived: number;
  readonly maxAttributes: number;
  readonly deduplicationUs: Micros;
  readonly purgeEveryUs: Micros;
  /** After so many receives without a delete a message of a standard queue goes to the back of it. */
  readonly receivesUntilBack: number;
}

/** AWS's own, as of November 2026 (the SQS API model and the developer guide's quotas). */
export const AWS_SQS_LIMITS: SqsLimits = {
  maxMessageBytes: 1_048_576,
  maxBatchEntries: 10,
  maxInFlight: 120_000,
  maxVisibilitySeconds: 43_200,
  maxDelaySeconds: 900,
  maxWaitSeconds: 20,
  maxReceived: 10,
  maxAttributes: 10,
  deduplicationUs: seconds(300),
  purgeEveryUs: seconds(60),
  receivesUntilBack: 3,
};
