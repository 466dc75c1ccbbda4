import type { AwsCall } from "../aws-call";
import type { Gate, GateState } from "../core/ports";
import { isRecord, nameOf, type Output } from "./output";

/** The item that all turns share. */
const GATE_KEY = { pk: { S: "gate" } };

/**
 * One flat attribute for each reason. A map would have to exist before a path into it can be set, and whoever creates it
 * can race with another; an attribute of the item itself is created by the write that raises it.
 */
const PARKED = "parked_";

const claimKey = (requestId: string) => ({ pk: { S: `claim#${requestId}` } });
const triesKey = (requestId: string) => ({ pk: { S: `tries#${requestId}` } });

/** The gate as a DynamoDB table with the key `pk` and the time to live `ttl`. */
export function dynamoGate(call: AwsCall, table: string): Gate {
  const ask = (operation: string, input: object) => call("dynamodb", operation, { TableName: table, ...input });
  return {
    async take(turnId) {
      const output = await ask("UpdateItem", {
        Key: GATE_KEY,
        UpdateExpression: "SET #turn = :turn",
        ExpressionAttributeNames: { "#turn": "turn" },
        ExpressionAttributeValues: { ":turn": { S: turnId } },
        ReturnValues: "ALL_OLD",
      });
      return gateState(output.Attributes);
    },
    async read() {
      const output = await ask("GetItem", { Key: GATE_KEY, ConsistentRead: true });
      return gateState(output.Item);
    },
    async park(reason, untilMs) {
      await unlessRefused(() =>
        ask("UpdateItem", {
          Key: GATE_KEY,
          UpdateExpression: "SET #parked = :until",
          ConditionExpression: "attribute_not_exists(#parked) OR #parked < :until",
          ExpressionAttributeNames: { "#parked": `${PARKED}${reason}` },
          ExpressionAttributeValues: { ":until": { N: String(Math.ceil(untilMs)) } },
        }),
      );
    },
    async leave(turnId, credits) {
      const entries = Object.entries(credits).map(([tier, credit]) => [tier, { N: String(credit) }]);
      await unlessRefused(() =>
        ask("UpdateItem", {
          Key: GATE_KEY,
          UpdateExpression: "SET #credits = :credits",
          ConditionExpression: "#turn = :turn",
          ExpressionAttributeNames: { "#credits": "credits", "#turn": "turn" },
          ExpressionAttributeValues: { ":credits": { M: Object.fromEntries(entries) }, ":turn": { S: turnId } },
        }),
      );
    },
    async claim(requestId, turnId, expiresAtMs) {
      const isMine = await unlessRefused(() =>
        ask("PutItem", {
          Item: { ...claimKey(requestId), turn: { S: turnId }, ttl: { N: ttl(expiresAtMs) } },
          ConditionExpression: "attribute_not_exists(#pk) OR #turn = :turn",
          ExpressionAttributeNames: { "#pk": "pk", "#turn": "turn" },
          ExpressionAttributeValues: { ":turn": { S: turnId } },
        }),
      );
      return isMine ? "mine" : "other";
    },
    async unclaim(requestId, turnId) {
      await unlessRefused(() =>
        ask("DeleteItem", {
          Key: claimKey(requestId),
          ConditionExpression: "#turn = :turn",
          ExpressionAttributeNames: { "#turn": "turn" },
          ExpressionAttributeValues: { ":turn": { S: turnId } },
        }),
      );
    },
    async countTry(requestId, expiresAtMs, step) {
      const output = await ask("UpdateItem", {
        Key: triesKey(requestId),
        UpdateExpression: "SET #ttl = :ttl ADD #tries :step",
        ExpressionAttributeNames: { "#tries": "tries", "#ttl": "ttl" },
        ExpressionAttributeValues: { ":step": { N: String(step) }, ":ttl": { N: ttl(expiresAtMs) } },
        ReturnValues: "UPDATED_NEW",
      });
      const tries = numberOf(isRecord(output.Attributes) ? output.Attributes.tries : undefined);
      if (tries === undefined) throw new Error(`the table ${table} returned no count of tries`);
      return tries;
    },
  };
}

/** @returns whether the condition held; a condition that did not is an answer, not a failure */
async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (nameOf(error) === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

/** Epoch seconds, rounded up: forgotten too early, a call could be made twice. */
const ttl = (expiresAtMs: number): string => String(Math.ceil(expiresAtMs / 1_000));

function gateState(item: unknown): GateState {
  const attributes: Output = isRecord(item) ? item : {};
  return {
    turnId: textOf(attributes.turn),
    parkedUntilMs: numbersOf(
      Object.entries(attributes)
        .filter(([name]) => name.startsWith(PARKED))
        .map(([name, value]) => [name.slice(PARKED.length), value]),
    ),
    credits: numbersOf(
      isRecord(attributes.credits) && isRecord(attributes.credits.M) ? Object.entries(attributes.credits.M) : [],
    ),
  };
}

const textOf = (value: unknown): string | undefined =>
  isRecord(value) && typeof value.S === "string" ? value.S : undefined;

const numberOf = (value: unknown): number | undefined =>
  isRecord(value) && value.N !== undefined ? Number(value.N) : undefined;

function numbersOf(entries: readonly (readonly [string, unknown])[]): Record<string, number> {
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      const number = numberOf(value);
      return number === undefined ? [] : [[name, number]];
    }),
  );
}
