import type { Micros } from "@sluice/dsl";
import { requestIdOf } from "./aws-ports/envelope";
import { isRecord, records, text } from "./aws-ports/output";
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

/** Which bells ring again: Lambda deletes the others. */
// A type and not an interface: only a type is a Json to the compiler.
export type BatchResponse = { batchItemFailures: { itemIdentifier: string }[] };

/**
 * One invocation by the bell queue's mapping: one turn.
 *
 * @param event the SQS event as Lambda delivers it
 * @throws when the turn failed before it called anything; all bells ring again then
 */
export async function serveInvocation(worker: Worker, event: unknown, facts: InvocationFacts): Promise<BatchResponse> {
  const { returned } = await runTurn(worker, {
    id: facts.requestId,
    bells: bellsOf(event),
    deadlineAt: facts.deadlineAt,
  });
  return { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

function bellsOf(event: unknown): Bell[] {
  if (!isRecord(event) || !Array.isArray(event.Records)) {
    throw new Error("This function is woken by its bell queue; the event it was given holds no SQS records.");
  }
  return records(event.Records).map((record) => ({
    messageId: text(record.messageId),
    receiptHandle: text(record.receiptHandle),
    requestId: requestIdOf(text(record.body)),
  }));
}
