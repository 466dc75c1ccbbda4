import type { AwsCall } from "../aws-call";
import type { Gate, GateState } from "../core/ports";
import { isRecord, nameOf, type Output, records } from "./output";

/** The item that all turns share. */
const GATE_KEY = { pk: { S: "gate" } };

/**
 * One flat attribute for each reason. A map would have to exist before a path into it can be set, and whoever creates it
 * can race with another; an attribute of the item itself is created by the write that raises it.
 */
const PARKED = "parked_";

/** One attribute for each turn that took the request up, so that a write that the SDK repeats counts once. */
const TRIED = "tried_";

const claimItem = (key: string) => ({ pk: { S: `claim#${key}` } });
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
    async leave(turnId, { credits, lingeringUntilMs }) {
      const entries = Object.entries(credits).map(([tier, credit]) => [tier, { N: String(credit) }]);
      const instants = lingeringUntilMs.map((untilMs) => ({ N: String(Math.ceil(untilMs)) }));
      await unlessRefused(() =>
        ask("UpdateItem", {
          Key: GATE_KEY,
          UpdateExpression: "SET #credits = :credits, #lingering = :lingering",
          ConditionExpression: "#turn = :turn",
          ExpressionAttributeNames: { "#credits": "credits", "#lingering": "lingering", "#turn": "turn" },
          ExpressionAttributeValues: {
            ":credits": { M: Object.fromEntries(entries) },
            ":lingering": { L: instants },
            ":turn": { S: turnId },
          },
        }),
      );
    },
    async claim(key, owner, expiresAtMs, nowMs) {
      const isMine = await unlessRefused(() =>
        ask("PutItem", {
          Item: { ...claimItem(key), turn: { S: owner }, ttl: { N: ttl(expiresAtMs) }, at: { N: String(nowMs) } },
          ConditionExpression: "attribute_not_exists(#pk) OR #turn = :turn",
          ExpressionAttributeNames: { "#pk": "pk", "#turn": "turn" },
          ExpressionAttributeValues: { ":turn": { S: owner } },
        }),
      );
      return isMine ? "mine" : "other";
    },
    async claimedAtMs(key) {
      const { Item } = await ask("GetItem", { Key: claimItem(key), ConsistentRead: true });
      return isRecord(Item) ? numberOf(Item.at) : undefined;
    },
    async unclaim(key, owner) {
      await unlessRefused(() =>
        ask("DeleteItem", {
          Key: claimItem(key),
          ConditionExpression: "#turn = :turn",
          ExpressionAttributeNames: { "#turn": "turn" },
          ExpressionAttributeValues: { ":turn": { S: owner } },
        }),
      );
    },
    async countTry(requestId, turnId, expiresAtMs, nowMs) {
      const own = `${TRIED}${turnId}`;
      const output = await ask("UpdateItem", {
        Key: triesKey(requestId),
        UpdateExpression: "SET #ttl = :ttl, #turn = :now",
        ExpressionAttributeNames: { "#turn": own, "#ttl": "ttl" },
        ExpressionAttributeValues: { ":ttl": { N: ttl(expiresAtMs) }, ":now": { N: String(nowMs) } },
        ReturnValues: "ALL_NEW",
      });
      if (!isRecord(output.Attributes)) throw new Error(`the table ${table} returned no tries`);
      const others = Object.entries(output.Attributes).filter(([name]) => name.startsWith(TRIED) && name !== own);
      return Object.values(numbersOf(others));
    },
    async uncountTry(requestId, turnId, expiresAtMs) {
      await ask("UpdateItem", {
        Key: triesKey(requestId),
        UpdateExpression: "SET #ttl = :ttl REMOVE #turn",
        ExpressionAttributeNames: { "#turn": `${TRIED}${turnId}`, "#ttl": "ttl" },
        ExpressionAttributeValues: { ":ttl": { N: ttl(expiresAtMs) } },
      });
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
    lingeringUntilMs: records(isRecord(attributes.lingering) ? attributes.lingering.L : undefined).flatMap(
      (entry) => numberOf(entry) ?? [],
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
