import type { Server } from "node:http";
import { type Json, seconds } from "@sluice/dsl";
import dynalite from "dynalite";
import { DynamoDb } from "../src/models/dynamodb/dynamodb";
import { Random } from "../src/random";
import { callJson } from "./json-service";
import { type Fields, localWorld, refusal } from "./local-world";

type Input = { [field: string]: Json };

/** The gate's table in virtual time. */
function tableWorld() {
  const local = localWorld();
  const dynamodb = new DynamoDb(local.world);
  dynamodb.createTable("gate", { key: [{ name: "pk", type: "S" }], ttlAttribute: "ttl" });
  local.cloud.register("dynamodb", dynamodb.operations);
  const db = (operation: string, input: Input) => local.call("dynamodb", operation, { TableName: "gate", ...input });
  return {
    ...local,
    dynamodb,
    db,
    put: (Item: Input, more: Input = {}) => db("PutItem", { Item, ...more }),
    update: (UpdateExpression: string, values: Input = {}, more: Input = {}) =>
      db("UpdateItem", {
        Key: { pk: { S: "a" } },
        UpdateExpression,
        ReturnValues: "ALL_NEW",
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ...more,
      }),
    item: async () => (await db("GetItem", { Key: { pk: { S: "a" } }, ConsistentRead: true })).Item,
  };
}

const n = (value: number | string): Json => ({ N: String(value) });
const m = (fields: Input): Json => ({ M: fields });

test("what is put is what is got, and an unknown key gets nothing", async () => {
  const t = tableWorld();
  const item: Input = {
    pk: { S: "a" },
    n: n("1.50"),
    list: { L: [{ BOOL: true }, { NULL: true }, { B: "AQI=" }] },
    map: m({ inner: m({}) }),
    set: { NS: ["2", "1"] },
  };
  await t.put(item);
  expect(await t.item()).toEqual({ ...item, n: n("1.5") });
  expect(await t.db("GetItem", { Key: { pk: { S: "b" } } })).toEqual({});
});

test("a claim is had by the first who puts it", async () => {
  const t = tableWorld();
  const claim = (turn: string) =>
    t.put({ pk: { S: "a" }, turn: { S: turn } }, { ConditionExpression: "attribute_not_exists(pk)" });
  await claim("1");
  const error = await refusal(claim("2"));
  expect([error.name, error.message]).toEqual(["ConditionalCheckFailedException", "The conditional request failed"]);
  expect(await t.item()).toEqual({ pk: { S: "a" }, turn: { S: "1" } });
});

test("taking the gate sets one's id and returns the old one in one write", async () => {
  const t = tableWorld();
  const take = (turn: string) => t.update("SET turn = :t", { ":t": { S: turn } }, { ReturnValues: "UPDATED_OLD" });
  expect(await take("1")).toEqual({});
  expect(await take("2")).toEqual({ Attributes: { turn: { S: "1" } } });
});

test("an update reads the item as it was before any of its clauses", async () => {
  const t = tableWorld();
  await t.put({ pk: { S: "a" }, x: n(1), y: n(2) });
  const { Attributes } = await t.update("SET x = y, y = x + :one REMOVE z ADD tries :one", { ":one": n(1) });
  expect(Attributes).toEqual({ pk: { S: "a" }, x: n(2), y: n(2), tries: n(1) });
});

test("numbers are exact, to 38 digits", async () => {
  const t = tableWorld();
  await t.put({ pk: { S: "a" }, x: n("0.1"), big: n("90071992547409930000000001") });
  const { Attributes } = await t.update("SET x = x + :d, big = big - :one", { ":d": n("0.2"), ":one": n(1) });
  expect(Attributes).toMatchObject({ x: n("0.3"), big: n("90071992547409930000000000") });
  expect((await refusal(t.put({ pk: { S: "a" }, x: n("1".repeat(39)) }))).name).toBe("ValidationException");
});

test("a map's field is set, removed and shown by its path", async () => {
  const t = tableWorld();
  await t.put({ pk: { S: "a" }, parked: m({ circuit: n(1), pause: n(2) }) });
  const { Attributes } = await t.update(
    "SET parked.#r = if_not_exists(parked.#r, :zero) + :n REMOVE parked.pause",
    { ":zero": n(0), ":n": n(5) },
    { ExpressionAttributeNames: { "#r": "retry" }, ReturnValues: "UPDATED_NEW" },
  );
  expect(Attributes).toEqual({ parked: m({ retry: n(5) }) });
  expect(await t.item()).toEqual({ pk: { S: "a" }, parked: m({ circuit: n(1), retry: n(5) }) });
});

test("an item whose time to live has ended is gone, one without a plausible time stays", async () => {
  const t = tableWorld();
  const nowSeconds = t.clock.wallMs() / 1_000;
  await t.put({ pk: { S: "a" }, ttl: n(nowSeconds + 60) });
  await t.db("PutItem", { Item: { pk: { S: "old" }, ttl: n(1) } });
  t.world.faults = { ...t.world.faults, ttlLagUs: seconds(30) };
  await t.pass(seconds(89));
  expect(await t.item()).toBeDefined();
  await t.pass(seconds(1));
  expect(await t.item()).toBeUndefined();
  expect(await t.db("GetItem", { Key: { pk: { S: "old" } } })).toHaveProperty("Item");
});

test("a condition counts an item that has outlived its time as missing", async () => {
  const t = tableWorld();
  await t.put({ pk: { S: "a" }, ttl: n(t.clock.wallMs() / 1_000) });
  await t.put({ pk: { S: "a" } }, { ConditionExpression: "attribute_not_exists(pk)" });
});

test("an answer is a copy: what a caller does to it or to its input changes nothing in the table", async () => {
  const t = tableWorld();
  const inner: Input = { x: n(1) };
  await t.put({ pk: { S: "a" }, map: m(inner) });
  inner.x = n(2);
  expect(await t.item()).toEqual({ pk: { S: "a" }, map: m({ x: n(1) }) });
});

test.each([
  ["GetItem", { Key: { pk: { S: "a" } }, ProjectionExpression: "pk" }, "ProjectionExpression is not modelled locally"],
  [
    "PutItem",
    { Item: { pk: { S: "a" }, big: { S: "x".repeat(409_600) } } },
    "Item size has exceeded the maximum allowed size",
  ],
  ["GetItem", { TableName: "other", Key: { pk: { S: "a" } } }, "Requested resource not found"],
  [
    "UpdateItem",
    { Key: { pk: { S: "a" } }, UpdateExpression: "SET x = list_append(x, y)" },
    "Invalid UpdateExpression",
  ],
  ["PutItem", { Item: { pk: { S: "a" } }, ConditionExpression: "size(pk) > pk" }, "Invalid ConditionExpression"],
])("%s refuses what it does not do: %#", async (operation, input, message) => {
  expect((await refusal(tableWorld().db(operation, input))).message).toContain(message);
});

describe("beside dynalite", () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = dynalite({ createTableMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    origin = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
    const TableName = "gate";
    await callJson(origin, "DynamoDB_20120810.CreateTable", {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    });
    const isActive = async (): Promise<boolean> =>
      JSON.stringify(await callJson(origin, "DynamoDB_20120810.DescribeTable", { TableName })).includes("ACTIVE");
    while (!(await isActive()));
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** The answer, or name and words of the refusal. */
  const outcome = (answer: Promise<Fields>): Promise<object> =>
    answer.catch(({ name, message }: Error) => ({ name, message }));

  async function oracle(operation: string, input: Input): Promise<object> {
    const answer = callJson(origin, `DynamoDB_20120810.${operation}`, { TableName: "gate", ...input });
    return outcome(
      answer.then(({ Attributes, ...output }) => {
        // DynamoDB leaves the field out when there is nothing to show; dynalite does so only for whole items.
        const isShown = Attributes !== undefined && JSON.stringify(Attributes) !== "{}";
        return { ...output, ...(isShown && { Attributes }) };
      }),
    );
  }

  test("random sequences of reads and conditional writes give the same answers and refusals", async () => {
    const t = tableWorld();
    const random = new Random(20_261_124);
    let compared = 0;
    let refused = 0;
    for (let i = 0; i < 600; i++) {
      const [operation, input] = anyCall(random);
      const expected = await oracle(operation, input);
      const actual = await outcome(t.db(operation, input));
      expect({ i, operation, input, answer: actual }).toEqual({ i, operation, input, answer: expected });
      compared++;
      if ("name" in actual) refused++;
    }
    expect(compared).toBe(600);
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(400);
  });

  test.each<[string, string, Input]>([
    ["a reserved word", "UpdateItem", { UpdateExpression: "SET ttl = :v", ExpressionAttributeValues: { ":v": n(1) } }],
    ["an unused value", "UpdateItem", { UpdateExpression: "REMOVE x", ExpressionAttributeValues: { ":v": n(1) } }],
    ["an unused name", "UpdateItem", { UpdateExpression: "REMOVE x", ExpressionAttributeNames: { "#v": "v" } }],
    ["an undefined value", "UpdateItem", { UpdateExpression: "SET x = :v" }],
    ["an undefined name", "UpdateItem", { UpdateExpression: "REMOVE #x" }],
    ["overlapping paths", "UpdateItem", { UpdateExpression: "REMOVE x.y, x" }],
    ["a clause twice", "UpdateItem", { UpdateExpression: "REMOVE x REMOVE y" }],
    ["the key", "UpdateItem", { UpdateExpression: "REMOVE pk" }],
    ["a wrong key", "GetItem", { Key: { other: { S: "a" } } }],
    ["a key of the wrong type", "GetItem", { Key: { pk: { N: "1" } } }],
    ["an item without its key", "PutItem", { Item: { x: { S: "a" } } }],
    ["no number", "PutItem", { Item: { pk: { S: "a" }, x: { N: "one" } } }],
  ])("the refusal of %s has the same words", async (_, operation, input) => {
    const full: Input = operation === "PutItem" ? input : { Key: { pk: { S: "never" } }, ...input };
    const expected = await oracle(operation, full);
    expect(expected).toHaveProperty("name", "ValidationException");
    expect(await outcome(tableWorld().db(operation, full))).toEqual(expected);
  });

  const CONDITIONS = [
    "attribute_exists(x)",
    "attribute_not_exists(pk)",
    "x = :v",
    "x <> :v",
    "x < :v AND NOT y >= :w",
    "x <= :v OR attribute_exists(parked.a) AND y = :w",
    "(x > :v OR y <> :w) AND attribute_exists(pk)",
    "parked.#a >= :v",
    "NOT (x = :v)",
  ];
  const UPDATES = [
    "SET x = :v",
    "SET x = :v, y = :w REMOVE parked.b",
    "SET x = if_not_exists(x, :v) + :v",
    "SET parked.#a = :v",
    "SET parked.#a = if_not_exists(parked.#a, :w), y = x",
    "REMOVE x, y",
    "ADD x :v",
    "SET y = y - :v ADD parked.#a :v",
    "SET parked = :map",
  ];

  function anyCall(random: Random): [string, Input] {
    const pick = (list: readonly string[]): string => list[random.between(0, list.length - 1)] ?? "";
    const key: Input = { pk: { S: pick(["a", "b"]) } };
    const number = (): Json => n(pick(["0", "1", "2", "-3", "2.5", "1e3"]));
    const scalar = (): Json => (random.chance(0.8) ? number() : { S: pick(["", "a", "b"]) });
    const map = (): Json => m({ a: scalar(), ...(random.chance(0.5) && { b: number() }) });
    const operation = pick(["GetItem", "PutItem", "UpdateItem", "UpdateItem", "UpdateItem", "DeleteItem"]);
    if (operation === "GetItem") return [operation, { Key: key, ConsistentRead: true }];
    const condition = random.chance(0.5) ? pick(CONDITIONS) : undefined;
    const update = operation === "UpdateItem" ? pick(UPDATES) : undefined;
    const all: Input = { ":v": number(), ":w": scalar(), ":map": map() };
    const text = `${condition ?? ""} ${update ?? ""}`;
    const values = Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(text)));
    const returns = ["NONE", "ALL_OLD", ...(update === undefined ? [] : ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])];
    return [
      operation,
      {
        ...(operation === "PutItem"
          ? {
              Item: {
                ...key,
                ...(random.chance(0.7) && { x: scalar() }),
                ...(random.chance(0.5) && { y: scalar(), parked: map() }),
              },
            }
          : { Key: key }),
        ...(condition !== undefined && { ConditionExpression: condition }),
        ...(update !== undefined && { UpdateExpression: update }),
        ...(text.includes("#a") && { ExpressionAttributeNames: { "#a": "a" } }),
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ReturnValues: pick(returns),
      },
    ];
  }
});
