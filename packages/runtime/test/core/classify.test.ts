import { type GatewayPlan, type Json, type OutcomesPlan, seconds } from "@sluice/dsl";
import { classify, type Evaluate } from "../../src/core/classify";
import type { CallEnd } from "../../src/core/ports";
import { samplePlan } from "./sample-plan";

const NOW = Date.parse("2026-11-24T10:00:00Z");

const answer = (status: number, headers: Record<string, string> = {}, body: Json = ""): CallEnd => ({
  kind: "answer",
  status,
  headers,
  body,
});

/** Stands for JSONata: `quota` looks for that word in the body, `broken` fails. */
const evaluate: Evaluate = async (expression, { body }) => {
  if (expression === "broken") throw new Error("no such function");
  return JSON.stringify(body).includes(expression);
};

const outcomeOf = (end: CallEnd, plan: GatewayPlan = samplePlan()) => classify(plan, end, {}, evaluate, NOW);

const withOutcomes = (outcomes: Partial<OutcomesPlan>): GatewayPlan =>
  samplePlan({ outcomes: { throttled: { pauseUs: seconds(30), maxPauseUs: seconds(900) }, ...outcomes } });

test.each([
  [200, "success"],
  [204, "success"],
  [301, "rejected"],
  [404, "rejected"],
  [408, "unknown"],
  [429, "throttled"],
  [500, "unknown"],
  [502, "unknown"],
  [503, "unknown"],
] as const)("a status %d is %s unless the file says otherwise", async (status, kind) => {
  expect((await outcomeOf(answer(status))).kind).toBe(kind);
});

test("a 503 with Retry-After is throttled, and parks for as long as it says", async () => {
  const verdict = await outcomeOf(answer(503, { "retry-after": "7" }));
  expect(verdict).toMatchObject({ kind: "throttled", pauseUs: seconds(7) });
});

test("a 429 without Retry-After parks for the file's default pause", async () => {
  expect(await outcomeOf(answer(429))).toMatchObject({ pauseUs: seconds(30) });
});

test("a Retry-After of a day is capped", async () => {
  expect(await outcomeOf(answer(429, { "retry-after": "86400" }))).toMatchObject({ pauseUs: seconds(900) });
});

test("what never left is unavailable; what may have arrived is unknown", async () => {
  expect((await outcomeOf({ kind: "notSent", message: "refused" })).kind).toBe("unavailable");
  expect((await outcomeOf({ kind: "timeout", message: "no answer within 10 s" })).kind).toBe("unknown");
  expect((await outcomeOf({ kind: "lost", message: "reset" })).kind).toBe("unknown");
});

test("a file that lists 403 as throttled is believed, and other 403s of it stay rejected when its expression says no", async () => {
  const plan = withOutcomes({
    throttled: { status: [403], when: "quota", pauseUs: seconds(30), maxPauseUs: seconds(900) },
  });
  expect((await outcomeOf(answer(403, {}, { error: "quota" }), plan)).kind).toBe("throttled");
  expect((await outcomeOf(answer(403, {}, { error: "forbidden" }), plan)).kind).toBe("rejected");
});

test("an error in the body of a 200 is not taken for a success when the file knows it", async () => {
  const plan = withOutcomes({ rejected: { when: "NOT_FOUND" } });
  expect((await outcomeOf(answer(200, {}, { code: "NOT_FOUND" }), plan)).kind).toBe("rejected");
});

test("an expression that fails on an unexpected body decides nothing", async () => {
  const plan = withOutcomes({ throttled: { when: "broken", pauseUs: seconds(30), maxPauseUs: seconds(900) } });
  expect((await outcomeOf(answer(500, {}, "<html>"), plan)).kind).toBe("unknown");
});

test("an answer that is too large says whether the work was done", async () => {
  const done = await outcomeOf({ kind: "tooLarge", status: 200, message: "its answer has more than 1 MB" });
  expect(done).toMatchObject({
    kind: "success",
    isTooLarge: true,
    message: expect.stringContaining("The work was done"),
  });
  const failed = await outcomeOf({ kind: "tooLarge", status: 500, message: "its answer has more than 1 MB" });
  expect(failed.kind).toBe("unknown");
});
