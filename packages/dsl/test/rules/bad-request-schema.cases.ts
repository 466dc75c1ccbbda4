import type { Json } from "@sluice/dsl";
import Ajv2020 from "ajv/dist/2020";
import fc from "fast-check";
import { checkRequestSchema } from "../../src/request-schema";
import { expectFinding, expectNothing } from "../source";

const request = (schema: string) => `operations: { read: { path: /x, request: ${schema} } }`;

test("a mistyped keyword is found, and the right one named", () => {
  expectFinding("bad-request-schema", request("{ properties: { a: { ~~~patern~~~: x } } }"), {
    hint: "Did you mean pattern?",
  });
});

test("properties that were written as keywords are told where they belong", () => {
  expectFinding("bad-request-schema", request("{ ~~~companyNumber~~~: { type: string } }"), {
    hint: "under properties",
  });
});

test("a type that does not exist is found with those that do", () => {
  expectFinding("bad-request-schema", request("{ properties: { a: { type: ~~~text~~~ } } }"), {
    message: "one of string, number",
  });
});

test("a value of the wrong kind is found in our words", () => {
  expectFinding("bad-request-schema", request("{ required: ~~~number~~~ }"), { message: "a list of names" });
  expectFinding("bad-request-schema", request("{ properties: { a: { minLength: ~~~-1~~~ } } }"), {
    message: "zero or more",
  });
});

test("a pattern that is no regular expression is found", () => {
  expectFinding("bad-request-schema", request('{ properties: { a: { pattern: ~~~"[a"~~~ } } }'), {
    message: "regular expression",
  });
});

test("a pattern of property names that is no regular expression is found", () => {
  expectFinding("bad-request-schema", request('{ patternProperties: { ~~~"[a"~~~: {} } }'), {
    message: "regular expression",
  });
});

test("an enumeration of nothing is found", () => {
  expectFinding("bad-request-schema", request("{ properties: { a: { enum: ~~~[]~~~ } } }"), {
    message: "at least one value",
  });
});

test("a reference to a part that is not there is found", () => {
  expectFinding("bad-request-schema", request('{ properties: { a: { $ref: ~~~"#/$defs/b"~~~ } } }'), {
    message: "leads nowhere",
  });
  expectFinding("bad-request-schema", request('{ properties: { a: { $ref: ~~~"https://x.org/s"~~~ } } }'));
});

test("another draft of JSON Schema is found", () => {
  expectFinding("bad-request-schema", request('{ $schema: ~~~"http://json-schema.org/draft-07/schema#"~~~ }'));
});

test("a property may have a keyword's name, and references may be recursive", () => {
  expectNothing(
    "bad-request-schema",
    request(
      "{ properties: { type: { enum: [a] }, next: { $ref: '#' }, z: { $ref: '#/$defs/z' } }, $defs: { z: true } }",
    ),
  );
});

test("a schema in which nothing is found compiles", () => {
  const leaf = fc.constantFrom<Json>(
    "string",
    "a",
    0,
    1,
    -1,
    true,
    null,
    [],
    ["a"],
    {},
    { type: "string" },
    { a: {} },
    "[a",
  );
  const keyword = fc.constantFrom(
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "pattern",
    "allOf",
    "not",
    "if",
    "then",
  );
  const more = fc.constantFrom(
    "minLength",
    "maximum",
    "multipleOf",
    "patternProperties",
    "prefixItems",
    "contains",
    "format",
    "dependentRequired",
    "$ref",
    "$defs",
  );
  const schema = fc.dictionary(fc.oneof(keyword, more), leaf, { maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(schema, (one) => {
      fc.pre(checkRequestSchema(one).length === 0);
      expect(() => new Ajv2020({ strict: false, logger: false }).compile(one)).not.toThrow();
    }),
    { numRuns: 60 },
  );
});
