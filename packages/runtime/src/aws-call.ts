/**
 * The one way in which the worker speaks to AWS: operation and input in AWS's own words, as the SDK's commands take and
 * return them. In Lambda it is the SDK; in virtual time it is the models themselves, so that the ports' code above it is
 * the same in both. Rejects with an Error whose `name` is the exception's name (`TaskTimedOut`,
 * `ConditionalCheckFailedException`).
 */
export type AwsCall = (service: AwsService, operation: string, input: object) => Promise<Record<string, unknown>>;

export type AwsService = "sqs" | "sfn" | "dynamodb" | "secretsmanager";
