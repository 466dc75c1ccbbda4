import { expectFinding, expectNothing } from "../source";

test("an environment that was asked for and does not exist is found with those that do", () => {
  expectFinding("unknown-environment", "~~~environments~~~: { staging: {}, production: {} }", {
    environment: "stagign",
    message: "staging, production",
    hint: "Ask for staging",
  });
});

test("a file without environments is told how to have one", () => {
  expectFinding("unknown-environment", "~~~version~~~: 1", {
    environment: "staging",
    hint: "environments: { staging: {} }",
  });
});

test("an environment that exists is good", () => {
  expectNothing("unknown-environment", "environments: { staging: {} }", { environment: "staging" });
});
