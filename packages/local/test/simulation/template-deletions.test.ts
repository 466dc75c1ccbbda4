import { type Json, us } from "@sluice/dsl";
import type { Simulation } from "../../src/simulation";
import type { WorkerLog } from "../../src/virtual-host";
import { answered, refused } from "../../src/virtual-target";
import { mostInWindow, type Resource, type Synthesized, synthesize, worldOf } from "./gateway-world";

let gateway: Synthesized;
beforeAll(async () => {
  gateway = await synthesize("5/s");
});

/** Everything of it that only shows in a log or in another account, and that nothing here can therefore miss. */
const UNSEEN_TYPES = new Set(["AWS::Logs::LogGroup", "AWS::SSM::Parameter"]);
/** CloudWatch Logs are not modelled. */
const isUnseenAction = (action: string): boolean => action.startsWith("logs:");

/**
 * Asks of a stack all that it is for: a call in each tier alone, then all tiers at once with a rejection, a park with claims
 * to take back and more work than five seconds hold, a second turn by hand while the first is under way, a lost bell, a
 * pause that outlasts an order.
 *
 * @throws whatever did not happen
 */
async function useAll(stack: Synthesized): Promise<void> {
  let parks = 1;
  const world = await worldOf(stack, {
    target: {
      react: ({ operation, request }, index) => {
        if (JSON.stringify(request).includes("wrong")) return refused(404);
        // Its answer comes while the next call is prepared: the claim of that one has to be taken back.
        if (index > 5 && parks-- > 0) return { ...refused(429, { "retry-after": "10" }), latencyUs: us(190_000) };
        return answered(undefined, { operation });
      },
    },
  });
  const mustEnd = async (duration: string) =>
    expect(await world.runUntilEnded(duration, () => world.log.some(isFailure))).toBe(true);
  for (const tier of TIERS) {
    world.send(tier, `${tier}-alone`, { operation: "read" });
    await mustEnd("15s"); // Well before the next sweep could stand in for a bell.
    await world.run("3s"); // The turn is over: what comes next must ring.
  }
  for (const tier of TIERS) {
    for (let i = 0; i < 12; i++) world.send(tier, `${tier}-${i}`, { operation: "order" });
    world.send(tier, `${tier}-wrong`, { operation: "read", request: { id: "wrong" } });
  }
  await world.run("600ms");
  for (const name of world.stack.functionNames) await expectOneTurn(world, name);
  await mustEnd("3m");
  await world.run("3s");
  world.faults = { fifoDeliveryLost: 1 };
  world.send("NORMAL", "silent", { operation: "read" });
  await mustEnd("2m");
  for (const [name, { error }] of world.ended) {
    expect(error).toBe(name.endsWith("wrong") ? "Gateway.Rejected" : undefined);
  }
  await expectSettled(world);
  expect(mostInWindow(stack, world)).toBe(5);
  expect(world.log.filter(isFailure)).toEqual([]);
}

const TIERS = ["HIGH", "NORMAL", "BATCH"];

const isFailure = (line: WorkerLog): boolean => line.kind === "event" && line.name.endsWith("failed");

async function expectSettled(world: Simulation): Promise<void> {
  await world.services.cloud.call({ kind: "user" }, "dynamodb", "UpdateItem", {
    TableName: world.stack.tableNames[0] ?? "",
    Key: { pk: { S: "gate" } },
    UpdateExpression: "SET parked_paused = :until",
    ExpressionAttributeValues: { ":until": { N: String(world.clock.wallMs() + 86_400_000) } },
  });
  await world.run("6s"); // A turn that is under way reads the gate every five seconds.
  world.send("HIGH", "outlasted", { operation: "order" });
  expect(await world.runUntilEnded("1h")).toBe(true);
  expect(world.ended.get("outlasted")).toMatchObject({ error: "Gateway.Expired" });
}

async function expectOneTurn(world: Simulation, functionName: string): Promise<void> {
  let end = "it runs";
  void world.services.lambda.invoke(functionName, { Records: [] }).then(
    () => undefined,
    (error: Error) => {
      end = error.name;
    },
  );
  await world.run("10ms");
  expect(end).toBe("TooManyRequestsException");
}

interface Deletion {
  readonly what: string;
  readonly from: (resources: Record<string, Resource>) => void;
}

/** Every resource, every grant of every statement, and the reserved concurrency. */
function deletions(resources: Readonly<Record<string, Resource>>): Deletion[] {
  return Object.entries(resources).flatMap(([id, resource]) => {
    if (UNSEEN_TYPES.has(resource.Type)) return [];
    const whole = { what: id, from: (all: Record<string, Resource>) => void delete all[id] };
    return [whole, ...grantsOf(id, resource), ...concurrencyOf(id, resource)];
  });
}

const concurrencyOf = (id: string, { Properties: properties }: Resource): Deletion[] =>
  properties.ReservedConcurrentExecutions === undefined
    ? []
    : [
        {
          what: `${id}: reserved concurrency`,
          from: (all) => void delete all[id]?.Properties.ReservedConcurrentExecutions,
        },
      ];

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const fieldsOf = (value: Json | undefined): { [key: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const statementsOf = (resource: Resource | undefined): Json[] =>
  list(fieldsOf(resource?.Properties.PolicyDocument).Statement);

/** Each action on each resource that a statement allows, taken away alone. */
function grantsOf(id: string, resource: Resource): Deletion[] {
  return statementsOf(resource).flatMap((statement, index) => {
    const { Effect: effect, Action: actions, Resource: targets } = fieldsOf(statement);
    if (effect !== "Allow") return [];
    return list(actions).flatMap((action) => {
      if (typeof action !== "string" || isUnseenAction(action)) return [];
      return list(targets).map((target): Deletion => {
        const where = JSON.stringify(target);
        return {
          what: `${id}: ${action} on ${where}`,
          from: (all) => takeAway(statementsOf(all[id]), index, action, where),
        };
      });
    });
  });
}

/** The statement without that one grant: the same actions elsewhere, the other actions there. */
function takeAway(statements: Json[], index: number, action: string, where: string): void {
  const statement = fieldsOf(statements[index]);
  const elsewhere = list(statement.Resource).filter((target) => JSON.stringify(target) !== where);
  const others = list(statement.Action).filter((other) => other !== action);
  const kept: Json[] = [];
  if (elsewhere.length > 0) kept.push({ ...statement, Resource: elsewhere });
  if (others.length > 0) kept.push({ ...statement, Action: others });
  statements.splice(index, 1, ...kept);
  if (statements.length === 0) {
    // A policy document without statements is no document: what is left allows something that nobody does.
    statements.push({ Effect: "Allow", Action: "sqs:ListQueues", Resource: "*" });
  }
}

test("the synthesized stack does all that it is for", async () => {
  await useAll(gateway);
});

test("a stack without any one of its resources, grants or its reserved concurrency fails at that", async () => {
  const all = deletions(gateway.template.Resources);
  expect(all.length).toBeGreaterThan(45);
  const unnoticed: string[] = [];
  for (const { what, from } of all) {
    const template = structuredClone(gateway.template);
    from(template.Resources);
    const isUnnoticed = await useAll({ ...gateway, template }).then(
      () => true,
      () => false,
    );
    if (isUnnoticed) unnoticed.push(what);
  }
  expect(unnoticed).toEqual([]);
}, 120_000);
