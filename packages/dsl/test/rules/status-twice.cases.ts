import { expectFinding, expectNothing } from "../source";

test("the status that a later outcome never sees is found, with the winner", () => {
  const finding = expectFinding("status-twice", "outcomes: { rejected: [~~~403~~~, 404], throttled: [403, 429] }", {
    message: "throttled, unavailable, unknown, rejected, success",
    hint: "Keep 403 under one of the two",
  });
  expect(finding.what).toBe("403 is taken by throttled");
});

test("a condition on the later one does not help it", () => {
  const later = `rejected: { status: [~~~400~~~], when: "{% $body.code = 1 %}" }`;
  expectFinding("status-twice", `outcomes: { throttled: [400], ${later} }`);
});

test("a condition on the earlier one tells the two apart", () => {
  const earlier = `throttled: { status: [403], when: "{% $body.code = 1 %}" }`;
  expectNothing("status-twice", `outcomes: { ${earlier}, rejected: [403] }`);
  expectNothing("status-twice", "outcomes: { throttled: { status: [403], header: { X-E: Q } }, rejected: [403] }");
});

test("one status twice in one list is no question of outcomes", () => {
  expectNothing("status-twice", "outcomes: { rejected: [403, 403] }");
});

test("an environment's outcome that the file's own takes is found in its patch", () => {
  const file = "outcomes: { throttled: [403] }\nenvironments: { a: { outcomes: { rejected: [~~~403~~~] } } }";
  expectFinding("status-twice", file);
});
