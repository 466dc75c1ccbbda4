import { ERRORS, type Json, MAX_ANSWER_CHARS, MAX_CAUSE_CHARS } from "@sluice/dsl";
import type { AwsCall } from "../aws-call";
import type { Callback } from "../core/ports";
import { isRecord, nameOf } from "./output";

const MAX_ERROR_CHARS = 256;

/** Nobody waits for the token: answered, cancelled, timed out, or never a token at all. */
const GONE: ReadonlySet<string> = new Set(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]);

const THROTTLED: ReadonlySet<string> = new Set([
  "ThrottlingException",
  "Throttling",
  "ThrottledException",
  "TooManyRequestsException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
]);

/**
 * Step Functions.
 *
 * @param redact takes secrets out of a text that the world will see
 */
export function sfnCallback(call: AwsCall, redact: (text: string) => string): Callback {
  const tell = async (operation: string, input: object): Promise<void> => {
    try {
      await call("sfn", operation, input);
    } catch (error) {
      // A repeat of an answer that had got through, or an answer to nobody: either way there is nothing left to tell.
      if (!GONE.has(nameOf(error))) throw error;
    }
  };
  const fail = (token: string, error: string, cause: string): Promise<void> =>
    tell("SendTaskFailure", {
      taskToken: token,
      error: error.slice(0, MAX_ERROR_CHARS),
      cause: fitCause(redact(cause)),
    });
  return {
    fail,
    async isAlive(token) {
      try {
        await call("sfn", "SendTaskHeartbeat", { taskToken: token });
        return "alive";
      } catch (error) {
        if (GONE.has(nameOf(error))) return "gone";
        if (THROTTLED.has(nameOf(error))) return "alive";
        throw error;
      }
    },
    async succeed(token, output) {
      const answer = JSON.stringify(output);
      // Step Functions' API counts characters, its state payload UTF-8 bytes: what passes the one may break the other.
      const size = Buffer.byteLength(answer);
      if (size <= MAX_ANSWER_CHARS) await tell("SendTaskSuccess", { taskToken: token, output: answer });
      else await fail(token, ERRORS.responseTooLarge, tooLarge(size));
    },
  };
}

function tooLarge(size: number): string {
  const message =
    `The call succeeded and its work was done, but the answer has ${size} bytes, and Step Functions takes ` +
    `${MAX_ANSWER_CHARS}. Pick what the caller needs with the operation's answer expression.`;
  return JSON.stringify({ outcome: "success", message });
}

/** A cause within Step Functions' limit that is still JSON where it was: what is too long is its message. */
export function fitCause(cause: string, maxChars = MAX_CAUSE_CHARS): string {
  if (cause.length <= maxChars) return cause;
  const parsed = parseCause(cause);
  if (parsed === undefined) return cause.slice(0, maxChars);
  const shortened = (length: number) => JSON.stringify({ ...parsed, message: `${parsed.message.slice(0, length)}…` });
  // The longest message that fits: what a character takes in JSON differs, so it is searched for and not reckoned.
  let [fits, tooLong] = [-1, parsed.message.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (shortened(middle).length <= maxChars) fits = middle;
    else tooLong = middle;
  }
  return fits < 0 ? cause.slice(0, maxChars) : shortened(fits);
}

function parseCause(cause: string): { [key: string]: Json; message: string } | undefined {
  try {
    const value: unknown = JSON.parse(cause);
    if (!isRecord(value) || typeof value.message !== "string") return undefined;
    return { ...(value as { [key: string]: Json }), message: value.message };
  } catch {
    return undefined; // a cause that is plain text
  }
}
