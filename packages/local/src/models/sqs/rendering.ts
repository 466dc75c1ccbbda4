import type { Json } from "@sluice/dsl";
import { unknownAttribute } from "./errors";
import { type Message, md5, md5OfAttributes, renderAttributes, selectAttributes } from "./message";
import type { Handed } from "./queue";

/** What a receive can say of a message, when asked. */
const SYSTEM_ATTRIBUTES: Readonly<Record<string, (handed: Handed) => string | undefined>> = {
  SenderId: ({ message }) => message.senderId,
  SentTimestamp: ({ message }) => String(message.sentAtMs),
  ApproximateReceiveCount: ({ receives }) => String(receives),
  ApproximateFirstReceiveTimestamp: ({ message }) => String(message.firstReceivedAtMs),
  SequenceNumber: ({ message }) => message.sequenceNumber,
  MessageDeduplicationId: ({ message }) => message.deduplicationId,
  MessageGroupId: ({ message }) => message.groupId,
  AWSTraceHeader: ({ message }) => message.traceHeader,
  DeadLetterQueueSourceArn: () => undefined,
};

const EVERY_SYSTEM_ATTRIBUTE = Object.entries(SYSTEM_ATTRIBUTES);

/** In AWS's order, whatever order they were asked for in. */
const askedOf = (names: readonly string[]): typeof EVERY_SYSTEM_ATTRIBUTE =>
  EVERY_SYSTEM_ATTRIBUTE.filter(([name]) => names.includes(name));

/** @throws ServiceError for one that no message has */
export function checkSystemNames(names: readonly string[]): void {
  const unknown = names.find((name) => name !== "All" && !(name in SYSTEM_ATTRIBUTES));
  if (unknown !== undefined) throw unknownAttribute(unknown);
}

/** A message as SendMessage answers it. Digests are made for who looks at them. */
export function renderSent(message: Message): { [key: string]: Json } {
  return {
    MessageId: message.id,
    get MD5OfMessageBody() {
      return md5(message.body);
    },
    ...(message.attributes.size > 0 && { MD5OfMessageAttributes: md5OfAttributes(message.attributes) }),
    ...(message.traceHeader !== undefined && {
      MD5OfMessageSystemAttributes: md5OfAttributes(
        new Map([["AWSTraceHeader", { dataType: "String", value: message.traceHeader }]]),
      ),
    }),
    ...(message.sequenceNumber !== undefined && { SequenceNumber: message.sequenceNumber }),
  };
}

/**
 * A message as ReceiveMessage answers it.
 *
 * @param systemNames of what a receive can say of it
 * @param names of its own attributes
 */
export function renderReceived(handed: Handed, systemNames: readonly string[], names: readonly string[]): Json {
  const { message, receiptHandle } = handed;
  const system: { [name: string]: Json } = {};
  for (const [name, read] of systemNames.includes("All") ? EVERY_SYSTEM_ATTRIBUTE : askedOf(systemNames)) {
    const value = read(handed);
    if (value !== undefined) system[name] = value;
  }
  const attributes = names.length > 0 ? selectAttributes(message.attributes, names) : new Map();
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    get MD5OfBody() {
      return md5(message.body);
    },
    Body: message.body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(attributes.size > 0 && {
      MD5OfMessageAttributes: md5OfAttributes(attributes),
      MessageAttributes: renderAttributes(attributes),
    }),
  };
}
