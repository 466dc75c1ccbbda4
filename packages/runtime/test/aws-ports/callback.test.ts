import { MAX_CAUSE_CHARS } from "@sluice/dsl";
import type { AwsCall } from "../../src/aws-call";
import { fitCause, sfnCallback } from "../../src/aws-ports/callback";

type Told = { operation: string } & Record<string, string>;

/** Step Functions that answers every question the same way, and what it was told. */
function world(error?: string, redact = (text: string) => text) {
  const told: Told[] = [];
  const call: AwsCall = async (service, operation, input) => {
    expect(service).toBe("sfn");
    told.push({ operation, ...input });
    if (error !== undefined) throw Object.assign(new Error(error), { name: error });
    return {};
  };
  return { callback: sfnCallback(call, redact), told };
}

test("a token that takes a heartbeat is alive", async () => {
  const { callback, told } = world();
  expect(await callback.isAlive("T")).toBe("alive");
  expect(told).toEqual([{ operation: "SendTaskHeartbeat", taskToken: "T" }]);
});

test.each(["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])(
  "after %s nobody waits: the token is gone, and an answer counts as told",
  async (name) => {
    const { callback } = world(name);
    expect(await callback.isAlive("T")).toBe("gone");
    await expect(callback.succeed("T", 1)).resolves.toBeUndefined();
    await expect(callback.fail("T", "E", "c")).resolves.toBeUndefined();
  },
);

test.each(["ThrottlingException", "TooManyRequestsException", "Throttling"])(
  "a token of which %s keeps the answer back is taken for alive",
  async (name) => {
    const { callback } = world(name);
    expect(await callback.isAlive("T")).toBe("alive");
    await expect(callback.succeed("T", 1)).rejects.toThrow(name);
  },
);

test.each(["AccessDeniedException", "TimeoutError"])(
  "with %s nobody knows whether the token is alive",
  async (name) => {
    await expect(world(name).callback.isAlive("T")).rejects.toThrow(name);
  },
);

test("an answer is told as JSON", async () => {
  const { callback, told } = world();
  await callback.succeed("T", { a: [1, "ü"] });
  expect(told).toEqual([{ operation: "SendTaskSuccess", taskToken: "T", output: '{"a":[1,"ü"]}' }]);
});

test("the largest answer that fits is told", async () => {
  const { callback, told } = world();
  await callback.succeed("T", "x".repeat(262_142));
  expect(told[0]).toMatchObject({ operation: "SendTaskSuccess" });
});

test.each([
  ["characters", "x".repeat(262_143), 262_145],
  ["bytes, though not in characters", "ü".repeat(131_072), 262_146],
])(
  "an answer that is too large in %s fails with its own name, and says that the work was done",
  async (_name, answer, bytes) => {
    const { callback, told } = world();
    await callback.succeed("T", answer);
    expect(told[0]).toMatchObject({ operation: "SendTaskFailure", error: "Gateway.ResponseTooLarge" });
    const cause = JSON.parse(told[0]?.cause ?? "");
    expect(cause.outcome).toBe("success");
    expect(cause.message).toBe(
      `The call succeeded and its work was done, but the answer has ${bytes} bytes, and Step Functions takes 262144. Pick what the caller needs with the operation's answer expression.`,
    );
  },
);

test("error and cause fit what Step Functions takes, and the cause stays JSON", async () => {
  const { callback, told } = world();
  const cause = { outcome: "rejected", message: `"\n😀`.repeat(20_000), status: 400 };
  await callback.fail("T", "E".repeat(300), JSON.stringify(cause));
  expect(told[0]?.error?.length).toBe(256);
  expect(told[0]?.cause?.length).toBeLessThanOrEqual(MAX_CAUSE_CHARS);
  const parsed = JSON.parse(told[0]?.cause ?? "");
  expect(parsed).toMatchObject({ outcome: "rejected", status: 400 });
  expect(parsed.message.length).toBeGreaterThan(10_000);
  expect(parsed.message.endsWith("…")).toBe(true);
});

test("a cause that is no JSON is cut", () => {
  expect(fitCause("x".repeat(50), 10)).toBe("xxxxxxxxxx");
  expect(fitCause("short", 10)).toBe("short");
  expect(fitCause(JSON.stringify({ message: "m", rest: "x".repeat(50) }), 20)).toHaveLength(20);
});

test("no secret goes into a cause", async () => {
  const { callback, told } = world(undefined, (text) => text.replaceAll("s3cret", "***"));
  await callback.fail("T", "E", '{"message":"the key s3cret is wrong"}');
  expect(told[0]?.cause).toBe('{"message":"the key *** is wrong"}');
});
