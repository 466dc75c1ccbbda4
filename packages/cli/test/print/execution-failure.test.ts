import { failureSentences } from "../../src/print/execution-failure";

const failed = (error: string | undefined, cause: string | undefined, status = "FAILED") =>
  failureSentences({ gateway: "nvd", status, error, cause });

test("a failure is told by its name and meaning, the worker's sentence, and what is known of the call", () => {
  const cause = {
    outcome: "rejected",
    status: 404,
    message: "nvd answered 404: it will never accept this request.",
    attempt: 0,
    durationMs: 41.7,
    gateway: "nvd",
    operation: "cves",
    tier: "HIGH",
  };
  expect(failed("Gateway.Rejected", JSON.stringify(cause))).toEqual([
    "nvd: Gateway.Rejected (the target will never accept it)",
    "nvd answered 404: it will never accept this request.",
    expect.stringMatching(/^\(operation cves, tier HIGH, .*status 404, took 42 ms\)$/),
  ]);
});

test("a cause that is no JSON is told as it stands", () => {
  expect(failed("Gateway.InvalidRequest", "There is no tier URGENT: HIGH, NORMAL, BATCH.")).toEqual([
    expect.stringContaining("Gateway.InvalidRequest"),
    "There is no tier URGENT: HIGH, NORMAL, BATCH.",
  ]);
});

test("an execution that somebody stopped says so", () => {
  expect(failed(undefined, undefined, "ABORTED")).toEqual(["nvd: the execution was stopped by somebody."]);
});
