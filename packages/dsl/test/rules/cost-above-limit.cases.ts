import { expectFinding, expectNothing } from "../source";

const costs = (cost: string) => `operations: { read: { path: /r }, export: { path: /e, cost: ${cost} } }`;

test("a call that counts for more than the whole limit never fits", () => {
  const finding = expectFinding("cost-above-limit", costs("~~~6~~~"), { hint: "Write at most 5" });
  expect(finding.what).toBe("a call that counts for 6 never fits into 5/s");
});

test("a call that counts for the whole limit fits", () => {
  expectNothing("cost-above-limit", costs("5"));
});

test("of several limits the smallest must hold it, whatever its window", () => {
  expectFinding("cost-above-limit", `rateLimit: [600/m, 500/h]\n${costs("~~~550~~~")}`, {
    message: "never fits into 500/h",
    hint: "correct rateLimit",
  });
});

test("a quota must hold it too", () => {
  const quota = "quota: { calls: 50/d, resets: 00:00 Europe/London }";
  expectFinding("cost-above-limit", `rateLimit: 100/m\n${quota}\n${costs("~~~60~~~")}`, {
    message: "quota allows 50 calls between two resets",
    hint: "correct quota",
  });
});

test("an operation's own limit counts its calls, whatever they cost", () => {
  expectNothing("cost-above-limit", "operations: { file: { path: /f, cost: 2, rateLimit: 1/s } }");
});

test("without a limit in calls nothing is too dear", () => {
  expectNothing("cost-above-limit", `concurrency: 4\n${costs("50")}`, { without: ["rateLimit"] });
});

test("an environment with a lower limit is told", () => {
  expectFinding("cost-above-limit", `${costs("3")}\nenvironments: { ~~~slow~~~: { rateLimit: 2/s } }`, {
    message: "In environment slow, a call that counts for 3 never fits into 2/s",
  });
});
