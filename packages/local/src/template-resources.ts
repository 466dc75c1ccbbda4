import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GatewayPlan, Json } from "@sluice/dsl";
import { type DeployedFunction, type Principal, ServiceError } from "./cloud-types";
import type { Services } from "./emulated-account";
import { isObject } from "./input";
import { createEventSourceMapping, type EventSourceMapping } from "./models/event-source-mapping/event-source-mapping";
import { queueUrlOf } from "./models/sqs/queue-url";
import type { StateMachineSettings } from "./models/step-functions/step-functions";
import type { Assets } from "./template-assets";
import { type Identity, type Properties, TemplateError } from "./template-values";

/** One resource type of CloudFormation, as far as a gateway's stack uses it. */
export interface ResourceType {
  /** What refers to such a resource gets this, known before it is created. */
  identify(naming: Naming): Identity;
  /** Reads every property, and makes the resource in its model. */
  create(properties: Properties, identity: Identity, parts: StackParts): void | Promise<void>;
  /** What a new version of the stack makes of one that is there. Left out: it stays as it is. */
  update?(properties: Properties, identity: Identity, parts: StackParts): void;
}

/** From what a resource's name, ARN and the like are made. */
export interface Naming {
  readonly logicalId: string;
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
  /** Origin of queue URLs. */
  readonly queueOrigin: string;
  /** A property that names the resource, or that the name depends on; resolved. */
  given(property: string): Json | undefined;
}

/** What the resources of a stack have made so far, for each other and for the loaded stack. */
export interface StackParts {
  readonly services: Services;
  readonly assets: Assets;
  /** By name. */
  readonly roles: Map<string, { readonly arn: string; readonly policies: Json[]; readonly trust: Json }>;
  /** Folders of layer versions, by ARN. */
  readonly layers: Map<string, string>;
  /** The roles of functions as Lambda took them on, by the function's name. */
  readonly functionPrincipals: Map<string, Principal>;
  readonly stateMachineArns: string[];
  readonly functionNames: string[];
  readonly queueNames: string[];
  readonly tableNames: string[];
  readonly topicArns: string[];
  readonly mappings: EventSourceMapping[];
  /** SSM parameters. */
  readonly parameters: Map<string, string>;
}

/** A layer's plan has to be of this version; @see GatewayPlan */
const PLAN_VERSION: GatewayPlan["planVersion"] = 2;

/** The resource types that are known, in the order in which they are made: each after all that it refers to. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::CDK::Metadata": {
    identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
    create: (properties) => properties.inert("Analytics"),
  },

  "AWS::Logs::LogGroup": {
    identify: (naming) => {
      const name = nameOf(naming, "LogGroupName", 512);
      return { ref: name, attributes: { Arn: `${arn(naming, "logs", `log-group:${name}`)}:*` } };
    },
    create: (properties) => {
      properties.known("LogGroupName");
      properties.inert("RetentionInDays", "LogGroupClass", "KmsKeyId", "DataProtectionPolicy", "Tags");
    },
  },

  "AWS::IAM::Role": {
    identify: (naming) => {
      const name = nameOf(naming, "RoleName", 64);
      return { ref: name, attributes: { Arn: `arn:aws:iam::${naming.account}:role/${name}`, RoleId: name } };
    },
    create: declareRole,
    update: declareRole,
  },

  "AWS::IAM::Policy": {
    identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
    create: declarePolicy,
    update: declarePolicy,
  },

  "AWS::DynamoDB::Table": {
    identify: (naming) => {
      const name = nameOf(naming, "TableName", 255);
      return { ref: name, attributes: { Arn: arn(naming, "dynamodb", `table/${name}`) } };
    },
    create: (properties, { ref }, { services, tableNames }) => {
      properties.known("TableName");
      properties.inert("BillingMode", "DeletionProtectionEnabled", "PointInTimeRecoverySpecification");
      properties.inert("SSESpecification", "TableClass", "Tags", "OnDemandThroughput");
      const types = new Map(
        properties
          .objects("AttributeDefinitions")
          .map((attribute) => [attribute.text("AttributeName"), attribute.text("AttributeType")]),
      );
      const key = properties
        .objects("KeySchema")
        .map((part) => ({ name: part.text("AttributeName"), isPartition: part.text("KeyType") === "HASH" }))
        .sort((a, b) => Number(b.isPartition) - Number(a.isPartition))
        .map(({ name }) => ({ name, type: keyType(types.get(name), `${properties.where}, ${name}`) }));
      const ttl = properties.object("TimeToLiveSpecification");
      const ttlAttribute = ttl.optionalText("AttributeName");
      const hasTtl = ttl.flag("Enabled") && ttlAttribute !== undefined;
      services.dynamodb.createTable(ref, { key, ...(hasTtl && { ttlAttribute }) });
      tableNames.push(ref);
    },
  },

  "AWS::SQS::Queue": {
    identify: (naming) => {
      const name = nameOf(naming, "QueueName", 80, naming.given("FifoQueue") === true ? ".fifo" : "");
      const url = `${naming.queueOrigin}/${naming.account}/${name}`;
      return { ref: url, attributes: { Arn: arn(naming, "sqs", name), QueueName: name, QueueUrl: url } };
    },
    create: (properties, { attributes }, { services, queueNames }) => {
      properties.known("QueueName");
      properties.inert("Tags");
      const given = QUEUE_ATTRIBUTES.map((name) => [name, properties.json(name)] as const);
      const name = attributes.QueueName ?? "";
      properties.finish();
      services.sqs.createQueue(
        name,
        Object.fromEntries(given.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
      );
      queueNames.push(name);
    },
  },

  "AWS::SQS::QueuePolicy": {
    identify: ({ logicalId }) => ({ ref: logicalId, attributes: { Id: logicalId } }),
    create: (properties, _, { services }) => {
      const document = properties.json("PolicyDocument") ?? {};
      for (const url of properties.texts("Queues")) {
        const queue = services.sqs.queue(url.slice(url.lastIndexOf("/") + 1));
        if (queue === undefined)
          throw new TemplateError(`${properties.where} is for the queue ${url}, which does not exist here.`);
        services.sqs.setPolicy(queue, document);
      }
    },
  },

  "AWS::SNS::Topic": {
    identify: (naming) => {
      const name = nameOf(naming, "TopicName", 256, naming.given("FifoTopic") === true ? ".fifo" : "");
      const topicArn = arn(naming, "sns", name);
      return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
    },
    create: (properties, { attributes }, { services, topicArns }) => {
      properties.known("TopicName");
      properties.inert("DisplayName", "FifoThroughputScope", "TracingConfig", "Tags");
      const isFifo = properties.flag("FifoTopic");
      const hasContentBasedDeduplication = properties.flag("ContentBasedDeduplication");
      topicArns.push(services.sns.createTopic(attributes.TopicName ?? "", { isFifo, hasContentBasedDeduplication }));
    },
  },

  "AWS::SNS::Subscription": {
    identify: ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
    create: (properties, _, { services }) => {
      properties.only("Protocol", "sqs");
      const topicArn = properties.text("TopicArn");
      const queueArn = properties.text("Endpoint");
      const isRaw = properties.flag("RawMessageDelivery");
      properties.finish();
      services.sns.subscribe(topicArn, queueArn, isRaw);
    },
  },

  "AWS::Lambda::LayerVersion": {
    identify: (naming) => {
      const layer = arn(naming, "lambda", `layer:${nameOf(naming, "LayerName", 140)}:1`);
      return { ref: layer, attributes: { LayerVersionArn: layer } };
    },
    create: declareLayer,
    update: declareLayer,
  },

  "AWS::Lambda::Function": {
    identify: (naming) => {
      const name = nameOf(naming, "FunctionName", 64);
      return { ref: name, attributes: { Arn: arn(naming, "lambda", `function:${name}`) } };
    },
    create: (properties, identity, parts) => {
      const fn = functionOf(properties, identity, parts);
      parts.services.lambda.createFunction(fn);
      parts.functionNames.push(fn.name);
    },
    update: (properties, identity, parts) =>
      parts.services.lambda.updateFunction(functionOf(properties, identity, parts)),
  },

  "AWS::Lambda::EventSourceMapping": {
    identify: ({ logicalId, stackName }) => {
      const id = uuidOf(`${stackName}/${logicalId}`);
      return { ref: id, attributes: { Id: id } };
    },
    create: createMapping,
  },

  "AWS::StepFunctions::StateMachine": {
    identify: (naming) => {
      const name = nameOf(naming, "StateMachineName", 80);
      const machine = arn(naming, "states", `stateMachine:${name}`);
      return { ref: machine, attributes: { Arn: machine, Name: name } };
    },
    create: (properties, identity, parts) => {
      parts.services.stepFunctions.createStateMachine(stateMachineOf(properties, identity, parts));
      parts.stateMachineArns.push(identity.ref);
    },
    update: (properties, identity, parts) =>
      parts.services.stepFunctions.updateStateMachine(stateMachineOf(properties, identity, parts)),
  },

  "AWS::Scheduler::Schedule": {
    identify: (naming) => {
      const name = nameOf(naming, "Name", 64);
      const group = naming.given("GroupName") ?? "default";
      return { ref: name, attributes: { Arn: arn(naming, "scheduler", `schedule/${group}/${name}`) } };
    },
    create: createSchedule,
  },

  "AWS::SSM::Parameter": {
    identify: (naming) => {
      const name = nameOf(naming, "Name", 1_011);
      return { ref: name, attributes: { Type: "String" } };
    },
    create: (properties, { ref }, { parameters }) => {
      properties.known("Name");
      properties.inert("Description", "Tier", "AllowedPattern", "DataType", "Tags");
      properties.only("Type", "String");
      parameters.set(ref, properties.text("Value"));
    },
  },
};

/** What {@link Services.sqs} understands of a queue. */
const QUEUE_ATTRIBUTES = [
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
  "VisibilityTimeout",
  "DelaySeconds",
  "ReceiveMessageWaitTimeSeconds",
  "MessageRetentionPeriod",
  "MaximumMessageSize",
  "SqsManagedSseEnabled",
];

function declareRole(properties: Properties, { ref, attributes }: Identity, { services, roles }: StackParts): void {
  properties.known("RoleName");
  properties.inert("Description", "MaxSessionDuration", "Tags");
  checkManagedPolicies(properties);
  const policies = properties.objects("Policies").map((policy) => {
    policy.known("PolicyName");
    return policy.json("PolicyDocument") ?? {};
  });
  const trust = properties.json("AssumeRolePolicyDocument") ?? {};
  const role = { arn: attributes.Arn ?? "", policies, trust };
  roles.set(ref, role);
  services.cloud.declareRole(role.arn, role.policies, role.trust);
}

function declarePolicy(properties: Properties, _: Identity, { services, roles }: StackParts): void {
  properties.known("PolicyName");
  const document = properties.json("PolicyDocument") ?? {};
  for (const name of properties.texts("Roles")) {
    const role = roles.get(name);
    if (role === undefined)
      throw new TemplateError(`${properties.where} is for the role ${name}, which is not in this template.`);
    role.policies.push(document);
    services.cloud.declareRole(role.arn, role.policies, role.trust);
  }
}

function declareLayer(properties: Properties, { ref }: Identity, parts: StackParts): void {
  properties.known("LayerName");
  properties.inert("Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo");
  const folder = assetFolder(properties, "Content", parts);
  checkPlan(folder, properties.where);
  parts.layers.set(ref, folder);
}

function stateMachineOf(
  properties: Properties,
  { ref, attributes }: Identity,
  parts: StackParts,
): StateMachineSettings {
  properties.known("StateMachineName");
  properties.inert("LoggingConfiguration", "TracingConfiguration", "Tags");
  properties.only("StateMachineType", "STANDARD");
  const definition = properties.text("DefinitionString");
  const roleArn = properties.text("RoleArn");
  properties.finish();
  const principal = assume(parts, properties.where, roleArn, "states.amazonaws.com", ref);
  return { name: attributes.Name ?? "", definition, roleArn, principal };
}

function functionOf(properties: Properties, { ref, attributes }: Identity, parts: StackParts): DeployedFunction {
  properties.known("FunctionName");
  properties.inert("Description", "Architectures", "LoggingConfig", "EphemeralStorage", "Tags");
  properties.inert("TracingConfig", "RecursiveLoop", "RuntimeManagementConfig");
  properties.only("PackageType", "Zip");
  const runtime = properties.text("Runtime");
  if (!runtime.startsWith("nodejs"))
    throw new TemplateError(`${properties.where} has the runtime ${runtime}; the local mode runs Node.js only.`);
  const environment = properties.object("Environment").json("Variables") ?? {};
  const layerPaths = properties.texts("Layers").map((layer) => {
    const folder = parts.layers.get(layer);
    if (folder === undefined)
      throw new TemplateError(`${properties.where} has the layer ${layer}, which is not in this template.`);
    return folder;
  });
  const roleArn = properties.text("Role");
  const fn = {
    name: ref,
    arn: attributes.Arn ?? "",
    roleArn,
    handler: properties.text("Handler"),
    timeoutMs: (properties.optionalNumber("Timeout") ?? 3) * 1_000,
    memoryMb: properties.optionalNumber("MemorySize") ?? 128,
    reservedConcurrency: properties.optionalNumber("ReservedConcurrentExecutions"),
    environment: textsOf(environment, properties.where),
    codePath: assetFolder(properties, "Code", parts),
    layerPaths,
  };
  properties.finish();
  parts.functionPrincipals.set(ref, assume(parts, properties.where, roleArn, "lambda.amazonaws.com", fn.arn));
  return fn;
}

async function createMapping(properties: Properties, _: Identity, parts: StackParts): Promise<void> {
  const { services, functionPrincipals, mappings } = parts;
  properties.inert("Tags");
  properties.only("MaximumBatchingWindowInSeconds", 0);
  const queueArn = properties.text("EventSourceArn");
  const target = properties.text("FunctionName");
  const functionName = target.slice(target.lastIndexOf(":") + 1);
  const principal = functionPrincipals.get(functionName);
  if (principal === undefined)
    throw new TemplateError(`${properties.where} is for the function ${target}, which is not in this template.`);
  const responseTypes = properties.texts("FunctionResponseTypes");
  const isEnabled = properties.json("Enabled") !== false;
  const settings = {
    queueArn,
    queueUrl: urlOf(services, queueArn),
    functionName,
    principal,
    batchSize: properties.optionalNumber("BatchSize") ?? 10,
    reportsItemFailures: responseTypes.includes("ReportBatchItemFailures"),
    maxConcurrency: properties.object("ScalingConfig").optionalNumber("MaximumConcurrency"),
  };
  properties.finish();
  const mapping = await createEventSourceMapping(services.world, services.cloud, services.lambda, settings);
  mappings.push(mapping);
  if (isEnabled) mapping.start();
}

function createSchedule(properties: Properties, { ref, attributes }: Identity, parts: StackParts): void {
  properties.known("Name");
  properties.inert("Description", "ScheduleExpressionTimezone");
  properties.object("FlexibleTimeWindow").only("Mode", "OFF");
  const target = properties.object("Target");
  target.inert("RetryPolicy");
  const roleArn = target.text("RoleArn");
  const settings = {
    name: ref,
    group: properties.optionalText("GroupName") ?? "default",
    expression: properties.text("ScheduleExpression"),
    isEnabled: properties.optionalText("State") !== "DISABLED",
    queueArn: target.text("Arn"),
    roleArn,
    input: target.text("Input"),
    messageGroupId: target.object("SqsParameters").optionalText("MessageGroupId"),
  };
  properties.finish();
  assume(parts, properties.where, roleArn, "scheduler.amazonaws.com", attributes.Arn ?? "");
  parts.services.scheduler.createSchedule(settings);
}

/** AWS's own words when a role does not trust the service. */
const REFUSALS: Readonly<Record<string, string>> = {
  "lambda.amazonaws.com": "The role defined for the function cannot be assumed by Lambda.",
  "states.amazonaws.com":
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.",
  "scheduler.amazonaws.com": "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
};

function assume(parts: StackParts, where: string, roleArn: string, service: string, sourceArn: string): Principal {
  try {
    return parts.services.cloud.assumeRole(roleArn, service, sourceArn);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new TemplateError(`${where}: ${REFUSALS[service]} (${roleArn})`);
  }
}

/** Its permissions are for logs, which nothing here checks. */
const INERT_MANAGED_POLICY = "service-role/AWSLambdaBasicExecutionRole";

function checkManagedPolicies(properties: Properties): void {
  for (const managed of properties.texts("ManagedPolicyArns"))
    if (!managed.endsWith(INERT_MANAGED_POLICY))
      throw new TemplateError(
        `${properties.where} has the managed policy ${managed}, whose statements the local mode does not know.`,
      );
}

function assetFolder(properties: Properties, property: string, { assets }: StackParts): string {
  const code = properties.object(property);
  return assets(code.text("S3Bucket"), code.text("S3Key"), `${properties.where}, ${property},`);
}

function checkPlan(folder: string, where: string): void {
  const path = join(folder, "gateway.json");
  if (!existsSync(path)) return;
  const plan: Json = JSON.parse(readFileSync(path, "utf8"));
  const version = isObject(plan) ? plan.planVersion : undefined;
  if (version !== PLAN_VERSION)
    throw new TemplateError(
      `${where} holds a plan of version ${version ?? "unknown"}, and this version of Sluice runs version ${PLAN_VERSION}: synthesize the gateway again.`,
    );
}

/** Of a queue that does not exist it is one at which none exists. */
function urlOf({ sqs }: Services, queueArn: string): string {
  const queue = sqs.queue(queueArn);
  return queue === undefined ? queueUrlOf(queueArn) : sqs.urlOf(queue);
}

const keyType = (type: string | undefined, where: string): "S" | "N" | "B" => {
  if (type === "S" || type === "N" || type === "B") return type;
  throw new TemplateError(
    `${where} is a key whose AttributeDefinitions entry has the type ${type}; it is to be S, N or B.`,
  );
};

function textsOf(value: Json, where: string): Record<string, string> {
  if (!isObject(value)) throw new TemplateError(`${where} has Environment.Variables that are no object.`);
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

const arn = ({ region, account }: Naming, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** The name that the template gives, or one in CloudFormation's form; the same for each load of a stack. */
function nameOf(naming: Naming, property: string, maxChars: number, suffix = ""): string {
  const given = naming.given(property);
  if (typeof given === "string") return given;
  const { stackName, logicalId } = naming;
  const tail = `-${digest(`${stackName}/${logicalId}`).slice(0, 12).toUpperCase()}${suffix}`;
  return `${`${stackName}-${logicalId}`.slice(0, maxChars - tail.length)}${tail}`;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

const uuidOf = (text: string): string =>
  digest(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
