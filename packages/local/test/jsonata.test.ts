import type { Json } from "@sluice/dsl";
import fc from "fast-check";
import jsonata from "jsonata";
import { compileExpression, compileInLibrary, evaluateInLibrary, type States } from "../src/models/jsonata";
import { builtinsAt, NEEDS_LIBRARY } from "../src/models/jsonata-builtins";
import { compileQuickly } from "../src/models/jsonata-closures";
import { localWorld } from "./local-world";
import { synthesize } from "./simulation/gateway-world";

const { world } = localWorld();

/** What came of it, a failure in its words. */
const settled = (value: Json | Promise<Json>): Promise<Json> => Promise.resolve(value).catch(told);
const told = (error: unknown): Json => `failed: ${String(error)}`;

async function outcomes(source: string, states: States): Promise<{ readonly ours: Json; readonly library: Json }> {
  const library = await settled(evaluateInLibrary(compileInLibrary(source, world), states));
  let ours: Json;
  try {
    ours = await settled(compileExpression(source, world).evaluate(states));
  } catch (error) {
    ours = told(error);
  }
  return { ours, library };
}

async function expectTheSame(source: string, states: States): Promise<void> {
  const { ours, library } = await outcomes(source, states);
  expect({ source, states, value: ours, text: JSON.stringify(ours) }).toEqual({
    source,
    states,
    value: library,
    text: JSON.stringify(library),
  });
}

const needsLibrary = (source: string, states: States): boolean =>
  compileQuickly(
    jsonata(source).ast(),
    builtinsAt(() => 0),
  )(states) === NEEDS_LIBRARY;

const CONTEXT: Json = {
  Execution: { Id: "arn", Name: "e", StartTime: "2026-01-01T00:00:00.000Z", RedriveCount: 0, Input: {} },
  State: { EnteredTime: "2026-01-01T00:00:01.500Z", Name: "Call", RetryCount: 0 },
  Task: { Token: "token" },
};

/** Every expression of a synthesized state machine. */
async function expressionsOf(more: string): Promise<string[]> {
  const { template } = await synthesize("10/s", more);
  const machine = Object.values(template.Resources).find(({ Type }) => Type === "AWS::StepFunctions::StateMachine");
  const text = JSON.stringify(machine?.Properties.DefinitionString).replaceAll(
    /\{\\?"(?:Ref|Fn::GetAtt)\\?":.*?\}/g,
    '"arn"',
  );
  const joined: Json = JSON.parse(text);
  const definition = typeof joined === "string" ? joined : joinOf(joined);
  const found: string[] = [];
  const visit = (part: Json): void => {
    if (typeof part === "string" && part.startsWith("{%")) found.push(part.slice(2, -2).trim());
    else if (typeof part === "object" && part !== null) for (const inner of Object.values(part)) visit(inner);
  };
  visit(JSON.parse(definition));
  return found;
}

function joinOf(value: Json): string {
  const [, parts] = (value as { "Fn::Join": [string, Json[]] })["Fn::Join"];
  return parts.map((part) => (typeof part === "string" ? part : "arn")).join("");
}

const scalar = fc.oneof(
  fc.constantFrom<Json>("", "a", "HIGH", "NORMAL", "read", "😀b", null, true, false),
  fc.integer({ min: -3, max: 200 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const key = fc.constantFrom(
  "tier",
  "operation",
  "request",
  "a",
  "b",
  "0",
  "sequence",
  "outerWrapper",
  "_jsonata_lambda",
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
})).value;

const input = fc.oneof(
  json,
  fc.record(
    {
      tier: fc.constantFrom<Json>("HIGH", "NORMAL", "NONE", 3, null),
      operation: fc.constantFrom<Json>("read", "order", "none", [], null),
      request: json,
      other: scalar,
      another: scalar,
    },
    { requiredKeys: [] },
  ),
);
const errorOutput = fc.record({
  Error: fc.constantFrom<Json>("SNS.AmazonSNSException", "Gateway.Unknown", "", null, 5),
  Cause: fc.constantFrom<Json>("too long", '{"outcome":"unknown"}', "", null),
});

test("every expression of a state machine gives what the library gives, whatever the caller sent", async () => {
  const tiers = "tiers: [{ name: HIGH, timeout: 1h }, { name: NORMAL, timeout: 1d }]";
  const expressions = [...new Set([...(await expressionsOf(tiers)), ...(await expressionsOf(""))])];
  expect(expressions.length).toBeGreaterThan(8);
  for (const source of expressions) {
    const property = fc.asyncProperty(input, errorOutput, (given, error) =>
      expectTheSame(source, { input: given, errorOutput: error, context: CONTEXT }),
    );
    await fc.assert(property, { numRuns: 12, seed: 1 });
  }
});

test("no expression of a state machine needs the library for a request that is right", async () => {
  const expressions = await expressionsOf("");
  const states = {
    input: { operation: "read", request: { q: ["x"] } },
    errorOutput: { Error: "Gateway.Unknown", Cause: "{}" },
    context: CONTEXT,
  };
  expect(
    expressions.filter((source) => needsLibrary(source, states) && !source.includes("$states.input.Error")),
  ).toEqual([]);
});

/** A function that calls itself never ends. */
const calm = (body: string): string => body.replaceAll("$f(", "$count(");

/** Expressions around the subset: right and wrong types, lists where none are expected, names bound anew. */
const expression: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => {
  const any = tie("any");
  const literal = scalar
    .filter((value) => typeof value !== "number" || value >= 0)
    .map((value) => JSON.stringify(value));
  const name = fc.constantFrom("x", "y", "f", "states");
  const path = fc
    .array(fc.constantFrom("tier", "operation", "request", "a", "b", "`0`", "nothing"), { maxLength: 3 })
    .map((steps) => ["$states.input", ...steps].join("."));
  const operator = fc.constantFrom("+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "&", "in", "and", "or");
  const one = fc.constantFrom(
    ...["exists", "not", "type", "string", "count", "length", "ceil", "floor", "max", "min", "keys", "toMillis", "f"],
  );
  const two = fc.constantFrom("contains", "lookup", "join", "hash", "f");
  const field = fc.constantFrom("a", "b", "a b", "1", "0", "_jsonata_function", "__proto__");
  return {
    any: fc.oneof(
      { maxDepth: 4, depthSize: "small" },
      literal,
      path,
      name.map((variable) => `$${variable}`),
      fc.tuple(any, operator, any).map(([left, sign, right]) => `(${left} ${sign} ${right})`),
      fc.tuple(any, any, any).map(([asked, yes, no]) => `(${asked} ? ${yes} : ${no})`),
      fc.tuple(any, any).map(([asked, yes]) => `(${asked} ? ${yes})`),
      fc.tuple(one, any).map(([fn, argument]) => `$${fn}(${argument})`),
      fc.tuple(two, any, any).map(([fn, first, second]) => `$${fn}(${first}, ${second})`),
      fc.tuple(any, any, any).map(([text, from, length]) => `$substring(${text}, ${from}, ${length})`),
      fc.array(any, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
      fc
        .array(fc.tuple(field, any), { maxLength: 3 })
        .map((pairs) => `{${pairs.map(([one, value]) => `${JSON.stringify(one)}: ${value}`).join(", ")}}`),
      fc.tuple(name, any, any).map(([variable, value, then]) => `($${variable} := ${value}; ${then})`),
      fc.tuple(any, any).map(([body, then]) => `($f := function($x) { ${calm(body)} }; ${then})`),
      fc.tuple(any, any, any).map(([body, call, z]) => `($f := function($z, $w) { ${calm(body)} }; $f(${call}, ${z}))`),
      fc.tuple(any, any).map(([list, then]) => `[${list}].(${then})`),
      any.map((list) => `[${list}, $states.input.nothing].$type($)`),
      fc.tuple(any, any).map(([object, asked]) => `$keys(${object})[$not($ in [${asked}])]`),
      any.map((value) => `-(${value})`),
    ),
  };
}).any;

test("an expression gives what the library gives, value or failure", async () => {
  const counts = { quick: 0, all: 0 };
  const property = fc.asyncProperty(expression, input, async (source, given) => {
    const states = { input: given, context: CONTEXT };
    counts.all += 1;
    if (!needsLibrary(source, states)) counts.quick += 1;
    await expectTheSame(source, states);
  });
  await fc.assert(property, { numRuns: 400, seed: 2 });
  // Otherwise the library was only compared with itself.
  expect(counts.quick / counts.all).toBeGreaterThan(0.2);
}, 240_000);
