import { setTimeout as pause } from "node:timers/promises";
import { type ExecutionEnd, Random, type TargetArrival } from "@sluice/local";
import { type RunningGateway, type RunningWorld, startGateways } from "./running-gateway";

/** Ten calls a second; the jitter is one that a machine with other work keeps. */
const gatewayFile = (name: string, response: string) => `version: 1
name: ${name}
rateLimit: 10/s
jitter: 150ms
tiers: [{ name: HIGH, timeout: 2m }]
timeouts: { response: ${response} }
endpoint: { adapter: http, url: https://target.example.org }
operations:
  read: { method: GET, path: "/items/{id}" }
`;

let running: RunningWorld;
beforeAll(async () => {
  running = await startGateways([
    {
      file: gatewayFile("far", "5s"),
      target: { tls: true, handshakeDelayMs: 300, idleCloseMs: 1_000, latency: { medianMs: 250, p99Ms: 600 } },
    },
    // A turn of four seconds, twenty times the response timeout: the backlog outlasts two.
    { file: gatewayFile("alternating", "200ms") },
    { file: gatewayFile("standing", "5s"), target: { latency: { medianMs: 50, p99Ms: 100 } } },
  ]);
});
afterAll(() => running.close());

const askAtOnce = (gateway: RunningGateway, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, id) => gateway.ask({ operation: "read", request: { id } })));

/** Calls over what one call an interval would have made of the time from the first to the last. */
function shareOfRate(log: readonly TargetArrival[], { plan }: RunningGateway): number {
  const spanUs = (log.at(-1)?.atUs ?? 0) - (log[0]?.atUs ?? 0);
  return ((log.length - 1) * plan.limit.intervalUs) / spanUs;
}

const refused = (log: readonly TargetArrival[]) => log.filter(({ accepted }) => !accepted);
const unsuccessful = (ends: readonly ExecutionEnd[]) => ends.filter(({ status }) => status !== "SUCCEEDED");

test.concurrent("a target with slow handshakes that closes idle connections gets a full window, unbroken, and each request once", async () => {
  const gateway = running.gateway("far");
  await askAtOnce(gateway, 40);
  // While the backlog lasts: gusts of it leave connections idle for about as long as the target lets them live.
  await pause(3_000);
  await askAtOnce(gateway, 20);
  const ends = await gateway.ends();
  const log = await gateway.target.log();
  expect(refused(log)).toEqual([]);
  expect(unsuccessful(ends)).toEqual([]);
  expect(log).toHaveLength(60);
  expect(shareOfRate(log, gateway)).toBeGreaterThanOrEqual(0.9);
}, 60_000);

test.concurrent("environments that alternate, are new or are replaced in the middle of traffic break no window", async () => {
  const gateway = running.gateway("alternating");
  const { lambda } = running.world.services;
  const { functionName } = gateway;
  await askAtOnce(gateway, 60);
  await pause(2_000);
  lambda.replaceEnvironments(functionName);
  await pause(2_000);
  lambda.setPlacement(functionName, { kind: "new" });
  await askAtOnce(gateway, 30);
  const ends = await gateway.ends();
  const log = await gateway.target.log();
  expect(refused(log)).toEqual([]);
  expect(unsuccessful(ends)).toEqual([]);
  expect(gateway.callers().size).toBeGreaterThanOrEqual(3);
}, 60_000);

test.concurrent("a worker's process that is stopped for up to 0.4 s at any moment breaks no window", async () => {
  const gateway = running.gateway("standing");
  const random = new Random(3);
  await askAtOnce(gateway, 60);
  for (let stops = 0; stops < 8; stops += 1) {
    await pause(random.between(200, 700));
    await standStill(gateway, random.between(100, 400));
  }
  const ends = await gateway.ends();
  const log = await gateway.target.log();
  expect(refused(log)).toEqual([]);
  expect(unsuccessful(ends)).toEqual([]);
}, 60_000);

/** Stops the process of the turn that runs; fails when none does, since then nothing would be tested. */
async function standStill({ functionName }: RunningGateway, forMs: number): Promise<void> {
  const { services, processes } = running.world;
  const turn = services.lambda.environments(functionName).find(({ isRunning }) => isRunning);
  const worker = processes.get(turn?.id ?? "");
  if (worker === undefined) throw new Error("no turn is running");
  process.kill(worker.pid, "SIGSTOP");
  await pause(forMs);
  // Frozen it must stay if its turn ended just as it was stopped.
  if (worker.isBusy) process.kill(worker.pid, "SIGCONT");
}
