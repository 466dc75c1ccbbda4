import { expectFinding, expectNothing } from "../source";

const http = "endpoint: { adapter: http, url: https://x.org }";
const sql = "endpoint: { adapter: sql, engine: postgres, host: db.x.org, database: orders }";

test("a statement with http is found at its key, with the adapter that it is for", () => {
  const finding = expectFinding("foreign-key", `${http}\noperations: { a: { path: /x, ~~~statement~~~: select 1 } }`, {
    message: "statement is for adapter sql",
    hint: "with http, an operation says what it does by path",
  });
  expect(finding.what).toBe("adapter http has no statement");
});

test("a path or a method with sql is found", () => {
  expectFinding("foreign-key", `${sql}\noperations: { a: { statement: select 1, ~~~path~~~: /x } }`);
  expectFinding("foreign-key", `${sql}\noperations: { a: { statement: select 1, ~~~method~~~: GET } }`);
});

test("where nothing is needed of an operation, what it takes is named", () => {
  const file = "endpoint: { adapter: lambda, function: legacy }\noperations: { a: { ~~~path~~~: /x } }";
  expectFinding("foreign-key", file, { hint: "with lambda, what is sent stands in body" });
});

test("an environment that changes the adapter is found with what it leaves behind", () => {
  const file = `operations: { a: { path: /x } }\nenvironments: { ~~~old~~~: { endpoint: { adapter: lambda, function: f, url: null } } }`;
  expectFinding("foreign-key", file, { message: "In environment old, adapter lambda has no path" });
});

test("keys that several adapters take, and keys of all, are good", () => {
  expectNothing("foreign-key", `${http}\noperations: { a: { path: /x, headers: {}, latency: 1s, body: "{% 1 %}" } }`);
  expectNothing("foreign-key", "endpoint: { adapter: module, file: ./m.mjs }\noperations: { a: { body: '{% 1 %}' } }");
});

test("nothing is said while the adapter is not known", () => {
  expectNothing("foreign-key", "endpoint: { adapter: htp }\noperations: { a: { path: /x, statement: select 1 } }");
  expectNothing("foreign-key", "endpoint: { adapter: constructor }\noperations: { a: { path: /x, statement: x } }");
});
