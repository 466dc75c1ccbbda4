import { expectFinding, expectNothing } from "../source";

test("a gateway without rateLimit and concurrency has nothing to keep", () => {
  expectFinding("no-limit", "~~~version~~~: 1", { without: ["rateLimit"], hint: "rateLimit" });
});

test("concurrency alone is a limit", () => {
  expectNothing("no-limit", "concurrency: 4", { without: ["rateLimit"] });
});

test("a rateLimit that is wrong in itself is not called missing", () => {
  expectNothing("no-limit", "rateLimit: 600");
});

test("an environment that removes the limit is found", () => {
  expectFinding("no-limit", "rateLimit: 5/s\nenvironments: { ~~~staging~~~: { rateLimit: null } }", {
    message: "In environment staging",
  });
});
