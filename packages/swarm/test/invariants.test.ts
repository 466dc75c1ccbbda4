import { doorbellOf, ms, seconds, us } from "@sluice/dsl";
import { answered, type ExecutionEnd, type Reaction, refused } from "@sluice/local";
import { planOf, readGateway } from "../src/deploy";
import { drawScenario } from "../src/draw-scenario";
import { allCheckers } from "../src/invariants/all";
import { ask, type Setting } from "../src/invariants/checker";
import { livenessBounds } from "../src/invariants/liveness";
import { judgeAll } from "../src/invariants/rate";
import type { Scenario } from "../src/scenario";
import type { Sighting } from "../src/sighting";

const GATEWAY: Scenario["gateway"] = {
  version: 1,
  name: "register",
  rateLimit: "2/s",
  concurrency: 2,
  tiers: [
    { name: "HIGH", timeout: "1h" },
    { name: "LOW", timeout: "1h", share: "10%" },
  ],
  timeouts: { response: "5s" },
  endpoint: { adapter: "http", url: "http://127.0.0.1:1" },
  operations: { read: { method: "GET", path: "/" }, order: { method: "POST", path: "/" } },
};

const file = readGateway(JSON.stringify(GATEWAY));
const plan = planOf(file);
/** Any scenario will do, as long as nothing of it is on. */
const scenario: Scenario = {
  ...drawScenario(1),
  gateway: GATEWAY,
  target: { handshakeMs: 30, idleMs: 60_000, phases: [] },
  aws: { faults: {}, outages: [] },
  operations: [],
};
const calm = { ...scenario.process, pauseShare: 0, holdShare: 0, stallShare: 0, crashShare: 0 };
const setting: Setting = { file, plan, scenario: { ...scenario, process: calm } };

/** The same, in deferral. */
function deferralSetting(): Setting {
  const { concurrency: _, tiers: __, ...text } = GATEWAY;
  const tiers = [{ name: "HIGH", timeout: "1h" }];
  const deferred = readGateway(JSON.stringify({ ...text, tiers, worker: { dispatch: "deferral" } }));
  return { ...setting, file: deferred, plan: planOf(deferred) };
}

type Log = [second: number, sighting: object][];

/** What the checkers find in a log made by hand: invariant and message of the first violation. */
function judgeLog(log: Log, of = setting): string {
  const checkers = allCheckers(of);
  for (const [second, seen] of log) {
    const sighting = { ...seen, atUs: us(Math.round(second * 1_000_000)) } as Sighting;
    for (const checker of checkers) {
      const violation = ask(checker, sighting);
      if (violation !== undefined) return `${violation.invariant}: ${violation.message}`;
    }
  }
  return "kept";
}

const started = (request: string) => ({ kind: "started", request });
const published = (request: string, tier = "HIGH", attempt = 0) => ({
  ...{ kind: "published", id: `${request}/${attempt}`, request, tier, attempt, operation: "read" },
});
const delivered = (request: string, tier = "HIGH") => ({ kind: "delivered", id: `${request}/0`, request, tier });
const looked = (tier: string, ...requests: string[]) => ({
  kind: "looked",
  tier,
  ids: requests.map((name) => `${name}/0`),
});
const called = (
  request: string,
  more: { tier?: string; operation?: string; attempt?: number; reaction?: Reaction } = {},
) => ({
  ...{ kind: "called", request, tier: "HIGH", operation: "read", attempt: 0, asksUs: undefined },
  ...{ reaction: answered(ms(100)), ...more },
});
const answer = (request: string, error?: string) => ({ kind: "answered", id: `${request}/0`, request, error });
const deleted = (request: string) => ({ kind: "deleted", id: `${request}/0`, request });
const fault = (kind: string) => ({ kind: "fault", fault: kind, where: "" });
const ended = (request: string, error?: string, cause?: string) => {
  const end: Partial<ExecutionEnd> = error
    ? { status: "FAILED", error, cause }
    : { status: "SUCCEEDED", output: '{"body":{"ok":true}}' };
  return { kind: "ended", request, end };
};
const SLOW: Reaction = { latencyUs: us(0), end: "hang" };

describe("rate", () => {
  test("calls at the two ends of a window are in unlike windows", () => {
    expect(
      judgeLog([
        [0, called("a")],
        [0.5, called("b")],
        [1, called("c")],
      ]),
    ).toBe("kept");
  });
  test("one call more in a half-open window breaks it, by our counting and by the other judge's", async () => {
    expect(
      judgeLog([
        [0, called("a")],
        [0.5, called("b")],
        [0.999999, called("c")],
      ]),
    ).toContain("rate: 3 calls from 0.000 s");
    const arrivals = [us(0), us(500_000), us(999_999)];
    expect(await judgeAll(arrivals, file)).toEqual([{ message: expect.stringContaining("rolling-rate-limiter") }]);
  });
  test("a lowered limit holds when the turns that began under the old one are over", () => {
    const lower = readGateway(JSON.stringify({ ...GATEWAY, rateLimit: "1/s" }));
    const deployed = { kind: "deployed", file: lower, plan: planOf(lower) };
    const timeout = plan.worker.functionTimeoutUs / 1_000_000;
    const two = (at: number): Log => [
      [at, called("a")],
      [at + 0.6, called("b")],
    ];
    expect(judgeLog([[0, deployed], ...two(timeout - 2)])).toBe("kept");
    expect(judgeLog([[0, deployed], ...two(timeout + 2)])).toContain("1/s is allowed");
  });
  test("a call without an answer keeps its place for two response timeouts, unless its worker died", () => {
    const hanging: Log = [
      [0, called("a", { reaction: SLOW })],
      [1, called("b", { reaction: SLOW })],
    ];
    expect(judgeLog([...hanging, [9, called("c")]])).toContain("rate: 3 calls are open");
    expect(judgeLog([...hanging, [2, fault("crash")], [9, called("c")]])).toBe("kept");
    expect(judgeLog([...hanging, [11, called("c")]])).toBe("kept");
    const lost = (at: number, where: string): Log => [[at, { ...fault("failed call to AWS"), where }]];
    expect(judgeLog([...hanging, ...lost(7, "dynamodb"), [9, called("c")]])).toBe("kept");
    for (const other of [lost(2, "dynamodb"), lost(7, "sqs")])
      expect(judgeLog([...hanging, ...other, [9, called("c")]])).toContain("rate: 3 calls are open");
  });
});

describe("conservation", () => {
  test("a message goes after its answer, and never before", () => {
    const log: Log = [
      [0, started("a")],
      [0, published("a")],
      [1, called("a")],
    ];
    expect(judgeLog([...log, [2, answer("a")], [2, ended("a")], [3, deleted("a")]])).toBe("kept");
    expect(judgeLog([...log, [2, deleted("a")]])).toContain("conservation: the message of a was deleted");
    // After an hour, the tier's timeout, Step Functions has given the attempt up.
    expect(judgeLog([...log, [3_599, deleted("a")]])).toContain("conservation");
    expect(judgeLog([...log, [3_601, deleted("a")]])).not.toContain("conservation");
  });
  test("what was started and has not ended is running", () => {
    expect(
      judgeLog([
        [0, started("a")],
        [5, { kind: "tick", running: 1 }],
      ]),
    ).toBe("kept");
    expect(
      judgeLog([
        [0, started("a")],
        [5, { kind: "tick", running: 0 }],
      ]),
    ).toContain("conservation: 0 executions");
  });
  test("at the end nothing waits and no message is left", () => {
    const over = (running: number, HIGH: number) => ({ kind: "over", running, left: { HIGH } });
    expect(judgeLog([[9, over(0, 0)]])).toBe("kept");
    expect(
      judgeLog([
        [0, started("a")],
        [9, over(1, 0)],
      ]),
    ).toContain("conservation: 1 never ended: a");
    expect(judgeLog([[9, over(0, 2)]])).toContain("conservation: 2 messages are left");
  });
});

describe("once", () => {
  test("an order is called again only when it was refused", () => {
    const again = (reaction: Reaction): Log => [
      [0, called("a", { operation: "order", reaction })],
      [40, called("a", { operation: "order", attempt: 1 })],
    ];
    expect(judgeLog(again(refused(429)))).toBe("kept");
    expect(judgeLog(again(refused(502)))).toContain("once: a may not be repeated");
  });
  test("a call is made twice in one attempt only when a worker died in between", () => {
    expect(
      judgeLog([
        [0, called("a")],
        [9, called("a")],
      ]),
    ).toContain("once: a was called twice in one attempt");
    expect(
      judgeLog([
        [0, called("a")],
        [5, fault("kill")],
        [9, called("a")],
      ]),
    ).toBe("kept");
    const refusedOrder = called("a", { operation: "order", reaction: refused(429) });
    const again = called("a", { operation: "order" });
    expect(
      judgeLog([
        [0, refusedOrder],
        [40, again],
      ]),
    ).toContain("once: a was called twice in one attempt");
    expect(
      judgeLog([
        [0, refusedOrder],
        [5, fault("failed call to AWS")],
        [40, again],
      ]),
    ).toBe("kept");
  });
  test("an execution ends once, unless it was redriven", () => {
    const log: Log = [
      [0, called("a")],
      [1, ended("a")],
    ];
    expect(judgeLog([...log, [2, ended("a")]])).toContain("once: a ended twice");
    expect(judgeLog([...log, [2, { kind: "redriven", request: "a" }], [3, ended("a")]])).toBe("kept");
  });
});

/** One request of each tier in a worker's hands, and then calls of `tier`, one a second. */
function pressed(tier: string, calls: number, before: Log = []): Log {
  const log: Log = [];
  for (const name of ["HIGH", "LOW"])
    log.push([0, published(name, name)], [0, delivered(name, name)], [0, looked(name, name)]);
  for (let i = 0; i < calls; i++) log.push([20 + i, called(`${tier}${i}`, { tier })]);
  return [...log.slice(0, 6), ...before, ...log.slice(6)];
}

describe("order of tiers", () => {
  test("a lower tier gets what it may be owed, and then its share, while a higher one has work in hand", () => {
    expect(judgeLog(pressed("LOW", 4))).toBe("kept");
    expect(judgeLog(pressed("LOW", 5))).toContain("order: LOW4 of LOW was started");
  });
  test("a higher tier whose work was just given to a worker does not press", () => {
    expect(judgeLog(pressed("LOW", 5, [[19, fault("crash")]]))).toBe("kept");
  });
  test("what the open poll of a dead worker brought is in nobody's hands", () => {
    const crashed = (second: number) => judgeLog([[second, fault("crash")], ...pressed("LOW", 5)]);
    expect(crashed(-0.5)).toBe("kept");
    expect(crashed(-2)).toContain("order: LOW4 of LOW was started");
  });
});

test("a higher tier does not press until a while after the target's quiet", () => {
  const refusedAt = (second: number): Log => [
    [second, { ...called("z", { reaction: refused(429) }), asksUs: seconds(1) }],
  ];
  expect(judgeLog(pressed("LOW", 5, refusedAt(19)))).toBe("kept");
  expect(judgeLog(pressed("LOW", 5, refusedAt(10)))).toContain("order: LOW4 of LOW was started");
});

describe("starvation", () => {
  test("a tier with work in hand is not owed more than a few starts", () => {
    expect(judgeLog(pressed("HIGH", 50))).toBe("kept");
    expect(judgeLog(pressed("HIGH", 60))).toContain("starvation: LOW has work and is owed 5.1 starts");
  });
});

describe("liveness", () => {
  const waiting: Log = [
    [0, { kind: "unrung", id: "a/0" }],
    [0, published("a")],
    [0, delivered("a")],
  ];
  const tick = { kind: "tick", running: 0 };
  test("a request that waits is called within the plan's bound", () => {
    expect(judgeLog([...waiting, [90, tick]].filter(([, one]) => one !== tick) as Log)).toBe("kept");
    expect(judgeLog([...waiting, [115, { kind: "calm" }]])).toContain("liveness: a waits at 115.000 s");
  });
  test("a bell that rings while a request waits has it called within seconds, unless something undoes it", () => {
    const rung: Log = [...waiting, [1, { kind: "rung" }]];
    const within = (log: Log) => judgeLog([...log, [40, { kind: "calm" }]]);
    expect(within(rung)).toContain("liveness: a waits at 40.000 s");
    expect(within([[0, { kind: "rung" }], ...waiting])).toBe("kept");
    for (const what of ["crash", "short poll that misses", "duplicate"]) {
      expect(within([...rung, [2, { ...fault(what), where: "sluice-register-HIGH" }]])).toBe("kept");
    }
    expect(within([...rung, [2, { ...fault("duplicate"), where: "sluice-register-LOW" }]])).toContain("liveness");
    const undeleted = { ...fault("lost delete"), where: "sluice-register-bell.fifo" };
    expect(judgeLog([[0, undeleted], ...rung, [20, { kind: "calm" }]])).toBe("kept");
    expect(judgeLog([[0, undeleted], ...rung, [35, { kind: "calm" }]])).toContain("liveness");
  });
  test("a bell does not count that may have found its request in a dead worker's hands", () => {
    const hiddenS = livenessBounds(setting).hiddenUs / 1_000_000;
    const died = (second: number): Log => [
      [second, fault("crash")],
      ...waiting,
      [5, { kind: "rung" }],
      [second + hiddenS + 5, { kind: "tick", running: 0, bells: 0 }],
    ];
    expect(judgeLog(died(-0.5))).not.toContain("liveness");
    expect(judgeLog(died(-60))).toMatch(/liveness: a waits at .* no bell is left/);
  });
  test("as long as a request waits that was rung for, there are bells", () => {
    const left = (bells: number): Log => [[5, { kind: "tick", running: 0, bells }]];
    const rung: Log = [...waiting, [1, { kind: "rung" }]];
    expect(judgeLog([...rung, ...left(0)])).toContain("liveness: a waits at 5.000 s, and no bell is left");
    expect(judgeLog([...rung, ...left(1)])).not.toContain("liveness");
    expect(judgeLog([...waiting, ...left(0)])).not.toContain("liveness");
    expect(judgeLog([...rung, [2, fault("kill")], ...left(0)])).not.toContain("liveness");
  });
  test("a bell of its own that was not lost and does not come is no reason to wait for the sweep", () => {
    const unrung = waiting.slice(1);
    const rung: Log = [[0, { kind: "rung", id: "a/0" }]];
    const within = (log: Log) => judgeLog([...log, [40, { kind: "calm" }]]);
    expect(within(unrung)).toContain("liveness: a waits at 40.000 s");
    expect(within([...unrung.slice(0, 1), ...rung, ...unrung.slice(1)])).toBe("kept");
    expect(within(waiting)).toBe("kept");
    expect(judgeLog([...unrung, [5, { ...tick, bells: 0 }]])).toContain("liveness: a waits at 5.000 s, and no bell");
  });
  test("what a crash leaves hidden comes first, and a pause is not counted", () => {
    const hidden = (doorbellOf(plan).bellVisibilityUs + plan.queues.tierVisibilityUs) / 1_000_000 + 60;
    expect(judgeLog([...waiting, [10, fault("crash")], [100 + hidden, { kind: "calm" }]])).toBe("kept");
    expect(judgeLog([...waiting, [10, fault("crash")], [130 + hidden, { kind: "calm" }]])).toContain("liveness");
    const paused: Log = [
      [10, { kind: "paused" }],
      [900, { kind: "resumed" }],
      [960, { kind: "calm" }],
    ];
    expect(judgeLog([...waiting, ...paused])).toBe("kept");
  });
  test("a target that asked for quiet is waited for", () => {
    const reaction = refused(429, { "retry-after": "600" });
    const parked: Log = [
      [1, { ...called("b", { reaction }), asksUs: seconds(600) }],
      [660, { kind: "calm" }],
    ];
    expect(judgeLog([...waiting, ...parked])).toBe("kept");
  });
});

describe("honesty", () => {
  test.each([
    ["success", ended("a"), answered()],
    ["rejected", ended("a", "Gateway.Rejected"), refused(404)],
    ["throttled", ended("a", "Gateway.Throttled"), refused(429)],
    ["unknown", ended("a", "Gateway.Unknown"), SLOW],
  ])("%s is believed when the target said so, and not otherwise", (_, end, reaction) => {
    const lie = reaction === SLOW ? refused(404) : SLOW;
    expect(
      judgeLog([
        [0, called("a", { reaction })],
        [9, end],
      ]),
    ).toBe("kept");
    const answers: Log = end.end.error === undefined ? [] : [[8, answer("a", end.end.error)]];
    expect(judgeLog([[0, called("a", { reaction: lie })], ...answers, [9, end]])).toContain("honesty: a: ");
  });
  test("a request that was called is not said to be undone", () => {
    const cause = JSON.stringify({ attempt: 0, message: "Nothing was done: no call was made." });
    expect(
      judgeLog([
        [0, called("a", { reaction: SLOW })],
        [9, ended("a", "Gateway.Expired", cause)],
      ]),
    ).toContain("said to be undone");
  });
  test("what was never called does not end as unknown, unless a worker died or AWS failed meanwhile", () => {
    const asked: Log = [
      [0, started("a")],
      [0, published("a")],
    ];
    expect(judgeLog([...asked, [9, ended("a", "Gateway.Unknown")]])).toContain("honesty: a: unknown without a call");
    expect(judgeLog([...asked, [5, fault("crash")], [9, ended("a", "Gateway.Unknown")]])).toBe("kept");
    expect(judgeLog([...asked, [8.99, looked("HIGH", "a")], [9, ended("a", "Gateway.Unknown")]])).toBe("kept");
    expect(judgeLog([...asked, [8, looked("HIGH", "a")], [9, ended("a", "Gateway.Unknown")]])).toContain("honesty");
    expect(judgeLog([...asked, [9, ended("a", "Gateway.Expired")]])).not.toContain("unknown without a call");
  });
  test("in deferral its poller may have had it for as long as it is hidden", () => {
    const deferral = deferralSetting();
    const hiddenS = deferral.plan.queues.tierVisibilityUs / 1_000_000;
    const endedAfter = (second: number) =>
      judgeLog(
        [
          [0, started("a")],
          [0, published("a")],
          [1, looked("HIGH", "a")],
          [1 + second, ended("a", "Gateway.Unknown")],
        ],
        deferral,
      );
    expect(endedAfter(hiddenS)).toBe("kept");
    expect(endedAfter(hiddenS + 1)).toContain("honesty: a: unknown without a call");
  });
  test("what a worker heard it tells, unless it died", () => {
    const end = ended("a", "Gateway.Unknown");
    expect(
      judgeLog([
        [0, called("a")],
        [9, end],
      ]),
    ).toContain("done and not told");
    expect(
      judgeLog([
        [0, called("a")],
        [5, fault("crash")],
        [9, end],
      ]),
    ).toBe("kept");
  });
});

describe("honesty of answers", () => {
  const log = (reaction: Reaction | undefined, error: string | undefined, before: Log = []): string =>
    judgeLog([
      [0, started("a")],
      [0, published("a")],
      ...before,
      ...(reaction === undefined ? [] : [[1, called("a", { reaction })] as Log[number]]),
      [9, answer("a", error)],
    ]);
  test.each([
    [undefined, answered()],
    ["Gateway.Throttled", refused(429)],
    ["Gateway.Rejected", refused(404)],
    ["Gateway.UnknownRepeatable", refused(500)],
  ])("%s is believed when the attempt's call came to that, and not otherwise", (error, reaction) => {
    expect(log(reaction, error)).toBe("kept");
    expect(log(error === "Gateway.Throttled" ? refused(500) : refused(429), error)).toContain("honesty: a: answered");
  });
  test("unavailable is believed while the target could not be reached", () => {
    expect(log(undefined, "Gateway.Unavailable", [[0, { kind: "way", way: "refused" }]])).toBe("kept");
    expect(log(undefined, "Gateway.Unavailable")).toContain("unavailable, and it was there");
  });
  test("unknown without a call is believed only when a worker died, or a call to AWS was lost", () => {
    expect(log(undefined, "Gateway.Unknown", [[0, fault("crash")]])).toBe("kept");
    expect(log(undefined, "Gateway.Unknown")).toContain("unknown without a call");
  });
  test("a request does not expire before its time, and fails with a name of the contract", () => {
    const asked: Log = [
      [0, started("a")],
      [0, published("a")],
    ];
    expect(judgeLog([...asked, [3_594, ended("a", "Gateway.Expired")]])).toContain("expired before its time");
    expect(judgeLog([...asked, [3_596, ended("a", "Gateway.Expired")]])).toBe("kept");
    expect(judgeLog([...asked, [9, ended("a", "Gateway.UnknownRepeatable")]])).toContain("does not know");
  });
});

describe("deadline", () => {
  const asked: Log = [
    [0, started("a")],
    [0, published("a")],
  ];
  test("a call starts so early that it ends within its tier's timeout, counted from asking or from a redrive", () => {
    expect(judgeLog([...asked, [3_595, called("a")]])).toBe("kept");
    expect(judgeLog([...asked, [3_596, called("a")]])).toContain("deadline: a of HIGH was called");
    expect(judgeLog([...asked, [3_000, { kind: "redriven", request: "a" }], [3_596, called("a")]])).toBe("kept");
  });
  test("an execution does not outlive its tier's timeout by more than what a last attempt may take", () => {
    const tick = { kind: "tick", running: 1 };
    expect(judgeLog([...asked, [3_600, called("a", { reaction: SLOW })], [3_700, tick]])).toContain("deadline");
    const waiting: Log = [...asked, [3_590, called("a", { reaction: SLOW })], [3_591, answer("a", "Gateway.Unknown")]];
    expect(judgeLog([...waiting, [3_700, tick]])).toBe("kept");
    expect(judgeLog([...waiting, [4_500, tick]])).toContain("deadline: a has not ended");
  });
});

describe("attempts", () => {
  test("a request is refused as often as its file allows, and anew when it is redriven", () => {
    const refusals = (count: number): Log =>
      Array.from({ length: count }, (_, attempt): Log => {
        const at = 60 * attempt;
        const id = `a/${attempt}`;
        return [
          [at, published("a", "HIGH", attempt)],
          [at + 1, called("a", { attempt, reaction: refused(429) })],
          [at + 2, { kind: "answered", id, request: "a", error: "Gateway.Throttled" }],
        ];
      }).flat();
    const { attempts } = file.retries.throttled;
    const log: Log = [[0, started("a")], ...refusals(attempts)];
    expect(judgeLog(log)).toBe("kept");
    const once: Log[number] = [60 * attempts, { ...answer("a", "Gateway.Throttled"), id: `a/${attempts - 1}` }];
    expect(judgeLog([...log, once])).toContain(`attempts: a was tried ${attempts + 1} times`);
    expect(judgeLog([...log, [60 * attempts - 1, { kind: "redriven", request: "a" }], once])).toBe("kept");
  });
});

describe("wanted", () => {
  test("a request that was stopped is not called any more, unless the question for its token was throttled", () => {
    const stopped: Log = [
      [0, started("a")],
      [0, published("a")],
      [1, { kind: "ended", request: "a", end: { status: "ABORTED" } }],
    ];
    expect(judgeLog([...stopped, [1.9, called("a")]])).toBe("kept");
    expect(judgeLog([...stopped, [3, called("a")]])).toContain("wanted: a was called at 3.000 s");
    const throttled = { ...fault("throttled call to AWS"), where: "sfn" };
    expect(judgeLog([...stopped, [2, throttled], [3, called("a")]])).toBe("kept");
  });
  test("an attempt whose publish looked failed is not called, and the next one is", () => {
    const again: Log = [
      [0, published("a")],
      [1, { kind: "unpublished", id: "a/0", request: "a" }],
      [2, published("a", "HIGH", 1)],
    ];
    expect(judgeLog([...again, [3, called("a", { attempt: 1 })]])).toBe("kept");
    expect(judgeLog([...again, [3, called("a")]])).toContain("wanted: a was called at 3.000 s, and nobody waited");
  });
});

describe("gate", () => {
  test("nothing is called while the gate is down, from the moment that a turn must have noticed", () => {
    const outages = [{ service: "dynamodb", atMs: 10_000, forMs: 60_000 }];
    const down = { ...setting, scenario: { ...setting.scenario, stormMs: 100_000, aws: { faults: {}, outages } } };
    const at = (second: number) => judgeLog([[second, called("a")]], down);
    expect([at(9), at(15), at(71)]).toEqual(["kept", "kept", "kept"]);
    expect(at(20)).toContain("gate: a was called at 20.000 s, and the gate is down");
  });
});

describe("obedience", () => {
  const refusal = { ...called("a", { reaction: refused(429, { "retry-after": "10" }) }), asksUs: seconds(10) };
  test("a target that asked for quiet gets it", () => {
    expect(
      judgeLog([
        [0, refusal],
        [9, called("b")],
      ]),
    ).toContain("obedience: b was called at 9.000 s");
    expect(
      judgeLog([
        [0, refusal],
        [10.1, called("b")],
      ]),
    ).toBe("kept");
  });
  test("a process that died before it could park is excused, and one that died later is not", () => {
    expect(
      judgeLog([
        [0, refusal],
        [0.1, fault("crash")],
        [9, called("b")],
      ]),
    ).toBe("kept");
    expect(
      judgeLog([
        [0, refusal],
        [2, fault("crash")],
        [9, called("b")],
      ]),
    ).toContain("obedience");
  });
  test("in deferral other slots are excused as long as the gate did not take the park", () => {
    const deferral = deferralSetting();
    const unwritten = { ...fault("throttled call to AWS"), where: "dynamodb" };
    const log = (seen: object): Log => [
      [0, refusal],
      [0.1, seen],
      [9, called("b")],
    ];
    expect(judgeLog(log(unwritten), deferral)).toBe("kept");
    expect(judgeLog(log({ ...unwritten, where: "sqs" }), deferral)).toContain("obedience");
    expect(judgeLog(log(unwritten))).toContain("obedience");
  });
  test("a paused gateway calls nothing", () => {
    expect(
      judgeLog([
        [0, { kind: "paused" }],
        [3, called("a")],
      ]),
    ).toBe("kept");
    expect(
      judgeLog([
        [0, { kind: "paused" }],
        [9, called("a")],
      ]),
    ).toContain("the gateway is paused");
  });
});
