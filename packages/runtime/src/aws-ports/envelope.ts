import { ENVELOPE_VERSION, type Envelope, type Json } from "@sluice/dsl";

/**
 * The envelope in a message's body.
 *
 * @returns undefined when the body is no envelope of this version: a person's test message, or one of a newer version
 */
export function parseEnvelope(body: string): Envelope | undefined {
  const value = parseObject(body);
  if (value?.version !== ENVELOPE_VERSION) return undefined;
  const { id, token, execution, tier, operation, startedAtMs, attempt, deadlineMs } = value;
  if (!isText(id) || !isText(token) || !isText(execution) || !isText(tier) || !isText(operation)) return undefined;
  if (!isNumber(startedAtMs) || !isNumber(attempt) || !isNumber(deadlineMs)) return undefined;
  // JSONata leaves out a key whose value is nothing: a caller who sends no request has none in the message.
  const request = value.request ?? null;
  return {
    version: ENVELOPE_VERSION,
    id,
    token,
    execution,
    startedAtMs,
    attempt,
    tier,
    operation,
    repeatable: typeof value.repeatable === "boolean" ? value.repeatable : undefined,
    deadlineMs,
    request,
  };
}

/** The id of the request that rang a bell; undefined for the sweep's, whose body is a time. */
export function requestIdOf(bellBody: string): string | undefined {
  const id = parseObject(bellBody)?.id;
  return isText(id) ? id : undefined;
}

function parseObject(text: string): { [key: string]: Json } | undefined {
  try {
    const value: Json = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // no JSON, so no envelope
  }
}

const isText = (value: Json | undefined): value is string => typeof value === "string" && value !== "";

const isNumber = (value: Json | undefined): value is number => typeof value === "number";
