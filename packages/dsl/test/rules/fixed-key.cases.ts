import { expectFinding } from "../source";

test("an environment cannot rename the gateway", () => {
  expectFinding("fixed-key", "environments: { staging: { ~~~name~~~: other } }", { message: "cannot change name" });
});
