import type { GatewayPlan } from "@sluice/dsl";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { MAX_NAME_CHARS, physicalName } from "./names";
import { pin } from "./pin";
import { stateMachineDefinition } from "./state-machine";
import type { TierQueues } from "./tier-queues";
import { acknowledge } from "./validation-reasons";

export interface MachineProps {
  readonly plan: GatewayPlan;
  /** What every physical name begins with. */
  readonly prefix: string;
  readonly queues: TierQueues;
}

/** The state machine that callers start: an execution is a request. */
export class Machine extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { plan, prefix, queues }: MachineProps) {
    super(scope, id);
    const topics = [...queues.tiers].map(([tier, { topic }]) => [tier, topic.topicArn] as const);
    this.stateMachine = new sfn.StateMachine(this, "StateMachine", {
      stateMachineName: physicalName(prefix, MAX_NAME_CHARS.stateMachine),
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromString(
        Stack.of(this).toJsonString(stateMachineDefinition(plan, Object.fromEntries(topics))),
      ),
      role: this.newRole(topics.map(([, arn]) => arn)),
      logs: { destination: this.newLogGroup(prefix), level: sfn.LogLevel.ERROR, includeExecutionData: false },
    });
    pin(this.stateMachine, "StateMachine");
    // A request published to a new tier before its queue is subscribed would be delivered to nobody.
    this.stateMachine.node.addDependency(queues);
    acknowledge(
      this.stateMachine,
      "SF1",
      "A success is one log line of the worker; ALL would cost five more a request.",
    );
    acknowledge(this.stateMachine, "SF2", "One Task that waits for the worker: its trace would show one bar.");
  }

  private newRole(topicArns: string[]): iam.Role {
    const role = new iam.Role(this, "Role", {
      // Without the condition, a state machine of another account could be made to use this role.
      assumedBy: new iam.ServicePrincipal("states.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });
    pin(role, "StateMachineRole");
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ["sns:Publish"], resources: topicArns }));
    acknowledge(
      role,
      "IAM5[Resource::*]",
      "CDK lets the machine set up its log delivery, whose actions AWS allows on no narrower resource.",
    );
    return role;
  }

  /** Under /aws/vendedlogs, for which AWS keeps one policy; others would run into the account's limit of ten. */
  private newLogGroup(prefix: string): logs.LogGroup {
    const logGroup = new logs.LogGroup(this, "Logs", {
      logGroupName: `/aws/vendedlogs/states/${prefix}`,
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    pin(logGroup, "StateMachineLogs");
    return logGroup;
  }
}
