import { expectFinding, expectNothing } from "../source";

test("a target whose every 200 is refused is a warning", () => {
  const finding = expectFinding("success-refused", "outcomes: { rejected: [404, ~~~200~~~] }", {
    message: "never succeeds",
    hint: "say when it means rejected",
  });
  expect(finding.severity).toBe("warning");
});

test("a further condition on the answer makes it good", () => {
  expectNothing("success-refused", `outcomes: { rejected: { status: [200], when: "{% $body.ok = false %}" } }`);
  expectNothing("success-refused", `outcomes: { throttled: { when: "{% $body.ok = false %}" } }`);
});

test("200 as success, and 202 as something else, are good", () => {
  expectNothing("success-refused", "outcomes: { success: [200, 201], throttled: { status: [202, 204], pause: 5s } }");
});

test("a status that never ends a call is found", () => {
  expectFinding("success-refused", "outcomes: { unknown: { status: [~~~100~~~] } }", {
    message: "No call ends with 100",
  });
});

test("in an environment it is found in the patch", () => {
  expectFinding("success-refused", "environments: { a: { outcomes: { unavailable: [~~~200~~~] } } }");
});
