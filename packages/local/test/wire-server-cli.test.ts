import { spawn, spawnSync } from "node:child_process";
import type { Json } from "@sluice/dsl";
import { MACHINE_ARN, REGION, TOPIC_ARN, type WiredAccount, wiredAccount } from "./wired-account";

// The AWS CLI is no part of the project. Where it is not installed, what needs it is no test and does not count as one;
// SLUICE_AWS_CLI=required makes its absence a failure.
const version = spawnSync("aws", ["--version"], { encoding: "utf8" });
const hasCli = version.status === 0;
const isRequired = process.env.SLUICE_AWS_CLI === "required";
if (!hasCli) process.stderr.write(`Not run: the sessions of the AWS CLI, because ${whyNoCli()}.\n`);

function whyNoCli(): string {
  return version.error
    ? `there is no \`aws\` (${version.error.message})`
    : `\`aws --version\` ended with ${version.status}`;
}

let account: WiredAccount;
beforeAll(async () => {
  account = await wiredAccount();
});
afterAll(() => account.close());

// Header by header what botocore 1.43 sends; it differs from the JavaScript SDK in more than one of them.
test("a request in botocore's form is served", async () => {
  const response = await fetch(account.server.origin, {
    method: "POST",
    headers: {
      "X-Amz-Target": "AmazonSQS.GetQueueUrl",
      "Content-Type": "application/x-amz-json-1.0",
      "User-Agent": "aws-cli/1.45.11 md/Botocore#1.43.11 ua/2.1 os/linux lang/python#3.11.7",
      "X-Amz-Date": "20261124T220000Z",
      Authorization: `AWS4-HMAC-SHA256 Credential=local/20261124/${REGION}/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=00`,
      "amz-sdk-invocation-id": "b0f4",
      "amz-sdk-request": "attempt=1",
    },
    body: '{"QueueName": "jobs"}',
  });
  expect(await response.json()).toEqual({ QueueUrl: account.queueUrl });
});

if (!hasCli && isRequired) {
  test("the AWS CLI is there", () => {
    throw new Error(`SLUICE_AWS_CLI=required, but ${whyNoCli()}`);
  });
}

if (hasCli) {
  describe("the AWS CLI", () => {
    /** One command; its answer, or what it said when it failed. */
    const aws = (...words: string[]): Promise<{ answer: Json; said: string }> =>
      new Promise((resolve) => {
        const command = spawn("aws", ["--endpoint-url", account.server.origin, "--output", "json", ...words], {
          env: {
            PATH: process.env.PATH,
            HOME: "/nonexistent",
            AWS_DEFAULT_REGION: REGION,
            AWS_ACCESS_KEY_ID: "local",
            AWS_SECRET_ACCESS_KEY: "local",
            AWS_MAX_ATTEMPTS: "1",
            AWS_EC2_METADATA_DISABLED: "true",
          },
        });
        let output = "";
        let said = "";
        command.stdout.on("data", (chunk) => {
          output += chunk;
        });
        command.stderr.on("data", (chunk) => {
          said += chunk;
        });
        command.on("close", () => resolve({ answer: output.trim() === "" ? null : JSON.parse(output), said }));
      });

    test("sends to a queue, receives from it, and names what is not there", async () => {
      const { queueUrl } = account;
      await aws("sqs", "send-message", "--queue-url", queueUrl, "--message-body", "grüß dich");
      const [received, missing] = await Promise.all([
        aws("sqs", "receive-message", "--queue-url", queueUrl, "--wait-time-seconds", "5"),
        aws("sqs", "receive-message", "--queue-url", `${queueUrl}x`),
      ]);
      expect(received.answer).toMatchObject({ Messages: [{ Body: "grüß dich" }] });
      expect(missing.said).toContain("AWS.SimpleQueueService.NonExistentQueue");
      expect(missing.said).toContain("The specified queue does not exist.");
    }, 60_000);

    test("starts an execution and describes it", async () => {
      const started = await aws(
        "stepfunctions",
        "start-execution",
        "--state-machine-arn",
        MACHINE_ARN,
        "--name",
        "cli",
      );
      expect(started).toMatchObject({ said: "", answer: { startDate: expect.anything() } });
      const [arn, again] = await Promise.all([
        aws(
          "stepfunctions",
          "describe-execution",
          "--execution-arn",
          `${MACHINE_ARN.replace("stateMachine", "execution")}:cli`,
        ),
        aws("stepfunctions", "start-execution", "--state-machine-arn", MACHINE_ARN, "--name", "cli", "--input", "{}1"),
      ]);
      expect(arn.answer).toMatchObject({ status: "RUNNING", name: "cli" });
      expect(again.said).toMatch(/\((InvalidExecutionInput|ExecutionAlreadyExists)\)/);
    }, 60_000);

    test("publishes to a topic, reads an item and a secret", async () => {
      const [published, item, secret, refused] = await Promise.all([
        aws(
          "sns",
          "publish",
          "--topic-arn",
          TOPIC_ARN,
          "--message",
          "<m>",
          "--message-group-id",
          "g",
          "--message-deduplication-id",
          "d",
        ),
        aws("dynamodb", "get-item", "--table-name", "gate", "--key", '{"pk":{"S":"none"}}'),
        aws("secretsmanager", "get-secret-value", "--secret-id", "register"),
        aws("sns", "publish", "--topic-arn", `${TOPIC_ARN}x`, "--message", "m"),
      ]);
      expect(published.answer).toMatchObject({ MessageId: expect.any(String), SequenceNumber: expect.any(String) });
      expect(item).toEqual({ answer: null, said: "" });
      expect(secret.answer).toMatchObject({ SecretString: '{"key":"s3cret"}' });
      expect(refused.said).toContain("(NotFound)");
    }, 60_000);
  });
}
