import { expectFinding, expectNothing } from "../source";

const tiers = (high: string, normal: string) =>
  `tiers: [{ name: HIGH, timeout: 1m, burst: ${high} }, { name: NORMAL, timeout: 1h${normal} }]`;

test("a burst of the whole limit leaves no call to be spaced", () => {
  // 5/s: 5 - 5 = 0 calls are left, and one is needed
  const finding = expectFinding("burst-too-large", tiers("~~~5~~~", ""), { hint: "Write at most 4." });
  expect(finding.what).toBe("bursts keep 5 calls, and 5/s has 5");
  expect(finding.why).toContain("here nothing, and each call that is no part of a burst needs one");
});

test("a burst that leaves one call is good", () => {
  expectNothing("burst-too-large", tiers("4", ""));
  expectNothing("burst-too-large", tiers("3", ", burst: 1"));
});

test("bursts count together, and the largest is the one to lower", () => {
  // 3 + 2 = 5; beside 2 there is room for 2, since 5 - 1 = 4 are to share
  expectFinding("burst-too-large", tiers("~~~3~~~", ", burst: 2"), {
    hint: "Write at most 2 here, or lower another: the bursts of all tiers may come to 4 together.",
  });
});

test("where lowering the largest is not enough, several have to be lowered", () => {
  expectFinding("burst-too-large", tiers("5", ", burst: ~~~6~~~"), { hint: "Lower several: " });
});

test("a limit of one call has none for a burst", () => {
  expectFinding("burst-too-large", `rateLimit: 1/s\n${tiers("~~~1~~~", "")}`, {
    hint: "Remove burst",
    message: "Bursts keep 1 call, and 1/s has 1",
  });
});

test("what is left must hold the dearest operation", () => {
  // 5 - 3 = 2 are left, and a write counts for 3
  const operations = "operations: { read: { path: /r }, write: { path: /w, cost: 3 } }";
  const finding = expectFinding("burst-too-large", `${tiers("~~~3~~~", "")}\n${operations}`, {
    hint: "Write at most 2.",
  });
  expect(finding.why).toContain("here 2 calls, and each call that is no part of a burst needs up to 3, its cost");
});

test("a cost above the whole limit is left to its own rule", () => {
  expectNothing("burst-too-large", `${tiers("3", "")}\noperations: { write: { path: /w, cost: 50 } }`);
});

test("of several limits the shortest window is spaced, and so the one that counts", () => {
  expectNothing("burst-too-large", `rateLimit: [100/h, 200/d]\n${tiers("99", "")}`);
  expectFinding("burst-too-large", `rateLimit: [1000/d, 100/h]\n${tiers("~~~100~~~", "")}`, {
    message: "and 100/h has 100",
  });
});

test("without a limit in calls there is nothing of which a burst could be too large", () => {
  expectNothing("burst-too-large", `concurrency: 4\n${tiers("500", "")}`, { without: ["rateLimit"] });
});

test("an environment with a lower limit is told", () => {
  expectFinding("burst-too-large", `${tiers("3", "")}\nenvironments: { ~~~slow~~~: { rateLimit: 2/s } }`, {
    hint: "Write at most 1. In an environment that means to write all tiers anew.",
    message: "In environment slow, bursts keep 3 calls, and 2/s has 2",
  });
});

test("of a limit of ten calls or more a tenth is proposed", () => {
  expectFinding("burst-too-large", `rateLimit: 600/5m\n${tiers("~~~600~~~", "")}`, {
    hint: "Write at most 599; a tenth, 60, is mostly enough",
  });
});
