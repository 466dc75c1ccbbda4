// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub has the same braces.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Json, type Micros, seconds, us } from "@sluice/dsl";
import type { DeployedFunction, EnvironmentHost, Invocation } from "../src/cloud-types";
import { createServices, type Services } from "../src/emulated-account";
import { inputObject, isObject } from "../src/input";
import { Random } from "../src/random";
import { type LoadedStack, loadTemplate } from "../src/template";
import { VirtualClock } from "../src/virtual-clock";
import { NO_FAULTS } from "../src/world";

type Fields = { [key: string]: Json };

const ref = (Ref: string): Json => ({ Ref });
const att = (logicalId: string, attribute: string): Json => ({ "Fn::GetAtt": [logicalId, attribute] });
const asset = (hash: string): Fields => ({
  S3Bucket: { "Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}" },
  S3Key: `${hash}.zip`,
});
const allow = (Action: string[], Resource: Json): Json => ({ Statement: [{ Effect: "Allow", Action, Resource }] });
const trust = (Service: string): Json => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
});
const admitsTopic = (queue: string): Json => ({
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: att(queue, "Arn"),
      Condition: { ArnEquals: { "aws:SourceArn": ref("Topic") } },
    },
  ],
});

const MACHINE = {
  "Fn::Join": [
    "",
    [
      '{"QueryLanguage":"JSONata","StartAt":"Call","States":{"Call":{"Type":"Task","End":true,"Resource":"arn:',
      ref("AWS::Partition"),
      ':states:::sns:publish.waitForTaskToken","Arguments":{"TopicArn":"',
      ref("Topic"),
      '","MessageGroupId":"turn","MessageDeduplicationId":"{% $hash($states.context.Task.Token, \'SHA-256\') %}","Message":{"token":"{% $states.context.Task.Token %}"}}}}}',
    ],
  ],
};

/** A gateway's stack with one tier, as the AWS CDK writes it. */
const stackTemplate = () => ({
  Parameters: {
    BootstrapVersion: { Type: "AWS::SSM::Parameter::Value<String>", Default: "/cdk-bootstrap/hnb659fds/version" },
  },
  Rules: { CheckBootstrapVersion: { Assertions: [] } },
  Resources: {
    Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName: "demo-high.fifo", FifoTopic: true } },
    Tier: {
      Type: "AWS::SQS::Queue",
      Properties: { QueueName: "demo-high", VisibilityTimeout: 40, SqsManagedSseEnabled: true },
      DeletionPolicy: "Retain",
    },
    Bell: {
      Type: "AWS::SQS::Queue",
      Properties: { FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 60 },
      Metadata: { "aws:cdk:path": "demo/Bell" },
    },
    TierPolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [ref("Tier")], PolicyDocument: admitsTopic("Tier") },
    },
    BellPolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: { Queues: [ref("Bell")], PolicyDocument: admitsTopic("Bell") },
    },
    TierSubscription: {
      Type: "AWS::SNS::Subscription",
      Properties: {
        Protocol: "sqs",
        TopicArn: ref("Topic"),
        Endpoint: att("Tier", "Arn"),
        RawMessageDelivery: true,
      },
      DependsOn: ["TierPolicy"],
    },
    BellSubscription: {
      Type: "AWS::SNS::Subscription",
      Properties: {
        Protocol: "sqs",
        TopicArn: ref("Topic"),
        Endpoint: att("Bell", "Arn"),
        RawMessageDelivery: true,
      },
    },
    Gate: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
        BillingMode: "PAY_PER_REQUEST",
      },
    },
    WorkerRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trust("lambda.amazonaws.com"),
        Policies: [
          {
            PolicyName: "gate",
            PolicyDocument: allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], att("Gate", "Arn")),
          },
        ],
      },
    },
    WorkerPolicy: {
      Type: "AWS::IAM::Policy",
      Properties: {
        PolicyName: "worker",
        Roles: [ref("WorkerRole")],
        PolicyDocument: {
          Statement: [
            {
              Effect: "Allow",
              Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
              Resource: [att("Bell", "Arn"), att("Tier", "Arn")],
            },
            { Effect: "Allow", Action: "states:SendTaskSuccess", Resource: ref("Machine") },
          ],
        },
      },
    },
    Plan: {
      Type: "AWS::Lambda::LayerVersion",
      Properties: { Content: asset("plan"), CompatibleArchitectures: ["arm64"] },
    },
    Log: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 30 } },
    Worker: {
      Type: "AWS::Lambda::Function",
      Properties: {
        Code: asset("code"),
        Role: att("WorkerRole", "Arn"),
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        Timeout: 60,
        MemorySize: 512,
        ReservedConcurrentExecutions: 1,
        Layers: [ref("Plan")],
        LoggingConfig: { LogFormat: "JSON", LogGroup: ref("Log") },
        Environment: { Variables: { GATE: ref("Gate"), TIERS: { "Fn::Sub": '{"HIGH":"${Tier}"}' } } },
      },
    },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      Properties: {
        EventSourceArn: att("Bell", "Arn"),
        FunctionName: ref("Worker"),
        BatchSize: 10,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      },
    },
    SweepRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trust("scheduler.amazonaws.com"),
        Policies: [{ PolicyName: "ring", PolicyDocument: allow(["sqs:SendMessage"], att("Bell", "Arn")) }],
      },
    },
    Sweep: {
      Type: "AWS::Scheduler::Schedule",
      Properties: {
        ScheduleExpression: "rate(1 minute)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: {
          Arn: att("Bell", "Arn"),
          RoleArn: att("SweepRole", "Arn"),
          Input: "<aws.scheduler.scheduled-time>",
          SqsParameters: { MessageGroupId: "turn" },
        },
      },
    },
    MachineRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: trust("states.amazonaws.com"),
        Policies: [{ PolicyName: "publish", PolicyDocument: allow(["sns:Publish"], ref("Topic")) }],
      },
    },
    Machine: {
      Type: "AWS::StepFunctions::StateMachine",
      Properties: {
        StateMachineType: "STANDARD",
        DefinitionString: MACHINE,
        RoleArn: att("MachineRole", "Arn"),
        LoggingConfiguration: { Level: "OFF" },
      },
    },
    Parameter: {
      Type: "AWS::SSM::Parameter",
      Properties: { Name: "/sluice/demo/machine", Type: "String", Value: att("Machine", "Arn") },
    },
  },
  Outputs: { MachineArn: { Value: ref("Machine"), Export: { Name: "demo-machine" } } },
});

type Template = ReturnType<typeof stackTemplate>;
type LogicalId = keyof Template["Resources"];

/** The cloud assembly's folder: a manifest and two assets. */
const assetDir = mkdtempSync(join(tmpdir(), "sluice-template-"));
afterAll(() => rmSync(assetDir, { recursive: true }));

function writeAssets({ planVersion = 2, manifest }: { planVersion?: number; manifest?: Json } = {}): void {
  const files = Object.fromEntries(
    ["code", "plan"].map((hash) => [
      hash,
      {
        source: { path: `asset.${hash}`, packaging: "zip" },
        destinations: {
          here: { bucketName: "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}", objectKey: `${hash}.zip` },
        },
      },
    ]),
  );
  for (const hash of ["code", "plan"]) mkdirSync(join(assetDir, `asset.${hash}`), { recursive: true });
  writeFileSync(join(assetDir, "asset.plan", "gateway.json"), JSON.stringify({ planVersion }));
  writeFileSync(join(assetDir, "demo.assets.json"), JSON.stringify(manifest ?? { version: "48.0.0", files }));
}

beforeEach(() => writeAssets());

/** A worker that answers each message of its tier, as its role. */
class AnsweringHost implements EnvironmentHost {
  readonly started: DeployedFunction[] = [];
  readonly invocations: Invocation[] = [];

  constructor(private readonly services: () => Services) {}

  async start(fn: DeployedFunction, id: string) {
    this.started.push(fn);
    const invoke = async (invocation: Invocation) => {
      this.invocations.push(invocation);
      const role = { kind: "role", arn: fn.roleArn } as const;
      const { cloud } = this.services();
      const queue = inputObject(JSON.parse(fn.environment.TIERS ?? "{}")).HIGH ?? "";
      const { Messages = [] } = inputObject(
        await cloud.call(role, "sqs", "ReceiveMessage", {
          QueueUrl: queue,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
        }),
      );
      for (const message of Array.isArray(Messages) ? Messages : []) {
        const { Body, ReceiptHandle = "" } = inputObject(message);
        const { token = "" } = inputObject(JSON.parse(String(Body)));
        await cloud.call(role, "sfn", "SendTaskSuccess", { taskToken: token, output: '"done"' });
        await cloud.call(role, "sqs", "DeleteMessage", { QueueUrl: queue, ReceiptHandle });
      }
      return { kind: "ok", payload: null } as const;
    };
    return { id, isAlive: true, kill: () => undefined, invoke };
  }
}

async function load(change: (template: Template) => void = () => undefined) {
  const template = stackTemplate();
  change(template);
  const clock = new VirtualClock();
  const world = { clock, random: new Random(2), faults: NO_FAULTS, region: "eu-west-1", account: "123456789012" };
  let services: Services;
  const host = new AnsweringHost(() => services);
  services = createServices({ world, queueOrigin: "http://127.0.0.1:4566", host: () => host });
  const stack: LoadedStack = await loadTemplate({
    template: JSON.parse(JSON.stringify(template)),
    assetDir,
    stackName: "demo",
    services,
  });
  const call = async (service: string, operation: string, input: Json) =>
    inputObject(await services.cloud.call({ kind: "user" }, service, operation, input));
  return {
    stack,
    services,
    host,
    call,
    pass: (duration: Micros) => clock.run({ until: us(clock.now() + duration) }),
    /** Starts an execution and tells what has become of it after ten seconds. */
    run: async () => {
      const started = await call("sfn", "StartExecution", { stateMachineArn: stack.stateMachineArn, name: "one" });
      await clock.run({ until: us(clock.now() + seconds(10)) });
      return call("sfn", "DescribeExecution", { executionArn: started.executionArn ?? "" });
    },
  };
}

const refusal = async (change: (template: Template) => void): Promise<string> =>
  load(change).then(
    () => "loaded",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

const propertiesOf = (template: Template, logicalId: LogicalId): Fields => template.Resources[logicalId].Properties;

const without = (logicalId: LogicalId) => (template: Template) => {
  Reflect.deleteProperty(template.Resources, logicalId);
};

const withProperty = (logicalId: LogicalId, property: string, value: Json) => (template: Template) => {
  propertiesOf(template, logicalId)[property] = value;
};

const withoutProperty = (logicalId: LogicalId, property: string) => (template: Template) => {
  Reflect.deleteProperty(propertiesOf(template, logicalId), property);
};

describe("a loaded stack", () => {
  test("carries a request from StartExecution to the worker and its answer back, by the template's resources alone", async () => {
    const { run, host, stack } = await load();
    expect(await run()).toMatchObject({ status: "SUCCEEDED", output: '"done"' });
    expect(host.started).toEqual([
      {
        name: stack.ref("Worker"),
        arn: `arn:aws:lambda:eu-west-1:123456789012:function:${stack.ref("Worker")}`,
        roleArn: expect.stringMatching(/^arn:aws:iam::123456789012:role\/demo-WorkerRole-[0-9A-F]{12}$/),
        handler: "index.handler",
        timeoutMs: 60_000,
        memoryMb: 512,
        reservedConcurrency: 1,
        environment: {
          GATE: stack.ref("Gate"),
          TIERS: '{"HIGH":"http://127.0.0.1:4566/123456789012/demo-high"}',
        },
        codePath: join(assetDir, "asset.code"),
        layerPaths: [join(assetDir, "asset.plan")],
      },
    ]);
  });

  test("tells its names, its outputs and parameters, and what of the template has no effect", async () => {
    const { stack } = await load();
    expect(stack).toMatchObject({
      name: "demo",
      stateMachineArn: expect.stringMatching(/:stateMachine:demo-Machine-[0-9A-F]{12}$/),
      functionNames: [stack.ref("Worker")],
      queueNames: ["demo-high", expect.stringMatching(/^demo-Bell-[0-9A-F]{12}\.fifo$/)],
      tableNames: [stack.ref("Gate")],
      topicArns: ["arn:aws:sns:eu-west-1:123456789012:demo-high.fifo"],
      outputs: { MachineArn: stack.stateMachineArn },
    });
    expect(stack.parameters.get("/sluice/demo/machine")).toBe(stack.stateMachineArn);
    expect(stack.inert).toEqual(
      expect.arrayContaining([
        "Rules",
        "Parameters.BootstrapVersion",
        "Worker (AWS::Lambda::Function): Architectures",
        "Gate (AWS::DynamoDB::Table): BillingMode",
        "Machine (AWS::StepFunctions::StateMachine): LoggingConfiguration",
      ]),
    );
  });

  test("has the same names each time, so that its queues are the same", async () => {
    const names = async () => (await load()).stack.queueNames;
    expect(await names()).toEqual(await names());
  });

  test("is swept every minute by its schedule", async () => {
    const { host, pass } = await load();
    await pass(seconds(130));
    expect(host.invocations).toHaveLength(2);
    expect(JSON.stringify(host.invocations[0]?.event)).toContain('"body":"2026-01-01T00:01:00Z"');
  });

  test("that is stopped invokes its worker no more", async () => {
    const { stack, run, host } = await load();
    stack.stop();
    expect(await run()).toMatchObject({ status: "RUNNING" });
    expect(host.invocations).toEqual([]);
  });
});

describe("what the template does not give does not happen", () => {
  test.each<[what: string, change: (template: Template) => void]>([
    ["without the tier's subscription", without("TierSubscription")],
    ["without the bell's subscription", without("BellSubscription")],
    ["without the mapping", without("Mapping")],
    [
      "without the tier's queue policy",
      (template) => {
        without("TierPolicy")(template);
        Reflect.deleteProperty(template.Resources.TierSubscription, "DependsOn");
      },
    ],
    ["without the bell's queue policy", without("BellPolicy")],
    [
      "with a queue policy for another topic",
      withProperty("TierPolicy", "PolicyDocument", {
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "sns.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: "*",
            Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:other.fifo" } },
          },
        ],
      }),
    ],
    ["with a disabled mapping", withProperty("Mapping", "Enabled", false)],
  ])("%s a request waits", async (_, change) => {
    expect(await (await load(change)).run()).toMatchObject({ status: "RUNNING" });
  });

  test("without the right to publish an execution fails", async () => {
    const { run } = await load(withProperty("MachineRole", "Policies", []));
    expect(await run()).toMatchObject({ status: "FAILED", error: "SNS.AuthorizationErrorException" });
  });

  test("without the right to answer the worker cannot", async () => {
    const { services, stack, call } = await load((template) => {
      propertiesOf(template, "WorkerPolicy").PolicyDocument = allow(
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "*",
      );
    });
    for (const mapping of stack.mappings) mapping.stop();
    await call("sfn", "StartExecution", { stateMachineArn: stack.stateMachineArn });
    const { roleArn } = services.lambda.deployed(stack.ref("Worker"));
    const taskToken = `sluice-task/${stack.stateMachineArn.replace("stateMachine", "execution")}:x/00000000-0000-4000-8000-000000000000`;
    await expect(
      services.cloud.call({ kind: "role", arn: roleArn }, "sfn", "SendTaskSuccess", { taskToken, output: "1" }),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("without reserved concurrency the function has none", async () => {
    const { services, stack } = await load(withoutProperty("Worker", "ReservedConcurrentExecutions"));
    expect(services.lambda.deployed(stack.ref("Worker")).reservedConcurrency).toBeUndefined();
  });
});

describe("a template is refused", () => {
  test.each<[what: string, change: (template: Template) => void]>([
    [
      "Other is of the resource type AWS::S3::Bucket, which the local mode does not know",
      (template) => Object.assign(template.Resources, { Other: { Type: "AWS::S3::Bucket" } }),
    ],
    ["Tier (AWS::SQS::Queue) has the property RedrivePolicy", withProperty("Tier", "RedrivePolicy", {})],
    [
      "TierSubscription (AWS::SNS::Subscription) has the property FilterPolicy",
      withProperty("TierSubscription", "FilterPolicy", {}),
    ],
    ["Worker (AWS::Lambda::Function) has the property VpcConfig", withProperty("Worker", "VpcConfig", {})],
    [
      "Sweep (AWS::Scheduler::Schedule) has the property Target.DeadLetterConfig",
      (template) => {
        const { Target } = propertiesOf(template, "Sweep");
        if (isObject(Target)) Target.DeadLetterConfig = {};
      },
    ],
    [
      'Sweep (AWS::Scheduler::Schedule) has FlexibleTimeWindow.Mode: "FLEXIBLE"',
      withProperty("Sweep", "FlexibleTimeWindow", { Mode: "FLEXIBLE" }),
    ],
    [
      'Machine (AWS::StepFunctions::StateMachine) has StateMachineType: "EXPRESS"',
      withProperty("Machine", "StateMachineType", "EXPRESS"),
    ],
    ["Worker (AWS::Lambda::Function) lacks the property Handler", withoutProperty("Worker", "Handler")],
    ["Worker (AWS::Lambda::Function) has the runtime python3.14", withProperty("Worker", "Runtime", "python3.14")],
    [
      'Worker (AWS::Lambda::Function) has Timeout: "60", which is to be a number',
      withProperty("Worker", "Timeout", "60"),
    ],
    [
      "has the managed policy arn:aws:iam::aws:policy/AdministratorAccess",
      withProperty("WorkerRole", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/AdministratorAccess"]),
    ],
    [
      "Tier (AWS::SQS::Queue) has Condition",
      (template) => Object.assign(template.Resources.Tier, { Condition: "IsProd" }),
    ],
    [
      "demo has the section Transform",
      (template) => Object.assign(template, { Transform: "AWS::Serverless-2016-10-31" }),
    ],
    [
      'demo is a template of the format "2030-01-01"',
      (template) => Object.assign(template, { AWSTemplateFormatVersion: "2030-01-01" }),
    ],
    ["demo is no CloudFormation template", (template) => Object.assign(template, { Resources: 1 })],
    ["Worker (AWS::Lambda::Function), Handler uses Fn::If", withProperty("Worker", "Handler", { "Fn::If": [] })],
  ])("by naming what is unknown or missing: %s", async (message, change) => {
    expect(await refusal(change)).toContain(message);
  });

  test.each<[what: string, change: (template: Template) => void]>([
    [
      "TierSubscription (AWS::SNS::Subscription), TopicArn refers to Topic",
      (template) => {
        without("Topic")(template);
        for (const id of ["TierPolicy", "BellPolicy"] as const) without(id)(template);
        Reflect.deleteProperty(template.Resources.TierSubscription, "DependsOn");
        propertiesOf(template, "MachineRole").Policies = [];
      },
    ],
    [
      "WorkerPolicy (AWS::IAM::Policy), PolicyDocument.Statement[0].Resource[1] refers to Tier (its Arn)",
      without("Tier"),
    ],
    ["WorkerPolicy (AWS::IAM::Policy), Roles[0] refers to WorkerRole", without("WorkerRole")],
    ["Worker (AWS::Lambda::Function), Layers[0] refers to Plan", without("Plan")],
    ["Worker (AWS::Lambda::Function), LoggingConfig.LogGroup refers to Log", without("Log")],
    ["Mapping (AWS::Lambda::EventSourceMapping), FunctionName refers to Worker", without("Worker")],
    ["Sweep (AWS::Scheduler::Schedule), Target.RoleArn refers to SweepRole (its Arn)", without("SweepRole")],
    ["TierSubscription (AWS::SNS::Subscription) depends on TierPolicy", without("TierPolicy")],
    ["Outputs.Gone refers to Gone", (template) => Object.assign(template.Outputs, { Gone: { Value: ref("Gone") } })],
    [
      "Worker (AWS::Lambda::Function), Role asks for the attribute Name of WorkerRole; those known locally are Arn, RoleId",
      withProperty("Worker", "Role", att("WorkerRole", "Name")),
    ],
    [
      "Worker (AWS::Lambda::Function), Handler refers to BootstrapVersion",
      withProperty("Worker", "Handler", ref("BootstrapVersion")),
    ],
    [
      "Worker (AWS::Lambda::Function), Handler refers to Nothing",
      withProperty("Worker", "Handler", { "Fn::Sub": "${Nothing}" }),
    ],
    [
      "Mapping (AWS::Lambda::EventSourceMapping) is for the function elsewhere",
      withProperty("Mapping", "FunctionName", "elsewhere"),
    ],
    ["WorkerPolicy (AWS::IAM::Policy) is for the role elsewhere", withProperty("WorkerPolicy", "Roles", ["elsewhere"])],
  ])("by naming both ends of a reference to nothing: %s", async (message, change) => {
    expect(await refusal(change)).toContain(message);
  });

  test.each<[what: string, change: (template: Template) => void]>([
    [
      "Worker (AWS::Lambda::Function): The role defined for the function cannot be assumed by Lambda.",
      withProperty("WorkerRole", "AssumeRolePolicyDocument", trust("ec2.amazonaws.com")),
    ],
    [
      "Machine (AWS::StepFunctions::StateMachine): Neither the global service principal states.amazonaws.com",
      withProperty("MachineRole", "AssumeRolePolicyDocument", trust("lambda.amazonaws.com")),
    ],
    [
      "Sweep (AWS::Scheduler::Schedule): The execution role you provide must allow AWS EventBridge Scheduler",
      withProperty("SweepRole", "AssumeRolePolicyDocument", trust("states.amazonaws.com")),
    ],
    [
      "Mapping (AWS::Lambda::EventSourceMapping): The provided execution role does not have permissions to call ReceiveMessage on SQS",
      without("WorkerPolicy"),
    ],
    [
      "Queue visibility timeout: 60 seconds is less than Function timeout: 61 seconds",
      withProperty("Worker", "Timeout", 61),
    ],
    [
      "The field 'ResultPath' is not modelled locally",
      withProperty(
        "Machine",
        "DefinitionString",
        '{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","ResultPath":null,"End":true}}}',
      ),
    ],
    [
      "condition operator NumericEquals",
      withProperty("TierPolicy", "PolicyDocument", {
        Statement: [
          {
            Effect: "Allow",
            Principal: "*",
            Action: "sqs:SendMessage",
            Resource: "*",
            Condition: { NumericEquals: { a: 1 } },
          },
        ],
      }),
    ],
  ])("as AWS refuses it: %s", async (message, change) => {
    expect(await refusal(change)).toContain(message);
  });

  test("when its assets are not there, or its plan is of another version", async () => {
    const nothing = () => undefined;
    expect(await refusal(withProperty("Worker", "Code", asset("gone")))).toMatch(
      /^Worker \(AWS::Lambda::Function\), Code, is the asset gone\.zip in the bucket cdk-hnb659fds-assets-123456789012-eu-west-1, which no \*\.assets\.json in .* names: synthesize again\.$/,
    );
    rmSync(join(assetDir, "asset.code"), { recursive: true });
    expect(await refusal(nothing)).toMatch(/asset\.code, which is not there: synthesize again\.$/);
    writeAssets({ planVersion: 1 });
    expect(await refusal(nothing)).toBe(
      "Plan (AWS::Lambda::LayerVersion) holds a plan of version 1, and this version of Sluice runs version 2: synthesize the gateway again.",
    );
    writeAssets({ manifest: [] });
    expect(await refusal(nothing)).toMatch(/demo\.assets\.json is no asset manifest of the AWS CDK/);
  });

  test("as a gateway when it has no state machine", async () => {
    const { stack } = await load((template) => {
      without("Machine")(template);
      without("Parameter")(template);
      without("WorkerPolicy")(template);
      without("Mapping")(template);
      Object.assign(template, { Outputs: {} });
    });
    expect(() => stack.stateMachineArn).toThrow("demo has 0 state machines, and a gateway has one.");
  });
});
