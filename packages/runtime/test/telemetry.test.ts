import { ms, seconds } from "@sluice/dsl";
import { createTelemetry } from "../src/telemetry";

const NOW = Date.UTC(2026, 10, 24, 12);

function world(write?: (line: string) => void) {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    plan: { name: "register", limit: { jitterUs: ms(20), latenessUs: ms(5), intervalUs: seconds(0.6) } },
    write: write ?? ((line) => lines.push(line)),
    wallMs: () => NOW,
    redact: (text) => text.replaceAll("s3cret", "***"),
  });
  return { telemetry, lines, only: () => JSON.parse(lines[0] ?? "null") };
}

const LINE = { execution: "arn:one", operation: "read", tier: "HIGH", attempt: 1, receiveCount: 1 } as const;

test("a call is one line: for people, and for CloudWatch's embedded metrics", () => {
  const { telemetry, lines, only } = world();
  telemetry.call({ ...LINE, outcome: "success", status: 200, waitMs: 301.4, ageMs: 250, durationMs: 98.6 });
  expect(lines.length).toBe(1);
  expect(lines[0]).not.toContain("\n");
  expect(only()).toEqual({
    timestamp: "2026-11-24T12:00:00.000Z",
    level: "INFO",
    event: "call",
    Gateway: "register",
    Tier: "HIGH",
    execution: "arn:one",
    operation: "read",
    attempt: 1,
    receiveCount: 1,
    outcome: "success",
    status: 200,
    Success: 1,
    Calls: 1,
    UsedShare: 1,
    Duration: 99,
    Wait: 301,
    Age: 250,
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: "Sluice",
          Dimensions: [["Gateway", "Tier"]],
          Metrics: [
            { Name: "Success", Unit: "Count" },
            { Name: "Calls", Unit: "Count" },
            { Name: "UsedShare", Unit: "Percent" },
            { Name: "Duration", Unit: "Milliseconds" },
            { Name: "Wait", Unit: "Milliseconds" },
            { Name: "Age", Unit: "Milliseconds" },
          ],
        },
      ],
    },
  });
});

test("each metric that a line declares is a number in it", () => {
  const { telemetry, lines } = world();
  for (const outcome of ["throttled", "unknown", "expired", "poison"] as const) telemetry.call({ ...LINE, outcome });
  telemetry.event("gate-failed", { error: "x" });
  for (const line of lines.map((text) => JSON.parse(text))) {
    for (const { Name } of line._aws.CloudWatchMetrics[0].Metrics) expect(typeof line[Name]).toBe("number");
  }
});

test("what ended without a call counts as no call and has no wait", () => {
  const { telemetry, only } = world();
  telemetry.call({ ...LINE, outcome: "expired", message: "too late" });
  expect(only()).toMatchObject({ level: "WARN", Expired: 1, message: "too late" });
  expect(Object.keys(only())).not.toEqual(expect.arrayContaining(["Calls"]));
});

test("trouble of the gateway itself is counted, and other events are only told", () => {
  const { telemetry, lines } = world();
  telemetry.event("gate-failed", { operation: "take" });
  telemetry.event("turn-closing", { why: "idle" });
  const [trouble, closing] = lines.map((line) => JSON.parse(line));
  expect(trouble).toMatchObject({ event: "gate-failed", Gateway: "register", operation: "take", GateFailures: 1 });
  expect(closing).toEqual({
    timestamp: expect.any(String),
    level: "INFO",
    event: "turn-closing",
    Gateway: "register",
    why: "idle",
  });
});

test("no secret is written", () => {
  const { telemetry, lines } = world();
  telemetry.call({ ...LINE, outcome: "rejected", message: "the key s3cret is wrong" });
  expect(lines[0]).toContain("the key *** is wrong");
});

test("a log that cannot be written stops nothing", () => {
  const { telemetry } = world(() => {
    throw new Error("EPIPE");
  });
  expect(() => telemetry.event("x", {})).not.toThrow();
});
