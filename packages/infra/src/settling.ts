import type { GatewayPlan, Json } from "@sluice/dsl";
import { expression } from "./expression";

/** DynamoDB's exceptions that pass, by the names that Step Functions gives them. */
const PASSING_DYNAMODB_ERRORS = [
  "DynamoDB.AmazonDynamoDBException",
  "DynamoDB.InternalServerErrorException",
  "DynamoDB.ProvisionedThroughputExceededException",
  "DynamoDB.RequestLimitExceededException",
  "DynamoDB.SdkClientException",
  "DynamoDB.ThrottlingException",
];

/** As long as a queue can keep a message: no copy of the request outlives its claim. */
const CLAIM_KEPT_SECONDS = 14 * 24 * 60 * 60;

/** Of an operation that may be repeated nothing is claimed, and nothing need be known. */
export const needsSettling = ({ operations }: GatewayPlan): boolean => operations.some(({ repeatable }) => !repeatable);

/**
 * Whether a call was made of what no worker answered. Who may make it claims it in the gate first, so the state machine
 * claims it: it is nobody else's then, now or later, and nothing was done; or somebody has it, and nobody knows. Where the
 * gate cannot be asked, nobody knows either. The input is both that the execution may fail with, `Uncalled` and `Unsettled`,
 * each with `Error` and `Cause`.
 */
export function settle(gateTable: string): Json {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::dynamodb:putItem",
    Arguments: {
      TableName: gateTable,
      Item: {
        pk: { S: expression('"claim#" & $states.context.Execution.Id') },
        turn: { S: "timeout" },
        at: { N: expression("$string($millis())") },
        ttl: { N: expression(`$string($ceil($millis() / 1000) + ${CLAIM_KEPT_SECONDS})`) },
      },
      // Its own claim is no other's, so that it may ask again.
      ConditionExpression: "attribute_not_exists(#pk) OR #turn = :turn",
      ExpressionAttributeNames: { "#pk": "pk", "#turn": "turn" },
      ExpressionAttributeValues: { ":turn": { S: "timeout" } },
    },
    TimeoutSeconds: 60,
    Retry: [
      {
        ErrorEquals: PASSING_DYNAMODB_ERRORS,
        IntervalSeconds: 1,
        MaxAttempts: 5,
        BackoffRate: 2,
        JitterStrategy: "FULL",
      },
    ],
    Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed", Output: expression("$states.input.Unsettled") }],
    Output: expression("$states.input.Uncalled"),
    Next: "Failed",
  };
}
