import type { Json } from "@sluice/dsl";
import { type Input, inputObject, isObject, optionalText } from "../../input";

/** A message as a poller received it. */
export interface PolledMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly record: Json;
}

/** The messages in ReceiveMessage's answer, with the records that a function gets of them. */
export function parseMessages(answer: Json, queueArn: string, region: string): PolledMessage[] {
  const messages = inputObject(answer, "the answer of ReceiveMessage").Messages;
  return (Array.isArray(messages) ? messages : []).map((message) => {
    const fields = inputObject(message, "a message");
    const messageId = optionalText(fields, "MessageId") ?? "";
    const receiptHandle = optionalText(fields, "ReceiptHandle") ?? "";
    return { messageId, receiptHandle, record: renderRecord(fields, queueArn, region) };
  });
}

/** The fields in the order in which AWS was recorded to send them. */
const renderRecord = (message: Input, queueArn: string, region: string): Json => ({
  messageId: message.MessageId ?? "",
  receiptHandle: message.ReceiptHandle ?? "",
  body: message.Body ?? "",
  attributes: message.Attributes ?? {},
  messageAttributes: renderAttributes(message.MessageAttributes),
  ...(message.MD5OfMessageAttributes !== undefined && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
  md5OfBody: message.MD5OfBody ?? "",
  eventSource: "aws:sqs",
  eventSourceARN: queueArn,
  awsRegion: region,
});

function renderAttributes(attributes: Json | undefined): Json {
  if (!isObject(attributes)) return {};
  const rendered = Object.entries(attributes).map(([name, attribute]): [string, Json] => {
    const { StringValue, BinaryValue, DataType } = inputObject(attribute, `the message attribute ${name}`);
    return [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType ?? "String",
      },
    ];
  });
  return Object.fromEntries(rendered);
}

/**
 * The messages that a function has not done, by what it returned under ReportBatchItemFailures: none when it reports
 * nothing, all when the report cannot be understood or names a message that was not in the batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function undone(payload: Json, batch: readonly PolledMessage[]): ReadonlySet<string> {
  const ids = new Set(batch.map(({ messageId }) => messageId));
  if (payload === null || payload === "") return new Set();
  if (!isObject(payload)) return ids;
  const { batchItemFailures: failures = null } = payload;
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return ids;
  const reported = failures.map((failure) => (isObject(failure) ? failure.itemIdentifier : undefined));
  const known = reported.filter((id): id is string => typeof id === "string" && ids.has(id));
  return known.length === reported.length ? new Set(known) : ids;
}
