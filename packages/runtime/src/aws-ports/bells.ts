import { toSecondsUp } from "@sluice/dsl";
import type { AwsCall } from "../aws-call";
import type { Bell, Bells } from "../core/ports";
import { records, text } from "./output";

/** As many entries as SQS takes in one batch. */
const BATCH = 10;

/** The bell queue as SQS. */
export function sqsBells(call: AwsCall, queueUrl: string | undefined): Bells {
  return {
    async hold(bells, visibilityUs) {
      if (queueUrl === undefined) throw new Error("no bell queue is known");
      const seconds = toSecondsUp(visibilityUs);
      const results = await Promise.all(batchesOf(bells).map((batch) => holdBatch(call, queueUrl, batch, seconds)));
      const failed = results.flat();
      if (failed.length === 0) return;
      throw new Error(`${failed.length} of ${bells.length} bells could not be held for ${seconds} s: ${failed[0]}`);
    },
  };
}

function batchesOf(bells: readonly Bell[]): Bell[][] {
  const count = Math.ceil(bells.length / BATCH);
  return Array.from({ length: count }, (_, index) => bells.slice(index * BATCH, (index + 1) * BATCH));
}

/** @returns why each bell that SQS refused was refused: a batch answers 200 although entries failed */
async function holdBatch(call: AwsCall, queueUrl: string, bells: readonly Bell[], seconds: number): Promise<string[]> {
  const output = await call("sqs", "ChangeMessageVisibilityBatch", {
    QueueUrl: queueUrl,
    Entries: bells.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    })),
  });
  return records(output.Failed).map((entry) => `${text(entry.Code)} ${text(entry.Message)}`.trim());
}
