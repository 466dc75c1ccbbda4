import { failureSentences } from "../../src/print/execution-failure";

const failed = (error: string | undefined, cause: string | undefined, status = "FAILED") =>
  failureSentences({ gateway: "nvd", status, error, cause });

test("a failure is told by its name and meaning, the worker's sentence, and what is known of the call", () => {
  const cause = {
    outcome: "rejected",
    status: 404,
    message: "nvd answered 404: it will never accept this request.",
    attempt: 1,
    callStartedAt: "2026-01-02T03:04:05.678Z",
    durationMs: 41.7,
    gateway: "nvd",
    operation: "cves",
    tier: "HIGH",
  };
  expect(failed("Gateway.Rejected", JSON.stringify(cause))).toEqual([
    "nvd: Gateway.Rejected (the target will never accept it)",
    "nvd answered 404: it will never accept this request.",
    "(operation cves, tier HIGH, attempt 2, status 404, called at 2026-01-02T03:04:05.678Z, took 42 ms)",
  ]);
});

test("a cause that is no JSON is told as it stands", () => {
  expect(failed("Gateway.InvalidRequest", "There is no tier URGENT: HIGH, NORMAL, BATCH.")).toEqual([
    expect.stringContaining("Gateway.InvalidRequest"),
    "There is no tier URGENT: HIGH, NORMAL, BATCH.",
  ]);
});

test("a request that was never called has no attempt", () => {
  const cause = { message: "number is missing.", attempt: 0, operation: "cves", tier: "HIGH" };
  expect(failed("Gateway.InvalidRequest", JSON.stringify(cause)).at(-1)).toBe("(operation cves, tier HIGH)");
});

test.each([
  ['There is no tier "HIHG". Those of nvd: HIGH, NORMAL, BATCH.', " Did you mean HIGH?"],
  ['There is no operation "serach". Those of ncbi-eutils: search, summary.', " Did you mean search?"],
  ['There is no tier "URGENT". Those of nvd: HIGH, NORMAL, BATCH.', ""],
  ["There is no tier nothing. Those of nvd: HIGH, NORMAL, BATCH.", ""],
])("%s is told with the name that was likely meant, if there is one", (message, suggestion) => {
  expect(failed("Gateway.InvalidRequest", JSON.stringify({ message }))[1]).toBe(`${message}${suggestion}`);
});

test("an execution that somebody stopped says so", () => {
  expect(failed(undefined, undefined, "ABORTED")).toEqual(["nvd: the execution was stopped by somebody."]);
});
