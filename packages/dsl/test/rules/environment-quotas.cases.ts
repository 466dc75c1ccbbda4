import { lintGateways, readProject } from "@sluice/dsl";
import { wholeFile } from "../source";

/** What the rule finds in files that are deployed together: the file, the text and the words. */
function findings(count: number, snippet: (index: number) => string) {
  const files = Array.from({ length: count }, (_, index) => ({
    file: `g-${index}.yaml`,
    text: wholeFile(`name: g-${index}\nendpoint: { adapter: http, url: "https://g-${index}.org" }\n${snippet(index)}`),
  }));
  return lintGateways(files)
    .findings.filter(({ name }) => name === "environment-quotas")
    .map(({ file, range, what, why, severity }) => {
      const text = files.find((one) => one.file === file)?.text ?? "";
      return { at: `${file} ${text.slice(...range)}`, what, why, severity };
    });
}

test("limits that no region's executions suffice for are a warning at the largest", () => {
  const [finding, ...more] = findings(4, (index) => `rateLimit: ${index === 2 ? 100 : 70}/s`);
  expect(finding).toMatchObject({
    at: "g-2.yaml 100/s",
    what: "4 gateways take 310 requests a second together",
    severity: "warning",
  });
  expect(finding?.why).toContain("300 a second");
  expect(more).toEqual([]);
});

test("limits that come to the quota exactly are good", () => {
  expect(findings(3, () => "rateLimit: 100/s")).toEqual([]);
});

test("what lets fewer requests through than the rate is reckoned with", () => {
  // 100/s is 360,000/h, of which the second limit lets 3,600 through
  expect(findings(4, () => "rateLimit: [100/s, 3600/h]")).toEqual([]);
  expect(findings(4, () => "rateLimit: 100/s\nquota: { calls: 5000/d, resets: 00:00 Europe/London }")).toEqual([]);
  expect(findings(4, () => "rateLimit: 100/s\noperations: { a: { path: /a, cost: 2 } }")).toEqual([]);
});

test("each instance counts", () => {
  const instances = "instances: [{ name: a }, { name: b, rateLimit: 110/s }]";
  expect(findings(2, () => `rateLimit: 50/s\n${instances}`)[0]?.what).toBe(
    "4 gateways take 320 requests a second together",
  );
});

test("an environment is summed up on its own", () => {
  const [finding, ...more] = findings(4, () => "rateLimit: 1/s\nenvironments: { live: { rateLimit: 90/s } }");
  expect(finding).toMatchObject({ at: "g-0.yaml 90/s", what: "4 gateways take 360 requests a second together" });
  expect(more).toEqual([]);
});

test("two environments that ask for the same are both told", () => {
  const environments = "environments: { a: { rateLimit: 90/s }, b: { rateLimit: 90/s } }";
  expect(findings(4, () => `rateLimit: 1/s\n${environments}`).map(({ at }) => at)).toHaveLength(2);
});

test("an environment that asks for the same is not said again", () => {
  expect(findings(4, () => "rateLimit: 90/s\nenvironments: { live: { description: x } }")).toHaveLength(1);
});

test("slots that one account cannot reserve are a warning", () => {
  const [finding] = findings(2, (index) => `worker: { dispatch: deferral, slots: ${index === 1 ? 500 : 401} }`);
  expect(finding).toMatchObject({
    at: "g-1.yaml 500",
    what: "2 gateways reserve 901 units of Lambda's concurrency together",
  });
  expect(findings(2, () => "worker: { dispatch: deferral, slots: 450 }")).toEqual([]);
  expect(findings(2, () => "worker: { slots: 500 }")).toEqual([]);
});

describe("requests that wait are open executions", () => {
  const tiers = (timeout: string) =>
    `rateLimit: 5/s\ntiers: [{ name: A, timeout: 1m }, { name: B, timeout: ${timeout} }]`;

  test("more of them than Step Functions holds are a warning at the longest timeout", () => {
    // 5 a second for 2 days and for 1: 864,000 and 432,000
    const [finding, ...more] = findings(2, (index) => tiers(index === 0 ? "2d" : "1d"));
    expect(finding).toMatchObject({
      at: "g-0.yaml 2d",
      what: "2 gateways let 1,296,000 requests wait, by rate and longest timeout",
      severity: "warning",
    });
    expect(finding?.why).toContain("holds 1,000,000 for one account in one region");
    expect(more).toEqual([]);
  });

  test("as many as it holds are good, and one gateway alone is told in the singular", () => {
    expect(findings(2, () => tiers("1d"))).toEqual([]);
    expect(findings(1, () => tiers("3d")).map(({ what }) => what)).toEqual([
      "1 gateway lets 1,296,000 requests wait, by rate and longest timeout",
    ]);
  });

  test("nobody is told of default timeouts that they never chose", () => {
    expect(findings(1, () => "rateLimit: 100/s")).toEqual([]);
  });
});

test("what sluice.yaml lets an environment reserve is held against all gateways of it", () => {
  const project = (concurrency: number) =>
    readProject(`version: 1\nenvironments: { production: { concurrency: ${concurrency} } }\n`, "sluice.yaml");
  const files = ["a", "b"].map((name) => ({
    file: `gateways/${name}.yaml`,
    text: wholeFile(`name: ${name}\nendpoint: { adapter: http, url: https://${name}.example.org }`),
  }));
  const said = (most: number) =>
    lintGateways(files, { project: project(most) }).findings.map(({ name, message }) => [name, message]);
  expect(said(2)).toEqual([]);
  expect(said(1)).toEqual([
    ["environment-quotas", expect.stringMatching(/2 gateways reserve 2 units .* in production.*gives them 1 there/)],
  ]);
});
