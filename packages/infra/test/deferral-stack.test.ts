import { readFileSync } from "node:fs";
import type { GatewayPlan, Json } from "@sluice/dsl";
import aslValidator from "asl-validator";
import { synthGateways } from "../src/app";
import { stateMachineDefinition } from "../src/state-machine";
import { isFields } from "./evaluate";
import { deferralPlan, newFolder, newWorkerAsset, samplePlan } from "./plan-fixture";

type Fields = { readonly [key: string]: Json };
const fields = (value: Json | undefined): Fields => {
  if (!isFields(value)) throw new Error(`no object: ${JSON.stringify(value)}`);
  return value;
};

function resourcesOf(plan: GatewayPlan): Fields {
  const input = { plans: [plan], outdir: newFolder(), workerAsset: newWorkerAsset(), validation: false };
  const [stack] = synthGateways(input).stacks;
  return fields(fields(JSON.parse(readFileSync(stack?.templatePath ?? "", "utf8"))).Resources);
}

const resources = resourcesOf(deferralPlan);
const ofType = (type: string): Fields[] =>
  Object.values(resources).flatMap((one) => (fields(one).Type === type ? [fields(fields(one).Properties)] : []));

test("requests go straight to their queues: there is no topic, no bell and no sweep", () => {
  for (const type of ["AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::Scheduler::Schedule"])
    expect(ofType(type)).toEqual([]);
  expect(ofType("AWS::SQS::Queue").map(({ FifoQueue }) => FifoQueue)).toEqual([undefined, undefined, undefined]);
});

test("the worker has its slots and no more, and each tier's queue invokes it with one message at a time", () => {
  expect(ofType("AWS::Lambda::Function")).toMatchObject([{ ReservedConcurrentExecutions: 6, Timeout: 44 }]);
  const mapping = {
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 6 },
    FunctionResponseTypes: ["ReportBatchItemFailures"],
  };
  expect(ofType("AWS::Lambda::EventSourceMapping")).toMatchObject([mapping, mapping, mapping]);
  const sources = ofType("AWS::Lambda::EventSourceMapping").map(({ EventSourceArn }) => EventSourceArn);
  expect(sources).toEqual(["HIGH", "NORMAL", "BATCH"].map((tier) => ({ "Fn::GetAtt": [`Tier${tier}Queue`, "Arn"] })));
});

test("a queue hides a message for as long as the function may take, which Lambda asks for", () => {
  expect(ofType("AWS::SQS::Queue").map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([44, 44, 44]);
});

test("the tiers' queues, the worker and the gate keep their logical ids when the dispatch changes", () => {
  const doorbell = resourcesOf(samplePlan());
  for (const id of Object.keys(resources).filter((name) => !/Mapping$/.test(name)))
    expect([id, fields(doorbell[id]).Type]).toEqual([id, fields(resources[id]).Type]);
});

test("the state machine may send to the tiers' queues, the worker may use them, and neither may do more", () => {
  const statements = ofType("AWS::IAM::Policy").flatMap(({ PolicyDocument }) => {
    const { Statement } = fields(PolicyDocument);
    return (Array.isArray(Statement) ? Statement : []).map((one) => fields(one).Action);
  });
  const log = expect.arrayContaining(["logs:CreateLogDelivery"]);
  expect(statements).toEqual(
    expect.arrayContaining([
      "sqs:SendMessage",
      ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
      log,
    ]),
  );
  expect(JSON.stringify(statements)).not.toMatch(/sns:|scheduler:/);
});

const QUEUES = { HIGH: "https://sqs/high", NORMAL: "https://sqs/normal", BATCH: "https://sqs/batch" };

test("asl-validator accepts the state machine, which sends and waits in one transition", () => {
  const definition = fields(stateMachineDefinition(deferralPlan, QUEUES, "sluice-register-gate"));
  const { isValid, errorsText } = aslValidator(definition);
  expect(isValid ? "" : errorsText("\n")).toBe("");
  const { Resource, Arguments, Retry } = fields(fields(definition.States).Call);
  expect(Resource).toBe("arn:aws:states:::sqs:sendMessage.waitForTaskToken");
  expect(Object.keys(fields(Arguments))).toEqual(["QueueUrl", "MessageBody"]);
  expect(JSON.stringify(Retry)).toContain("SQS.SdkClientException");
  expect(JSON.stringify(definition)).not.toContain("SNS");
});
