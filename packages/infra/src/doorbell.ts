import { BELL_GROUP, type DoorbellPlan, type GatewayPlan, toSecondsUp } from "@sluice/dsl";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as sns from "aws-cdk-lib/aws-sns";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAX_NAME_CHARS, physicalName, tierId } from "./names";
import { pin } from "./pin";
import type { TierQueues } from "./tier-queues";
import { acknowledge } from "./validation-reasons";

export interface DoorbellProps {
  readonly plan: GatewayPlan;
  readonly doorbell: DoorbellPlan;
  /** What every physical name begins with. */
  readonly prefix: string;
  readonly queues: TierQueues;
}

/**
 * The way of a request to the worker: each tier's topic delivers to the tier's own queue, where the request waits, and to
 * the one bell queue, which wakes the worker.
 *
 * Logical ids are a contract, as those of {@link TierQueues} are.
 */
export class Doorbell extends Construct {
  /** What the state machine publishes to, by tier; in the plan's order. */
  readonly topics: ReadonlyMap<string, sns.Topic>;
  readonly bell: sqs.Queue;

  constructor(scope: Construct, id: string, { plan, doorbell, prefix, queues }: DoorbellProps) {
    super(scope, id);
    this.bell = this.newBellQueue(doorbell, prefix);
    this.topics = new Map(
      plan.tiers.map(({ name }) => [name, this.newTopic(name, prefix, queues.tiers.get(name) ?? this.bell)]),
    );
  }

  /** FIFO, with one group for everything ({@link BELL_GROUP}): while one turn's bells are in flight no other begins. */
  private newBellQueue({ bellVisibilityUs, bellRetentionUs }: DoorbellPlan, prefix: string): sqs.Queue {
    const queue = new sqs.Queue(this, "Bell", {
      queueName: physicalName(`${prefix}-bell`, MAX_NAME_CHARS.queue, ".fifo"),
      fifo: true,
      // The sweep's schedule gives no id; its message is the minute it was rung in.
      contentBasedDeduplication: true,
      // At least the function's timeout: Lambda refuses the mapping otherwise.
      visibilityTimeout: Duration.seconds(toSecondsUp(bellVisibilityUs)),
      retentionPeriod: Duration.seconds(toSecondsUp(bellRetentionUs)),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pin(queue, "BellQueue");
    pin(queue.node.findChild("Policy"), "BellQueuePolicy");
    acknowledge(queue, "SQS3", "A bell only wakes the worker: what it stands for waits in a tier's queue.");
    return queue;
  }

  private newTopic(tier: string, prefix: string, queue: sqs.Queue): sns.Topic {
    const id = tierId(tier);
    const topic = new sns.Topic(this, `${id}Topic`, {
      topicName: physicalName(`${prefix}-${tier}`, MAX_NAME_CHARS.topic, ".fifo"),
      fifo: true,
    });
    pin(topic, `Tier${id}Topic`);
    acknowledge(
      topic,
      "SNS3",
      "Only the state machine's role may publish, and Step Functions speaks to SNS by TLS only.",
    );
    this.subscribe(`${id}ToQueue`, `Tier${id}Subscription`, topic, queue);
    this.subscribe(`${id}ToBell`, `Tier${id}BellSubscription`, topic, this.bell);
    return topic;
  }

  /** Delivers the published text itself, and lets this topic, and nobody else of SNS, into the queue. */
  private subscribe(id: string, logicalId: string, topic: sns.Topic, queue: sqs.Queue): void {
    const subscription = new sns.Subscription(this, id, {
      topic,
      protocol: sns.SubscriptionProtocol.SQS,
      endpoint: queue.queueArn,
      rawMessageDelivery: true,
    });
    pin(subscription, logicalId);
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal("sns.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [queue.queueArn],
        conditions: { ArnEquals: { "aws:SourceArn": topic.topicArn } },
      }),
    );
  }
}
