import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { AwsCall } from "../aws-call";

/** How long one attempt may take. Each is answered in some ten milliseconds when all is well. */
const ATTEMPT_MS = { sqs: 3_000, sfn: 3_000, dynamodb: 2_000, secretsmanager: 3_000 } as const;

/** Left to a long poll beyond the time that it asks SQS to wait. */
const POLL_MARGIN_MS = 4_000;

/**
 * AwsCall by the SDK's clients. An answer to Step Functions is worth more attempts than the rest: the call it tells of
 * has been made, and only this tells anybody.
 */
export function sdkAwsCall(): AwsCall {
  const commands = sdkCommands();
  return async (service, operation, input) => {
    const send = commands[`${service}:${operation}`];
    if (send === undefined) throw new Error(`the worker does not know the operation ${operation} of ${service}`);
    return { ...(await send(input)) };
  };
}

// The ports build each input for the one operation that they name, which the type of AwsCall cannot say.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Input = any;

function sdkCommands(): Readonly<Record<string, (input: Input) => Promise<object>>> {
  const sqs = new SQSClient(settings(ATTEMPT_MS.sqs, 3));
  const sfn = new SFNClient(settings(ATTEMPT_MS.sfn, 5));
  const dynamodb = new DynamoDBClient(settings(ATTEMPT_MS.dynamodb, 3));
  const secretsmanager = new SecretsManagerClient(settings(ATTEMPT_MS.secretsmanager, 3));
  return {
    "sqs:ReceiveMessage": (input) => sqs.send(new ReceiveMessageCommand(input), { requestTimeout: pollMs(input) }),
    "sqs:DeleteMessage": (input) => sqs.send(new DeleteMessageCommand(input)),
    "sqs:ChangeMessageVisibility": (input) => sqs.send(new ChangeMessageVisibilityCommand(input)),
    "sqs:ChangeMessageVisibilityBatch": (input) => sqs.send(new ChangeMessageVisibilityBatchCommand(input)),
    "sfn:SendTaskHeartbeat": (input) => sfn.send(new SendTaskHeartbeatCommand(input)),
    "sfn:SendTaskSuccess": (input) => sfn.send(new SendTaskSuccessCommand(input)),
    "sfn:SendTaskFailure": (input) => sfn.send(new SendTaskFailureCommand(input)),
    "dynamodb:GetItem": (input) => dynamodb.send(new GetItemCommand(input)),
    "dynamodb:PutItem": (input) => dynamodb.send(new PutItemCommand(input)),
    "dynamodb:UpdateItem": (input) => dynamodb.send(new UpdateItemCommand(input)),
    "dynamodb:DeleteItem": (input) => dynamodb.send(new DeleteItemCommand(input)),
    "secretsmanager:GetSecretValue": (input) => secretsmanager.send(new GetSecretValueCommand(input)),
  };
}

const pollMs = (input: { WaitTimeSeconds?: number }): number => (input.WaitTimeSeconds ?? 0) * 1_000 + POLL_MARGIN_MS;

/** The SDK's own handler keeps connections alive; without `throwOnRequestTimeout` its timeout would only be a warning. */
const settings = (attemptMs: number, maxAttempts: number) => ({
  maxAttempts,
  retryMode: "standard",
  requestHandler: { connectionTimeout: 1_000, requestTimeout: attemptMs, throwOnRequestTimeout: true },
});
