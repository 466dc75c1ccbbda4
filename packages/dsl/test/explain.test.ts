import { explainPlan, type GatewayPlan, parseGateway, planGateway, plansOf, resolveSpec } from "@sluice/dsl";
import { differing, EVERY_KEY } from "./every-key";
import { readSamples } from "./samples";
import { wholeFile } from "./source";

function planOf(text: string) {
  const { spec } = resolveSpec(parseGateway(text, "test.yaml"));
  if (!spec) throw new Error("the test's file is wrong");
  return planGateway(spec);
}

const explain = (text: string, load?: Readonly<Record<string, number>>) =>
  explainPlan(planOf(text), load === undefined ? {} : { load });

const sample = (name: string) => readSamples().find(({ file }) => file.includes(name))?.text ?? "";

/** Values of the facts, by name. */
const valuesOf = ({ facts }: ReturnType<typeof explain>) =>
  Object.fromEntries(facts.map(({ name, value }) => [name, value]));

const whyOf = ({ facts }: ReturnType<typeof explain>, name: string) => facts.find((fact) => fact.name === name)?.why;

test("the price of safety at 600 in 5 minutes is 1 − 300/303 = 0.99 %", () => {
  const explained = explain(sample("companies-house"));
  expect(valuesOf(explained)).toMatchObject({
    limit: "600/5m",
    jitter: "3 s",
    interval: "505 ms",
    "rate reached": "1.98/s",
    "price of safety": "0.99 %",
    "open calls": "20",
    turn: "6 min 40 s",
  });
  expect(explained.numbers.reachedShare).toBeCloseTo(300 / 303, 12);
  expect(whyOf(explained, "rate reached")).toBe("594.06 calls in 5 min of the 600 allowed");
});

test("the first sentence says what is kept and how much of the limit that reaches", () => {
  expect(explain(sample("companies-house")).summary[0]).toBe(
    "One call starts every 505 ms at the soonest, so no window of 5 min ever holds more than 600 calls; that is 1.98/s, 99 % of what 600/5m allows.",
  );
});

describe("everything that a file may state is told", () => {
  const [plan] = plansOf(parseGateway(wholeFile(EVERY_KEY), "whole.yaml"));
  if (plan === undefined) throw new Error("the test's file is wrong");
  const told = JSON.stringify(explainPlan(plan));
  /**
   * They follow from others; or only their names are told, since a value may be long or secret, and is in the file; or no
   * wait comes to them.
   */
  const UNTOLD =
    /^(planVersion|dispatch\.kind|endpoint\.(adapter|headers\..*)|operations\.\d\.(headers|request)\..*|limit\.rate\.windowUs|tiers\.(0\.share|\d\.retentionUs)|worker\.functionTimeoutUs|secrets\.\d|retries\.\w+\.maxSeconds|endpoint\.auth\..*)$/;

  const cases = [...differing(plan)].filter(([path]) => !UNTOLD.test(path));

  test("the file of this test uses what a file can", () => expect(cases.length).toBeGreaterThan(40));

  test.each(cases)("%s", (_, other) => {
    expect(JSON.stringify(explainPlan(other as GatewayPlan))).not.toBe(told);
  });

  test("credentials are told by where they come from, never as they are", () => {
    expect(whyOf(explainPlan(plan), "credentials")).toBe("a key from whole#key, in the header Key");
    expect(valuesOf(explainPlan(plan)).secrets).toBe("whole");
  });

  test("an operation says what callers give, what is sent and what they get", () => {
    expect(explainPlan(plan).operations).toMatchObject([
      {
        latency: "1 s",
        request: "needs id; what does not fit ends with Gateway.InvalidRequest",
        sends: "header X",
        answer: "{% $body %}",
      },
      { request: "any JSON", sends: "header Idem; body {% $request %}", answer: "status, headers and body" },
    ]);
  });
});

test("the stack's name in AWS is told, and what decided it", () => {
  expect(valuesOf(explain(sample("companies-house"))).stack).toBe("sluice-companies-house");
  const named = explainPlan({ ...planOf(sample("nvd")), environment: "live", naming: "acme-{gateway}-{environment}" });
  expect(valuesOf(named).stack).toBe("acme-nvd-live");
  expect(whyOf(named, "stack")).toContain("by naming of sluice.yaml, acme-{gateway}-{environment}");
});

test("numbers carry their unit in their name, beside the words", () => {
  expect(explain(sample("companies-house")).numbers).toMatchObject({
    limitCalls: 600,
    limitWindowUs: 300_000_000,
    intervalUs: 505_000,
    reachedPerSecond: 1_000_000 / 505_000,
    turnUs: 400_000_000,
    memoryMb: 512,
    standstillUs: 10_000_000,
    callUs: 300_000,
    isCallAssumed: false,
  });
});

test("a slow limit's rate is told in a span that holds a call", () => {
  expect(
    valuesOf(
      explain(wholeFile("rateLimit: 30/h\ntiers: [{ name: ONLY, timeout: 1d }]\ndefaultTier: ONLY", ["rateLimit"])),
    ),
  ).toMatchObject({
    interval: "2 min 1.2 s",
    "rate reached": "29.7/h",
  });
});

test("concurrency alone has no price, and its rate is what the open calls allow", () => {
  const explained = explain(
    wholeFile("concurrency: 4\noperations: { read: { method: GET, path: /x, latency: 2s } }", [
      "rateLimit",
      "operations",
    ]),
  );
  expect(explained.numbers.reachedShare).toBe(1);
  expect(explained.facts.slice(0, 3).map(({ name, value, why }) => [name, value, why])).toEqual([
    ["most calls", "150/s", expect.stringContaining("only concurrency")],
    ["open calls", "4", expect.stringMatching(/^as concurrency states/)],
    ["rate with slow calls", "2/s", expect.stringContaining("4 open at once, each for 2 s")],
  ]);
  expect(explained.summary[0]).toBe("At most 4 calls are open at once; with calls of 2 s that is 2/s.");
});

test("calls that take longer than the open ones allow hold the rate back, and it is said", () => {
  const slow = explain(
    wholeFile("concurrency: 2\noperations: { read: { method: GET, path: /x, latency: 3s } }", ["operations"]),
  );
  expect(slow.numbers.startEveryUs).toBe(1_500_000);
  expect(valuesOf(slow)["rate with slow calls"]).toBe("40/min");
});

test("every outcome says what counts as it and what follows, in the order of the contract", () => {
  const { outcomes } = explain(
    wholeFile("outcomes: { throttled: { status: [403], when: '{% $body.busy %}', pause: 1m }, rejected: [404] }"),
  );
  expect(outcomes.map(({ outcome, means }) => [outcome, means])).toEqual([
    ["success", "2xx"],
    ["throttled", "403, when $body.busy"],
    ["unavailable", "no connection: surely not sent"],
    ["unknown", "no answer in time, a broken connection, 408, other 5xx"],
    ["rejected", "404"],
  ]);
  expect(outcomes[1]?.follows).toContain("or 1 min without it");
});

test("waits before further calls are told as random ones, up to a most that doubles", () => {
  const follows = (retry: string) =>
    explain(wholeFile(`retries: { unavailable: ${retry} }`)).outcomes.find(({ outcome }) => outcome === "unavailable")
      ?.follows;
  expect(follows("{ attempts: 8, backoff: 2s, max: 1m }")).toBe(
    "the request is tried again: up to 8 calls in all, before each further one a random wait of up to 2 s, then up to 4 s, … at most 1 min; then Gateway.Unavailable",
  );
  // 2, 4 and 8 s: the fourth call is the last, so a minute is never reached.
  expect(follows("{ attempts: 4, backoff: 2s, max: 1m }")).toContain("up to 2 s, then up to 4 s, … at most 8 s;");
  expect(follows("{ attempts: 3, backoff: 2s, max: 1m }")).toContain("up to 2 s, then up to 4 s;");
  expect(follows("{ attempts: 9, backoff: 5s, max: 5s }")).toContain("a random wait of up to 5 s;");
  expect(follows("{ attempts: 1 }")).toBe("the request is not tried again: Gateway.Unavailable");
});

test("an unknown outcome is repeated for those operations only that may be repeated", () => {
  const both = "{ read: { method: GET, path: /x }, send: { method: POST, path: /x } }";
  const follows = (operations: string) =>
    explain(wholeFile(`operations: ${operations}`, ["operations"])).outcomes[3]?.follows ?? "";
  expect(follows(both)).toMatch(/^a request of read is tried again: .* Any other fails at once with Gateway\.Unknown/);
  expect(follows("{ send: { method: POST, path: /x } }")).toMatch(/^the execution fails at once with Gateway\.Unknown/);
  expect(follows("{ read: { method: GET, path: /x } }")).toMatch(/^the request is tried again/);
});

test("an operation that must not be repeated says so", () => {
  const { operations } = explain(wholeFile("operations: { send: { method: POST, path: /x } }"));
  expect(operations).toEqual([
    {
      name: "send",
      call: "POST https://api.example.org/x",
      repeatable: false,
      why: "POST may act a second time, so it is never repeated blindly",
      request: "any JSON",
      sends: "no body",
      answer: "status, headers and body",
    },
  ]);
});

test("what a worker's death costs is told in full: the standstill, and when its requests come back", () => {
  const death = (operations: string) => {
    const explained = explain(wholeFile(`operations: ${operations}`, ["operations"]));
    return [valuesOf(explained)["after a crash"], whyOf(explained, "after a crash")];
  };
  expect(death("{ read: { method: GET, path: /x } }")).toEqual([
    "10 s at most",
    expect.stringMatching(/come back within 40 s; calls that were open are made again$/),
  ]);
  expect(death("{ send: { method: POST, path: /x } }")[1]).toContain("end as unknown where it could");
});

test("the default tier is marked, shares are in percent", () => {
  expect(explain(wholeFile("description: x")).tiers).toMatchObject([
    { name: "HIGH", timeout: "2 min", share: "first whenever it has work", isDefault: false },
    { name: "NORMAL", timeout: "1 h", share: "5 % of the calls while it has work", isDefault: true },
    { name: "BATCH", timeout: "1 d", share: "5 % of the calls while it has work", isDefault: false },
  ]);
});

test("loads are 50, 80 and 95 % of the rate reached, split evenly, and an endless lowest tier", () => {
  const { waits } = explain(sample("companies-house"));
  expect(waits?.loads.map(({ name, usedShare }) => [name, usedShare && Number(usedShare.toFixed(6))])).toEqual([
    ["50 % load", 0.5],
    ["80 % load", 0.8],
    ["95 % load", 0.95],
    ["endless BATCH", undefined],
  ]);
  const [half] = waits?.loads ?? [];
  // W0 = 0.5 · 505 ms / 2; HIGH needs a sixth of the starts, HIGH and NORMAL a third.
  const residualUs = (0.5 * 505_000) / 2;
  expect(half?.tiers[0]?.meanWaitUs).toBeCloseTo(residualUs / (1 - 1 / 6), 3);
  expect(half?.tiers[1]?.meanWaitUs).toBeCloseTo(residualUs / ((1 - 1 / 6) * (1 - 1 / 3)), 3);
  expect(half?.tiers[2]?.meanWaitUs).toBeCloseTo(residualUs / ((1 - 1 / 3) * (1 - 1 / 2)), 3);
});

test("a load of the user's own replaces the three, and a queue that grows is told in words", () => {
  const { waits } = explain(sample("companies-house"), { HIGH: 1, BATCH: 1.5 });
  expect(waits?.loads.map(({ name }) => name)).toEqual(["this load", "endless BATCH"]);
  expect(waits?.split).toBe("arrivals as given: HIGH 1/s, NORMAL nothing, BATCH 1.5/s");
  expect(waits?.loads[0]?.tiers.map(({ wait }) => wait)).toEqual(["510 ms", "1.03 s", "grows without end"]);
});

test("a lower tier that needs less than its share keeps up by it, whatever comes above", () => {
  const { waits } = explain(sample("companies-house"), { HIGH: 5, BATCH: 0.05 });
  // 5 % of a start every 505 ms.
  expect(waits?.loads[0]?.tiers[2]).toMatchObject({
    kind: "share",
    startEveryUs: 10_100_000,
    wait: "by its 5 %: a start every 10.1 s",
  });
});

test("a queue is as long as the timeout allows at the rate reached, or at the tier's share", () => {
  const { queues, drains } = explain(sample("companies-house"));
  // (2 min − 10 s) / 505 ms, and 90 % of it; (1 h − 10 s) / 505 ms, and 5 % of it.
  expect(queues.slice(0, 2)).toMatchObject([
    { tier: "HIGH", longestWait: "1 min 50 s", canWaitAlone: 217, canWaitByShare: 196 },
    { tier: "NORMAL", longestWait: "59 min 50 s", canWaitAlone: 7_108, canWaitByShare: 355 },
  ]);
  expect(drains.map(({ requests, alone, byShare }) => [requests, alone, byShare])).toEqual([
    [1_000, "8 min 25 s", "2 h 48 min"],
    [100_000, "14 h 2 min", "11 d 17 h"],
    [1_000_000, "5 d 20 h", "117 d"],
  ]);
});

test("the bill is the sum of its lines, and the transition is the largest where calls are quick", () => {
  const { cost } = explain(sample("ncbi"));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(cost.lines.map((line) => line.fullUsdPerMillion))).toBeCloseTo(cost.fullUsdPerMillion, 9);
  expect(sum(cost.monthly.map((line) => line.usdPerMonth))).toBeCloseTo(cost.usdPerMonth, 9);
  const dearest = [...cost.lines].sort((a, b) => b.fullUsdPerMillion - a.fullUsdPerMillion)[0];
  expect(dearest).toMatchObject({ part: "transition", fullPerRequest: 1, fullUsdPerMillion: 25 });
  expect(cost.sparseUsdPerMillion).toBeGreaterThan(cost.fullUsdPerMillion);
});

test("a claim before a call that must not be repeated is on the bill", () => {
  const writes = (operations: string) =>
    explain(wholeFile(`operations: ${operations}`, ["operations"])).cost.lines.find(({ part }) => part === "write");
  const [read, send] = [writes("{ read: { method: GET, path: /x } }"), writes("{ send: { method: POST, path: /x } }")];
  expect((send?.sparsePerRequest ?? 0) - (read?.sparsePerRequest ?? 0)).toBe(1);
});

test("what is printed as JSON has a version and no number that JSON does not know", () => {
  const explained = explain(sample("companies-house"), { HIGH: 100 });
  expect(JSON.parse(JSON.stringify(explained))).toEqual(explained);
  expect(explained.version).toBe(1);
});
