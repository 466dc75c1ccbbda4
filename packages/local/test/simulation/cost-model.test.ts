import {
  CALL_LINE_BYTES,
  fullUsage,
  idleLookUsage,
  ms,
  paceOf,
  seconds,
  sparseUsage,
  type Usage,
  us,
} from "@sluice/dsl";
import { createTelemetry } from "@sluice/runtime";
import type { Simulation } from "../../src/simulation";
import { answered } from "../../src/virtual-target";
import { type Synthesized, synthesize, worldOf } from "./gateway-world";

/** What `explain` counts and the simulated services can count as well. */
type Counted = Pick<
  Usage,
  "publish" | "standardRequest" | "fifoRequest" | "invocation" | "gbSecond" | "write" | "read"
>;

const PARTS = ["publish", "standardRequest", "fifoRequest", "invocation", "gbSecond", "write", "read"] as const;
const WRITES = new Set(["UpdateItem", "PutItem", "DeleteItem"]);
const ONE_TIER = "tiers: [{ name: ONLY, timeout: 1d }]\ndefaultTier: ONLY\n";

/** Counts what is asked of AWS in a world from now on, whoever asks: state machine, topics, mapping, schedule, worker. */
function counting(world: Simulation, { plan }: Synthesized): () => Counted {
  const counts = { publish: 0, standardRequest: 0, fifoRequest: 0, write: 0, read: 0 };
  const { cloud, lambda } = world.services;
  const call = cloud.call.bind(cloud);
  cloud.call = (principal, service, operation, input) => {
    if (service === "sns" && operation === "Publish") counts.publish += 1;
    if (service === "sqs" && operation !== "GetQueueAttributes")
      counts[JSON.stringify(input).includes("-bell.fifo") ? "fifoRequest" : "standardRequest"] += 1;
    if (service === "dynamodb") counts[WRITES.has(operation) ? "write" : "read"] += 1;
    return call(principal, service, operation, input);
  };
  return () => {
    const { durationUs, invocations } = lambda.usage(world.stack.functionNames[0] ?? "");
    return { ...counts, invocation: invocations, gbSecond: ((plan.worker.memoryMb / 1_024) * durationUs) / 1e6 };
  };
}

interface Asked {
  readonly requests: number;
  readonly apartUs: number;
  readonly latencyUs: number;
}

/** What requests for the default tier use in a time that is long enough for them; a repeatable operation. */
async function used(gateway: Synthesized, { requests, apartUs, latencyUs }: Asked, minutes: number): Promise<Counted> {
  const world = await worldOf(gateway, { target: { react: () => answered(us(latencyUs)) } });
  const counted = counting(world, gateway);
  const lowest = gateway.plan.tiers.at(-1)?.name ?? "";
  for (let i = 0; i < requests; i++)
    world.send(lowest, `r${i}`, { delayUs: us(5_000_000 + i * apartUs), operation: "read" });
  await world.run(`${minutes * 60}s`);
  expect(world.ended.size).toBe(requests);
  return counted();
}

const NOBODY: Asked = { requests: 0, apartUs: 0, latencyUs: 0 };

/** What each request used beyond what the gateway uses by itself. */
async function usedPerRequest(gateway: Synthesized, asked: Asked, minutes: number): Promise<Counted> {
  // While work lasts, the minute's wake-up is one of many that a turn takes together: it and the polls are all there is.
  const busyMinutes = asked.apartUs > 1 ? 0 : (asked.requests * gateway.plan.limit.intervalUs) / 60_000_000;
  const busy = await used(gateway, asked, minutes);
  const idle = await used(gateway, NOBODY, minutes - Math.round(busyMinutes));
  const polls = (part: keyof Counted) => (part === "fifoRequest" ? Math.round(busyMinutes) * (POLLS_A_MINUTE + 1) : 0);
  return counted((part) => (busy[part] - idle[part] - polls(part)) / asked.requests);
}

/** Five pollers that ask for 20 s each. */
const POLLS_A_MINUTE = 15;

const counted = (value: (part: keyof Counted) => number): Counted =>
  Object.fromEntries(PARTS.map((part) => [part, value(part)])) as unknown as Counted;

/** The model's counts; of its operations the tests ask only the one that needs no claim. */
const modelled = (usage: Usage): Counted => counted((part) => usage[part] - (part === "write" ? 0.5 : 0));

function expectNear(seen: Counted, reckoned: Counted): void {
  const isFar = (part: keyof Counted) => {
    const off = Math.abs(seen[part] - reckoned[part]);
    return off > 0.08 * Math.max(seen[part], reckoned[part]) && off > 0.01;
  };
  const far = PARTS.filter(isFar).map((part) => `${part}: seen ${seen[part]}, reckoned ${reckoned[part]}`);
  expect(far).toEqual([]);
}

test.each([
  ["10/s", "", 300_000, 700, 20],
  ["3/s", "", 300_000, 600, 30],
  ["1/3s", "", 300_000, 600, 60],
  ["10/s", ONE_TIER, 300_000, 700, 20],
])("a full gateway of %s uses what explain counts %#", async (rate, tiers, latencyUs, requests, minutes) => {
  const gateway = await synthesize(rate, `timeouts: { response: 5s }\n${tiers}`);
  const pace = { ...paceOf(gateway.plan), callUs: us(latencyUs) };
  const seen = await usedPerRequest(gateway, { requests, apartUs: 1, latencyUs }, minutes);
  expectNear(seen, modelled(fullUsage(gateway.plan, pace)));
});

test.each([
  ["three tiers", "", 300_000],
  ["three tiers", "", 1_000_000],
  ["three tiers", "", 2_500_000],
  ["one tier", ONE_TIER, 300_000],
])("a request that comes alone to %s uses what explain counts %#", async (_, tiers, latencyUs) => {
  const gateway = await synthesize("10/s", `timeouts: { response: 5s }\n${tiers}`);
  const pace = { ...paceOf(gateway.plan), callUs: us(latencyUs) };
  const seen = await usedPerRequest(gateway, { requests: 20, apartUs: 20_000_000, latencyUs }, 10);
  expectNear(seen, modelled(sparseUsage(gateway.plan, pace)));
});

test.each([
  ["three tiers", ""],
  ["one tier", ONE_TIER],
])("an idle gateway of %s uses what explain counts a minute", async (_, tiers) => {
  const gateway = await synthesize("10/s", tiers);
  const [ten, one] = [await used(gateway, NOBODY, 10.5), await used(gateway, NOBODY, 0.5)];
  const reckoned = idleLookUsage(gateway.plan);
  const polls = (part: keyof Counted) => (part === "fifoRequest" ? POLLS_A_MINUTE : 0);
  expectNear(
    counted((part) => (ten[part] - one[part]) / 10),
    counted((part) => reckoned[part] + polls(part)),
  );
});

test("a call's log line is as long as explain counts", () => {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    plan: { name: "companies-house", limit: { jitterUs: ms(20), latenessUs: ms(5), intervalUs: seconds(0.505) } },
    write: (line) => lines.push(line),
    wallMs: () => Date.UTC(2026, 10, 24),
    redact: (text) => text,
  });
  telemetry.call({
    execution: `arn:aws:states:us-east-1:111122223333:execution:sluice-companies-house:${"a".repeat(36)}`,
    operation: "company",
    tier: "NORMAL",
    attempt: 0,
    receiveCount: 1,
    outcome: "success",
    status: 200,
    waitMs: 1_234,
    ageMs: 1_200,
    durationMs: 312,
  });
  // CloudWatch Logs adds 26 bytes to each event.
  const bytes = Buffer.byteLength(lines[0] ?? "") + 26;
  expect(Math.abs(bytes / CALL_LINE_BYTES - 1)).toBeLessThan(0.05);
  expect(bytes).toBeGreaterThan(100);
});
