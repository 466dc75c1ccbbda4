import { lintGateways, readProject } from "@sluice/dsl";
import { wholeFile } from "../source";

function findings(policy: string, snippet: string, without: readonly string[] = []) {
  const text = wholeFile(snippet, without);
  const project = readProject(`version: 1\npolicy: ${policy}\n`, "sluice.yaml");
  return lintGateways([{ file: "gateways/test.yaml", text }], { project })
    .findings.filter(({ name }) => name === "against-policy")
    .map(({ range, message }) => [text.slice(range[0], range[1]), message]);
}

test.each([
  ["description: x", "description"],
  ["owner: ''\ndescription: x", "owner"],
])("where an owner is required, %s has none", (snippet, at) => {
  expect(findings("{ owner: required }", snippet)).toEqual([[at, expect.stringContaining("no owner")]]);
});

test("an owner is not asked for where the policy does not, and one that is there is enough", () => {
  expect(findings("{}", "description: x")).toEqual([]);
  expect(findings("{ owner: required }", "owner: '@acme/team'")).toEqual([]);
});

test("a rate above the policy is refused with both figures", () => {
  expect(findings("{ maxCallsPerSecond: 4 }", "rateLimit: 5/s")).toEqual([
    ["5/s", expect.stringMatching(/5\/s is 5 calls a second.*at most 4 /)],
  ]);
  expect(findings("{ maxCallsPerSecond: 5 }", "rateLimit: 5/s")).toEqual([]);
});

test("of several limits the slowest counts", () => {
  expect(findings("{ maxCallsPerSecond: 2 }", "rateLimit: [5/s, 60/m]")).toEqual([]);
});

test("concurrency alone does not pass a policy of the rate by", () => {
  expect(findings("{ maxCallsPerSecond: 5 }", "concurrency: 4", ["rateLimit"])).toEqual([
    ["concurrency", expect.stringMatching(/150 times a second.*at most 5 /)],
  ]);
  expect(findings("{ maxCallsPerSecond: 150 }", "concurrency: 4", ["rateLimit"])).toEqual([]);
});

test("a sluice.yaml in which something is wrong asks nothing; its own findings come first", () => {
  expect(findings("{ owner: always }", "description: x")).toEqual([]);
});
