import type { Json } from "@sluice/dsl";
import { createRequestValidator } from "../src/request-schema";

const operation = (request: Json | undefined) =>
  ({ name: "company", method: "GET", path: "/", headers: {}, repeatable: true, request }) as const;

const check = (schema: Json | undefined, request: Json) =>
  createRequestValidator({ operations: [operation(schema)] })({ name: "company" }, request);

const COMPANY: Json = {
  type: "object",
  required: ["number"],
  additionalProperties: false,
  properties: {
    number: { type: "string", pattern: "^[A-Z0-9]{8}$" },
    kind: { enum: ["full", "short"] },
    lines: { type: "array", maxItems: 2, items: { type: "object", properties: { sku: { type: "string" } } } },
    page: { type: "integer", minimum: 1 },
  },
};

test("a request that fits, and any request of an operation without a schema, is right", () => {
  expect(check(COMPANY, { number: "01234567", kind: "full" })).toBeUndefined();
  expect(check(undefined, 5)).toBeUndefined();
});

test.each<[string, Json, string]>([
  ["what is missing", {}, "number is missing."],
  ["what is not known", { number: "01234567", numbr: 1 }, "numbr is not known (known: number, kind, lines, page)."],
  ["a wrong type", { number: 5 }, "number must be text, and is 5."],
  ["a whole that is no map", null, "the request must be a map, and is null."],
  ["a pattern", { number: "abc" }, 'number must match ^[A-Z0-9]{8}$, and is "abc".'],
  ["a choice", { number: "01234567", kind: "long" }, 'kind must be one of "full", "short", and is "long".'],
  ["a bound", { number: "01234567", page: 0 }, "page must be at least 1, and is 0."],
  ["a place in a list", { number: "01234567", lines: [{}, { sku: 1 }] }, "lines[1].sku must be text, and is 1."],
  ["a length", { number: "01234567", lines: [{}, {}, {}] }, "lines must have at most 2 items, and has 3."],
  [
    "everything at once",
    { kind: 1, page: 1.5 },
    'number is missing; kind must be one of "full", "short", and is 1; page must be a whole number, and is 1.5.',
  ],
])("the sentence names %s", (_name, request, sentence) => {
  expect(check(COMPANY, request)).toBe(sentence);
});

test("of a choice between forms only the choice is told", () => {
  const schema: Json = { anyOf: [{ type: "string" }, { type: "object", required: ["a", "b"] }] };
  expect(check(schema, { c: 1 })).toBe('the request fits none of the forms that are allowed, and is {"c":1}.');
});

test("a sentence stays short, however much is wrong and however long a value is", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 9 }, (_, n) => [`p${n}`, { type: "string", maxLength: 5 }]),
  );
  const request = Object.fromEntries(Object.keys(properties).map((name) => [name, [`${"x".repeat(500)}`]]));
  const sentence = check({ type: "object", properties }, request) ?? "";
  expect(sentence).toMatch(/; and 4 more\.$/);
  expect(sentence.length).toBeLessThan(600);
});

test("a reference inside the schema is followed", () => {
  const schema: Json = { $defs: { id: { type: "string" } }, properties: { id: { $ref: "#/$defs/id" } } };
  expect(check(schema, { id: 1 })).toBe("id must be text, and is 1.");
});

test("a schema that names its draft works", () => {
  expect(check({ $schema: "https://json-schema.org/draft/2020-12/schema", type: "string" }, 1)).toBe(
    "the request must be text, and is 1.",
  );
});

test("a schema that is none stops the worker when it starts, by the operation's name", () => {
  expect(() => createRequestValidator({ operations: [operation({ type: "strin" })] })).toThrow(
    /^operations\.company\.request is no JSON Schema: (?!Error)/,
  );
});

test("a schema may refer to itself, and two operations may have schemas of one $id", () => {
  const tree: Json = {
    $id: "tree",
    type: "object",
    properties: { children: { type: "array", items: { $ref: "#" } } },
  };
  const validate = createRequestValidator({
    operations: [operation(tree), { ...operation(tree), name: "other" }],
  });
  expect(validate({ name: "other" }, { children: [{ children: [] }] })).toBeUndefined();
  expect(validate({ name: "company" }, { children: [{ children: [1] }] })).toMatch(/children/);
});
