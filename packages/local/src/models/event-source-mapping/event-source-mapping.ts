import { type Json, type Micros, ms, seconds, us } from "@sluice/dsl";
import { after } from "../../clock";
import { type Cloud, type Principal, ServiceError } from "../../cloud-types";
import { inputObject, isObject } from "../../input";
import type { World } from "../../world";
import { TooManyRequests } from "../lambda/admission";
import type { InvokeResult, Lambda } from "../lambda/lambda";
import { type PolledMessage, parseMessages, undone } from "./batch";

/** `AWS::Lambda::EventSourceMapping` of an SQS queue, as far as it is modelled. */
export interface MappingSettings {
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly functionName: string;
  /** The function's role: the pollers act as it. */
  readonly principal: Principal;
  /** 1 to 10. */
  readonly batchSize: number;
  /** FunctionResponseTypes: ReportBatchItemFailures. */
  readonly reportsItemFailures: boolean;
  /** ScalingConfig.MaximumConcurrency, 2 to 1,000. */
  readonly maxConcurrency: number | undefined;
}

/** Batches that a mapping without a maximum has in hand at once, to begin with; that it grows is not modelled. */
const POLLERS = 5;
const LONG_POLL_SECONDS = 20;
/** How a throttled invoke is tried again. AWS publishes neither the waits nor their number: inferred. */
const FIRST_RETRY_US = ms(100);
const LONGEST_RETRY_US = seconds(5);
/** After a poll or a delete that failed. */
const AFTER_FAILURE_US = seconds(1);
const DELETE_ATTEMPTS = 3;

/**
 * Checks what AWS checks and makes a mapping, which polls once it is started.
 *
 * @throws ServiceError InvalidParameterValueException when the queue hides messages for less than the function's
 * timeout, when the function's role lacks a permission, or when there is no such queue
 */
export async function createEventSourceMapping(
  world: World,
  cloud: Cloud,
  lambda: Lambda,
  settings: MappingSettings,
): Promise<EventSourceMapping> {
  const { batchSize, maxConcurrency, functionName } = settings;
  if (batchSize < 1 || batchSize > 10)
    throw invalid(`A batch size of ${batchSize} is not modelled locally; 1 to 10 is`);
  if (maxConcurrency !== undefined && (maxConcurrency < 2 || maxConcurrency > 1_000))
    throw invalid(`MaximumConcurrency is to be from 2 to 1000, and is ${maxConcurrency}`);
  await checkPermissions(cloud, settings);
  const visibilitySeconds = await visibilityOf(cloud, settings);
  const timeoutSeconds = lambda.deployed(functionName).timeoutMs / 1_000;
  if (visibilitySeconds < timeoutSeconds)
    throw invalid(
      `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  return new EventSourceMapping(world, cloud, lambda, settings, seconds(visibilitySeconds));
}

/** Requests that can do nothing, whatever is in the queue: that they are let in is all that they ask. */
const PROBES: Readonly<Record<string, { [key: string]: Json }>> = {
  ReceiveMessage: { MaxNumberOfMessages: 0 },
  DeleteMessage: { ReceiptHandle: "permission-probe" },
  GetQueueAttributes: { AttributeNames: ["VisibilityTimeout"] },
};

async function checkPermissions(cloud: Cloud, { principal, queueUrl }: MappingSettings): Promise<void> {
  for (const [operation, input] of Object.entries(PROBES)) {
    try {
      await cloud.call(principal, "sqs", operation, { QueueUrl: queueUrl, ...input });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.name === "AccessDeniedException")
        throw invalid(`The provided execution role does not have permissions to call ${operation} on SQS`);
      if (error.name === "QueueDoesNotExist")
        throw invalid(
          `Error occurred while ${operation}. SQS Error Code: ${error.queryCode}. SQS Error Message: ${error.message}`,
        );
      // Any other refusal came after the permission was found.
    }
  }
}

async function visibilityOf(cloud: Cloud, { queueUrl }: MappingSettings): Promise<number> {
  const answer = await cloud.call({ kind: "user" }, "sqs", "GetQueueAttributes", {
    QueueUrl: queueUrl,
    AttributeNames: ["VisibilityTimeout"],
  });
  const { Attributes } = inputObject(answer, "the answer of GetQueueAttributes");
  return Number(isObject(Attributes) ? Attributes.VisibilityTimeout : undefined);
}

const invalid = (message: string): ServiceError => new ServiceError("InvalidParameterValueException", message);

/**
 * Pollers that receive batches as the function's role, invoke the function with them and delete what is done. Each has
 * one batch in hand, so that a FIFO queue gives the next of a group only when the one before is done or has timed out.
 */
export class EventSourceMapping {
  private run = { isOn: false };
  /** AWS's LastProcessingResult: what went wrong last, `OK` when nothing did. */
  lastProcessingResult = "No records processed";

  constructor(
    private readonly world: World,
    private readonly cloud: Cloud,
    private readonly lambda: Lambda,
    readonly settings: MappingSettings,
    private readonly visibilityUs: Micros,
  ) {}

  get isEnabled(): boolean {
    return this.run.isOn;
  }

  /** Begins to poll. Without effect when it does. */
  start(): void {
    if (this.run.isOn) return;
    const run = { isOn: true };
    this.run = run;
    for (let poller = 0; poller < (this.settings.maxConcurrency ?? POLLERS); poller++) void this.poll(run);
  }

  /**
   * Invokes no more. Batches in hand are done or come back by their visibility, and so does what a poll already under
   * way still brings.
   */
  stop(): void {
    this.run.isOn = false;
  }

  private async poll(run: { readonly isOn: boolean }): Promise<void> {
    while (run.isOn) {
      const batch = await this.receive();
      if (batch === undefined) await this.pause(AFTER_FAILURE_US);
      else if (batch.length > 0 && run.isOn) await this.handle(batch, run);
    }
  }

  /** @returns undefined when the queue could not be asked */
  private async receive(): Promise<PolledMessage[] | undefined> {
    const { queueUrl, queueArn, batchSize } = this.settings;
    const answer = await this.callQueue("ReceiveMessage", {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    return answer === undefined ? undefined : parseMessages(answer, queueArn, this.world.region);
  }

  private async handle(batch: readonly PolledMessage[], run: { readonly isOn: boolean }): Promise<void> {
    const result = await this.invoke(batch, us(this.world.clock.now() + this.visibilityUs), run);
    if (result === undefined) return;
    if (result.functionError !== undefined) {
      this.lastProcessingResult = `PROBLEM: Function call failed: ${JSON.stringify(result.payload)}`;
      return;
    }
    const left = this.settings.reportsItemFailures ? undone(result.payload, batch) : new Set<string>();
    this.lastProcessingResult = left.size > 0 ? "PROBLEM: The function reported failed items" : "OK";
    await this.delete(batch.filter(({ messageId }) => !left.has(messageId)));
  }

  /** @returns undefined when the function was throttled until the messages were visible again */
  private async invoke(
    batch: readonly PolledMessage[],
    visibleAt: Micros,
    run: { readonly isOn: boolean },
  ): Promise<InvokeResult | undefined> {
    const event = { Records: batch.map(({ record }) => record) };
    for (let waitUs = FIRST_RETRY_US; run.isOn; waitUs = us(Math.min(waitUs * 2, LONGEST_RETRY_US))) {
      try {
        return await this.lambda.invoke(this.settings.functionName, event);
      } catch (error) {
        if (!(error instanceof TooManyRequests)) throw error;
        this.lastProcessingResult = `PROBLEM: Function call was throttled: ${error.reason}`;
      }
      const jittered = us(this.world.random.between(Math.ceil(waitUs / 2), waitUs));
      if (this.world.clock.now() + jittered >= visibleAt) return undefined;
      await this.pause(jittered);
    }
    return undefined;
  }

  private async delete(done: readonly PolledMessage[]): Promise<void> {
    if (done.length === 0) return;
    const entries = done.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
    for (let attempt = 1; attempt <= DELETE_ATTEMPTS; attempt++) {
      // One that could not be deleted comes back by its visibility: at least once is all that AWS promises.
      const answer = await this.callQueue("DeleteMessageBatch", { QueueUrl: this.settings.queueUrl, Entries: entries });
      if (answer !== undefined) return;
      await this.pause(AFTER_FAILURE_US);
    }
  }

  /** @returns undefined when it was refused, which {@link lastProcessingResult} then tells */
  private async callQueue(operation: string, input: { [key: string]: Json }): Promise<Json | undefined> {
    try {
      return await this.cloud.call(this.settings.principal, "sqs", operation, input);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.lastProcessingResult =
        error.name === "AccessDeniedException"
          ? `PROBLEM: The provided execution role does not have permissions to call ${operation} on SQS`
          : `PROBLEM: ${operation} failed: ${error.message}`;
      return undefined;
    }
  }

  private pause(duration: Micros): Promise<void> {
    return new Promise((resolve) => void after(this.world.clock, duration, resolve));
  }
}
