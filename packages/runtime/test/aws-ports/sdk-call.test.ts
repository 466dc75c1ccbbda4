import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sdkAwsCall } from "../../src/aws-ports/sdk-call";
import { pointAt } from "./aws-env";

/** Step Functions and Secrets Manager on the wire: each request is answered by the next of the answers. */
let server: Server;
let answers: [status: number, body: object][] = [];
const asked: { target: string; input: unknown }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push({
      target: String(request.headers["x-amz-target"]),
      input: JSON.parse(Buffer.concat(chunks).toString()),
    });
    const [status, body] = answers.shift() ?? [200, {}];
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  pointAt("SFN", origin);
  pointAt("SECRETS_MANAGER", origin);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  answers = [];
  asked.length = 0;
});

test("an operation goes to AWS as it is named, with its input", async () => {
  await sdkAwsCall()("sfn", "SendTaskSuccess", { taskToken: "T", output: "1" });
  expect(asked).toEqual([{ target: "AWSStepFunctions.SendTaskSuccess", input: { taskToken: "T", output: "1" } }]);
});

test("what AWS returns is what the port gets", async () => {
  answers = [[200, { SecretString: "v" }]];
  expect(await sdkAwsCall()("secretsmanager", "GetSecretValue", { SecretId: "a" })).toMatchObject({
    SecretString: "v",
  });
});

test("an exception bears its name", async () => {
  answers = [[400, { __type: "com.amazonaws.sfn#TaskTimedOut", message: "closed" }]];
  const rejected = sdkAwsCall()("sfn", "SendTaskHeartbeat", { taskToken: "T" });
  await expect(rejected).rejects.toMatchObject({ name: "TaskTimedOut", message: "closed" });
});

test("an answer to Step Functions is tried five times before it counts as not told", async () => {
  answers = Array.from({ length: 5 }, () => [500, { __type: "InternalServerError" }]);
  await expect(sdkAwsCall()("sfn", "SendTaskFailure", { taskToken: "T" })).rejects.toThrow();
  expect(asked.length).toBe(5);
});

test("an operation that no port needs is refused", async () => {
  await expect(sdkAwsCall()("sqs", "PurgeQueue", {})).rejects.toThrow(
    "the worker does not know the operation PurgeQueue of sqs",
  );
});
