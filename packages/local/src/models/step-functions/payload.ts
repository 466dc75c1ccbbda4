import type { Json } from "@sluice/dsl";
import { StateFailure } from "./state-failure";

/** A hard limit of Step Functions (its quotas page). */
const MAX_PAYLOAD_BYTES = 262_144;

/**
 * What a state hands on, as JSON.
 *
 * @throws StateFailure States.DataLimitExceeded
 */
export function payloadText(value: Json, stateName: string): string {
  const text = JSON.stringify(value);
  // A UTF-16 unit is three bytes at most: most texts need not be counted.
  if (text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text) > MAX_PAYLOAD_BYTES)
    throw new StateFailure(
      "States.DataLimitExceeded",
      `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  return text;
}

/**
 * Checks what nobody wants as JSON. What is far smaller than the limit is not written to know that.
 *
 * @throws StateFailure States.DataLimitExceeded
 */
export function checkPayload(value: Json, stateName: string): void {
  if (bytesAtMost(value) > MAX_PAYLOAD_BYTES) payloadText(value, stateName);
}

/** No fewer than its JSON takes, the comma behind it included: a UTF-16 unit takes six bytes at most, a number 24. */
function bytesAtMost(value: Json): number {
  if (typeof value === "string") return 3 + 6 * value.length;
  if (typeof value !== "object" || value === null) return 25;
  let bytes = 3;
  for (const [key, part] of Object.entries(value)) bytes += 4 + 6 * key.length + bytesAtMost(part);
  return bytes;
}
