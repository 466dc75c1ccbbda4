import { expectFinding, expectNothing } from "../source";

const operation = (request: string, expression: string, key = "answer") =>
  `operations: { a: { method: POST, path: /x, request: ${request}, ${key}: "{% ${expression} %}" } }`;
const closed =
  "{ additionalProperties: false, properties: { number: {}, items: { items: { properties: { sku: {} } } } } }";
const open = "{ properties: { number: {} } }";

test("a field that no request has is found at its characters, with the one that was meant", () => {
  expectFinding("unknown-request-field", operation(closed, "{ 'n': $request.~~~numbr~~~ }"), {
    message: "No request has numbr",
    hint: "Did you mean number?",
  });
  expectFinding("unknown-request-field", operation(closed, "$request.`~~~city~~~`", "body"), {
    hint: "or read one of: number, items",
  });
});

test("where further properties are let in, only a slip of the pen is found", () => {
  expectFinding("unknown-request-field", operation(open, "$request.~~~nubmer~~~"), {
    hint: "add it to the properties",
  });
  expectNothing("unknown-request-field", operation(open, "$request.city"));
  expectNothing("unknown-request-field", operation("{ properties: { no: {} } }", "$request.to"));
});

test("a field of a map in a list is found", () => {
  const request = "{ properties: { items: { items: { additionalProperties: false, properties: { sku: {} } } } } }";
  expectFinding("unknown-request-field", operation(request, "$request.items[qty > 1].~~~price~~~"));
  expectNothing("unknown-request-field", operation(request, "$request.items.sku"));
});

test("nothing is said where properties may be declared elsewhere, or not at all", () => {
  for (const more of ["$ref: '#/$defs/x', $defs: { x: {} }", "allOf: [{}]", "patternProperties: { '^n': {} }"])
    expectNothing(
      "unknown-request-field",
      operation(`{ additionalProperties: false, properties: { n: {} }, ${more} }`, "$request.nn"),
    );
  expectNothing("unknown-request-field", operation("{ type: object, additionalProperties: false }", "$request.x"));
  expectNothing(
    "unknown-request-field",
    operation("{ properties: { number: { type: string } } }", "$request.number.x"),
  );
});

test("nothing is said of what is not surely the request's field", () => {
  for (const expression of [
    "$request.*.x",
    "$request.(x)",
    "$lookup($request, 'x')",
    "($request := $body; $request.x)",
  ])
    expectNothing("unknown-request-field", operation(closed, expression));
  expectNothing("unknown-request-field", operation(closed, "$map($body, function($request) { $request.x })"));
  expectNothing("unknown-request-field", operation(closed, "$body.request.x"));
  expectNothing("unknown-request-field", operation(closed, "$request."));
});

test("what all operations share may read what one of them has", () => {
  const schema = (name: string) => `request: { additionalProperties: false, properties: { ${name}: {} } }`;
  const both = `operations: { a: { path: /a, ${schema("one")} }, b: { path: /b, ${schema("two")} } }`;
  const rest = (field: string) => `outcomes: { rejected: { when: "{% $request.${field} = 1 %}" } }`;
  expectNothing("unknown-request-field", `${both}\n${rest("two")}`);
  expectFinding("unknown-request-field", `${both}\n${rest("~~~three~~~")}`, { message: "operations.a, b" });
  expectFinding("unknown-request-field", `${both}\nfairness: { by: "{% $request.~~~customer~~~ %}" }`);
  expectNothing("unknown-request-field", `operations: { a: { path: /a } }\n${rest("x")}`);
});

test("a parameter of a statement is found", () => {
  const sql = "endpoint: { adapter: sql, engine: mysql, host: h, database: d }";
  const request = "request: { additionalProperties: false, properties: { id: {} } }";
  const parameters = 'parameters: { id: "{% $request.~~~di~~~ %}" }';
  expectFinding(
    "unknown-request-field",
    `${sql}\noperations: { a: { statement: "x :id", ${request}, ${parameters} } }`,
  );
});
