import { BELL_GROUP, type GatewayPlan, type TierPlan, toSecondsUp } from "@sluice/dsl";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as sns from "aws-cdk-lib/aws-sns";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAX_NAME_CHARS, physicalName, tierId } from "./names";
import { pin } from "./pin";
import { acknowledge } from "./validation-reasons";

/** One tier: what the state machine publishes to, and where its requests wait. */
export interface TierResources {
  readonly topic: sns.Topic;
  readonly queue: sqs.Queue;
}

export interface TierQueuesProps {
  readonly plan: GatewayPlan;
  /** What every physical name begins with. */
  readonly prefix: string;
}

/**
 * The way of a request to the worker: each tier's topic delivers to the tier's own queue, where the request waits, and to
 * the one bell queue, which wakes the worker.
 *
 * Logical ids are a contract. CloudFormation replaces a queue whose id changes, and the requests in it are lost.
 */
export class TierQueues extends Construct {
  /** In the plan's order, the highest first. */
  readonly tiers: ReadonlyMap<string, TierResources>;
  readonly bell: sqs.Queue;

  constructor(scope: Construct, id: string, { plan, prefix }: TierQueuesProps) {
    super(scope, id);
    this.bell = this.newBellQueue(plan, prefix);
    this.tiers = new Map(plan.tiers.map((tier) => [tier.name, this.newTier(plan, tier, prefix)]));
  }

  /** FIFO, with one group for everything ({@link BELL_GROUP}): while one turn's bells are in flight no other begins. */
  private newBellQueue(plan: GatewayPlan, prefix: string): sqs.Queue {
    const queue = new sqs.Queue(this, "Bell", {
      queueName: physicalName(`${prefix}-bell`, MAX_NAME_CHARS.queue, ".fifo"),
      fifo: true,
      // The sweep's schedule gives no id; its message is the minute it was rung in.
      contentBasedDeduplication: true,
      // At least the function's timeout: Lambda refuses the mapping otherwise.
      visibilityTimeout: Duration.seconds(toSecondsUp(plan.queues.bellVisibilityUs)),
      retentionPeriod: Duration.days(14),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pin(queue, "BellQueue");
    pin(queue.node.findChild("Policy"), "BellQueuePolicy");
    acknowledge(queue, "SQS3", "A bell only wakes the worker: what it stands for waits in a tier's queue.");
    return queue;
  }

  private newTier(plan: GatewayPlan, tier: TierPlan, prefix: string): TierResources {
    const id = tierId(tier.name);
    const topic = new sns.Topic(this, `${id}Topic`, {
      topicName: physicalName(`${prefix}-${tier.name}`, MAX_NAME_CHARS.topic, ".fifo"),
      fifo: true,
    });
    pin(topic, `Tier${id}Topic`);
    acknowledge(
      topic,
      "SNS3",
      "Only the state machine's role may publish, and Step Functions speaks to SNS by TLS only.",
    );
    const queue = this.newTierQueue(plan, tier, prefix);
    this.subscribe(`${id}ToQueue`, `Tier${id}Subscription`, topic, queue);
    this.subscribe(`${id}ToBell`, `Tier${id}BellSubscription`, topic, this.bell);
    return { topic, queue };
  }

  private newTierQueue(plan: GatewayPlan, tier: TierPlan, prefix: string): sqs.Queue {
    const id = tierId(tier.name);
    const queue = new sqs.Queue(this, `${id}Queue`, {
      queueName: physicalName(`${prefix}-${tier.name}`, MAX_NAME_CHARS.queue),
      visibilityTimeout: Duration.seconds(toSecondsUp(plan.queues.tierVisibilityUs)),
      retentionPeriod: Duration.seconds(toSecondsUp(tier.retentionUs)),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pin(queue, `Tier${id}Queue`);
    pin(queue.node.findChild("Policy"), `Tier${id}QueuePolicy`);
    acknowledge(
      queue,
      "SQS3",
      "A request that kills workers is counted in the gate and answered; one moved aside would leave its caller waiting.",
    );
    return queue;
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
