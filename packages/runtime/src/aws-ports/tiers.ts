import { type Micros, toSecondsUp } from "@sluice/dsl";
import type { AwsCall } from "../aws-call";
import type { Received, Tiers } from "../core/ports";
import { parseEnvelope } from "./envelope";
import { records, text } from "./output";

/** The tiers' queues as SQS. */
export function sqsTiers(call: AwsCall, queueUrls: Readonly<Record<string, string>>): Tiers {
  const urlOf = (tier: string): string => {
    const url = queueUrls[tier];
    if (url === undefined) throw new Error(`no queue is known for the tier ${tier}`);
    return url;
  };
  return {
    async receive(tier, max, waitUs) {
      const output = await call("sqs", "ReceiveMessage", {
        QueueUrl: urlOf(tier),
        MaxNumberOfMessages: max,
        WaitTimeSeconds: toSecondsUp(waitUs),
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
      });
      return records(output.Messages).map((message) =>
        received(tier, text(message.Body), text(message.ReceiptHandle), message.Attributes),
      );
    },
    delivered(record) {
      const arn = text(record.eventSourceARN);
      const tier = Object.keys(queueUrls).find((name) => lastOf(urlOf(name), "/") === lastOf(arn, ":"));
      if (tier === undefined) throw new Error(`the queue ${arn} is no tier's`);
      return received(tier, text(record.body), text(record.receiptHandle), record.attributes);
    },
    async delete({ tier, receiptHandle }) {
      await call("sqs", "DeleteMessage", { QueueUrl: urlOf(tier), ReceiptHandle: receiptHandle });
    },
    async setVisibility({ tier, receiptHandle }, delayUs: Micros) {
      await call("sqs", "ChangeMessageVisibility", {
        QueueUrl: urlOf(tier),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: toSecondsUp(delayUs),
      });
    },
  };
}

/** Both end in the queue's name. */
const lastOf = (urlOrArn: string, separator: string): string => urlOrArn.slice(urlOrArn.lastIndexOf(separator) + 1);

function received(tier: string, body: string, receiptHandle: string, given: unknown): Received {
  const [attributes = {}] = records([given]);
  return {
    tier,
    body,
    envelope: parseEnvelope(body),
    receiptHandle,
    receiveCount: Number(attributes.ApproximateReceiveCount ?? 1),
    sentAtMs: Number(attributes.SentTimestamp ?? 0),
  };
}
