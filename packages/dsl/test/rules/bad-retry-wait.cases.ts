import { expectFinding, expectNothing } from "../source";

test("a wait that is not whole seconds is found, rounded up", () => {
  expectFinding("bad-retry-wait", "retries: { throttled: { backoff: ~~~1500ms~~~ } }", { hint: "Write 2s." });
});

test("a longest wait shorter than the first is found", () => {
  expectFinding("bad-retry-wait", "retries: { unknown: { backoff: 30s, max: ~~~10s~~~ } }", { hint: "at least 30s" });
});

test("whole seconds in any unit are good", () => {
  expectNothing("bad-retry-wait", "retries: { unknown: { backoff: 2000ms, max: 1h } }");
});
