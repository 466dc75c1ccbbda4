import { type Json, type Micros, seconds } from "@sluice/dsl";
import { parsePolicy } from "../../authorization";
import type { ServiceOperation, ServiceOperations } from "../../cloud";
import { type Principal, ServiceError } from "../../cloud-types";
import { allowOnly, type Input, optionalInteger, optionalText, optionalTexts } from "../../input";
import type { World } from "../../world";
import { attemptEach, renderBatch } from "./batch";
import {
  batchError,
  invalidParameter,
  invalidValue,
  missingParameter,
  queueDoesNotExist,
  unknownAttribute,
} from "./errors";
import { AWS_SQS_LIMITS, type SqsLimits } from "./limits";
import { type Content, contentBytes, parseContent } from "./message";
import { Queue } from "./queue";
import { checkSystemNames, renderReceived, renderSent } from "./rendering";
import { parseSettings } from "./settings";

/**
 * SQS, standard and FIFO queues, as far as AWS documents it or it was recorded there. Not modelled, and refused rather
 * than ignored: dead-letter queues, fair queues' order, creating and deleting queues by API.
 */
export class Sqs {
  private readonly queues = new Map<string, Queue>();
  private readonly byUrl = new Map<string, Queue>();
  readonly operations: ServiceOperations;

  /**
   * @param origin of the queue URLs that this hands out, `http://127.0.0.1:4566`: the JavaScript SDK sends to the origin
   * of a queue's URL. URLs of any other origin are understood, too
   */
  constructor(
    private readonly world: World,
    private readonly origin: string,
    private readonly limits: SqsLimits = AWS_SQS_LIMITS,
  ) {
    this.operations = this.listOperations();
  }

  /**
   * @param attributes as `AWS::SQS::Queue` has them, its name and tags left out
   * @throws ServiceError for an unknown attribute, a value out of range, or a FIFO name on a standard queue
   */
  createQueue(name: string, attributes: Readonly<Record<string, Json>>): Queue {
    const settings = parseSettings(attributes, this.limits);
    const suffix = name.endsWith(".fifo") ? ".fifo" : "";
    if (
      settings.isFifo !== (suffix !== "") ||
      !/^[A-Za-z0-9_-]{1,80}$/.test(name.slice(0, name.length - suffix.length))
    )
      throw invalidParameter(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length; the name of a FIFO queue, and of no other, ends in .fifo",
      );
    if (this.queues.has(name))
      throw new ServiceError("QueueNameExists", `A queue named ${name} exists already.`, 400, "QueueAlreadyExists");
    const queue = new Queue(name, this.arnOf(name), settings, this.world, this.limits);
    this.queues.set(name, queue);
    return queue;
  }

  /** The queue's resource policy, `AWS::SQS::QueuePolicy`. */
  setPolicy(queue: Queue, document: Json): void {
    queue.policy = parsePolicy(document, `the policy of the queue ${queue.name}`);
  }

  /** By name or ARN. */
  queue(nameOrArn: string): Queue | undefined {
    return this.queues.get(nameOrArn.slice(nameOrArn.lastIndexOf(":") + 1));
  }

  urlOf(queue: Queue): string {
    return `${this.origin}/${this.world.account}/${queue.name}`;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.world.region}:${this.world.account}:${name}`;
  }

  private listOperations(): ServiceOperations {
    const onQueue = (
      action: string,
      fields: readonly string[],
      run: (queue: Queue, input: Input, principal: Principal) => Json | Promise<Json>,
    ): ServiceOperation => ({
      action: `sqs:${action}`,
      resource: (input) => this.seen(input)?.arn ?? this.arnOf(this.nameIn(input)),
      resourcePolicy: (input) => (this.seen(input) ?? this.queues.get(this.nameIn(input)))?.policy,
      run: (input, principal) => {
        allowOnly(`SQS ${action}`, input, ["QueueUrl", ...fields]);
        return run(this.queueIn(input), input, principal);
      },
    });
    return {
      SendMessage: onQueue("SendMessage", SEND_FIELDS, (queue, input, principal) =>
        this.sendMessage(queue, input, principal),
      ),
      SendMessageBatch: onQueue("SendMessage", ["Entries"], (queue, input, principal) =>
        this.sendMessageBatch(queue, input, principal),
      ),
      ReceiveMessage: onQueue("ReceiveMessage", RECEIVE_FIELDS, (queue, input) => this.receiveMessage(queue, input)),
      DeleteMessage: onQueue("DeleteMessage", ["ReceiptHandle"], (queue, input) => {
        queue.delete(required(input, "ReceiptHandle"));
        return {};
      }),
      DeleteMessageBatch: onQueue("DeleteMessage", ["Entries"], (queue, input) =>
        this.inBatch(input, (fields) => {
          queue.delete(required(fields, "ReceiptHandle"));
          return {};
        }),
      ),
      ChangeMessageVisibility: onQueue("ChangeMessageVisibility", CHANGE_FIELDS, (queue, input) =>
        this.changeVisibility(queue, input),
      ),
      ChangeMessageVisibilityBatch: onQueue("ChangeMessageVisibility", ["Entries"], (queue, input) =>
        this.inBatch(input, (fields) => this.changeVisibility(queue, fields)),
      ),
      PurgeQueue: onQueue("PurgeQueue", [], (queue) => {
        queue.purge();
        return {};
      }),
      GetQueueAttributes: onQueue("GetQueueAttributes", ["AttributeNames"], (queue, input) =>
        this.getAttributes(queue, input),
      ),
      GetQueueUrl: {
        action: "sqs:GetQueueUrl",
        resource: (input) => this.arnOf(required(input, "QueueName")),
        resourcePolicy: (input) => this.queues.get(required(input, "QueueName"))?.policy,
        run: (input) => {
          allowOnly("SQS GetQueueUrl", input, ["QueueName", "QueueOwnerAWSAccountId"]);
          const queue = this.queues.get(required(input, "QueueName"));
          if (queue === undefined) throw queueDoesNotExist();
          return { QueueUrl: this.urlOf(queue) };
        },
      },
      ListQueues: {
        action: "sqs:ListQueues",
        resource: () => this.arnOf("*"),
        run: (input) => {
          allowOnly("SQS ListQueues", input, ["QueueNamePrefix"]);
          const prefix = optionalText(input, "QueueNamePrefix") ?? "";
          const urls = [...this.queues.values()]
            .filter(({ name }) => name.startsWith(prefix))
            .map((queue) => this.urlOf(queue));
          return { ...(urls.length > 0 && { QueueUrls: urls }) };
        },
      },
    };
  }

  private sendMessage(queue: Queue, input: Input, principal: Principal): Json {
    const outgoing = this.parseOutgoing(queue, input, principal);
    return queue.send([outgoing]).map(renderSent)[0] ?? {};
  }

  private sendMessageBatch(queue: Queue, input: Input, principal: Principal): Json {
    const { maxBatchEntries, maxMessageBytes } = this.limits;
    const { succeeded, refused } = attemptEach(input, maxBatchEntries, (fields) =>
      this.parseOutgoing(queue, fields, principal),
    );
    const bytes = succeeded.reduce((sum, { result }) => sum + contentBytes(result.content), 0);
    if (bytes > maxMessageBytes)
      throw batchError(
        "BatchRequestTooLong",
        `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
      );
    const messages = queue.send(succeeded.map(({ result }) => result));
    const sent = messages.map((message, at) => ({ id: succeeded[at]?.id ?? "", result: renderSent(message) }));
    return renderBatch({ succeeded: sent, refused });
  }

  private parseOutgoing(
    queue: Queue,
    input: Input,
    principal: Principal,
  ): { readonly content: Content; readonly delayUs: Micros } {
    const { settings } = queue;
    const content = parseContent(input, senderId(principal), {
      maxBytes: settings.maxBytes,
      maxAttributes: this.limits.maxAttributes,
    });
    const delay = optionalInteger(input, "DelaySeconds");
    if (settings.isFifo) {
      checkFifo(content, settings.hasContentBasedDeduplication);
      if (delay !== undefined && delay !== 0)
        throw invalidValue(
          delay,
          "DelaySeconds",
          "The request include parameter that is not valid for this queue type.",
        );
      return { content, delayUs: settings.delayUs };
    }
    if (content.deduplicationId !== undefined)
      throw invalidValue(
        content.deduplicationId,
        "MessageDeduplicationId",
        "The request include parameter that is not valid for this queue type.",
      );
    const { maxDelaySeconds } = this.limits;
    checkRange(delay, "DelaySeconds", 0, maxDelaySeconds, `DelaySeconds must be >= 0 and <= ${maxDelaySeconds}.`);
    return { content, delayUs: delay === undefined ? settings.delayUs : seconds(delay) };
  }

  private async receiveMessage(queue: Queue, input: Input): Promise<Json> {
    const { maxReceived, maxWaitSeconds, maxVisibilitySeconds } = this.limits;
    const max = optionalInteger(input, "MaxNumberOfMessages");
    const wait = optionalInteger(input, "WaitTimeSeconds");
    const visibility = optionalInteger(input, "VisibilityTimeout");
    checkRange(max, "MaxNumberOfMessages", 1, maxReceived, `Must be between 1 and ${maxReceived}, if provided.`);
    checkRange(wait, "WaitTimeSeconds", 0, maxWaitSeconds, `Must be >= 0 and <= ${maxWaitSeconds}, if provided.`);
    checkRange(
      visibility,
      "VisibilityTimeout",
      0,
      maxVisibilitySeconds,
      `Must be >= 0 and <= ${maxVisibilitySeconds}, if provided.`,
    );
    const systemNames = [
      ...optionalTexts(input, "MessageSystemAttributeNames"),
      ...optionalTexts(input, "AttributeNames"),
    ];
    checkSystemNames(systemNames);
    const names = optionalTexts(input, "MessageAttributeNames");
    const handed = await queue.receive(
      { max: max ?? 1, visibilityUs: visibility === undefined ? queue.settings.visibilityUs : seconds(visibility) },
      wait === undefined ? queue.settings.waitUs : seconds(wait),
    );
    if (handed.length === 0) return {};
    return { Messages: handed.map((one) => renderReceived(one, systemNames, names)) };
  }

  private changeVisibility(queue: Queue, input: Input): { [key: string]: Json } {
    const handle = required(input, "ReceiptHandle");
    const { maxVisibilitySeconds } = this.limits;
    const visibility = optionalInteger(input, "VisibilityTimeout");
    if (visibility === undefined) throw missingParameter("VisibilityTimeout");
    checkRange(
      visibility,
      "VisibilityTimeout",
      0,
      maxVisibilitySeconds,
      `Must be between 0 and ${maxVisibilitySeconds}, if provided.`,
    );
    queue.changeVisibility(handle, visibility);
    return {};
  }

  private getAttributes(queue: Queue, input: Input): Json {
    const { visible, inFlight, delayed } = queue.size();
    const createdSeconds = String(Math.floor(queue.createdAtMs / 1_000));
    const all: Record<string, string> = {
      ...queue.settings.shown,
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: createdSeconds,
      LastModifiedTimestamp: createdSeconds,
    };
    const names = optionalTexts(input, "AttributeNames");
    const unknown = names.find((name) => name !== "All" && !QUEUE_ATTRIBUTES.has(name));
    if (unknown !== undefined) throw unknownAttribute(unknown);
    const shown = Object.entries(all).filter(([name]) => names.includes("All") || names.includes(name));
    return shown.length > 0 ? { Attributes: Object.fromEntries(shown) } : {};
  }

  private inBatch(input: Input, act: (fields: Input) => { [key: string]: Json }): Json {
    return renderBatch(attemptEach(input, this.limits.maxBatchEntries, act));
  }

  /** The queue of a URL that was asked for before. */
  private seen(input: Input): Queue | undefined {
    return this.byUrl.get(required(input, "QueueUrl"));
  }

  private nameIn(input: Input): string {
    const url = required(input, "QueueUrl");
    return url.slice(url.lastIndexOf("/") + 1);
  }

  private queueIn(input: Input): Queue {
    const url = required(input, "QueueUrl");
    const known = this.byUrl.get(url);
    if (known !== undefined) return known;
    const [, account, name] = /\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
    const queue = account === this.world.account && name !== undefined ? this.queues.get(name) : undefined;
    if (queue === undefined) throw queueDoesNotExist();
    this.byUrl.set(url, queue);
    return queue;
  }
}

const SEND_FIELDS = [
  "MessageBody",
  "DelaySeconds",
  "MessageAttributes",
  "MessageSystemAttributes",
  "MessageGroupId",
  "MessageDeduplicationId",
];
const RECEIVE_FIELDS = [
  "AttributeNames",
  "MessageSystemAttributeNames",
  "MessageAttributeNames",
  "MaxNumberOfMessages",
  "VisibilityTimeout",
  "WaitTimeSeconds",
];
const CHANGE_FIELDS = ["ReceiptHandle", "VisibilityTimeout"];

/** Of the SQS API model. */
const QUEUE_ATTRIBUTES = new Set(
  `Policy VisibilityTimeout MaximumMessageSize MessageRetentionPeriod ApproximateNumberOfMessages
  ApproximateNumberOfMessagesNotVisible CreatedTimestamp LastModifiedTimestamp QueueArn
  ApproximateNumberOfMessagesDelayed DelaySeconds ReceiveMessageWaitTimeSeconds RedrivePolicy FifoQueue
  ContentBasedDeduplication KmsMasterKeyId KmsDataKeyReusePeriodSeconds DeduplicationScope FifoThroughputLimit
  RedriveAllowPolicy SqsManagedSseEnabled`.split(/\s+/),
);

function checkFifo({ groupId, deduplicationId }: Content, hasContentBasedDeduplication: boolean): void {
  if (groupId === undefined) throw missingParameter("MessageGroupId");
  if (deduplicationId === undefined && !hasContentBasedDeduplication)
    throw invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
}

function required(input: Input, field: string): string {
  const value = optionalText(input, field);
  if (value === undefined) throw missingParameter(field);
  return value;
}

function checkRange(value: number | undefined, parameter: string, min: number, max: number, reason: string): void {
  if (value !== undefined && (value < min || value > max)) throw invalidValue(value, parameter, reason);
}

const senderId = (principal: Principal): string => {
  if (principal.kind === "service") return principal.name;
  return principal.kind === "role" ? principal.arn.slice(principal.arn.lastIndexOf("/") + 1) : "local-user";
};
