import { createHash } from "node:crypto";
import { type Json, type Micros, us } from "@sluice/dsl";
import type { ServiceOperations } from "../../cloud";
import { type Cloud, type Principal, ServiceError } from "../../cloud-types";
import { allowOnly, type Input, optionalText } from "../../input";
import { strikes, upTo, type World } from "../../world";
import { contentBytes, type MessageAttributes, parseAttributes, renderAttributes } from "../sqs/message";
import { queueUrlOf } from "../sqs/queue-url";
import { RecentIds } from "../sqs/recent-ids";

/** What SNS allows; a value handed in. */
export interface SnsLimits {
  /** Message and attributes of one publish. */
  readonly maxMessageBytes: number;
  /** More attributes than a raw delivery can carry into SQS; the delivery is discarded then. */
  readonly maxRawAttributes: number;
  readonly maxIdChars: number;
  readonly deduplicationUs: Micros;
}

/** AWS's own, as of November 2026 (the SNS API model and the developer guide). */
export const AWS_SNS_LIMITS: SnsLimits = {
  maxMessageBytes: 262_144,
  maxRawAttributes: 10,
  maxIdChars: 128,
  deduplicationUs: us(300_000_000),
};

/** `AWS::SNS::Topic`, as far as it is modelled. */
export interface TopicSettings {
  readonly isFifo: boolean;
  readonly hasContentBasedDeduplication: boolean;
}

/** A delivery that SNS gave up: a client-side error, which it does not try again. */
export interface Discarded {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly messageId: string;
  readonly reason: string;
}

interface Subscription {
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly isRaw: boolean;
  /** A FIFO queue gets its messages in order: none before the one ahead of it. */
  lastArrivesAt: Micros;
}

interface Topic extends TopicSettings {
  readonly arn: string;
  /** SNS, as it delivers for the topic. */
  readonly principal: Principal;
  readonly subscriptions: Subscription[];
  readonly published: RecentIds<Json>;
  sequence: number;
}

/** What every subscriber of one publish gets. */
interface Publication {
  readonly messageId: string;
  readonly message: string;
  readonly attributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** The twenty-digit sequence numbers of FIFO topics begin with it; the other fifteen digits count. */
const SEQUENCE_NUMBERS_BEGIN = "10000";

/**
 * SNS topics, standard and FIFO, with SQS queues subscribed. Every subscriber's delivery is an event of its own, later
 * than the publish and independent of the others', and enters the queue as `sns.amazonaws.com` on the topic's behalf, so
 * that the queue's policy has to let it in. Filter policies are not modelled.
 */
export class Sns {
  private readonly topics = new Map<string, Topic>();
  private readonly discards: Discarded[] = [];
  readonly operations: ServiceOperations = {
    Publish: {
      action: "sns:Publish",
      resource: (input) => topicArnIn(input),
      run: (input) => this.publish(input),
    },
  };

  constructor(
    private readonly world: World,
    private readonly cloud: Cloud,
    private readonly limits: SnsLimits = AWS_SNS_LIMITS,
  ) {}

  /** What SNS has given up so far, the oldest first. */
  get discarded(): readonly Discarded[] {
    return this.discards;
  }

  /** @returns the topic's ARN */
  createTopic(name: string, settings: TopicSettings): string {
    if (settings.isFifo !== name.endsWith(".fifo"))
      throw invalid("Topic Name", "the name of a FIFO topic, and of no other, ends in .fifo");
    const arn = `arn:aws:sns:${this.world.region}:${this.world.account}:${name}`;
    const published = new RecentIds<Json>(this.limits.deduplicationUs);
    const principal: Principal = { kind: "service", name: "sns.amazonaws.com", sourceArn: arn };
    this.topics.set(arn, { ...settings, arn, principal, subscriptions: [], published, sequence: 0 });
    return arn;
  }

  /**
   * Subscribes an SQS queue.
   *
   * @throws ServiceError NotFoundException for an unknown topic, InvalidParameterException for a FIFO queue on a standard
   * topic
   */
  subscribe(topicArn: string, queueArn: string, isRaw: boolean): void {
    const topic = this.topicOf(topicArn);
    if (!topic.isFifo && queueArn.endsWith(".fifo"))
      throw invalid("Endpoint", "FIFO SQS Queues can not be subscribed to standard SNS topics");
    topic.subscriptions.push({ queueArn, queueUrl: queueUrlOf(queueArn), isRaw, lastArrivesAt: us(0) });
  }

  private topicOf(arn: string): Topic {
    const topic = this.topics.get(arn);
    if (topic === undefined) throw new ServiceError("NotFoundException", "Topic does not exist", 404, "NotFound");
    return topic;
  }

  private publish(input: Input): Json {
    allowOnly("SNS Publish", input, PUBLISH_FIELDS);
    const topic = this.topicOf(topicArnIn(input));
    const message = optionalText(input, "Message") ?? "";
    if (message === "") throw invalidParameter("Empty message");
    const attributes = parseAttributes(input.MessageAttributes);
    if (contentBytes({ body: message, attributes }) > this.limits.maxMessageBytes)
      throw invalidParameter("Message too long");
    const ids = topic.isFifo ? this.fifoIds(topic, input, message) : this.standardIds(input);
    const { clock, random } = this.world;
    const before =
      ids.deduplicationId === undefined ? undefined : topic.published.get(ids.deduplicationId, clock.now());
    if (before !== undefined) return before;
    const { groupId, deduplicationId } = ids;
    const publication = { messageId: random.uuid(), message, attributes, groupId, deduplicationId };
    const answer: { [field: string]: Json } = { MessageId: publication.messageId };
    if (topic.isFifo) answer.SequenceNumber = SEQUENCE_NUMBERS_BEGIN + String(topic.sequence++).padStart(15, "0");
    if (deduplicationId !== undefined) topic.published.set(deduplicationId, answer, clock.now());
    for (const subscription of topic.subscriptions) this.schedule(topic, subscription, publication);
    return answer;
  }

  private fifoIds(topic: Topic, input: Input, message: string): Pick<Publication, "groupId" | "deduplicationId"> {
    const groupId = optionalText(input, "MessageGroupId");
    const given = optionalText(input, "MessageDeduplicationId");
    if (groupId === undefined) throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
    if (given === undefined && !topic.hasContentBasedDeduplication)
      throw invalidParameter(
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      );
    this.checkId("MessageGroupId", groupId);
    if (given !== undefined) this.checkId("MessageDeduplicationId", given);
    return { groupId, deduplicationId: given ?? createHash("sha256").update(message).digest("hex") };
  }

  private checkId(name: string, id: string): void {
    const { maxIdChars } = this.limits;
    if (id.length > maxIdChars || !/^[\x21-\x7e]+$/.test(id))
      throw invalid(
        name,
        `${name} can only include alphanumeric and punctuation characters. 1 to ${maxIdChars} in length`,
      );
  }

  private standardIds(input: Input): Pick<Publication, "groupId" | "deduplicationId"> {
    if (optionalText(input, "MessageDeduplicationId") !== undefined)
      throw invalid(
        "MessageDeduplicationId",
        "The request includes MessageDeduplicationId parameter that is not valid for this topic type",
      );
    return { groupId: optionalText(input, "MessageGroupId"), deduplicationId: undefined };
  }

  private schedule(topic: Topic, subscription: Subscription, publication: Publication): void {
    const { clock, faults } = this.world;
    const { queueArn } = subscription;
    const isFifoQueue = queueArn.endsWith(".fifo");
    const asked = { Message: publication.message };
    if (isFifoQueue && strikes(this.world, "fifoDeliveryLost", queueArn, faults.fifoDeliveryLost, asked)) return;
    const deliverAfter = (delay: Micros): void => {
      const arrivesAt = us(Math.max(clock.now() + delay, isFifoQueue ? subscription.lastArrivesAt : 0));
      if (isFifoQueue) subscription.lastArrivesAt = arrivesAt;
      clock.at(arrivesAt, () => void this.deliver(topic, subscription, publication));
    };
    deliverAfter(upTo(this.world, faults.deliveryWithinUs));
    if (!isFifoQueue && strikes(this.world, "deliveryTwice", queueArn, faults.deliveryTwice))
      deliverAfter(upTo(this.world, faults.deliveryWithinUs));
  }

  private async deliver(topic: Topic, subscription: Subscription, publication: Publication): Promise<void> {
    const { queueArn, isRaw } = subscription;
    const { messageId } = publication;
    const discard = (reason: string): void => {
      this.discards.push({ topicArn: topic.arn, queueArn, messageId, reason });
    };
    if (isRaw && publication.attributes.size > this.limits.maxRawAttributes)
      return discard(`more than ${this.limits.maxRawAttributes} attributes in a raw delivery`);
    try {
      await this.cloud.call(
        topic.principal,
        "sqs",
        "SendMessage",
        this.deliveryInput(topic, subscription, publication),
      );
    } catch (error) {
      // Only what SNS, too, would count as its subscriber's fault; anything else is a defect of a model.
      if (!(error instanceof ServiceError)) throw error;
      discard(error.message);
    }
  }

  /** A FIFO topic's ids reach FIFO queues only; a standard topic's group id reaches its (standard) queues. */
  private deliveryInput(topic: Topic, { queueArn, queueUrl, isRaw }: Subscription, publication: Publication): Json {
    const { message, attributes, groupId, deduplicationId } = publication;
    const MessageBody = isRaw ? message : this.envelope(topic, publication);
    const input: { [field: string]: Json } = { QueueUrl: queueUrl, MessageBody };
    if (isRaw && attributes.size > 0) input.MessageAttributes = renderAttributes(attributes);
    if (topic.isFifo !== queueArn.endsWith(".fifo")) return input;
    if (groupId !== undefined) input.MessageGroupId = groupId;
    if (deduplicationId !== undefined) input.MessageDeduplicationId = deduplicationId;
    return input;
  }

  /** A delivery that is not raw. Its signature is none: nobody can check it against a certificate of AWS's. */
  private envelope(topic: Topic, { messageId, message, attributes }: Publication): string {
    return JSON.stringify({
      Type: "Notification",
      MessageId: messageId,
      TopicArn: topic.arn,
      Message: message,
      Timestamp: new Date(this.world.clock.wallMs()).toISOString(),
      SignatureVersion: "1",
      Signature: "",
      SigningCertURL: "",
      UnsubscribeURL: "",
      ...(attributes.size > 0 && { MessageAttributes: renderAttributes(attributes) }),
    });
  }
}

const PUBLISH_FIELDS = [
  "TopicArn",
  "TargetArn",
  "Message",
  "MessageAttributes",
  "MessageGroupId",
  "MessageDeduplicationId",
];

const topicArnIn = (input: Input): string => {
  const arn = optionalText(input, "TopicArn") ?? optionalText(input, "TargetArn");
  if (arn === undefined) throw invalid("TopicArn or TargetArn", "no value for required parameter");
  return arn;
};

const invalidParameter = (text: string): ServiceError =>
  new ServiceError("InvalidParameterException", `Invalid parameter: ${text}`, 400, "InvalidParameter");

const invalid = (parameter: string, reason: string): ServiceError => invalidParameter(`${parameter} Reason: ${reason}`);
