import type { Micros } from "@sluice/dsl";
import { requestIdOf } from "./aws-ports/envelope";
import { isRecord, type Output, records, text } from "./aws-ports/output";
import { runDeferral } from "./core/deferral";
import type { Bell } from "./core/ports";
import { runTurn } from "./core/turn";
import type { Worker } from "./core/turn-state";

/** What Lambda knows of an invocation. */
export interface InvocationFacts {
  /** Unique to this invocation; becomes the turn's id. */
  readonly requestId: string;
  /** When the function's own timeout ends it, on the worker's monotonic clock. */
  readonly deadlineAt: Micros;
}

/** Which messages come again: Lambda deletes the others. */
// A type and not an interface: only a type is a Json to the compiler.
export type BatchResponse = { batchItemFailures: { itemIdentifier: string }[] };

/**
 * One invocation by a queue's mapping: a turn where the gateway's plan says doorbell, one call where it says deferral.
 *
 * @param event the SQS event as Lambda delivers it
 * @throws when it failed before it called anything; all messages of the event come again then
 */
export async function serveInvocation(worker: Worker, event: unknown, facts: InvocationFacts): Promise<BatchResponse> {
  const { dispatch } = worker.plan;
  const invocation = { id: facts.requestId, deadlineAt: facts.deadlineAt };
  switch (dispatch.kind) {
    case "doorbell": {
      const { returned } = await runTurn(worker, { ...invocation, bells: bellsOf(event), plan: dispatch.turn });
      return { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
    case "deferral": {
      const [record, ...others] = recordsOf(event, "the queues of its tiers");
      if (record === undefined || others.length > 0)
        throw new Error(`This function takes one message at a time, and was given ${others.length + 1}.`);
      const message = worker.ports.tiers.delivered(record);
      const isDone = await runDeferral(worker, { ...invocation, message, plan: dispatch });
      return { batchItemFailures: isDone ? [] : [{ itemIdentifier: text(record.messageId) }] };
    }
  }
}

function recordsOf(event: unknown, waker: string): Output[] {
  if (isRecord(event) && Array.isArray(event.Records)) return records(event.Records);
  throw new Error(`This function is woken by ${waker}; the event it was given holds no SQS records.`);
}

const bellsOf = (event: unknown): Bell[] =>
  recordsOf(event, "its bell queue").map((record) => ({
    messageId: text(record.messageId),
    receiptHandle: text(record.receiptHandle),
    requestId: requestIdOf(text(record.body)),
  }));
