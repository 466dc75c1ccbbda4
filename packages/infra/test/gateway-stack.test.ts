import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BELL_GROUP, doorbellOf, type GatewayPlan, type Json, seconds, wantedNames } from "@sluice/dsl";
import aslValidator from "asl-validator";
import { App } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { GatewayStack } from "../src/gateway-stack";
import { isFields } from "./evaluate";
import { newFolder, newWorkerAsset, samplePlan } from "./plan-fixture";

const workerAsset = newWorkerAsset();

interface Synthesized {
  readonly template: Template;
  readonly stackName: string;
  readonly outdir: string;
}

function synthesize(plan: GatewayPlan = samplePlan(), environment?: string): Synthesized {
  const outdir = newFolder();
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new GatewayStack(app, "Gateway", { plan, environment, workerAsset });
  return { template: Template.fromStack(stack), stackName: stack.stackName, outdir };
}

const { template, outdir } = synthesize();

type Fields = { readonly [key: string]: Json };
const fields = (value: Json | undefined): Fields => {
  if (!isFields(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
};
const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

const resources: Fields = template.toJSON().Resources;
const propertiesOf = (logicalId: string): Fields => fields(fields(resources[logicalId]).Properties);
const idsOf = (type: string, of: Fields = resources): string[] =>
  Object.keys(of).filter((id) => fields(of[id]).Type === type);

/** Actions, and what on, of everything that a role may do; a reference is shown as its logical id. */
function statementsOf(role: string): [actions: string[], on: string[]][] {
  const policies = idsOf("AWS::IAM::Policy").map(propertiesOf);
  const attached = policies.filter(({ Roles }) => list(Roles).some((one) => fields(one).Ref === role));
  return attached
    .flatMap(({ PolicyDocument }) => list(fields(PolicyDocument).Statement).map(fields))
    .map(({ Action, Resource }) => [list(Action).map(String), list(Resource).map(shown)]);
}

/** A value of the template with its references written as `${…}`. */
function shown(value: Json): string {
  if (typeof value === "string") return value;
  const { Ref: ref, "Fn::GetAtt": attribute, "Fn::Join": join } = fields(value);
  if (typeof ref === "string") return `\${${ref}}`;
  if (attribute !== undefined) return `\${${list(attribute).join(".")}}`;
  const [separator, parts] = list(join);
  return list(parts).map(shown).join(String(separator));
}

test("two turns never overlap: one unit of concurrency, and one group of bells", () => {
  template.hasResourceProperties("AWS::Lambda::Function", { ReservedConcurrentExecutions: 1 });
  template.hasResourceProperties("AWS::SQS::Queue", { QueueName: "sluice-register-bell.fifo", FifoQueue: true });
  template.hasResourceProperties("AWS::Scheduler::Schedule", {
    Target: { SqsParameters: { MessageGroupId: BELL_GROUP } },
  });
  expect(shown(propertiesOf("StateMachine").DefinitionString ?? "")).toContain(`"MessageGroupId":"${BELL_GROUP}"`);
});

test("only the bell queue wakes the worker", () => {
  template.resourceCountIs("AWS::Lambda::EventSourceMapping", 1);
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    EventSourceArn: { "Fn::GetAtt": ["BellQueue", "Arn"] },
    FunctionName: { Ref: "Worker" },
    BatchSize: 10,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ScalingConfig: Match.absent(),
    FilterCriteria: Match.absent(),
  });
});

describe("the worker's function", () => {
  test("is the bundle on Node 24, with the plan's memory and time", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      Architectures: ["arm64"],
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      MemorySize: 512,
      Timeout: 240,
      LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: "WorkerLogs" } },
    });
    expect(propertiesOf("WorkerLogs").RetentionInDays).toBe(30);
  });

  test("finds its queues and its gate in its environment", () => {
    const variables = fields(fields(propertiesOf("Worker").Environment).Variables);
    expect(Object.keys(variables).sort()).toEqual([
      "SLUICE_BELL_QUEUE_URL",
      "SLUICE_GATE_TABLE",
      "SLUICE_TIER_QUEUE_URLS",
    ]);
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: what `shown` makes of references
    expect(JSON.parse(shown(variables.SLUICE_TIER_QUEUE_URLS ?? ""))).toEqual({
      HIGH: "${TierHIGHQueue}",
      NORMAL: "${TierNORMALQueue}",
      BATCH: "${TierBATCHQueue}",
    });
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
    expect(variables.SLUICE_BELL_QUEUE_URL).toEqual({ Ref: "BellQueue" });
    expect(variables.SLUICE_GATE_TABLE).toEqual({ Ref: "GateTable" });
  });

  test("has the plan in a layer, as gateway.json", () => {
    expect(propertiesOf("Worker").Layers).toEqual([{ Ref: "PlanLayer" }]);
    const { S3Key: key } = fields(propertiesOf("PlanLayer").Content);
    const folder = `asset.${String(key).replace(".zip", "")}`;
    const written: unknown = JSON.parse(readFileSync(join(outdir, folder, "gateway.json"), "utf8"));
    expect(written).toEqual(samplePlan());
  });
});

describe("the queues", () => {
  test("of the tiers are standard queues with the plan's times", () => {
    for (const [id, retention] of Object.entries({
      TierHIGHQueue: 3_720,
      TierNORMALQueue: 7_200,
      TierBATCHQueue: 90_000,
    }))
      expect(propertiesOf(id)).toMatchObject({ VisibilityTimeout: 40, MessageRetentionPeriod: retention });
    expect(propertiesOf("TierHIGHQueue").FifoQueue).toBeUndefined();
  });

  test("of the bells hide them for as long as a turn may last, and keep them for as long as the plan says", () => {
    expect(propertiesOf("BellQueue")).toMatchObject({
      VisibilityTimeout: 240,
      MessageRetentionPeriod: 10_100,
      // The sweep's schedule gives no deduplication id.
      ContentBasedDeduplication: true,
    });
  });

  test("round the plan's times up to whole seconds", () => {
    const queues = { tierVisibilityUs: seconds(40.2) };
    const bells = { bellVisibilityUs: seconds(240.000001), bellRetentionUs: seconds(10_100.000001) };
    const dispatch = { ...doorbellOf(samplePlan()), ...bells };
    const rounded = fields(synthesize(samplePlan({ queues, dispatch })).template.toJSON().Resources);
    expect(fields(fields(rounded.TierHIGHQueue).Properties).VisibilityTimeout).toBe(41);
    expect(fields(fields(rounded.BellQueue).Properties)).toMatchObject({
      VisibilityTimeout: 241,
      MessageRetentionPeriod: 10_101,
    });
  });

  test("are encrypted, refuse what comes without TLS, and let only their own topics in", () => {
    const topics = ["TierHIGHTopic", "TierNORMALTopic", "TierBATCHTopic"];
    const expected = { TierHIGH: ["TierHIGHTopic"], TierNORMAL: ["TierNORMALTopic"], TierBATCH: ["TierBATCHTopic"] };
    for (const [name, own] of Object.entries({ ...expected, Bell: topics })) {
      const queue = { "Fn::GetAtt": [`${name}Queue`, "Arn"] };
      expect(propertiesOf(`${name}Queue`).SqsManagedSseEnabled).toBe(true);
      expect(fields(propertiesOf(`${name}QueuePolicy`).PolicyDocument).Statement).toEqual([
        {
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: "sqs:*",
          Resource: queue,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        ...own.map((topic) => ({
          Effect: "Allow",
          Principal: { Service: "sns.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queue,
          Condition: { ArnEquals: { "aws:SourceArn": { Ref: topic } } },
        })),
      ]);
    }
  });
});

test("each tier's topic delivers raw, unfiltered, to the tier's queue and to the bell queue", () => {
  const subscriptions = idsOf("AWS::SNS::Subscription").map(propertiesOf);
  expect(
    subscriptions.map(({ TopicArn, Endpoint }) => `${shown(TopicArn ?? "")} → ${shown(Endpoint ?? "")}`).sort(),
  ).toEqual(
    ["BATCH", "HIGH", "NORMAL"].flatMap((tier) => [
      `\${Tier${tier}Topic} → \${BellQueue.Arn}`,
      `\${Tier${tier}Topic} → \${Tier${tier}Queue.Arn}`,
    ]),
  );
  for (const subscription of subscriptions) {
    expect(subscription.RawMessageDelivery).toBe(true);
    expect(subscription.FilterPolicy).toBeUndefined();
  }
  for (const id of idsOf("AWS::SNS::Topic")) expect(propertiesOf(id).FifoTopic).toBe(true);
});

test("nothing is published before every queue is subscribed", () => {
  const before = list(fields(resources.StateMachine).DependsOn);
  expect(before).toEqual(expect.arrayContaining(idsOf("AWS::SNS::Subscription")));
  expect(before).toEqual(expect.arrayContaining(idsOf("AWS::SQS::QueuePolicy")));
});

test("requests and what is known of them outlive the stack", () => {
  for (const id of [...idsOf("AWS::SQS::Queue"), ...idsOf("AWS::DynamoDB::Table")])
    expect(fields(resources[id])).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
});

test("the gate is a table by key, with a time to live, paid by the request", () => {
  template.hasResourceProperties("AWS::DynamoDB::Table", {
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    BillingMode: "PAY_PER_REQUEST",
  });
});

test("the sweep rings every minute, and never for a minute that is over", () => {
  template.hasResourceProperties("AWS::Scheduler::Schedule", {
    ScheduleExpression: "rate(1 minute)",
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: {
      Arn: { "Fn::GetAtt": ["BellQueue", "Arn"] },
      Input: "<aws.scheduler.scheduled-time>",
      RetryPolicy: { MaximumEventAgeInSeconds: 60 },
    },
  });
});

describe("roles may do what they must and nothing else", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: what `shown` makes of references
  test("the worker", () => {
    const handle = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
    const secret = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret";
    expect(statementsOf("WorkerRole")).toEqual([
      [handle, ["${TierHIGHQueue.Arn}", "${TierNORMALQueue.Arn}", "${TierBATCHQueue.Arn}"]],
      [[...handle, "sqs:GetQueueAttributes"], ["${BellQueue.Arn}"]],
      [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], ["${GateTable.Arn}"]],
      [["secretsmanager:GetSecretValue"], [`${secret}:register-??????`, `${secret}:shared/oauth-??????`]],
      [["logs:CreateLogStream", "logs:PutLogEvents"], ["${WorkerLogs.Arn}"]],
      [["states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"], ["${StateMachine}"]],
    ]);
  });

  test("the state machine, whose log delivery AWS grants on no single resource", () => {
    const [publish, claim, delivery, ...others] = statementsOf("StateMachineRole");
    expect(publish).toEqual([["sns:Publish"], ["${TierHIGHTopic}", "${TierNORMALTopic}", "${TierBATCHTopic}"]]);
    expect(claim).toEqual([["dynamodb:PutItem"], ["${GateTable.Arn}"]]);
    expect(delivery?.[0].every((action) => action.startsWith("logs:"))).toBe(true);
    expect(delivery?.[1]).toEqual(["*"]);
    expect(others).toEqual([]);
  });

  test("the sweep", () => {
    expect(statementsOf("SweepRole")).toEqual([[["sqs:SendMessage"], ["${BellQueue.Arn}"]]]);
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

  test("a gateway without secrets may read none", () => {
    const text = JSON.stringify(synthesize(samplePlan({ secrets: [] })).template.toJSON());
    expect(text).not.toContain("secretsmanager");
  });

  test("no role has a policy of AWS's own, or one beside those listed", () => {
    expect(idsOf("AWS::IAM::Role").sort()).toEqual(["StateMachineRole", "SweepRole", "WorkerRole"]);
    for (const id of idsOf("AWS::IAM::Role"))
      expect(Object.keys(propertiesOf(id))).toEqual(["AssumeRolePolicyDocument"]);
  });

  test("nobody acts through the machine's or the sweep's role for another account", () => {
    for (const id of ["StateMachineRole", "SweepRole"]) {
      const [statement] = list(fields(propertiesOf(id).AssumeRolePolicyDocument).Statement);
      expect(fields(statement).Condition).toEqual({ StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } });
    }
  });
});

describe("the state machine", () => {
  const definition: Json = JSON.parse(shown(propertiesOf("StateMachine").DefinitionString ?? ""));

  test("is valid in the Amazon States Language as deployed", () => {
    const { isValid, errorsText } = aslValidator(definition);
    expect(isValid ? "" : errorsText("\n")).toBe("");
  });

  test("publishes to the topics of this stack", () => {
    for (const tier of ["HIGH", "NORMAL", "BATCH"])
      expect(JSON.stringify(definition)).toContain(`\\"${tier}\\":\\"\${Tier${tier}Topic}\\"`);
  });

  test("logs what failed, and no request", () => {
    expect(propertiesOf("StateMachine").LoggingConfiguration).toMatchObject({
      Level: "ERROR",
      IncludeExecutionData: false,
    });
    expect(propertiesOf("StateMachineLogs").LogGroupName).toBe("/aws/vendedlogs/states/sluice-register");
  });
});

describe("names", () => {
  const names = (of: Synthesized): string[] => {
    const all = Object.values(fields(of.template.toJSON().Resources)).map((one) => fields(fields(one).Properties));
    return all.flatMap(({ QueueName, TopicName, FunctionName, TableName, StateMachineName, Name }) =>
      [QueueName, TopicName, FunctionName, TableName, StateMachineName, Name].filter(
        (name) => typeof name === "string",
      ),
    );
  };

  test("tell the gateway and the environment", () => {
    const staging = synthesize(samplePlan(), "staging");
    expect(staging.stackName).toBe("sluice-register-staging");
    const parameter = "/sluice/staging/register/state-machine-arn";
    expect(names(staging)).toContain(parameter);
    for (const name of names(staging)) expect(name).toMatch(/^sluice-register-staging|^\/sluice\/staging\/register\//);
  });

  test("take the environment from the plan when none is given", () => {
    expect(synthesize(samplePlan({ environment: "prod" })).stackName).toBe("sluice-register-prod");
  });

  test("stay within AWS's limits and apart, however long the gateway's", () => {
    const tier = { timeoutUs: seconds(60), share: 0, retentionUs: seconds(3_660) };
    const tiers = ["A", "B"].map((last) => ({ ...tier, name: `${"T".repeat(19)}${last}` }));
    const plan = samplePlan({ name: "n".repeat(40), tiers, defaultTier: tiers[0]?.name });
    const long = synthesize(plan, "e".repeat(20));
    const fifo = names(long).filter((name) => name.endsWith(".fifo"));
    expect(fifo).toHaveLength(3);
    expect(new Set(names(long)).size).toBe(names(long).length);
    long.template.allResourcesProperties("AWS::SQS::Queue", { QueueName: Match.stringLikeRegexp("^.{1,80}$") });
    long.template.allResourcesProperties("AWS::Lambda::Function", {
      FunctionName: Match.stringLikeRegexp("^.{1,64}$"),
    });
    long.template.allResourcesProperties("AWS::Scheduler::Schedule", { Name: Match.stringLikeRegexp("^.{1,64}$") });
  });
});

test("others find the gateway by a parameter and by outputs", () => {
  template.hasResourceProperties("AWS::SSM::Parameter", {
    Name: "/sluice/register/state-machine-arn",
    Value: { Ref: "StateMachine" },
  });
  expect(Object.keys(template.toJSON().Outputs).sort()).toEqual(["BellQueueUrl", "StateMachineArn", "TierQueueUrls"]);
});

// A changed logical id is a new resource: the queue's messages are lost, and a second function doubles the limit.
test("logical ids are these, and stay these", () => {
  const tier = (name: string) => [
    `Tier${name}BellSubscription`,
    `Tier${name}Queue`,
    `Tier${name}QueuePolicy`,
    `Tier${name}Subscription`,
    `Tier${name}Topic`,
  ];
  expect(Object.keys(resources).filter((id) => !id.includes("DefaultPolicy"))).toEqual(
    expect.arrayContaining([
      "BellMapping",
      "BellQueue",
      "BellQueuePolicy",
      "GateTable",
      "PlanLayer",
      "StateMachine",
      "StateMachineArnParameter",
      "StateMachineLogs",
      "StateMachineRole",
      "SweepRole",
      "SweepSchedule",
      "Worker",
      "WorkerLogs",
      "WorkerRole",
      ...["BATCH", "HIGH", "NORMAL"].flatMap(tier),
    ]),
  );
});

test("tiers whose names differ by a hyphen have resources of their own", () => {
  const tier = { timeoutUs: seconds(60), share: 0, retentionUs: seconds(3_660) };
  const tiers = ["FAST-A", "FASTA"].map((name) => ({ ...tier, name }));
  const two = synthesize(samplePlan({ tiers, defaultTier: "FASTA" })).template;
  two.resourceCountIs("AWS::SQS::Queue", 3);
  expect(Object.keys(two.toJSON().Resources)).toContain("TierFASTAQueue");
});

test("what is in a stack is of a kind that the local mode knows", () => {
  const kinds = new Set(Object.values(resources).map((resource) => fields(resource).Type));
  expect([...kinds].sort()).toEqual([
    "AWS::DynamoDB::Table",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::Scheduler::Schedule",
    "AWS::StepFunctions::StateMachine",
  ]);
});

test("naming of sluice.yaml is what every name begins with, and the path that callers look under stays", () => {
  const plan = samplePlan({ name: "tides", environment: "live", naming: "acme-{environment}-{gateway}" });
  const all = fields(synthesize(plan, "live").template.toJSON().Resources);
  const given = Object.keys(all)
    .map((id) => fields(fields(all[id]).Properties))
    .flatMap((one) => [one.FunctionName, one.Name, one.QueueName, one.TopicName, one.TableName, one.StateMachineName])
    .filter((name) => typeof name === "string");
  expect(given.filter((name) => !name.startsWith("acme-live-tides"))).toEqual(["/sluice/live/tides/state-machine-arn"]);
});

test("what lint says of names that are too long is what becomes of them here", () => {
  const [gateway, environment] = ["g".repeat(40), "e".repeat(20)];
  const plan = samplePlan({ name: gateway, environment });
  const all = fields(synthesize(plan, environment).template.toJSON().Resources);
  const given = Object.keys(all)
    // A parameter's name is a path, of up to 1,011 characters.
    .filter((id) => fields(all[id]).Type !== "AWS::SSM::Parameter")
    .map((id) => fields(fields(all[id]).Properties))
    .flatMap((one) => [one.FunctionName, one.Name, one.QueueName, one.TopicName, one.TableName, one.StateMachineName])
    .filter((name) => typeof name === "string");
  const wanted = wantedNames(
    gateway,
    environment,
    plan.tiers.map(({ name }) => name),
  );
  const kept = wanted.filter(({ name, maxChars }) => name.length <= maxChars).map(({ name }) => name);
  const cut = wanted.filter(({ name, maxChars }) => name.length > maxChars);
  expect(cut.map(({ of }) => of)).toEqual(["the worker's function", "the sweep's schedule"]);
  expect(given).toEqual(expect.arrayContaining(kept));
  expect(given).toHaveLength(wanted.length);
  const others = given.filter((name) => !kept.includes(name));
  expect(others.map((name) => name.length).sort()).toEqual(cut.map(({ maxChars }) => maxChars).sort());
});
