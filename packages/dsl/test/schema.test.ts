import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  gatewayJsonSchema,
  gatewayJsonSchemaText,
  type Json,
  loadJsonSchema,
  loadJsonSchemaText,
  parseGateway,
  projectJsonSchema,
  projectJsonSchemaText,
} from "@sluice/dsl";
import Ajv2020 from "ajv/dist/2020";
import { gatewayFile } from "../src/schema/gateway-file";
import { readSamples } from "./samples";
import { wholeFile } from "./source";

const SCHEMAS = join(__dirname, "..", "..", "..", "schemas");

test("the committed JSON Schemas are those that the source writes", () => {
  expect(readFileSync(join(SCHEMAS, "gateway.schema.json"), "utf8")).toBe(gatewayJsonSchemaText());
  expect(readFileSync(join(SCHEMAS, "sluice.schema.json"), "utf8")).toBe(projectJsonSchemaText());
  expect(readFileSync(join(SCHEMAS, "load.schema.json"), "utf8")).toBe(loadJsonSchemaText());
});

const BOTH = [
  { name: "gateway", schema: gatewayJsonSchema() },
  { name: "sluice", schema: projectJsonSchema() },
  { name: "load", schema: loadJsonSchema() },
];

test.each(BOTH)("the JSON Schema $name is valid in strict mode, editor keywords aside", ({ schema }) => {
  const ajv = new Ajv2020({ strict: true });
  ajv.addVocabulary(["patternErrorMessage", "enumDescriptions", "choice"]);
  expect(() => ajv.compile(schema)).not.toThrow();
});

const WRITTEN = [
  { name: "gateway", schema: JSON.parse(gatewayJsonSchemaText()) },
  { name: "sluice", schema: JSON.parse(projectJsonSchemaText()) },
  { name: "load", schema: JSON.parse(loadJsonSchemaText()) },
];

test.each(WRITTEN)(
  "as it is written for editors $name is valid in strict mode too, editor keywords aside",
  ({ schema }) => {
    // Strict about everything but types: those stand beside the keys that they are for.
    const ajv = new Ajv2020({ strict: true, strictTypes: false });
    ajv.addVocabulary([
      "patternErrorMessage",
      "enumDescriptions",
      "errorMessage",
      "markdownDescription",
      "defaultSnippets",
    ]);
    expect(() => ajv.compile(schema)).not.toThrow();
  },
);

test.each(BOTH)("every key of $name has a description and an example", ({ schema: whole }) => {
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
  look(whole, "");
  expect(bare).toEqual([]);
});

test.each(BOTH)("every example and every default of $name is valid where it stands", ({ schema: root }) => {
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
  "rateLimit: []",
  "rateLimit: [600]",
  "concurrency: 0",
  "jitter: 1.5s",
  "tiers: []",
  "tiers: [{ name: A }]",
  "tiers: [{ name: A, timeout: 1m, share: 5 }]",
  "timeouts: { response: 10 }",
  "endpoint: { adapter: soap, url: x }",
  "endpoint: { adapter: ftp, url: x }",
  "operations: { read: { method: GET } }",
  "operations: { read: { path: /, onUnknown: probe } }",
  "operations: { read: { path: /, cost: 0 } }",
  "hours: Mon-Fri",
  "hours: 25:00-26:00 Europe/London",
  "quota: { calls: 5000/d, resets: midnight }",
  "circuit: { after: 3 }",
  "worker: { memory: 1GB }",
  "instances: [{ endpoint: {} }]",
  "alarms: { failureRate: 5 }",
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
  "rateLimit: [600/m, 5000/h, 10000/d]",
  "quota: { calls: 5000/d, resets: 00:00 Europe/London, reserve: { HIGH: 500 } }",
  "hours: Mon-Fri,Sun 06:00-24:00 Europe/London",
  "hours: [06:00-22:00 UTC, Sat 22:00-02:00 America/New_York]",
  "tiers: [{ name: HIGH, timeout: 2m, burst: 60, reserve: 10%, maxReceives: 100 }]",
  "circuit: { after: 3, probe: 5s, max: 1m }",
  "overflow: s3",
  "fairness: { by: '{% $request.customer %}' }",
  "alarms: { age: { HIGH: 1m }, failureRate: 5% }",
  "worker: { memory: 1024MB, dispatch: deferral, slots: 6, provisioned: 2 }",
  "instances: [{ name: acme, rateLimit: 1/s }]",
  "operations: { a: { path: /, cost: 2, rateLimit: 1/s, coalesce: true, onUnknown: retry } }",
  "operations: { a: { path: /, onUnknown: { probe: b, settle: 30s } }, b: { path: /b } }",
  "operations: { a: { path: /, batch: { max: 50, wait: 200ms, split: '{% $body %}' } } }",
  "outcomes: { throttled: { header: { X-Code: QUOTA }, fault: [Client.Quota], pause: 30s } }",
  "endpoint: { adapter: http, url: https://x.org, ca: pem, proxy: http://p, vpc: { subnets: [subnet-1] } }",
  "endpoint: { adapter: http, url: https://x.org, auth: { type: oauth2, tokenUrl: x, clientId: a, clientSecret: b, scopes: [c], counts: true } }",
  "endpoint: { adapter: http, url: https://x.org, auth: { type: mtls, certificate: a, key: b } }",
  "endpoint: { adapter: soap, wsdl: ./a.wsdl, version: '1.2', auth: { type: wsSecurity, username: a, password: b } }\noperations: { a: { action: GetQuote, body: '{% $request %}' } }",
  "endpoint: { adapter: sql, engine: postgres, host: h, port: 5432, database: d, auth: { type: login, username: a, password: b } }\noperations: { a: { statement: select 1, parameters: { id: '{% $request.id %}' } } }",
  "endpoint: { adapter: lambda, function: f, qualifier: live }\noperations: { a: { body: '{% $request %}' } }",
  "endpoint: { adapter: module, file: ./a.mjs, settings: { station: 7 } }\noperations: { a: {} }",
];

const validate = new Ajv2020({ strict: false }).compile(gatewayJsonSchema());
const validateInEditor = new Ajv2020({ strict: false }).compile(WRITTEN[0]?.schema);

test.each([
  ...VALID.map((snippet) => ({ snippet, isValid: true })),
  ...INVALID.map((snippet) => ({ snippet, isValid: false })),
])("the JSON Schema and the source agree that $snippet is valid: $isValid", ({ snippet, isValid }) => {
  const { value } = parseGateway(wholeFile(snippet), "a.yaml");
  const judged = {
    ajv: validate(value),
    editor: validateInEditor(value),
    zod: gatewayFile.safeParse(value).success,
  };
  expect(judged).toEqual({ ajv: isValid, editor: isValid, zod: isValid });
});

test("the JSON Schema takes the sample gateways", () => {
  for (const { text, file } of readSamples()) {
    const { value } = parseGateway(text, file);
    expect({ file, ajv: validate(value), editor: validateInEditor(value) }).toEqual({ file, ajv: true, editor: true });
  }
});

function asMap(value: Json | undefined): { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
