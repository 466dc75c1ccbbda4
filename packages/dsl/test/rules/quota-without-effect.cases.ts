import { expectFinding, expectNothing } from "../source";

const quota = (calls: string, rest = "") => `quota: { calls: ${calls}, resets: 00:00 Europe/London${rest} }`;

test("a quota that the limit cannot use up between two resets is a warning with the figure", () => {
  // 2/m are 2 * 60 * 25 = 3000 on a day of 25 hours
  const finding = expectFinding("quota-without-effect", `rateLimit: 2/m\n${quota("~~~5000/d~~~")}`, {
    message: "2/m lets at most 3,000 calls start between two resets",
  });
  expect(finding.severity).toBe("warning");
});

test("the day on which clocks are set back has 25 hours to use it up", () => {
  expectNothing("quota-without-effect", `rateLimit: 2/m\n${quota("2999/d")}`);
  expectFinding("quota-without-effect", `rateLimit: 2/m\n${quota("~~~3000/d~~~")}`);
});

test("the strictest of several limits decides", () => {
  expectFinding("quota-without-effect", `rateLimit: [600/m, 100/h]\n${quota("~~~2500/d~~~")}`, { message: "100/h" });
  expectNothing("quota-without-effect", `rateLimit: [600/m, 100/h]\n${quota("2000/d")}`);
});

test("nothing is said of a quota for less than a day, which a daily reset does not explain", () => {
  expectNothing("quota-without-effect", `rateLimit: 2/m\n${quota("5000/h")}`);
});

test("with concurrency alone nobody knows how many calls there can be", () => {
  expectNothing("quota-without-effect", `concurrency: 4\n${quota("5000/d")}`, { without: ["rateLimit"] });
});

test("reserves that come to the whole quota leave the lowest tier nothing", () => {
  const finding = expectFinding(
    "quota-without-effect",
    quota("5000/d", ", reserve: { HIGH: 2000, NORMAL: ~~~3000~~~ }"),
  );
  expect(finding.what).toBe("the reserves leave BATCH no call of the quota");
  expect(finding.why).toContain("2000 for HIGH and 3000 for NORMAL, together 5000, are kept");
});

test("one reserve can take it all", () => {
  expectFinding("quota-without-effect", quota("5000/d", ", reserve: { HIGH: ~~~6000~~~ }"), {
    message: "6000 for HIGH are kept",
  });
});

test("reserves that leave something are good", () => {
  expectNothing("quota-without-effect", quota("5000/d", ", reserve: { HIGH: 2000, NORMAL: 2999 }"));
});

test("what is kept for the lowest tier is kept from nobody", () => {
  expectNothing("quota-without-effect", quota("5000/d", ", reserve: { BATCH: 5000 }"));
  expectNothing(
    "quota-without-effect",
    `tiers: [{ name: ONE, timeout: 1h }]\n${quota("50/d", ", reserve: { ONE: 50 }")}`,
  );
});

test("an environment that lowers the limit is not told that the file's quota idles there", () => {
  expectNothing("quota-without-effect", `${quota("5000/d")}\nenvironments: { slow: { rateLimit: 1/m } }`);
});

test("an environment that states the quota itself is told at its place", () => {
  const file = `${quota("5000/d")}\nenvironments: { slow: { rateLimit: 1/m, quota: { calls: ~~~4000/d~~~ } } }`;
  expectFinding("quota-without-effect", file);
});

test("an environment whose tiers get nothing of the quota is told", () => {
  const tiers = "tiers: [{ name: NORMAL, timeout: 1h }, { name: NIGHT, timeout: 1d }]";
  const file = `${quota("5000/d", ", reserve: { NORMAL: 4999, BATCH: 1 }")}\nenvironments: { ~~~small~~~: { ${tiers}, quota: { calls: 10/d } } }`;
  expectFinding("quota-without-effect", file, { message: "In environment small, the reserves leave NIGHT no call" });
});
