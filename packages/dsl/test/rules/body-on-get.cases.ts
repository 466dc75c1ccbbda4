import { expectFinding, expectNothing } from "../source";

test("a GET with a body is a warning", () => {
  const finding = expectFinding("body-on-get", "operations: { a: { method: GET, path: /x, ~~~body~~~: '{% 1 %}' } }");
  expect(finding.severity).toBe("warning");
  expect(finding.why).toMatch(/^Many targets/);
});

test("who stated no method learns that it is a GET", () => {
  expectFinding("body-on-get", "operations: { a: { path: /x, ~~~body~~~: '{% 1 %}' } }", {
    message: "An operation that states no method is a GET.",
    hint: "Write method: POST",
  });
});

test("a HEAD with a body is found", () => {
  expectFinding("body-on-get", "operations: { a: { method: HEAD, path: /x, ~~~body~~~: '{% 1 %}' } }");
});

test("a POST, a DELETE, and another adapter's body are good", () => {
  expectNothing("body-on-get", "operations: { a: { method: POST, path: /x, body: '{% 1 %}' } }");
  expectNothing("body-on-get", "operations: { a: { method: DELETE, path: /x, body: '{% 1 %}' } }");
  expectNothing("body-on-get", "endpoint: { adapter: lambda, function: f }\noperations: { a: { body: '{% 1 %}' } }");
});

test("a body that an environment adds is found in its patch", () => {
  expectFinding("body-on-get", "environments: { a: { operations: { read: { ~~~body~~~: '{% 1 %}' } } } }");
});
