import type { GatewayPlan } from "@sluice/dsl";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { Doorbell } from "./doorbell";
import { MAX_NAME_CHARS, physicalName } from "./names";
import { pin } from "./pin";
import { needsSettling } from "./settling";
import { stateMachineDefinition } from "./state-machine";
import type { TierQueues } from "./tier-queues";
import { acknowledge } from "./validation-reasons";

export interface MachineProps {
  readonly plan: GatewayPlan;
  /** What every physical name begins with. */
  readonly prefix: string;
  readonly queues: TierQueues;
  /** Left out in deferral, where requests go straight to their queues. */
  readonly doorbell: Doorbell | undefined;
  readonly gate: dynamodb.Table;
}

/** The state machine that callers start: an execution is a request. */
export class Machine extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, { plan, prefix, queues, doorbell, gate }: MachineProps) {
    super(scope, id);
    const addresses =
      doorbell === undefined
        ? [...queues.tiers].map(([tier, { queueUrl }]) => [tier, queueUrl] as const)
        : [...doorbell.topics].map(([tier, { topicArn }]) => [tier, topicArn] as const);
    this.stateMachine = new sfn.StateMachine(this, "StateMachine", {
      stateMachineName: physicalName(prefix, MAX_NAME_CHARS.stateMachine),
      stateMachineType: sfn.StateMachineType.STANDARD,
      definitionBody: sfn.DefinitionBody.fromString(
        Stack.of(this).toJsonString(stateMachineDefinition(plan, Object.fromEntries(addresses), gate.tableName)),
      ),
      role: this.newRole(sendingTo(queues, doorbell), ...(needsSettling(plan) ? [claimingIn(gate)] : [])),
      logs: { destination: this.newLogGroup(prefix), level: sfn.LogLevel.ERROR, includeExecutionData: false },
    });
    pin(this.stateMachine, "StateMachine");
    // A request published to a new tier before its queue is subscribed would be delivered to nobody.
    this.stateMachine.node.addDependency(queues, ...(doorbell === undefined ? [] : [doorbell]));
    acknowledge(
      this.stateMachine,
      "SF1",
      "A success is one log line of the worker; ALL would cost five more a request.",
    );
    acknowledge(this.stateMachine, "SF2", "One Task that waits for the worker: its trace would show one bar.");
  }

  private newRole(...statements: iam.PolicyStatement[]): iam.Role {
    const role = new iam.Role(this, "Role", {
      // Without the condition, a state machine of another account could be made to use this role.
      assumedBy: new iam.ServicePrincipal("states.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    });
    pin(role, "StateMachineRole");
    for (const statement of statements) role.addToPrincipalPolicy(statement);
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

const claimingIn = ({ tableArn }: dynamodb.Table): iam.PolicyStatement =>
  new iam.PolicyStatement({ actions: ["dynamodb:PutItem"], resources: [tableArn] });

function sendingTo({ tiers }: TierQueues, doorbell: Doorbell | undefined): iam.PolicyStatement {
  if (doorbell === undefined)
    return new iam.PolicyStatement({
      actions: ["sqs:SendMessage"],
      resources: [...tiers.values()].map(({ queueArn }) => queueArn),
    });
  return new iam.PolicyStatement({
    actions: ["sns:Publish"],
    resources: [...doorbell.topics.values()].map(({ topicArn }) => topicArn),
  });
}
