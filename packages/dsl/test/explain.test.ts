import { explainPlan, parseGateway, planGateway, resolveSpec } from "@sluice/dsl";
import { readSamples } from "./samples";
import { wholeFile } from "./source";

function explain(text: string) {
  const { spec } = resolveSpec(parseGateway(text, "test.yaml"));
  if (!spec) throw new Error("the test's file is wrong");
  return explainPlan(planGateway(spec));
}

test("the price of safety at 600 in 5 minutes is 1 − 300/303 = 0.99 %", () => {
  const text = readSamples().find(({ file }) => file.includes("companies-house"))?.text ?? "";
  const { facts, reachedShare } = explain(text);
  const values = Object.fromEntries(facts.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({
    limit: "600/5m",
    jitter: "3 s",
    interval: "505 ms",
    "rate reached": "1.98/s",
    "price of safety": "0.99 %",
    "open calls": "20",
    turn: "3.333 min",
  });
  expect(reachedShare).toBeCloseTo(300 / 303, 12);
  expect(facts.find(({ name }) => name === "rate reached")?.why).toBe("594.06 calls in 5 min of the 600 allowed");
});

test("concurrency alone has no price", () => {
  const { facts, reachedShare } = explain(wholeFile("concurrency: 4", ["rateLimit"]));
  expect(reachedShare).toBe(1);
  expect(facts.slice(0, 2).map(({ name, value, why }) => [name, value, why])).toEqual([
    ["most calls", "149.993/s", expect.stringContaining("only concurrency")],
    ["open calls", "4", "as concurrency states"],
  ]);
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
  expect(outcomes[1]?.follows).toContain("or 1 min without it; up to 10 calls in all, waits from 5s doubling to 5m");
});

test("an operation that must not be repeated says so", () => {
  const { operations } = explain(wholeFile("operations: { send: { method: POST, path: /x } }"));
  expect(operations).toEqual([
    {
      name: "send",
      call: "POST https://api.example.org/x",
      repeatable: false,
      why: "POST may act a second time, so it is never repeated blindly",
    },
  ]);
});

test("the default tier is marked, shares are in percent", () => {
  expect(explain(wholeFile("description: x")).tiers).toEqual([
    { name: "HIGH", timeout: "2 min", share: "first whenever it has work", isDefault: false },
    { name: "NORMAL", timeout: "1 h", share: "5 % of the calls while it has work", isDefault: true },
    { name: "BATCH", timeout: "1 d", share: "5 % of the calls while it has work", isDefault: false },
  ]);
});
