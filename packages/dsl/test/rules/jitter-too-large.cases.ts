import { expectFinding, expectNothing } from "../source";

test("a jitter of more than a quarter of the window is a warning, with its price", () => {
  // 1/(1 + 1) = 50 %
  const finding = expectFinding("jitter-too-large", "rateLimit: 5/s\njitter: ~~~1s~~~", {
    message: "only 50 % of 5/s",
  });
  expect(finding.severity).toBe("warning");
});

test("the default jitter is never too large", () => {
  expectNothing("jitter-too-large", "rateLimit: 1/20ms");
  expectNothing("jitter-too-large", "rateLimit: 1/20ms\njitter: 20ms");
});
