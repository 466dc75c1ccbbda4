import { RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { MAX_NAME_CHARS, physicalName } from "./names";
import { pin } from "./pin";
import { acknowledge } from "./validation-reasons";

/** The gate: whose turn it is, what is parked until when and why, which calls have been claimed. */
export function newGateTable(scope: Construct, prefix: string): dynamodb.Table {
  const table = new dynamodb.Table(scope, "Gate", {
    tableName: physicalName(`${prefix}-gate`, MAX_NAME_CHARS.table),
    partitionKey: { name: "pk", type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: "ttl",
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    // It knows which calls have begun: made anew while requests wait, a call could be made twice.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  pin(table, "GateTable");
  acknowledge(
    table,
    "DDB3",
    "It holds the present only; a state restored from the past would forget calls that began since.",
  );
  return table;
}
