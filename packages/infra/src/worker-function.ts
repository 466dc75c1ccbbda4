import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayPlan, toSecondsUp } from "@sluice/dsl";
import { ArnFormat, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import type * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { SynthesisFailure } from "./failures";
import { MAX_NAME_CHARS, physicalName, tierId } from "./names";
import { pin } from "./pin";
import type { TierQueues } from "./tier-queues";

export interface WorkerFunctionProps {
  readonly plan: GatewayPlan;
  /** What every physical name begins with. */
  readonly prefix: string;
  /** Folder of the worker's bundle: the same for all gateways, so that it is one asset. */
  readonly workerAsset: string;
  readonly queues: TierQueues;
  /** Undefined in deferral, where every tier's queue invokes the worker. */
  readonly bell: sqs.Queue | undefined;
  readonly gate: dynamodb.Table;
}

/**
 * The worker: one function. In doorbell it has one unit of concurrency and is woken by the bell queue, in deferral it has
 * its slots and is invoked by every tier's queue; by nothing else.
 */
export class WorkerFunction extends Construct {
  private readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: WorkerFunctionProps) {
    super(scope, id);
    this.role = this.newRole();
    const logGroup = new logs.LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${props.prefix}-worker`,
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    pin(logGroup, "WorkerLogs");
    this.grant(props, logGroup);
    const worker = this.newFunction(props, logGroup);
    if (props.bell !== undefined) this.mapBells(worker, props.bell);
    else this.mapTiers(worker, props);
  }

  /** Lets the worker answer the tasks of its own state machine; the machine is made after the worker's queues. */
  grantAnswers(stateMachineArn: string): void {
    this.allow(["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"], [stateMachineArn]);
  }

  private newRole(): iam.Role {
    const role = new iam.Role(this, "Role", { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
    pin(role, "WorkerRole");
    return role;
  }

  private allow(actions: string[], resources: string[]): void {
    this.role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  }

  /** Everything that the worker may do, beside answering ({@link grantAnswers}). */
  private grant({ plan, queues, bell, gate }: WorkerFunctionProps, logGroup: logs.LogGroup): void {
    const tierQueues = [...queues.tiers.values()].map(({ queueArn }) => queueArn);
    if (bell !== undefined)
      this.allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], tierQueues);
    this.allow(
      // The event source mapping acts as this role: it receives, deletes, and reads the queue's attributes.
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
      bell === undefined ? tierQueues : [bell.queueArn],
    );
    this.allow(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], [gate.tableArn]);
    if (plan.secrets.length > 0)
      this.allow(
        ["secretsmanager:GetSecretValue"],
        plan.secrets.map((name) => this.secretArn(name)),
      );
    this.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
  }

  /** Secrets Manager ends every ARN in a hyphen and six characters of its own choice. */
  private secretArn(name: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Stack.of(this).formatArn({
      service: "secretsmanager",
      resource: "secret",
      resourceName: `${name}-??????`,
      arnFormat,
    });
  }

  private newFunction(
    { plan, prefix, workerAsset, queues, bell, gate }: WorkerFunctionProps,
    logGroup: logs.LogGroup,
  ): lambda.Function {
    const tierQueueUrls = [...queues.tiers].map(([tier, { queueUrl }]) => [tier, queueUrl]);
    const worker = new lambda.Function(this, "Function", {
      functionName: physicalName(`${prefix}-worker`, MAX_NAME_CHARS.function),
      description: `Calls ${plan.name}, ${plan.dispatch.kind === "deferral" ? "one call an invocation" : "one start at a time"}.`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: "index.handler",
      code: workerCode(workerAsset),
      layers: [this.newPlanLayer(plan)],
      memorySize: plan.worker.memoryMb,
      timeout: Duration.seconds(toSecondsUp(plan.worker.functionTimeoutUs)),
      // In doorbell the second guard, beside the bells' one group, that two turns never overlap; in deferral the limit.
      reservedConcurrentExecutions: plan.dispatch.kind === "deferral" ? plan.dispatch.slots : 1,
      role: this.role,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      environment: {
        SLUICE_TIER_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(tierQueueUrls)),
        ...(bell && { SLUICE_BELL_QUEUE_URL: bell.queueUrl }),
        SLUICE_GATE_TABLE: gate.tableName,
      },
    });
    pin(worker, "Worker");
    return worker;
  }

  /** The plan as `/opt/gateway.json`. A layer, so that plan and settings of the function change together. */
  private newPlanLayer(plan: GatewayPlan): lambda.LayerVersion {
    const folder = mkdtempSync(join(tmpdir(), "sluice-plan-"));
    try {
      writeFileSync(join(folder, "gateway.json"), `${JSON.stringify(sorted(plan), null, 2)}\n`, { mode: 0o644 });
      const layer = new lambda.LayerVersion(this, "Plan", {
        description: `The plan of ${plan.name}.`,
        code: lambda.Code.fromAsset(folder),
        compatibleArchitectures: [lambda.Architecture.ARM_64],
        compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
      });
      pin(layer, "PlanLayer");
      return layer;
    } finally {
      // CDK has copied it into the assembly.
      rmSync(folder, { recursive: true });
    }
  }

  private mapBells(worker: lambda.Function, bell: sqs.Queue): void {
    const mapping = new lambda.EventSourceMapping(this, "Bells", {
      target: worker,
      eventSourceArn: bell.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
    pin(mapping, "BellMapping");
    // Lambda checks the role's permissions on the queue when it makes the mapping.
    mapping.node.addDependency(this.role);
  }

  private mapTiers(worker: lambda.Function, { plan, queues }: WorkerFunctionProps): void {
    if (plan.dispatch.kind !== "deferral") return;
    for (const [tier, { queueArn }] of queues.tiers) {
      const mapping = new lambda.EventSourceMapping(this, `${tierId(tier)}Requests`, {
        target: worker,
        eventSourceArn: queueArn,
        batchSize: 1,
        maxConcurrency: plan.dispatch.maxConcurrency,
        reportBatchItemFailures: true,
      });
      pin(mapping, `Tier${tierId(tier)}Mapping`);
      mapping.node.addDependency(this.role);
    }
  }
}

function workerCode(workerAsset: string): lambda.Code {
  const entry = join(workerAsset, "index.mjs");
  if (!existsSync(entry))
    throw new SynthesisFailure(`The worker's bundle is missing: there is no ${entry}. Build it with: npm run build`);
  return lambda.Code.fromAsset(workerAsset);
}

/** Keys in one order, whatever order the plan was put together in: the layer's hash follows from its bytes. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
