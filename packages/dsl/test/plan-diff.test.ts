import { type Change, diffPlans, explainPlan, type GatewayPlan, parseGateway, plansOf, readProject } from "@sluice/dsl";
import { differing, EVERY_KEY } from "./every-key";
import { wholeFile } from "./source";

const SECOND = 1_000_000;

/** The plans of a snippet, its environments included. */
function plans(snippet: string, without: readonly string[] = []): GatewayPlan[] {
  const made = plansOf(parseGateway(wholeFile(snippet, without), "test.yaml"));
  if (made.length === 0) throw new Error(`the test's file is wrong: ${snippet}`);
  return made;
}

const changesBetween = (before: string, after: string): readonly Change[] =>
  diffPlans(plans(before), plans(after)).gateways.flatMap(({ changes }) => changes);

const kinds = (changes: readonly Change[]): string[] => changes.map(({ kind }) => kind);

/** The one change of a kind. */
function only<Kind extends Change["kind"]>(changes: readonly Change[], kind: Kind): Extract<Change, { kind: Kind }> {
  const found = changes.filter((change): change is Extract<Change, { kind: Kind }> => change.kind === kind);
  const [change] = found;
  if (change === undefined || found.length > 1) throw new Error(`${kind}: ${JSON.stringify(changes)}`);
  return change;
}

const CALLER = `operations:
  read: { method: GET, path: /read, request: { type: object, required: [id], properties: { id: { type: string } } } }
`;

describe("the same gateway", () => {
  test("has no entry, however its file is laid out", () => {
    const diff = diffPlans(plans("rateLimit: 5/s\ndescription: a"), plans("# moved\ndescription: a\nrateLimit: 5/s"));
    expect(diff).toEqual({ care: "safe", gateways: [], unchanged: 1 });
  });

  test("has no entry when the keys of a schema or the operations stand in another order", () => {
    const one = "operations: { a: { path: /a, request: { type: object, required: [x] } }, b: { path: /b } }";
    const other = "operations: { b: { path: /b }, a: { path: /a, request: { required: [x], type: object } } }";
    expect(diffPlans(plans(one), plans(other)).gateways).toEqual([]);
  });
});

describe("the limit", () => {
  test("held back by open calls, waits and drain are reckoned with the calls that are open, as explain does", () => {
    const calls = (concurrency: number) =>
      plans(`concurrency: ${concurrency}\noperations: { read: { path: /read, latency: 2s } }`, ["rateLimit"]);
    const { before, after } = diffPlans(calls(4), calls(8)).gateways[0] ?? {};
    // 2 s / 4 and / 8 between two starts; 100,000 of them
    expect([before?.drainUs, after?.drainUs]).toEqual([50_000 * SECOND, 25_000 * SECOND]);
    // one start, and one for each of two lower tiers
    expect([before?.tiers[0]?.startWithinUs, after?.tiers[0]?.startWithinUs]).toEqual([1.5 * SECOND, 0.75 * SECOND]);
    // 2 min less 10 s of response timeout, every 0.5 s and 0.25 s, the first at once
    expect([before?.tiers[0]?.callsWithinTimeout, after?.tiers[0]?.callsWithinTimeout]).toEqual([221, 441]);
  });

  test("lowered, it takes care, and the figures of both sides are there", () => {
    const { gateways } = diffPlans(plans("rateLimit: 10/s"), plans("rateLimit: 5/s"));
    expect(gateways).toHaveLength(1);
    const { care, before, after, changes = [] } = gateways[0] ?? {};
    expect(care).toBe("takes care");
    // (1 s + 20 ms) / 10 and / 5
    expect([before?.intervalUs, after?.intervalUs]).toEqual([102_000, 204_000]);
    expect([before?.drainUs, after?.drainUs]).toEqual([10_200 * SECOND, 20_400 * SECOND]);
    expect(only(changes, "limit").lastOldTurnUs).toBe((400 + 10 + 30) * SECOND);
  });

  test("raised, it is safe: the larger of the two holds until the deployment is through", () => {
    expect(only(changesBetween("rateLimit: 5/s", "rateLimit: 10/s"), "limit").care).toBe("safe");
  });

  test("a jitter alone is a change of the limit too, because the interval follows from it", () => {
    expect(kinds(changesBetween("jitter: 20ms", "jitter: 60ms"))).toEqual(["limit", "open-calls"]);
  });
});

describe("waits under a backlog", () => {
  const numbers = (snippet: string) =>
    diffPlans([], plans(snippet)).gateways[0]?.after?.tiers.map(({ startWithinUs }) => startWithinUs);

  test("the highest tier waits one interval, and one start for each lower tier that has a share", () => {
    const tiers = "tiers: [{ name: A, timeout: 1h }, { name: B, timeout: 1h, share: 10% }, { name: C, timeout: 1h }]";
    // 204 ms an interval: 3 of them; one start in ten; one in twenty.
    expect(numbers(tiers)).toEqual([612_000, 2_040_000, 4_080_000]);
  });

  test("a tier without a share is promised nothing", () => {
    expect(numbers("tiers: [{ name: A, timeout: 1h }, { name: B, timeout: 1h, share: 0% }]")).toEqual([204_000, null]);
  });
});

describe("tiers", () => {
  const tiers = (...names: string[]) => `tiers: [${names.map((name) => `{ name: ${name}, timeout: 1h }`).join(", ")}]`;

  test("a removed tier is deployed paused: what waits in its queue is given up after timeout and margin", () => {
    const operations = "\noperations: { read: { path: /r }, order: { method: POST, path: /o } }";
    const changes = changesBetween(tiers("A", "B") + operations, tiers("A") + operations);
    expect(only(changes, "tier-removed")).toEqual({
      kind: "tier-removed",
      care: "paused",
      tier: "B",
      successor: null,
      timeoutUs: 3_600 * SECOND,
      // Visibility: response timeout of 10 s and 30 s; the task's margin: 60 s.
      givenUpAfterUs: (3_600 + 40 + 60) * SECOND,
      expired: ["read"],
      unknown: ["order"],
    });
  });

  test("a tier under another name is a removed one and an added one in its place", () => {
    const changes = changesBetween(tiers("A", "B"), tiers("A", "BULK"));
    expect(only(changes, "tier-removed").successor).toBe("BULK");
    expect(only(changes, "tier-added").tier).toBe("BULK");
  });

  test("another order is told, and an added tier alone is none", () => {
    expect(only(changesBetween(tiers("A", "B", "C"), tiers("B", "A", "C")), "tier-order").after).toEqual([
      "B",
      "A",
      "C",
    ]);
    expect(
      kinds(changesBetween(`${tiers("A", "B")}\ndefaultTier: A`, `${tiers("N", "A", "B")}\ndefaultTier: A`)),
    ).toEqual(
      // A is no longer the highest, and so has a share.
      ["tier-added", "tier-share"],
    );
  });

  test.each([
    ["1d", "1h", "takes care", 2 * 3_600 * SECOND], // retention: an hour longer than the timeout
    ["2h", "1h", "takes care", null],
    ["1h", "1d", "safe", null],
  ])("a timeout from %s to %s %s; waiting requests are lost from %s µs on", (from, to, care, losesAfterUs) => {
    const tier = (timeout: string) => `tiers: [{ name: A, timeout: ${timeout} }]`;
    expect(only(changesBetween(tier(from), tier(to)), "tier-timeout")).toMatchObject({ care, losesAfterUs });
  });
});

describe("operations", () => {
  test("a second operation makes callers name the first", () => {
    const changes = changesBetween(CALLER, `${CALLER}  list: { path: /list }\n`);
    expect(only(changes, "operation-must-be-named")).toMatchObject({ operation: "read", care: "takes care" });
    expect(only(changes, "operation-added")).toMatchObject({ operation: "list", care: "safe" });
  });

  test("a removed one takes care", () => {
    const changes = changesBetween(`${CALLER}  list: { path: /list }\n`, CALLER);
    expect(changes).toEqual([{ kind: "operation-removed", care: "takes care", operation: "list" }]);
  });

  test("another method is told with whether it may be repeated", () => {
    const changes = changesBetween(
      "operations: { a: { method: PUT, path: /a } }",
      "operations: { a: { method: POST, path: /a } }",
    );
    expect(only(changes, "operation-call")).toMatchObject({ before: { method: "PUT" }, after: { method: "POST" } });
    expect(only(changes, "operation-repeatable")).toMatchObject({ before: true, after: false });
  });

  test("another idempotency header is deployed paused: a retry would be new to the target", () => {
    const post = (header: string) =>
      `operations: { a: { method: POST, path: /a, idempotency: { header: ${header} } } }`;
    expect(only(changesBetween(post("Key-A"), post("Key-B")), "operation-idempotency").care).toBe("paused");
  });
});

describe("a request's schema", () => {
  const parts = (before: string, after: string) => {
    const file = (request: string) => `operations: { a: { path: /a${request && `, request: ${request}`} } }`;
    const change = only(changesBetween(file(before), file(after)), "operation-request");
    return { care: change.care, parts: change.parts.map(({ effect, path }) => `${path.join(".")} ${effect}`) };
  };
  const object = (rest: string) => `{ type: object, ${rest} }`;

  test.each([
    ["", object("required: [x]"), " narrower"],
    [object("required: [x]"), "", " wider"],
    [object("required: [x]"), object("required: [x, y]"), "required narrower"],
    [object("required: [x, y]"), object("required: [x]"), "required wider"],
    [object("required: [x]"), object("required: [y]"), "required other"],
    [object("maxProperties: 5"), object("maxProperties: 3"), "maxProperties narrower"],
    [object("maxProperties: 3"), object("minProperties: 1, maxProperties: 3"), "minProperties narrower"],
    [object("minProperties: 2"), object("minProperties: 1"), "minProperties wider"],
    [
      object("additionalProperties: false"),
      object("maxProperties: 9"),
      "additionalProperties wider, maxProperties narrower",
    ],
    ["{ properties: { a: { enum: [x, y] } } }", "{ properties: { a: { enum: [x] } } }", "properties.a.enum narrower"],
    ["{ properties: { a: { enum: [x] } } }", "{ properties: { a: { enum: [x, y] } } }", "properties.a.enum wider"],
    ["{ properties: { a: { pattern: x } } }", "{ properties: { a: { pattern: y } } }", "properties.a.pattern other"],
    [
      "{ properties: { a: { type: string } } }",
      "{ properties: { a: { type: [string, 'null'] } } }",
      "properties.a.type wider",
    ],
    ["{ properties: {} }", "{ properties: { a: { type: string } } }", "properties.a narrower"],
    [
      "{ additionalProperties: false, properties: {} }",
      "{ additionalProperties: false, properties: { a: { type: string } } }",
      "properties.a wider",
    ],
    [
      "{ additionalProperties: false, properties: { a: { type: string } } }",
      "{ additionalProperties: false, properties: {} }",
      "properties.a narrower",
    ],
    ["{ items: { minLength: 1 } }", "{ items: { minLength: 2 } }", "items.minLength narrower"],
    ["{ anyOf: [{ type: string }] }", "{ anyOf: [{ type: string }, { type: number }] }", "anyOf other"],
  ])("%s to %s: %s", (before, after, effects) => {
    const found = parts(before, after);
    expect(found.parts.join(", ")).toBe(effects);
    expect(found.care).toBe(effects.includes("narrower") || effects.includes("other") ? "takes care" : "safe");
  });

  test("what only describes is safe", () => {
    expect(parts(object("title: one"), object("title: two"))).toEqual({ care: "safe", parts: [] });
  });
});

describe("the target", () => {
  const at = (url: string, method: string) =>
    `endpoint: { adapter: http, url: "${url}" }\noperations: { a: { ${method}, path: /a } }`;
  const KEYED = "method: POST, idempotency: { header: Key }";

  test.each([
    ["https://one.example.org", "https://two.example.org", "method: GET", "takes care"],
    ["https://one.example.org", "https://one.example.org/v2", KEYED, "takes care"],
    // Keys that one host has seen are new to the other.
    ["https://one.example.org", "https://two.example.org", KEYED, "paused"],
  ])("%s to %s with %s: %s", (before, after, method, care) => {
    expect(only(changesBetween(at(before, method), at(after, method)), "url").care).toBe(care);
  });

  test("a new secret must be there first", () => {
    const endpoint = (name: string) =>
      `endpoint: { adapter: http, url: https://a.example.org, auth: { type: bearer, token: "\${secret:${name}}" } }`;
    const changes = changesBetween(endpoint("old"), endpoint("new"));
    expect(only(changes, "secrets")).toEqual({ kind: "secrets", care: "takes care", added: ["new"], removed: ["old"] });
    expect(JSON.stringify(only(changes, "auth"))).not.toContain("new");
  });

  test.each([
    ["10s", "5s", "takes care", false],
    ["10s", "30s", "safe", false],
    // 10 s, 40 s of visibility and 60 s of margin are what an execution that has begun waits after its deadline.
    ["10s", "110s", "safe", false],
    ["10s", "111s", "takes care", true],
  ])("timeouts.response from %s to %s: %s; an open call may be given up: %s", (before, after, care, endsFirst) => {
    const file = (response: string) => `rateLimit: 1/3s\ntimeouts: { response: ${response} }`;
    expect(only(changesBetween(file(before), file(after)), "response-timeout")).toMatchObject({ care, endsFirst });
  });
});

describe("gateways that come and go", () => {
  const named = (name: string, rest = "") => plans(`name: ${name}\n${rest}`);
  const elsewhere = 'endpoint: { adapter: http, url: "https://other.example.org" }';

  test("an added one is safe where it needs nothing", () => {
    const { care, gateways } = diffPlans([], named("a"));
    expect({ care, kinds: gateways.map(({ kind }) => kind) }).toEqual({ care: "safe", kinds: ["added"] });
  });

  test("an added one at a host that others call is told with their names", () => {
    const { gateways } = diffPlans(named("a"), [...named("a"), ...named("b", "rateLimit: 1/m\njitter: 600ms")]);
    expect(only(gateways[0]?.changes ?? [], "shared-target")).toMatchObject({ host: "api.example.org", others: ["a"] });
  });

  test("a removed one is deployed paused", () => {
    expect(diffPlans(named("a"), [])).toMatchObject({ care: "paused", gateways: [{ kind: "removed", gateway: "a" }] });
  });

  test("a renamed one is one entry, deployed paused: both may call the target at once", () => {
    const { gateways } = diffPlans(named("a"), named("b", "description: new"));
    expect(gateways).toHaveLength(1);
    expect(gateways[0]).toMatchObject({ kind: "renamed", gateway: "b", previously: "a", care: "paused" });
    // 4.902 calls a second each
    expect(only(gateways[0]?.changes ?? [], "gateway-renamed").bothPerSecond).toBe(9.804);
    expect(kinds(gateways[0]?.changes ?? [])).toEqual(["gateway-renamed", "description"]);
  });

  test("one renamed together with its limit, tiers and timeouts is a rename all the same, with all that changes", () => {
    const rest = "rateLimit: 1/s\ntiers: [{ name: A, timeout: 1h }]\ntimeouts: { response: 20s }\nconcurrency: 3";
    const { gateways } = diffPlans(named("a"), named("b", rest));
    expect(gateways.map(({ kind, gateway }) => `${kind} ${gateway}`)).toEqual(["renamed b"]);
    expect(kinds(gateways[0]?.changes ?? [])).toEqual(
      expect.arrayContaining(["gateway-renamed", "limit", "tier-removed", "response-timeout"]),
    );
  });

  test("one that calls the same with other credentials and another limit is another client, not a rename", () => {
    const keyed = (name: string, rest = "") =>
      named(
        name,
        `${rest}\nendpoint: { adapter: http, url: https://api.example.org, auth: { type: bearer, token: "\${secret:${name}}" } }`,
      );
    const rest = "rateLimit: 1/s\ntimeouts: { response: 20s }\ntiers: [{ name: A, timeout: 1h }]";
    expect(diffPlans(keyed("a"), keyed("b", rest)).gateways.map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });

  test("another host is no rename, and neither is another gateway at the same host", () => {
    expect(diffPlans(named("a"), named("b", elsewhere)).gateways.map(({ kind }) => kind)).toEqual(["removed", "added"]);
    const other = named(
      "b",
      "rateLimit: 1/s\ntimeouts: { response: 5s }\noperations: { x: { path: /x }, y: { path: /y } }",
    );
    expect(diffPlans(named("a"), other).gateways.map(({ kind }) => kind)).toEqual(["removed", "added"]);
  });

  test("of two candidates the likest is the one that was renamed", () => {
    const [less, likest] = [named("a", "rateLimit: 7/s"), named("c")];
    for (const before of [
      [...less, ...likest],
      [...likest, ...less],
    ]) {
      const { gateways } = diffPlans(before, named("b"));
      expect(gateways.map(({ kind, gateway }) => `${kind} ${gateway}`)).toEqual(["removed a", "renamed b"]);
    }
  });
});

describe("environments", () => {
  test("those in which the same changes are one entry with the file itself", () => {
    const file = (timeout: string) => `timeouts: { connect: ${timeout} }\nenvironments: { one: {}, two: {} }`;
    const { gateways } = diffPlans(plans(file("2s")), plans(file("3s")));
    expect(gateways.map(({ environments }) => environments)).toEqual([[null, "one", "two"]]);
  });

  test("one in which something else changes is an entry of its own", () => {
    const file = (rate: string) => `rateLimit: 5/s\nenvironments: { one: { rateLimit: ${rate} } }`;
    const { gateways } = diffPlans(plans(file("1/s")), plans(file("2/s")));
    expect(gateways.map(({ environments }) => environments)).toEqual([["one"]]);
  });
});

describe("an environment under another name", () => {
  const file = (environment: string, rest = "rateLimit: 1/s") => plans(`environments: { ${environment}: { ${rest} } }`);

  test("is a rename, deployed paused: what waits under the old name is called by its own worker only", () => {
    const { gateways } = diffPlans(file("staging"), file("test"));
    expect(gateways).toHaveLength(1);
    expect(gateways[0]).toMatchObject({
      kind: "renamed",
      gateway: "test",
      previousEnvironment: "staging",
      environments: ["test"],
      care: "paused",
    });
    const change = only(gateways[0]?.changes ?? [], "environment-renamed");
    expect(change).toMatchObject({ before: "staging", after: "test", bothPerSecond: 1.961 });
  });

  test("together with a change, tells both", () => {
    const { gateways } = diffPlans(file("staging"), file("test", "rateLimit: 2/s"));
    expect(kinds(gateways[0]?.changes ?? [])).toEqual(expect.arrayContaining(["environment-renamed", "limit"]));
  });

  test("is none where the old one is still there, or was the file itself", () => {
    const both = plans("environments: { staging: { rateLimit: 1/s }, test: { rateLimit: 1/s } }");
    expect(diffPlans(file("staging"), both).gateways.map(({ kind }) => kind)).toEqual(["added"]);
  });
});

describe("another naming in sluice.yaml", () => {
  const under = (naming: string) =>
    plansOf(
      parseGateway(wholeFile("environments: { live: { rateLimit: 1/s } }"), "test.yaml"),
      readProject(`version: 1\nnaming: "${naming}"\n`, "sluice.yaml"),
    );

  test("makes every stack a new one, deployed paused, with what becomes of the requests in the old one", () => {
    const { gateways, care } = diffPlans(
      plans("environments: { live: { rateLimit: 1/s } }"),
      under("{environment}-{gateway}"),
    );
    expect(care).toBe("paused");
    expect(gateways.map(({ changes }) => only(changes, "stack-renamed"))).toMatchObject([
      { before: "sluice-test", after: "test" },
      { before: "sluice-test-live", after: "live-test" },
    ]);
  });

  test("that says what is so by default changes nothing", () => {
    const { gateways } = diffPlans(
      plans("environments: { live: { rateLimit: 1/s } }"),
      under("sluice-{gateway}-{environment}"),
    );
    expect(gateways).toEqual([]);
  });
});

describe("cost", () => {
  test("is told before and after, as explain reckons it", () => {
    const [before, after] = [plans(""), plans("tiers: [{ name: A, timeout: 1h }]")];
    const [gateway] = diffPlans(before, after).gateways;
    for (const [numbers, plan] of [
      [gateway?.before, before[0]],
      [gateway?.after, after[0]],
    ] as const) {
      const cost = plan && explainPlan(plan).cost;
      expect(numbers?.fullUsdPerMillion).toBeCloseTo(cost?.fullUsdPerMillion ?? Number.NaN, 2);
      expect(numbers?.sparseUsdPerMillion).toBeCloseTo(cost?.sparseUsdPerMillion ?? Number.NaN, 2);
      expect(numbers?.usdPerMonth).toBeCloseTo(cost?.usdPerMonth ?? Number.NaN, 2);
    }
    // Six metrics a tier at $0.30 each, and less to look at each minute.
    expect((gateway?.before?.usdPerMonth ?? 0) - (gateway?.after?.usdPerMonth ?? 0)).toBeGreaterThan(3.6);
  });
});

describe("nothing goes unmentioned", () => {
  /** They follow from others, which are told; or say which plan it is; or there is only one of them. */
  const DERIVED =
    /^(planVersion|name|endpoint\.adapter|dispatch\..*|worker\..*|queues\..*|tiers\.\d\.retentionUs|tiers\.0\.share)$/;

  const [plan] = plans(EVERY_KEY);
  const cases = [...differing(plan)].filter(([path]) => !DERIVED.test(path));

  test("the file of this test uses what a file can", () => expect(cases.length).toBeGreaterThan(50));

  test.each(cases)("%s", (_, other) => {
    expect(diffPlans([plan as GatewayPlan], [other as GatewayPlan]).gateways[0]?.changes.length).toBeGreaterThan(0);
  });
});

describe("dispatch", () => {
  const doorbell = "rateLimit: 60/10s";
  const deferral = (keys = "") => `rateLimit: 60/10s\nworker: { dispatch: deferral${keys} }`;

  test("another one is deployed paused: workers of both would call at once", () => {
    const change = only(changesBetween(doorbell, deferral()), "dispatch");
    expect(change).toMatchObject({ care: "paused", before: "doorbell", after: "deferral" });
    // The old worker's function timeout: 40 response timeouts of 10 s, one more, and 30 s.
    expect(change.lastOldTurnUs).toBe(440 * SECOND);
    expect(only(changesBetween(deferral(), doorbell), "dispatch").care).toBe("paused");
  });

  test("so are other slots, and a limit with as many slots is not", () => {
    const slots = only(changesBetween(deferral(", slots: 6"), deferral(", slots: 7")), "slots");
    // 10.1 s over ten calls each, and over eight.
    expect(slots).toMatchObject({
      care: "paused",
      before: { slots: 6, intervalUs: 1_010_000 },
      after: { slots: 7, intervalUs: 1_262_500 },
    });
    const raised = changesBetween(deferral(", slots: 6"), deferral(", slots: 6").replace("60/", "120/"));
    expect(kinds(raised)).toEqual(["limit"]);
  });

  test("the receives after which a message is handled are told by tier", () => {
    const tiers = (most: number) =>
      `tiers: [{ name: HIGH, timeout: 1h }, { name: LOW, timeout: 1d, maxReceives: ${most} }]`;
    const changes = changesBetween(`${deferral()}\n${tiers(9)}`, `${deferral()}\n${tiers(5)}`);
    expect(changes).toEqual([{ kind: "tier-max-receives", care: "safe", tier: "LOW", before: 9, after: 5 }]);
  });
});
