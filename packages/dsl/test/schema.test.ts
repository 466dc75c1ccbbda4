import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gatewayJsonSchema, gatewayJsonSchemaText, type Json, parseGateway } from "@sluice/dsl";
import Ajv2020 from "ajv/dist/2020";
import { gatewayFile } from "../src/schema";
import { readSamples } from "./samples";
import { wholeFile } from "./source";

const COMMITTED = join(__dirname, "..", "..", "..", "schemas", "gateway.schema.json");

test("the committed JSON Schema is the one that the source writes", () => {
  expect(readFileSync(COMMITTED, "utf8")).toBe(gatewayJsonSchemaText());
});

test("the JSON Schema is valid in strict mode, editor keywords aside", () => {
  const ajv = new Ajv2020({ strict: true });
  ajv.addVocabulary(["patternErrorMessage"]);
  expect(() => ajv.compile(gatewayJsonSchema())).not.toThrow();
});

test("every key has a description and an example", () => {
  const bare: string[] = [];
  const look = (schema: Json | undefined, path: string): void => {
    if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return;
    for (const [key, property] of Object.entries(asMap(schema.properties))) {
      const { description, examples } = asMap(property);
      if (!description || !examples) bare.push(`${path}.${key}`);
      look(property, `${path}.${key}`);
    }
    look(schema.items, `${path}[]`);
    look(schema.additionalProperties, `${path}.*`);
    for (const branch of [schema.anyOf, schema.oneOf].flat()) look(branch, path);
  };
  look(gatewayJsonSchema(), "gateway");
  expect(bare).toEqual([]);
});

test("every example and every default is valid where it stands", () => {
  const root = gatewayJsonSchema();
  const faults: string[] = [];
  const ajv = new Ajv2020({ strict: false });
  const look = (schema: Json | undefined, path: string): void => {
    if (typeof schema !== "object" || schema === null || Array.isArray(schema) || path.includes("$defs")) return;
    const samples = [
      ...(Array.isArray(schema.examples) ? schema.examples : []),
      ...("default" in schema ? [schema.default ?? null] : []),
    ];
    const validate = ajv.compile({ ...schema, $defs: root.$defs });
    for (const sample of samples) if (!validate(sample)) faults.push(`${path}: ${JSON.stringify(sample)}`);
    for (const [key, property] of Object.entries(asMap(schema.properties))) look(property, `${path}.${key}`);
    look(schema.items, `${path}[]`);
    look(schema.additionalProperties, `${path}.*`);
    for (const branch of [schema.anyOf, schema.oneOf].flat()) look(branch, `${path}|`);
  };
  look(root, "gateway");
  expect(faults).toEqual([]);
});

const INVALID = [
  "version: 2",
  "name: Test",
  "rateLimit: 600",
  "rateLimit: [600/m]",
  "concurrency: 0",
  "jitter: 1.5s",
  "tiers: []",
  "tiers: [{ name: A }]",
  "tiers: [{ name: A, timeout: 1m, share: 5 }]",
  "timeouts: { response: 10 }",
  "endpoint: { adapter: soap, url: x }",
  "endpoint: { adapter: http, url: x, auth: { type: basic } }",
  "endpoint: { adapter: http, url: x, auth: { type: apiKey, in: body, name: a, value: b } }",
  "endpoint: { adapter: http, url: x, headers: { 'a b': c } }",
  "operations: {}",
  "operations: { 1a: { path: / } }",
  "operations: { a: { path: /, method: get } }",
  "operations: { a: { path: /, body: $request } }",
  "operations: { a: { path: /, request: [] } }",
  "outcomes: { rejected: 404 }",
  "outcomes: { rejected: [4004] }",
  "outcomes: { throttled: { pause: 30 } }",
  "outcomes: { success: { pause: 30s } }",
  "retries: { throttled: { attempts: 0 } }",
  "environments: { Staging: {} }",
  "environments: { staging: 1 }",
  "quota: {}",
];

const VALID = [
  "jitter: 50ms",
  "concurrency: 200",
  "tiers: [{ name: ONLY, timeout: 13d }]",
  "outcomes: { rejected: [404], throttled: { status: [403], when: '{% $body.x %}', pause: 30s, maxPause: 1h } }",
  "retries: { unknown: { attempts: 1 } }",
  "operations: { a: { path: '', method: POST, body: '{% $request %}', idempotency: { header: X-Key }, onUnknown: fail } }",
  "environments: { staging: { rateLimit: 1/s, anything: [1, null] } }",
];

test.each([
  ...VALID.map((snippet) => ({ snippet, isValid: true })),
  ...INVALID.map((snippet) => ({ snippet, isValid: false })),
])("the JSON Schema and the source agree that $snippet is valid: $isValid", ({ snippet, isValid }) => {
  const { value } = parseGateway(wholeFile(snippet), "a.yaml");
  expect({ ajv: validate(value), zod: gatewayFile.safeParse(value).success }).toEqual({ ajv: isValid, zod: isValid });
});

test("the JSON Schema takes the sample gateways", () => {
  for (const { text, file } of readSamples()) {
    expect({ file, isValid: validate(parseGateway(text, file).value) }).toEqual({ file, isValid: true });
  }
});

const validate = new Ajv2020({ strict: false }).compile(gatewayJsonSchema());

function asMap(value: Json | undefined): { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
