import { type Json, type Micros, seconds } from "@sluice/dsl";
import { invalidAttribute, unknownAttribute } from "./errors";
import type { SqsLimits } from "./limits";

/** A queue's attributes, read. */
export interface QueueSettings {
  readonly isFifo: boolean;
  readonly visibilityUs: Micros;
  readonly delayUs: Micros;
  readonly waitUs: Micros;
  readonly retentionUs: Micros;
  readonly maxBytes: number;
  readonly hasContentBasedDeduplication: boolean;
  /** Deduplication ids count within their group only. */
  readonly deduplicatesByGroup: boolean;
  /** As GetQueueAttributes shows them, defaults filled in. */
  readonly shown: Readonly<Record<string, string>>;
}

/** Without any say in what the model does. */
const INERT: Readonly<Record<string, string>> = {
  SqsManagedSseEnabled: "true",
  FifoThroughputLimit: "perQueue",
};

/**
 * Reads the attributes of a queue as a template or CreateQueue gives them: numbers and truth values as such or as text.
 *
 * @throws ServiceError InvalidAttributeName for what is not modelled (a redrive policy among it), InvalidAttributeValue
 * for what is out of range
 */
export function parseSettings(attributes: Readonly<Record<string, Json>>, limits: SqsLimits): QueueSettings {
  const given = new Map(Object.entries(attributes));
  const shown: Record<string, string> = {};
  const take = (name: string, fallback: string): string => {
    const value = given.get(name);
    given.delete(name);
    if (value !== undefined && !["string", "number", "boolean"].includes(typeof value)) throw invalidAttribute(name);
    shown[name] = String(value ?? fallback);
    return shown[name];
  };
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const value = Number(take(name, String(fallback)));
    if (!Number.isInteger(value) || value < min || value > max) throw invalidAttribute(name);
    return value;
  };
  const oneOf = (name: string, fallback: string, other: string): string => {
    const value = take(name, fallback);
    if (value !== fallback && value !== other) throw invalidAttribute(name);
    return value;
  };
  const isFifo = given.has("FifoQueue") && oneOf("FifoQueue", "true", "false") === "true";
  const settings: QueueSettings = {
    isFifo,
    visibilityUs: seconds(number("VisibilityTimeout", 30, 0, limits.maxVisibilitySeconds)),
    delayUs: seconds(number("DelaySeconds", 0, 0, limits.maxDelaySeconds)),
    waitUs: seconds(number("ReceiveMessageWaitTimeSeconds", 0, 0, limits.maxWaitSeconds)),
    retentionUs: seconds(number("MessageRetentionPeriod", 345_600, 60, 1_209_600)),
    maxBytes: number("MaximumMessageSize", limits.maxMessageBytes, 1_024, limits.maxMessageBytes),
    hasContentBasedDeduplication: isFifo && oneOf("ContentBasedDeduplication", "false", "true") === "true",
    deduplicatesByGroup: isFifo && oneOf("DeduplicationScope", "queue", "messageGroup") === "messageGroup",
    shown,
  };
  for (const [name, fallback] of Object.entries(INERT))
    if (isFifo || name !== "FifoThroughputLimit") take(name, fallback);
  for (const name of given.keys()) throw unknownAttribute(name);
  return settings;
}
