import { expectFinding, expectNothing } from "../source";

test("a POST that is repeated blindly is a warning, with how often it may be done", () => {
  const file =
    "operations: { order: { method: POST, path: /x, onUnknown: ~~~retry~~~ } }\nretries: { unknown: { attempts: 4 } }";
  const finding = expectFinding("blind-repeat", file, { message: "It is a POST", hint: "idempotency: { header:" });
  expect(finding.what).toBe("order may be done up to 4 times");
  expect(finding.severity).toBe("warning");
});

test("what may be repeated may be repeated", () => {
  expectNothing("blind-repeat", "operations: { order: { method: PUT, path: /x, onUnknown: retry } }");
  const keyed = "idempotency: { header: Idempotency-Key }";
  expectNothing("blind-repeat", `operations: { order: { method: POST, path: /x, onUnknown: retry, ${keyed} } }`);
});

test("with one call in all nothing is repeated", () => {
  const file = "operations: { order: { method: POST, path: /x, onUnknown: retry } }";
  expectNothing("blind-repeat", `${file}\nretries: { unknown: { attempts: 1 } }`);
});

test("of a statement only the file can say whether it acts", () => {
  const sql = "endpoint: { adapter: sql, engine: mysql, host: h, database: d }";
  expectNothing("blind-repeat", `${sql}\noperations: { a: { statement: select 1, onUnknown: retry } }`);
});

test("an environment that asks for it is found in its patch", () => {
  const file = "operations: { order: { method: POST, path: /x } }";
  expectFinding("blind-repeat", `${file}\nenvironments: { a: { operations: { order: { onUnknown: ~~~retry~~~ } } } }`);
});
