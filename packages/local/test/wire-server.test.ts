import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
  TooManyRequestsException,
} from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";
import { AuthorizationErrorException, NotFoundException, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SQSServiceException,
} from "@aws-sdk/client-sqs";
import type { Json } from "@sluice/dsl";
import { type Cloud, ServiceError } from "../src/cloud-types";
import { Random } from "../src/random";
import { AccessKeys } from "../src/wire/caller";
import { openWireServer, startWireServer, type WireServer } from "../src/wire-server";
import { MACHINE_ARN, REGION, SENDER_ROLE, TOPIC_ARN, type WiredAccount, wiredAccount } from "./wired-account";

let account: WiredAccount;
beforeAll(async () => {
  account = await wiredAccount();
});
afterAll(() => account.close());

const clients: { destroy(): void }[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

interface ClientSettings {
  readonly region: string;
  readonly endpoint: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

function client<C extends { destroy(): void }>(
  Type: new (settings: ClientSettings) => C,
  change: { accessKeyId?: string; region?: string; endpoint?: string } = {},
): C {
  const { accessKeyId = "user", region = REGION, endpoint = account.server.origin } = change;
  const made = new Type({
    region,
    endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey: "any" },
  });
  clients.push(made);
  return made;
}

/** What a call was refused with. */
const refusal = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "it was not refused",
    (error: unknown) => error,
  );

/** A server that knows one operation's answer. */
async function scripted(act: (...call: Parameters<Cloud["call"]>) => Json): Promise<WireServer> {
  return startWireServer({
    port: 0,
    region: REGION,
    principalOf: () => ({ kind: "user" }),
    cloud: { call: async (...call) => act(...call) },
  });
}

const SIGNED = `AWS4-HMAC-SHA256 Credential=user/20261124/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`;

describe("SQS", () => {
  test("a message goes through send, receive, change of visibility and delete", async () => {
    const sqs = client(SQSClient);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    expect(QueueUrl).toBe(account.queueUrl);
    const body = "grüß <dich> & \u{1F600}";
    const MessageAttributes = {
      kind: { DataType: "String", StringValue: "a" },
      raw: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255, 7]) },
    };
    // The SDK compares the MD5 sums of bodies by itself.
    const sent = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "a", MessageBody: body, MessageAttributes }] }),
    );
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] }),
    );
    expect(message).toMatchObject({
      MessageId: sent.Successful?.[0]?.MessageId,
      Body: body,
      Attributes: { ApproximateReceiveCount: "1" },
      MessageAttributes,
    });
    const { ReceiptHandle } = message ?? {};
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    const again = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(again.Messages?.[0]?.Body).toBe(body);
    const Entries = [{ Id: "a", ReceiptHandle: again.Messages?.[0]?.ReceiptHandle }];
    expect((await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))).Successful).toEqual([{ Id: "a" }]);
  });

  test("a long poll is answered when a message comes, and an empty one has no Messages", async () => {
    const sqs = client(SQSClient);
    const receive = new ReceiveMessageCommand({ QueueUrl: account.queueUrl, WaitTimeSeconds: 20 });
    const polled = sqs.send(receive);
    await sqs.send(new SendMessageCommand({ QueueUrl: account.queueUrl, MessageBody: "late" }));
    const [message] = (await polled).Messages ?? [];
    expect(message?.Body).toBe("late");
    expect(
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl: account.queueUrl, WaitTimeSeconds: 0 }))).Messages,
    ).toBeUndefined();
  });

  test("a refusal is the SDK's own exception, with the older protocol's code beside it", async () => {
    const sqs = client(SQSClient);
    const QueueUrl = account.queueUrl.replace("jobs", "none");
    const error = await refusal(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" })));
    expect(error).toBeInstanceOf(QueueDoesNotExist);
    expect(error).toMatchObject({
      name: "QueueDoesNotExist",
      message: "The specified queue does not exist.",
      Code: "AWS.SimpleQueueService.NonExistentQueue",
      $fault: "client",
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });
});

describe("Step Functions", () => {
  test("an execution is started, its task answered, and described with dates", async () => {
    const sfn = client(SFNClient);
    const before = Date.now() - 1;
    const { executionArn, startDate } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: "one", input: '{"number":7}' }),
    );
    expect(startDate?.getTime()).toBeGreaterThanOrEqual(before);
    const { Messages: [message] = [] } = await client(SQSClient).send(
      new ReceiveMessageCommand({ QueueUrl: account.queueUrl, WaitTimeSeconds: 5 }),
    );
    const { token, request }: { token: string; request: Json } = JSON.parse(message?.Body ?? "{}");
    expect(request).toEqual({ number: 7 });
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken: token }));
    await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{"done":true}' }));

    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: "SUCCEEDED", output: '{"done":true}', startDate });
    expect(described.stopDate?.getTime()).toBeGreaterThanOrEqual(startDate?.getTime() ?? 0);
    const history = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(history.events?.map(({ type }) => type)).toContain("TaskSucceeded");
    expect(history.events?.[0]?.timestamp).toBeInstanceOf(Date);
    const listed = await sfn.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN }));
    expect(listed.executions?.map(({ name }) => name)).toEqual(["one"]);

    expect(await refusal(sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: "{}" })))).toBeInstanceOf(
      TaskTimedOut,
    );
  });
});

describe("DynamoDB", () => {
  test("an item is written once, updated and read, and a condition that does not hold is refused", async () => {
    const dynamodb = client(DynamoDBClient);
    const put = new PutItemCommand({
      TableName: "gate",
      Item: { pk: { S: "claim" }, count: { N: "1" }, raw: { B: new Uint8Array([1, 2, 255]) } },
      ConditionExpression: "attribute_not_exists(pk)",
    });
    await dynamodb.send(put);
    expect(await refusal(dynamodb.send(put))).toBeInstanceOf(ConditionalCheckFailedException);
    const updated = await dynamodb.send(
      new UpdateItemCommand({
        TableName: "gate",
        Key: { pk: { S: "claim" } },
        UpdateExpression: "SET turn = :t",
        ExpressionAttributeValues: { ":t": { S: "t1" } },
        ReturnValues: "ALL_OLD",
      }),
    );
    expect(updated.Attributes).toMatchObject({ pk: { S: "claim" }, count: { N: "1" } });
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: "gate", Key: { pk: { S: "claim" } } }));
    expect(Item).toEqual({
      pk: { S: "claim" },
      count: { N: "1" },
      raw: { B: new Uint8Array([1, 2, 255]) },
      turn: { S: "t1" },
    });
  });
});

describe("Secrets Manager", () => {
  test("a secret is read, and one that is not there is refused in AWS's words", async () => {
    const secrets = client(SecretsManagerClient);
    const read = await secrets.send(new GetSecretValueCommand({ SecretId: "register" }));
    expect(read.SecretString).toBe('{"key":"s3cret"}');
    expect(read.CreatedDate).toBeInstanceOf(Date);
    expect(await refusal(secrets.send(new GetSecretValueCommand({ SecretId: "none" })))).toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret.",
    });
  });
});

describe("SNS", () => {
  test("a message is published with its attributes and arrives in the subscribed queue", async () => {
    const sns = client(SNSClient);
    const Message = 'a <tag> & "quotes"=1+1 ü';
    const published = await sns.send(
      new PublishCommand({
        TopicArn: TOPIC_ARN,
        Message,
        MessageGroupId: "turn",
        MessageDeduplicationId: "one",
        MessageAttributes: { kind: { DataType: "String", StringValue: "a.b" } },
      }),
    );
    expect(published.MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(published.SequenceNumber).toMatch(/^\d+$/);
    const { Messages: [message] = [] } = await client(SQSClient).send(
      new ReceiveMessageCommand({ QueueUrl: account.queueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ["All"] }),
    );
    expect(message).toMatchObject({ Body: Message, MessageAttributes: { kind: { StringValue: "a.b" } } });
  });

  test("a topic that is not there is the SDK's NotFoundException", async () => {
    const error = await refusal(
      client(SNSClient).send(
        new PublishCommand({
          TopicArn: `${TOPIC_ARN}x`,
          Message: "<&>",
          MessageGroupId: "g",
          MessageDeduplicationId: "d",
        }),
      ),
    );
    expect(error).toBeInstanceOf(NotFoundException);
    expect(error).toMatchObject({ message: "Topic does not exist", $metadata: { httpStatusCode: 404 } });
  });

  test("a list in the form reaches the service as a list, in its order", async () => {
    let got: Json = null;
    const server = await scripted((_principal, _service, operation, input) => {
      got = { operation, input };
      return { Successful: [{ Id: "a&b", MessageId: "1" }], Failed: [] };
    });
    const form =
      "Action=PublishBatch&Version=2010-03-31&TopicArn=t&List.member.2.Id=b&List.member.1.Id=a&List.member.10.Id=c";
    const response = await fetch(server.origin, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", authorization: SIGNED },
      body: form,
    });
    expect(got).toEqual({
      operation: "PublishBatch",
      input: { TopicArn: "t", List: [{ Id: "a" }, { Id: "b" }, { Id: "c" }] },
    });
    expect(response.headers.get("content-type")).toBe("text/xml");
    expect(await response.text()).toContain(
      "<PublishBatchResult><Successful><member><Id>a&amp;b</Id><MessageId>1</MessageId></member></Successful>",
    );
    await server.close();
  });
});

describe("Lambda", () => {
  const payload = (value: Json): Uint8Array => Buffer.from(JSON.stringify(value));

  test("a function is invoked and answers", async () => {
    const lambda = client(LambdaClient);
    const event = { text: "grüß dich" };
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "echo", Payload: payload(event) }));
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual(event);
    const arn = "arn:aws:lambda:eu-west-1:123456789012:function:echo";
    expect((await lambda.send(new InvokeCommand({ FunctionName: arn, Payload: payload(1) }))).StatusCode).toBe(200);
  });

  test("a function that fails is an answer with FunctionError", async () => {
    const answer = await client(LambdaClient).send(
      new InvokeCommand({ FunctionName: "echo", Payload: payload("fail") }),
    );
    expect(answer.FunctionError).toBe("Unhandled");
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
      errorType: "Error",
      errorMessage: "asked to",
    });
  });

  test("a function that is not there and one that is at its concurrency are the SDK's exceptions", async () => {
    const lambda = client(LambdaClient);
    const missing = await refusal(lambda.send(new InvokeCommand({ FunctionName: "none" })));
    expect(missing).toBeInstanceOf(ResourceNotFoundException);
    expect(missing).toMatchObject({ message: expect.stringContaining("Function not found"), Type: "User" });
    const both = await Promise.all(
      [1, 2].map(() => refusal(lambda.send(new InvokeCommand({ FunctionName: "echo", Payload: payload("slow") })))),
    );
    const throttled = both.find((end) => end instanceof Error);
    expect(throttled).toBeInstanceOf(TooManyRequestsException);
    expect(throttled).toMatchObject({ Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" });
  });
});

describe("who calls", () => {
  test("a role's access key has the role's rights, and the user's has all", async () => {
    const sqs = client(SQSClient, { accessKeyId: account.keys.keyOf(SENDER_ROLE) });
    const { queueUrl: QueueUrl } = account;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "by a role" }));
    const error = await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl })));
    expect(error).toMatchObject({
      name: "AccessDenied", // SQS's model has no shape for it, so the SDK shows the older protocol's code
      message: expect.stringContaining("is not authorized to perform: sqs:ReceiveMessage"),
      Code: "AccessDenied",
    });
    const sns = client(SNSClient, { accessKeyId: account.keys.keyOf(SENDER_ROLE) });
    expect(
      await refusal(sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message: "x", MessageGroupId: "g" }))),
    ).toBeInstanceOf(AuthorizationErrorException);
    const { Messages } = await client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    expect(Messages?.[0]?.Body).toBe("by a role");
  });

  test("a role's key of another run is refused, any other key is the user's", () => {
    const elsewhere = new AccessKeys().keyOf("arn:aws:iam::123456789012:role/other");
    expect(() => account.keys.principalOf(elsewhere)).toThrow("The security token included in the request is invalid.");
    expect(account.keys.principalOf("AKIAIOSFODNN7EXAMPLE")).toEqual({ kind: "user" });
  });

  test("a request signed for another region is refused by name", async () => {
    const error = await refusal(
      client(SFNClient, { region: "us-east-1" }).send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN })),
    );
    expect(error).toMatchObject({
      message: "Credential should be scoped to a valid region, not 'us-east-1'. This endpoint is in eu-west-1.",
    });
  });

  test.each([
    [
      "AmazonSQS.ListQueues",
      "application/x-amz-json-1.0",
      "com.amazon.coral.service#MissingAuthenticationTokenException",
    ],
    [undefined, "application/x-www-form-urlencoded", "<Code>MissingAuthenticationToken</Code>"],
  ])("a request without a signature is refused as AWS does (%s)", async (target, contentType, said) => {
    const response = await fetch(account.server.origin, {
      method: "POST",
      headers: { "content-type": contentType, ...(target && { "x-amz-target": target }) },
      body: target ? "{}" : "Action=Publish&Version=2010-03-31",
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain(said);
  });

  test("an Authorization header of another kind is refused", async () => {
    const response = await fetch(account.server.origin, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSQS.ListQueues", authorization: "Basic dXNlcjpwYXNz" },
      body: "{}",
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("IncompleteSignatureException");
  });
});

describe("what is not spoken here", () => {
  const post = (headers: Record<string, string>, body = "{}", path = "/") =>
    fetch(`${account.server.origin}${path}`, {
      method: "POST",
      headers: { authorization: SIGNED, ...headers },
      body,
    });

  test.each([
    ["a service", { "x-amz-target": "AWSEvents.PutEvents" }, "{}", "/", "the X-Amz-Target AWSEvents.PutEvents"],
    ["an operation", { "x-amz-target": "AmazonSQS.TagQueue" }, "{}", "/", "sqs TagQueue is not modelled locally"],
    ["a path", {}, "", "/bucket/key", "POST /bucket/key belongs to no service"],
    ["Lambda's other calls", {}, "{}", "/2015-03-31/functions", "POST /2015-03-31/functions is not modelled"],
    [
      "SQS's older protocol",
      { "content-type": "application/x-www-form-urlencoded" },
      "Action=SendMessage&Version=2012-11-05",
      "/",
      "the action SendMessage of the API version 2012-11-05",
    ],
  ])("%s is refused by its name with status 404", async (_what, headers, body, path, said) => {
    const response = await post(headers, body, path);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain(said);
  });

  test("a body that is no JSON object is a SerializationException", async () => {
    for (const body of ["{", "[]", "null", '"x"', "\u0000"]) {
      const response = await post({ "x-amz-target": "AmazonSQS.ListQueues" }, body);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("SerializationException");
    }
  });

  test("a body of more than 8 MiB is refused with 413, and the next request is served", async () => {
    const response = await post({ "x-amz-target": "AmazonSQS.ListQueues" }, " ".repeat(9 * 1024 * 1024));
    expect(response.status).toBe(413);
    expect((await post({ "x-amz-target": "AmazonSQS.ListQueues" })).status).toBe(200);
  });

  test("an error of ours is a 500 that says what it is", async () => {
    const server = await scripted(() => {
      throw new TypeError("a model broke");
    });
    const sqs = client(SQSClient, { endpoint: server.origin });
    const error = await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl: `${server.origin}/1/q` })));
    expect((error as SQSServiceException).$metadata.httpStatusCode).toBe(500);
    expect(error).toMatchObject({ name: "InternalFailure", message: "a model broke" });
    await server.close();
  });

  test("garbage does not end the server", async () => {
    const random = new Random(11);
    for (let round = 0; round < 40; round++) await sendGarbage(account.server.port, random);
    const targets = [
      "AmazonSQS.SendMessage",
      "AWSStepFunctions.StartExecution",
      "DynamoDB_20120810.PutItem",
      "x",
      ".",
      "",
    ];
    for (let round = 0; round < 120; round++) {
      const target = targets[random.between(0, targets.length - 1)] ?? "";
      const isForm = random.chance(0.3);
      const headers: Record<string, string> = isForm
        ? { "content-type": "application/x-www-form-urlencoded" }
        : { "x-amz-target": target };
      const body = isForm ? `Action=Publish&Version=2010-03-31&${garbageForm(random)}` : garbageJson(random);
      const response = await post(headers, body);
      expect(response.status).toBeGreaterThanOrEqual(200);
      await response.arrayBuffer();
    }
    expect((await post({ "x-amz-target": "AmazonSQS.ListQueues" })).status).toBe(200);
  });
});

describe("the port", () => {
  test("a port in use is one clear sentence", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(openWireServer(port)).rejects.toThrow(
      `port ${port} is in use; stop what listens there, or choose another port (0 takes any free one)`,
    );
    other.close();
  });

  test("until there is an account every request is answered 503", async () => {
    const server = await openWireServer(0);
    const headers = { authorization: SIGNED, "x-amz-target": "AmazonSQS.ListQueues" };
    expect((await fetch(server.origin, { method: "POST", headers, body: "{}" })).status).toBe(503);
    server.serve({
      region: REGION,
      principalOf: () => ({ kind: "user" }),
      cloud: { call: async () => ({ QueueUrls: [] }) },
    });
    expect((await fetch(server.origin, { method: "POST", headers, body: "{}" })).status).toBe(200);
    await server.close();
    await expect(fetch(server.origin, { method: "POST", headers, body: "{}" })).rejects.toThrow();
  });

  test("one connection carries many calls", async () => {
    const connections = new Set<number | undefined>();
    const server = await scripted(() => ({}));
    const request = `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: AmazonSQS.ListQueues\r\nAuthorization: ${SIGNED}\r\nContent-Length: 2\r\n\r\n{}`;
    const socket = connect(server.port, "127.0.0.1");
    let text = "";
    const three = new Promise<void>((resolve) => {
      socket.on("data", (chunk) => {
        text += chunk;
        if (text.split("HTTP/1.1 200 OK").length < 4) socket.write(request);
        else resolve();
      });
    });
    socket.write(request);
    await three;
    connections.add(socket.localPort);
    expect(connections.size).toBe(1);
    socket.destroy();
    await server.close();
  });

  test("a client that goes away in a long poll harms nobody", async () => {
    const gone = new AbortController();
    const asked = fetch(account.server.origin, {
      method: "POST",
      signal: gone.signal,
      headers: { authorization: SIGNED, "x-amz-target": "AmazonSQS.ReceiveMessage" },
      body: JSON.stringify({ QueueUrl: account.queueUrl, WaitTimeSeconds: 1 }),
    });
    const refused = refusal(asked);
    gone.abort();
    expect(await refused).toMatchObject({ name: "AbortError" });
    // A poll of a client that has gone still takes what comes, as on AWS; so this one asks for nothing.
    const sqs = client(SQSClient);
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: "jobs" }))).resolves.toBeDefined();
  });
});

test("an error that a service throws keeps its status and its code", async () => {
  const server = await scripted(() => {
    throw new ServiceError("OverLimit", "Too many messages in flight", 403, "OverLimit");
  });
  const sqs = client(SQSClient, { endpoint: server.origin });
  expect(await refusal(sqs.send(new ReceiveMessageCommand({ QueueUrl: `${server.origin}/1/q` })))).toMatchObject({
    name: "OverLimit",
    $metadata: { httpStatusCode: 403 },
  });
  await server.close();
});

/** Bytes that are hardly HTTP; resolves when the server has closed the connection. */
function sendGarbage(port: number, random: Random): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      const start = random.chance(0.5) ? "POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n" : "";
      socket.end(Buffer.concat([Buffer.from(start), Buffer.from(random.hex(2 * random.between(1, 400)), "hex")]));
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.resume();
  });
}

function garbageJson(random: Random): string {
  const values = ["{", "}", '"__proto__"', ":", ",", "[", "]", "1e999", "null", '"QueueUrl"', '"\\ud800"', " "];
  let text = random.chance(0.7) ? "{" : "";
  for (let i = random.between(0, 12); i > 0; i--) text += values[random.between(0, values.length - 1)];
  return random.chance(0.7) ? `${text}}` : text;
}

function garbageForm(random: Random): string {
  const parts = ["__proto__.x", "A.member.1", "A.entry.1.Name", "A", "A..B", ".", "A.member.x.y", "%zz", "TopicArn"];
  const pairs = Array.from({ length: random.between(0, 6) }, () => parts[random.between(0, parts.length - 1)]);
  return pairs.map((name) => `${name}=${random.hex(3)}`).join("&");
}
