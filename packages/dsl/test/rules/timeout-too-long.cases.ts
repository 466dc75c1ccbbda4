import { expectFinding, expectNothing } from "../source";

test("a response timeout above 7 minutes leaves too little of Lambda's 15", () => {
  expectFinding("timeout-too-long", "timeouts: { response: ~~~8m~~~ }", { hint: "7m" });
});

test("a tier's timeout above 13 days outlives SQS's 14", () => {
  expectFinding("timeout-too-long", "tiers: [{ name: HIGH, timeout: 1m }, { name: B, timeout: ~~~14d~~~ }]", {
    hint: "13d",
  });
});

test("7 minutes and 13 days are good", () => {
  expectNothing("timeout-too-long", "timeouts: { response: 7m }\ntiers: [{ name: HIGH, timeout: 13d }]");
});
