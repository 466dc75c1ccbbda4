import { type GatewayPlan, type TierPlan, toSecondsUp } from "@sluice/dsl";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAX_NAME_CHARS, physicalName, tierId } from "./names";
import { pin } from "./pin";
import { acknowledge } from "./validation-reasons";

export interface TierQueuesProps {
  readonly plan: GatewayPlan;
  /** What every physical name begins with. */
  readonly prefix: string;
}

/**
 * Where requests wait: a queue for each tier.
 *
 * Logical ids are a contract. CloudFormation replaces a queue whose id changes, and the requests in it are lost. They are
 * the same in both dispatches.
 */
export class TierQueues extends Construct {
  /** In the plan's order, the highest first. */
  readonly tiers: ReadonlyMap<string, sqs.Queue>;

  constructor(scope: Construct, id: string, { plan, prefix }: TierQueuesProps) {
    super(scope, id);
    this.tiers = new Map(plan.tiers.map((tier) => [tier.name, this.newTierQueue(plan, tier, prefix)]));
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
}
