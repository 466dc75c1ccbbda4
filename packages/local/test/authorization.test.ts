import { type Json, seconds } from "@sluice/dsl";
import { authorize, parsePolicy } from "../src/authorization";
import { LocalCloud } from "../src/cloud";
import type { Principal } from "../src/cloud-types";
import { localWorld, refusal, USER } from "./local-world";

const worker: Principal = { kind: "role", arn: "arn:aws:iam::123456789012:role/worker" };
const queue = "arn:aws:sqs:eu-west-1:123456789012:high";
const statement = (more: { [key: string]: Json } = {}): Json => ({
  Effect: "Allow",
  Action: ["sqs:ReceiveMessage", "sqs:Delete*"],
  Resource: queue,
  ...more,
});
const policy = (...statements: Json[]) => parsePolicy({ Version: "2012-10-17", Statement: statements }, "a policy");

/** Whether the principal gets through with the role's statement and the queue's. */
function isLetIn(
  identity: Json[],
  resource: Json[],
  request: { action?: string; resource?: string; principal?: Principal } = {},
) {
  try {
    authorize({
      principal: worker,
      action: "sqs:ReceiveMessage",
      resource: queue,
      ...request,
      identityPolicies: identity.map((one) => policy(one)),
      resourcePolicy: policy(...resource),
    });
    return true;
  } catch {
    return false;
  }
}

test("a role may do what its policies allow, by wildcards too, and nothing else", () => {
  expect(isLetIn([statement()], [])).toBe(true);
  expect(isLetIn([statement()], [], { action: "sqs:DeleteMessage" })).toBe(true);
  expect(isLetIn([statement()], [], { action: "sqs:SendMessage" })).toBe(false);
  expect(isLetIn([statement()], [], { resource: `${queue}2` })).toBe(false);
  expect(isLetIn([statement({ Resource: "arn:aws:sqs:*:*:h?gh" })], [])).toBe(true);
  expect(isLetIn([statement({ Action: "SQS:receivemessage" })], [])).toBe(true);
  expect(isLetIn([], [])).toBe(false);
});

test("a resource's policy can let a role in, and an explicit deny on either side wins", () => {
  const named = statement({ Principal: { AWS: worker.arn } });
  expect(isLetIn([], [named])).toBe(true);
  expect(isLetIn([], [statement({ Principal: { AWS: `${worker.arn}2` } })])).toBe(false);
  expect(isLetIn([statement({ Effect: "Deny" })], [named])).toBe(false);
  expect(isLetIn([statement()], [statement({ Effect: "Deny", Principal: "*" })])).toBe(false);
});

test("calls inside the emulation count as TLS: the usual deny of plain HTTP does not hit them", () => {
  const denyWithout = (tls: string) =>
    statement({
      Effect: "Deny",
      Action: "sqs:*",
      Principal: { AWS: "*" },
      Condition: { Bool: { "aws:SecureTransport": tls } },
    });
  expect(isLetIn([statement()], [denyWithout("false")])).toBe(true);
  expect(isLetIn([statement()], [denyWithout("true")])).toBe(false);
});

test.each([
  ["ArnEquals", "arn:aws:sns:eu-west-1:123456789012:high.fifo", true],
  ["ArnLike", "arn:aws:sns:*:*:high*", true],
  ["ArnLike", "arn:aws:sns:*:high.fifo", false],
  ["StringEquals", "arn:aws:sns:eu-west-1:123456789012:high.fifo", true],
  ["StringEquals", "arn:aws:sns:*:*:high*", false],
])("a service needs the queue's policy: %s %s", (operator, arn, expected) => {
  const principal: Principal = {
    kind: "service",
    name: "sns.amazonaws.com",
    sourceArn: "arn:aws:sns:eu-west-1:123456789012:high.fifo",
  };
  const allow = statement({
    Action: "sqs:SendMessage",
    Principal: { Service: "sns.amazonaws.com" },
    Condition: { [operator]: { "aws:SourceArn": arn } },
  });
  expect(isLetIn([], [allow], { principal, action: "sqs:SendMessage" })).toBe(expected);
  expect(
    isLetIn([], [allow], { principal: { ...principal, name: "s3.amazonaws.com" }, action: "sqs:SendMessage" }),
  ).toBe(false);
});

test.each([
  ["the condition operator StringNotEquals", { Condition: { StringNotEquals: { "aws:SourceArn": "x" } } }],
  ["the condition key aws:PrincipalOrgID", { Condition: { StringEquals: { "aws:PrincipalOrgID": "x" } } }],
  ["the element NotAction", { NotAction: "sqs:*" }],
  ["the principal Federated", { Principal: { Federated: "x" } }],
  ["the effect Maybe", { Effect: "Maybe" }],
])("%s is refused, never ignored", (_, more) => {
  expect(() => policy(statement(more))).toThrow(/^a policy.*does not know/);
});

describe("the account", () => {
  const world = () => {
    const local = localWorld();
    local.sqs.createQueue("high", {});
    const input = { QueueUrl: "http://x/123456789012/high" };
    return { ...local, input };
  };
  const trustLambda: Json = {
    Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
  };

  test("the user may do everything, a role what it was given, and a denial names all three", async () => {
    const { cloud, input } = world();
    cloud.declareRole(worker.arn, [{ Statement: [statement()] }], trustLambda);
    expect(await cloud.call(USER, "sqs", "PurgeQueue", input)).toEqual({});
    expect(await cloud.call(worker, "sqs", "ReceiveMessage", input)).toEqual({});
    const error = await refusal(cloud.call(worker, "sqs", "PurgeQueue", input));
    expect([error.name, error.status, error.message]).toEqual([
      "AccessDeniedException",
      403,
      `User: ${worker.arn} is not authorized to perform: sqs:PurgeQueue on resource: ${queue} because no identity-based policy allows the sqs:PurgeQueue action`,
    ]);
  });

  test("a batch needs the action of its single operation", async () => {
    const { cloud, input } = world();
    cloud.declareRole(worker.arn, [{ Statement: [statement()] }], trustLambda);
    const Entries = [{ Id: "1", ReceiptHandle: "garbage" }];
    await expect(cloud.call(worker, "sqs", "DeleteMessageBatch", { ...input, Entries })).resolves.toHaveProperty(
      "Failed",
    );
    const send = cloud.call(worker, "sqs", "SendMessageBatch", { ...input, Entries: [{ Id: "1", MessageBody: "m" }] });
    expect((await refusal(send)).message).toContain("sqs:SendMessage");
  });

  test("a role is taken on only by services that it trusts", () => {
    const { cloud } = world();
    cloud.declareRole(worker.arn, [], trustLambda);
    expect(cloud.assumeRole(worker.arn, "lambda.amazonaws.com", "arn:aws:lambda:f")).toEqual(worker);
    expect(() => cloud.assumeRole(worker.arn, "states.amazonaws.com", "arn:aws:states:m")).toThrow("sts:AssumeRole");
    expect(() => cloud.assumeRole(`${worker.arn}2`, "lambda.amazonaws.com", "arn:aws:lambda:f")).toThrow(
      "sts:AssumeRole",
    );
  });

  test("what is not modelled is refused with what is", async () => {
    const { cloud } = world();
    const operation = await refusal(cloud.call(USER, "sqs", "TagQueue", {}));
    expect([operation.name, operation.message]).toEqual([
      "UnknownOperationException",
      expect.stringMatching(/^sqs TagQueue is not modelled locally\. Operations that are: ChangeMessageVisibility, /),
    ]);
    const service = await refusal(cloud.call(USER, "s3", "GetObject", {}));
    expect(service.message).toBe("the service s3 is not modelled locally. Services that are: sns, sqs");
    expect((await refusal(cloud.call(USER, "sqs", "toString", {}))).name).toBe("UnknownOperationException");
  });

  test("a role's call may take its time, fail before it is done, or after", async () => {
    const { world: shared, done, clock, sqs } = world();
    const cloud = new LocalCloud(shared);
    cloud.register("sqs", sqs.operations);
    cloud.declareRole(worker.arn, [{ Statement: [statement({ Action: "sqs:*" })] }], trustLambda);
    const send = () =>
      refusal(cloud.call(worker, "sqs", "SendMessage", { QueueUrl: "x/123456789012/high", MessageBody: "m" }));
    shared.faults = { ...shared.faults, failBefore: { sqs: 1 } };
    expect(await send()).toMatchObject({ status: 500 });
    expect(sqs.queue("high")?.size().visible).toBe(0);
    shared.faults = { ...shared.faults, failBefore: {}, failAfter: { sqs: 1 }, callWithinUs: seconds(2) };
    expect(await done(send())).toMatchObject({ status: 500 });
    expect(clock.now()).toBeGreaterThan(0);
    expect(sqs.queue("high")?.size().visible).toBe(1);
  });
});
