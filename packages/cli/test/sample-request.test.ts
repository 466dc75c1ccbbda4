import type { Json, OperationPlan } from "@sluice/dsl";
import { createRequestValidator } from "@sluice/runtime";
import { sampleRequest } from "../src/sample-request";

const operation = (request: Json | undefined, path = "/"): OperationPlan => ({
  name: "ask",
  method: "GET",
  path,
  headers: {},
  repeatable: true,
  ...(request === undefined ? {} : { request }),
});

const text = { type: "string" };

test.each<[string, Json]>([
  [
    "a pattern",
    { type: "object", required: ["id"], properties: { id: { ...text, pattern: "^CVE-[0-9]{4}-[0-9]{4,}$" } } },
  ],
  [
    "a closed map that must hold something",
    { type: "object", additionalProperties: false, minProperties: 1, properties: { id: text } },
  ],
  [
    "limits",
    {
      type: "object",
      required: ["n", "t"],
      properties: { n: { type: "integer", minimum: 8, multipleOf: 7 }, t: { ...text, minLength: 3, maxLength: 4 } },
    },
  ],
  [
    "a reference",
    {
      type: "object",
      required: ["a"],
      properties: { a: { $ref: "#/$defs/A" } },
      $defs: { A: { type: "array", items: { enum: ["x"] }, minItems: 2 } },
    },
  ],
  [
    "a choice",
    { oneOf: [{ type: "object", required: ["a"], properties: { a: { const: "it's" } } }, { type: "null" }] },
  ],
])("a sample for a schema with %s is one that the worker takes", async (_, schema) => {
  const asked = operation(schema);
  const sample = await sampleRequest(asked);
  if (sample === undefined) throw new Error("no sample was made");
  expect(createRequestValidator({ operations: [asked] })(asked, sample)).toBeUndefined();
});

test("the same schema gives the same sample", async () => {
  const asked = operation({ type: "object", required: ["a"], properties: { a: { ...text, minLength: 9 } } });
  expect(await sampleRequest(asked)).toEqual(await sampleRequest(asked));
});

test("an example of the schema's own comes first, and one that does not fit is left out", async () => {
  const schema: Json = {
    type: "object",
    required: ["a"],
    properties: { a: text },
    examples: [{ b: 1 }, { a: "Oslo" }],
  };
  expect(await sampleRequest(operation(schema))).toEqual({ a: "Oslo" });
});

test("what the path needs is in the sample, with and without a schema", async () => {
  expect(await sampleRequest(operation(undefined, "/forecast/{place}{?days}"))).toEqual({
    place: expect.stringMatching(/./),
  });
  expect(await sampleRequest(operation({ type: "object", properties: { place: text } }, "/forecast/{place}"))).toEqual({
    place: expect.stringMatching(/./),
  });
});

test("an example of which no path can be made is left out", async () => {
  const schema: Json = { type: "object", examples: [{ place: "" }, { place: ".." }, { place: "Oslo" }] };
  expect(await sampleRequest(operation(schema, "/forecast/{place}"))).toEqual({ place: "Oslo" });
});

test("a schema that nothing fits has no sample", async () => {
  expect(await sampleRequest(operation({ type: "object", required: ["a"], properties: { a: false } }))).toBeUndefined();
  expect(await sampleRequest(operation({ type: "object", not: {} }))).toBeUndefined();
});
