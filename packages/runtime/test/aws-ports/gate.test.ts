import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { dynamoGate } from "../../src/aws-ports/gate";
import { sdkAwsCall } from "../../src/aws-ports/sdk-call";
import { pointAt } from "./aws-env";

// The gate through the SDK against a DynamoDB that nobody here wrote.

let server: Server;
let client: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  server = dynalite({ createTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  pointAt("DYNAMODB", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client = new DynamoDBClient({});
});

afterAll(async () => {
  client.destroy();
  const closed = once(server, "close");
  server.close();
  await closed;
});

/** A new gate, as a gateway finds it after its first deployment: an empty table. */
async function newGate() {
  tables += 1;
  const TableName = `gate-${tables}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  return dynamoGate(sdkAwsCall(), TableName);
}

const NOTHING = { turnId: undefined, parkedUntilMs: {}, credits: {}, lingeringUntilMs: [] };
const LATER = Date.UTC(2026, 11, 1);

test("who takes the gate learns who had it before", async () => {
  const gate = await newGate();
  expect(await gate.read()).toEqual(NOTHING);
  expect(await gate.take("one")).toEqual(NOTHING);
  expect(await gate.take("two")).toEqual({ ...NOTHING, turnId: "one" });
  expect(await gate.read()).toEqual({ ...NOTHING, turnId: "two" });
});

test("a reason to park is raised and never lowered, and each reason is its own", async () => {
  const gate = await newGate();
  await gate.park("throttled", 2_000.4);
  await gate.park("throttled", 1_000);
  await gate.park("person", 500);
  expect((await gate.take("one")).parkedUntilMs).toEqual({ throttled: 2_001, person: 500 });
  await gate.park("throttled", 3_000);
  expect((await gate.read()).parkedUntilMs).toEqual({ throttled: 3_000, person: 500 });
});

test("two first parks at once both hold", async () => {
  const gate = await newGate();
  await Promise.all([gate.park("throttled", 10), gate.park("circuit", 20), gate.take("one")]);
  expect(await gate.read()).toEqual({ ...NOTHING, turnId: "one", parkedUntilMs: { throttled: 10, circuit: 20 } });
});

test("a turn leaves its credits and its open calls to the next one, but not once another has the gate", async () => {
  const gate = await newGate();
  const left = { credits: { NORMAL: 0.35, BATCH: -0.5 }, lingeringUntilMs: [LATER, LATER + 1] };
  await gate.take("one");
  await gate.leave("one", left);
  expect(await gate.take("two")).toEqual({ ...NOTHING, ...left, turnId: "one" });
  await gate.leave("one", { credits: { NORMAL: 9 }, lingeringUntilMs: [] });
  expect(await gate.read()).toEqual({ ...NOTHING, ...left, turnId: "two" });
});

test("a call is claimed once; the same turn may claim it again, another may not", async () => {
  const gate = await newGate();
  expect(await gate.claim("r1", "one", LATER, 7)).toBe("mine");
  expect(await gate.claim("r1", "one", LATER, 7)).toBe("mine");
  expect(await gate.claim("r1", "two", LATER, 7)).toBe("other");
  expect(await gate.claim("r2", "two", LATER, 7)).toBe("mine");
});

test("a claim is taken back by the turn that has it and by no other", async () => {
  const gate = await newGate();
  await gate.claim("r1", "one", LATER, 7);
  await gate.unclaim("r1", "two");
  expect(await gate.claim("r1", "two", LATER, 7)).toBe("other");
  await gate.unclaim("r1", "one");
  expect(await gate.claim("r1", "two", LATER, 7)).toBe("mine");
  await gate.unclaim("none", "one");
});

test("who takes a request up learns when others did, until they give it back", async () => {
  const gate = await newGate();
  expect(await gate.countTry("r1", "one", LATER, 7)).toEqual([]);
  expect(await gate.countTry("r1", "two", LATER, 8)).toEqual([7]);
  expect(await gate.countTry("r1", "three", LATER, 9)).toEqual([7, 8]);
  await gate.uncountTry("r1", "two", LATER);
  expect(await gate.countTry("r1", "four", LATER, 10)).toEqual([7, 9]);
  expect(await gate.countTry("r2", "two", LATER, 11)).toEqual([]);
});

test("a try that is counted again because its answer was lost counts once", async () => {
  const gate = await newGate();
  for (let i = 0; i < 4; i++) expect(await gate.countTry("r1", "one", LATER, i)).toEqual([]);
  expect(await gate.countTry("r1", "two", LATER, 7)).toEqual([3]);
  for (let i = 0; i < 2; i++) await gate.uncountTry("r1", "one", LATER);
  expect(await gate.countTry("r1", "two", LATER, 7)).toEqual([]);
});

test("a table that is not there is a failure of every step", async () => {
  const gate = dynamoGate(sdkAwsCall(), "no-such-table");
  const steps = [
    gate.take("one"),
    gate.read(),
    gate.park("x", 1),
    gate.claim("r", "one", 1, 7),
    gate.claimedAtMs("r"),
    gate.countTry("r", "one", 1, 7),
    gate.uncountTry("r", "one", 1),
  ];
  for (const end of await Promise.allSettled(steps)) {
    expect(end).toMatchObject({ status: "rejected", reason: { name: "ResourceNotFoundException" } });
  }
});
