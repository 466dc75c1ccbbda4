import { expectFinding, expectNothing } from "../source";

test("a timeout below one interval cannot be kept", () => {
  // 1/m with 600 ms of jitter: an interval of 60.6 s; with 10 s for the call 70.6 s.
  const finding = expectFinding(
    "timeout-below-interval",
    "rateLimit: 1/m\ntiers: [{ name: HIGH, timeout: ~~~30s~~~ }]",
    { hint: "Write at least 71s." },
  );
  expect(finding.message).toContain("HIGH");
});

test("a timeout shorter than one call cannot be kept", () => {
  expectFinding("timeout-below-interval", "timeouts: { response: 30s }\ntiers: [{ name: HIGH, timeout: ~~~30s~~~ }]");
});

test("a timeout of one interval and one call is good", () => {
  expectNothing("timeout-below-interval", "rateLimit: 1/m\ntiers: [{ name: HIGH, timeout: 71s }]");
});

test("an environment whose slower limit breaks a timeout of the file is told so at its name", () => {
  const file =
    "rateLimit: 5/s\ntiers: [{ name: HIGH, timeout: 30s }]\nenvironments: { ~~~staging~~~: { rateLimit: 1/m } }";
  expectFinding("timeout-below-interval", file, { message: "In environment staging" });
});

test("nothing is reckoned with a limit that is wrong in itself", () => {
  expectNothing("timeout-below-interval", "rateLimit: 1\ntiers: [{ name: HIGH, timeout: 1s }]");
});
