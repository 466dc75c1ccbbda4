import { expectFinding, expectNothing } from "../source";

test("attempts that no deadline waits for are a warning, with the number that is possible", () => {
  // waits 5 + 10 + 20 + 40 = 75 s are above one minute; 5 + 10 + 20 = 35 s are not: 4 attempts
  const file = "tiers: [{ name: HIGH, timeout: 60s }]\nretries: { throttled: { attempts: ~~~5~~~ } }";
  const finding = expectFinding("retry-outlives-deadline", file, { hint: "Write 4 attempts" });
  expect(finding.severity).toBe("warning");
});

test("attempts that the longest timeout waits for are good", () => {
  expectNothing("retry-outlives-deadline", "retries: { throttled: { attempts: 10 } }");
});

test("nothing is said of attempts that the file does not state", () => {
  expectNothing("retry-outlives-deadline", "tiers: [{ name: HIGH, timeout: 60s }]");
});
