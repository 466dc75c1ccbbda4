import type { GatewayPlan } from "@sluice/dsl";
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import * as ssm from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import { Doorbell } from "./doorbell";
import { newGateTable } from "./gate-table";
import { Machine } from "./machine";
import { stackNameOf } from "./names";
import { pin } from "./pin";
import { Sweep } from "./sweep";
import { TierQueues } from "./tier-queues";
import { WorkerFunction } from "./worker-function";

export interface GatewayStackProps extends Omit<StackProps, "stackName" | "description"> {
  readonly plan: GatewayPlan;
  /** Part of every name. Left out: the environment that the plan was made for, if any. */
  readonly environment?: string;
  /** Folder of the worker's bundle, with `index.mjs` in it. */
  readonly workerAsset: string;
}

/**
 * One gateway: everything that runs is in this stack's template. The queues and the gate stay when the stack is removed,
 * since requests may wait in them; before the same gateway is deployed anew, read them empty and delete them, or import
 * them into the new stack, because their names are taken.
 *
 * @throws SynthesisFailure when there is no bundle in `workerAsset`
 */
export class GatewayStack extends Stack {
  readonly stateMachineArn: string;

  constructor(scope: Construct, id: string, { plan, environment, workerAsset, ...props }: GatewayStackProps) {
    const place = environment ?? plan.environment;
    const prefix = stackNameOf(plan.name, place, plan.naming);
    super(scope, id, { ...props, stackName: prefix, description: descriptionOf(plan) });
    const queues = new TierQueues(this, "Queues", { plan, prefix });
    const doorbell =
      plan.dispatch.kind === "doorbell"
        ? new Doorbell(this, "Doorbell", { plan, doorbell: plan.dispatch, prefix, queues })
        : undefined;
    const gate = newGateTable(this, prefix);
    const worker = new WorkerFunction(this, "Worker", {
      plan,
      prefix,
      workerAsset,
      queues,
      bell: doorbell?.bell,
      gate,
    });
    if (doorbell !== undefined) new Sweep(this, "Sweep", { prefix, bell: doorbell.bell });
    const { stateMachine } = new Machine(this, "Machine", { plan, prefix, queues, doorbell, gate });
    worker.grantAnswers(stateMachine.stateMachineArn);
    this.stateMachineArn = stateMachine.stateMachineArn;
    this.publish(["", "sluice", place, plan.name, "state-machine-arn"]);
    if (doorbell !== undefined) new CfnOutput(this, "BellQueueUrl", { value: doorbell.bell.queueUrl });
    const urls = Object.fromEntries([...queues.tiers].map(([tier, queue]) => [tier, queue.queueUrl]));
    new CfnOutput(this, "TierQueueUrls", { value: this.toJsonString(urls) });
  }

  /** What others find the gateway by. */
  private publish(parameterPath: readonly (string | undefined)[]): void {
    const parameter = new ssm.StringParameter(this, "StateMachineArnParameter", {
      parameterName: parameterPath.filter((part) => part !== undefined).join("/"),
      stringValue: this.stateMachineArn,
    });
    pin(parameter, "StateMachineArnParameter");
    new CfnOutput(this, "StateMachineArn", { value: this.stateMachineArn });
  }
}

/** CloudFormation takes 1,024 characters. */
function descriptionOf({ name, description }: GatewayPlan): string {
  return `Gateway ${name}${description === undefined ? "" : `: ${description}`}`.slice(0, 1_024);
}
