import type { Json } from "@sluice/dsl";
import { ServiceError } from "../../cloud-types";
import { isObject } from "../../input";

/** How a Task state's resource reaches a service, and what that service's refusals are called in Step Functions. */
export interface Integration {
  /** As in history events: `sns`. */
  readonly resourceType: string;
  /** As in history events: `publish.waitForTaskToken`. */
  readonly resource: string;
  /** What ends the task: the answer of who has its token, or the service's own response. */
  readonly waitsFor: "token" | "response";
  readonly service: string;
  readonly operation: string;
  /** The Arguments that are modelled; all of them are the service's own. */
  readonly fields: readonly string[];
  /** The argument that may be any JSON and is sent as text, where there is one. */
  readonly body: string | undefined;
  /** As in a failure's cause: `AmazonSNS`. */
  readonly serviceName: string;
  /** The failure's name for a service's error code. */
  nameError(code: string): string;
}

/** An attempt that did not succeed. */
export interface Failure {
  /** Undefined only when the worker gave none. */
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

const INTEGRATIONS: Readonly<Record<string, Integration>> = {
  "arn:aws:states:::sns:publish.waitForTaskToken": {
    resourceType: "sns",
    resource: "publish.waitForTaskToken",
    waitsFor: "token",
    service: "sns",
    operation: "Publish",
    fields: ["TopicArn", "TargetArn", "Message", "MessageGroupId", "MessageDeduplicationId", "MessageAttributes"],
    body: "Message",
    serviceName: "AmazonSNS",
    nameError: nameSnsError,
  },
  "arn:aws:states:::sqs:sendMessage.waitForTaskToken": {
    resourceType: "sqs",
    resource: "sendMessage.waitForTaskToken",
    waitsFor: "token",
    service: "sqs",
    operation: "SendMessage",
    fields: [
      "QueueUrl",
      "MessageBody",
      "MessageGroupId",
      "MessageDeduplicationId",
      "MessageAttributes",
      "DelaySeconds",
    ],
    body: "MessageBody",
    serviceName: "AmazonSQS",
    nameError: nameSqsError,
  },
  "arn:aws:states:::dynamodb:putItem": {
    resourceType: "dynamodb",
    resource: "putItem",
    waitsFor: "response",
    service: "dynamodb",
    operation: "PutItem",
    fields: [
      "TableName",
      "Item",
      "ConditionExpression",
      "ExpressionAttributeNames",
      "ExpressionAttributeValues",
      "ReturnValues",
    ],
    body: undefined,
    serviceName: "AmazonDynamoDBv2",
    nameError: nameDynamoDbError,
  },
};

export const integrationOf = (resource: string): Integration | undefined => INTEGRATIONS[resource];

/** The arguments as the service wants them: a body that is no string is serialised. */
export function serviceInput({ body }: Integration, args: { readonly [key: string]: Json }): { [key: string]: Json } {
  if (body === undefined) return args;
  const given = args[body];
  return given === undefined || typeof given === "string" ? args : { ...args, [body]: JSON.stringify(given) };
}

/**
 * The failure that Step Functions makes of a service's refusal. Recorded on AWS are the form of the cause, NotFound and
 * InvalidParameter of SNS and MissingParameter of SQS; the other names are inferred from the exceptions of the AWS SDK
 * for Java, which Step Functions shows through (`SNS.` or `SQS.` and the exception's name).
 *
 * @throws the error itself when it is no refusal but a defect of a model
 */
export function failureOf(integration: Integration, error: unknown, requestId: string): Failure {
  if (!(error instanceof ServiceError)) throw error;
  const { serviceName } = integration;
  const code = codeOf(error, integration.service);
  return {
    error: integration.nameError(code),
    cause: `${error.message} (Service: ${serviceName}; Status Code: ${error.status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`,
  };
}

/** A service's response as a task's output shows it. */
export function responded(response: Json, requestId: string): { readonly output: Json; readonly outputText: string } {
  const output = {
    ...(isObject(response) && response),
    SdkHttpMetadata: { HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
  };
  return { output, outputText: JSON.stringify(output) };
}

/** The service's own code. The local authorization speaks for all services and words a refusal as most of them do. */
function codeOf({ name, queryCode }: ServiceError, service: string): string {
  if (service === "sns" && name === "AccessDeniedException") return "AuthorizationError";
  if (service === "dynamodb") return name;
  return queryCode ?? name.replace(/Exception$/, "");
}

/** Codes that the SDK has an exception of its own for. */
const SNS_EXCEPTIONS: Readonly<Record<string, string>> = {
  AuthorizationError: "AuthorizationErrorException",
  EndpointDisabled: "EndpointDisabledException",
  InternalError: "InternalErrorException",
  InvalidParameter: "InvalidParameterException",
  InvalidSecurity: "InvalidSecurityException",
  NotFound: "NotFoundException",
  ParameterValueInvalid: "InvalidParameterValueException",
  Throttled: "ThrottledException",
  Validation: "ValidationException",
};

function nameSnsError(code: string): string {
  return `SNS.${SNS_EXCEPTIONS[code] ?? "AmazonSNSException"}`;
}

const SQS_EXCEPTIONS: Readonly<Record<string, string>> = {
  "AWS.SimpleQueueService.NonExistentQueue": "QueueDoesNotExistException",
  "AWS.SimpleQueueService.UnsupportedOperation": "UnsupportedOperationException",
  InvalidMessageContents: "InvalidMessageContentsException",
};

function nameSqsError(code: string): string {
  return `SQS.${SQS_EXCEPTIONS[code] ?? "AmazonSQSException"}`;
}

/** Its codes are the names of its exceptions. */
const DYNAMODB_EXCEPTIONS: ReadonlySet<string> = new Set([
  "ConditionalCheckFailedException",
  "InternalServerErrorException",
  "ProvisionedThroughputExceededException",
  "ResourceNotFoundException",
]);

function nameDynamoDbError(code: string): string {
  return `DynamoDB.${DYNAMODB_EXCEPTIONS.has(code) ? code : "AmazonDynamoDBException"}`;
}
