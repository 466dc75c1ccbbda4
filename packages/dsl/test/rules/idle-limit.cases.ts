import fc from "fast-check";
import { mostCalls } from "../../src/most-calls";
import { us } from "../../src/units";
import { expectFinding, expectNothing, lint, wholeFile } from "../source";

test("a longer window that the shorter one never fills is a warning with the figure", () => {
  // 60 minutes of 600 are 36,000
  const finding = expectFinding("idle-limit", "rateLimit: [600/m, ~~~100000/h~~~]", {
    message: "600/m lets at most 36,000 calls into 1 h",
  });
  expect(finding.severity).toBe("warning");
});

test("a shorter window that holds no fewer calls than a longer one is never reached", () => {
  expectFinding("idle-limit", "rateLimit: [~~~100/s~~~, 50/m]", { message: "50/m lets at most 50 calls into 1 s" });
});

test("a window is counted whole when it is begun", () => {
  // 3 windows of 25 s cover a minute: 30 calls may fall into it, and 29 is a limit that matters
  expectNothing("idle-limit", "rateLimit: [10/25s, 29/m]");
  expectFinding("idle-limit", "rateLimit: [10/25s, ~~~30/m~~~]");
});

test("limits that all matter are good", () => {
  expectNothing("idle-limit", "rateLimit: [600/m, 5000/h, 10000/d]");
  expectNothing("idle-limit", "rateLimit: [10000/d, 600/m, 5000/h]");
});

test("one limit is good, in a list or not", () => {
  expectNothing("idle-limit", "rateLimit: 5/s");
  expectNothing("idle-limit", "rateLimit: [5/s]");
});

test("of two limits for one window only the stricter matters, however it is written", () => {
  expectFinding("idle-limit", "rateLimit: [~~~600/m~~~, 500/60s]", {
    message: "so of 500/60s and 600/m only 500/60s matters",
  });
});

test("a limit that stands twice is found at the second", () => {
  expectFinding("idle-limit", "rateLimit: [600/m, ~~~600/60s~~~]", { message: "The list has this limit already" });
});

test("each idle limit is found, with the strictest of the others", () => {
  const text = wholeFile("rateLimit: [10/s, 1000/m, 100000/h]");
  const found = lint(text).filter(({ name }) => name === "idle-limit");
  expect(found.map(({ why }) => why)).toEqual([
    expect.stringContaining("10/s lets at most 600 calls into 1 min"),
    expect.stringContaining("10/s lets at most 36,000 calls into 1 h"),
  ]);
});

test("an environment's list is told at its place in it", () => {
  expectFinding("idle-limit", "environments: { staging: { rateLimit: [1/s, ~~~100/m~~~] } }");
});

test("no window of calls that keep one limit holds more than the most that is reckoned for it", () => {
  const calls = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 });
  const sizes = fc.record({ calls: fc.integer({ min: 1, max: 5 }), own: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(calls, sizes, fc.integer({ min: 1, max: 100 }), (asked, { calls, own }, window) => {
      const kept: number[] = [];
      for (const at of asked.sort((a, b) => a - b))
        if (kept.filter((one) => one > at - own).length < calls) kept.push(at);
      const fullest = Math.max(0, ...kept.map((from) => kept.filter((at) => at >= from && at < from + window).length));
      expect(fullest).toBeLessThanOrEqual(mostCalls({ calls, windowUs: us(own), text: "" }, us(window)));
    }),
  );
});
