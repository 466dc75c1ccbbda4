import { BELL_GROUP } from "@sluice/dsl";
import { Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { MAX_NAME_CHARS, physicalName } from "./names";
import { pin } from "./pin";

export interface SweepProps {
  /** What every physical name begins with. */
  readonly prefix: string;
  readonly bell: sqs.Queue;
}

/** The bell that rings every minute, so that a request whose own bell was lost waits for two minutes at most. */
export class Sweep extends Construct {
  constructor(scope: Construct, id: string, { prefix, bell }: SweepProps) {
    super(scope, id);
    const role = new iam.Role(this, "Role", {
      // Without the condition, a schedule of another account could be made to use this role.
      assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });
    pin(role, "SweepRole");
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ["sqs:SendMessage"], resources: [bell.queueArn] }));
    const schedule = new scheduler.CfnSchedule(this, "Schedule", {
      name: physicalName(`${prefix}-sweep`, MAX_NAME_CHARS.schedule),
      description: "Wakes the worker every minute, in case a bell was lost.",
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: bell.queueArn,
        roleArn: role.roleArn,
        sqsParameters: { messageGroupId: BELL_GROUP },
        // One message a minute: its body is its deduplication id.
        input: "<aws.scheduler.scheduled-time>",
        // The next minute rings again; bells kept for later would only ring on empty queues.
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 5 },
      },
    });
    schedule.overrideLogicalId("SweepSchedule");
    schedule.node.addDependency(role);
  }
}
