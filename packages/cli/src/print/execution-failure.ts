import { didYouMean, ERRORS } from "@sluice/dsl";

/** How an execution ended that did not succeed, in Step Functions' words. */
export interface FailedExecution {
  readonly gateway: string;
  /** FAILED, TIMED_OUT or ABORTED. */
  readonly status: string;
  readonly error: string | undefined;
  /** The worker's JSON, the state machine's text, or nothing. */
  readonly cause: string | undefined;
}

/** What to tell the caller: the error's name, then why, then what is known of the call. One sentence an entry. */
export function failureSentences(execution: FailedExecution): string[] {
  if (execution.status === "ABORTED") return [`${execution.gateway}: the execution was stopped by somebody.`];
  if (execution.status === "TIMED_OUT") return [`${execution.gateway}: the execution timed out.`];
  const name = execution.error ?? "the execution failed";
  const cause = readCause(execution.cause);
  return [
    `${execution.gateway}: ${name}${meaning(name)}`,
    ...(cause.message === undefined || cause.message === "" ? [] : [cause.message]),
    ...(cause.call === undefined ? [] : [cause.call]),
  ];
}

const MEANINGS: Readonly<Record<string, string>> = {
  [ERRORS.throttled]: "the target refused it for its limit, each time",
  [ERRORS.unavailable]: "the target could not be reached, nothing was sent",
  [ERRORS.unknown]: "it may or may not have been done",
  [ERRORS.rejected]: "the target will never accept it",
  [ERRORS.invalidRequest]: "the request is not one that this gateway takes, and no call was made",
  [ERRORS.requestTooLarge]: "the request is too large",
  [ERRORS.responseTooLarge]: "the answer is too large",
  [ERRORS.expired]: "its tier's timeout passed",
};

const meaning = (name: string): string => (MEANINGS[name] === undefined ? "" : ` (${MEANINGS[name]})`);

function readCause(cause: string | undefined): { message: string | undefined; call: string | undefined } {
  const parsed = jsonObject(cause);
  if (parsed === undefined) return { message: withSuggestion(cause), call: undefined };
  const message = withSuggestion(typeof parsed.message === "string" ? parsed.message : cause);
  // A request that was never called has an attempt too, the first, and who reads it would take that for a call.
  const wasCalled = typeof parsed.callStartedAt === "string";
  const facts = [
    typeof parsed.operation === "string" ? `operation ${parsed.operation}` : undefined,
    typeof parsed.tier === "string" ? `tier ${parsed.tier}` : undefined,
    wasCalled && typeof parsed.attempt === "number" ? `attempt ${parsed.attempt + 1}` : undefined,
    typeof parsed.status === "number" ? `status ${parsed.status}` : undefined,
    typeof parsed.callStartedAt === "string" ? `called at ${parsed.callStartedAt}` : undefined,
    typeof parsed.durationMs === "number" ? `took ${Math.round(parsed.durationMs)} ms` : undefined,
  ].filter((fact) => fact !== undefined);
  return { message, call: facts.length === 0 ? undefined : `(${facts.join(", ")})` };
}

/** The state machine's sentence about a name that it does not know; the names that it does know end it. */
const UNKNOWN_NAME = /^There is no (?:operation|tier) "(.*)"\. Those of \S+: (.*)\.$/;

function withSuggestion(message: string | undefined): string | undefined {
  const [, typed, known] = UNKNOWN_NAME.exec(message ?? "") ?? [];
  const likely = typed === undefined ? undefined : didYouMean(typed, known?.split(", ") ?? []);
  return likely === undefined ? message : `${message} Did you mean ${likely}?`;
}

function jsonObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // A text that is no JSON is the state machine's own sentence; it is told as it stands.
    return undefined;
  }
}
