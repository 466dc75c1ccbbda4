import { expectFinding, expectNothing, lint, wholeFile } from "../source";

test("a lower tier that gives up sooner than a higher one is a warning", () => {
  const file = "tiers: [{ name: HIGH, timeout: 1h }, { name: BATCH, timeout: ~~~5m~~~ }]";
  const finding = expectFinding("tier-timeouts-descend", file, {
    hint: "Write at least 1h, or put BATCH above HIGH.",
  });
  expect(finding.severity).toBe("warning");
  expect(finding.what).toBe("BATCH waits longer than HIGH and gives up sooner");
});

test("each such tier is found, with the most patient tier above it", () => {
  const text = wholeFile(
    "tiers: [{ name: A, timeout: 1h }, { name: B, timeout: 2h }, { name: C, timeout: 90m }, { name: D, timeout: 10m }]",
  );
  const found = lint(text).map(({ name, path, hint }) => [name, path[1], hint]);
  expect(found).toEqual([
    ["tier-timeouts-descend", 2, "Write at least 2h, or put C above B."],
    ["tier-timeouts-descend", 3, "Write at least 2h, or put D above B."],
  ]);
});

test.each([
  "tiers: [{ name: HIGH, timeout: 2m }, { name: BATCH, timeout: 24h }]",
  "tiers: [{ name: HIGH, timeout: 60m }, { name: BATCH, timeout: 1h }]",
  "tiers: [{ name: ONLY, timeout: 2m }]",
  "description: the usual tiers",
])("%s is good", (tiers) => {
  expectNothing("tier-timeouts-descend", tiers);
});

test("an environment's tiers are told at their place", () => {
  const file = "environments: { staging: { tiers: [{ name: A, timeout: 1h }, { name: B, timeout: ~~~1m~~~ }] } }";
  expectFinding("tier-timeouts-descend", file);
});
