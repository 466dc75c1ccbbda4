import { expectFinding, expectNothing } from "../source";

test("an alarm for an age that no request reaches is a warning", () => {
  const finding = expectFinding("alarm-after-timeout", "alarms: { age: { HIGH: ~~~5m~~~ } }", {
    message: "No request of HIGH gets as old as 5 min",
    hint: "Write less than 2m, for example 1m",
  });
  expect(finding.severity).toBe("warning");
});

test("the timeout itself is too late", () => {
  expectFinding("alarm-after-timeout", "alarms: { age: { HIGH: ~~~120s~~~ } }");
});

test("an age below the timeout is good", () => {
  expectNothing("alarm-after-timeout", "alarms: { age: { HIGH: 119s, BATCH: 23h } }");
});

test.each([
  ["3m", "1m"],
  ["1h", "30m"],
  ["90s", "45s"],
  ["25s", "12s"],
])("with a timeout of %s the example is %s", (timeout, example) => {
  const file = `tiers: [{ name: A, timeout: ${timeout} }]\nalarms: { age: { A: ~~~1d~~~ } }`;
  expectFinding("alarm-after-timeout", file, { hint: `for example ${example}:` });
});

test("an alarm without ages, and one for a tier that is not there, are left to others", () => {
  expectNothing("alarm-after-timeout", "alarms: { failureRate: 5% }");
  expectNothing("alarm-after-timeout", "alarms: { age: { URGENT: 13d } }");
});

test("an environment with shorter timeouts is told", () => {
  const file = "alarms: { age: { HIGH: 1m } }\nenvironments: { ~~~fast~~~: { tiers: [{ name: HIGH, timeout: 30s }] } }";
  expectFinding("alarm-after-timeout", file, { message: "In environment fast, no request of HIGH" });
});
