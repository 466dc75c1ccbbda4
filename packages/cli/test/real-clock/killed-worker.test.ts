import { setTimeout as pause } from "node:timers/promises";
import { Random, type TargetArrival } from "@sluice/local";
import { type RunningGateway, type RunningWorld, startGateways } from "./running-gateway";

/** Its calls take long enough that a kill meets some of them at every step of their way. */
const gatewayFile = (name: string) => `version: 1
name: ${name}
rateLimit: 10/2s
jitter: 300ms
tiers: [{ name: HIGH, timeout: 2m }]
timeouts: { response: 1500ms }
endpoint: { adapter: http, url: https://target.example.org }
operations:
  order: { method: POST, path: /orders, body: "{% $request %}" }
  read: { method: GET, path: "/orders/{id}" }
`;

/** A gateway for each kill, so that they need not wait for each other. */
const NAMES = ["first", "second", "third", "fourth"];
/** A seed, of when the workers are killed. */
const SEED = 11;
/** The worker's last bytes may arrive after it is gone. */
const LAST_BYTES_MS = 100;
const BACK_WITHIN_MS = 15_000;

let running: RunningWorld;
beforeAll(async () => {
  const target = { latency: { medianMs: 300, p99Ms: 800 } };
  running = await startGateways(NAMES.map((name) => ({ file: gatewayFile(name), target })));
});
afterAll(() => running.close());

describe("a worker that is killed in the middle of traffic", () => {
  let kills: Kill[];
  beforeAll(async () => {
    const random = new Random(SEED);
    kills = await Promise.all(NAMES.map((name) => killInTraffic(running.gateway(name), random.between(300, 2_000))));
  }, 90_000);

  test("leaves no request without an end, and only an order that it had begun ends as unknown", () => {
    for (const { ends, orders } of kills) {
      const failed = ends.filter(({ status }) => status !== "SUCCEEDED");
      expect(failed.filter(({ arn, error }) => !(orders.has(arn) && error === "Gateway.Unknown"))).toEqual([]);
    }
  });

  test("makes no order twice", () => {
    for (const { log, orders } of kills) {
      const called = log.flatMap(({ requestId = "" }) => (orders.has(requestId) ? requestId : []));
      expect(called.filter((order, index) => called.indexOf(order) !== index)).toEqual([]);
    }
  });

  test("breaks no window", () => {
    for (const { log } of kills) expect(log.filter(({ accepted }) => !accepted)).toEqual([]);
  });

  test("is followed by another one within 15 s", () => {
    for (const { atMs, log } of kills) {
      const next = log.find(({ atUs }) => atUs / 1_000 > atMs + LAST_BYTES_MS);
      expect((next?.atUs ?? Number.POSITIVE_INFINITY) / 1_000 - atMs).toBeLessThan(BACK_WITHIN_MS);
    }
  });
});

/** What became of a gateway whose worker was killed once. */
interface Kill {
  /** On the clock of the target's log. */
  readonly atMs: number;
  readonly log: readonly TargetArrival[];
  readonly ends: Awaited<ReturnType<RunningGateway["ends"]>>;
  /** The executions that are not repeatable. */
  readonly orders: ReadonlySet<string>;
}

async function killInTraffic(gateway: RunningGateway, afterMs: number): Promise<Kill> {
  const orders = new Set<string>();
  const askOrder = async (id: number) => void orders.add(await gateway.ask({ operation: "order", request: { id } }));
  const askRead = async (id: number) => void (await gateway.ask({ operation: "read", request: { id } }));
  await Promise.all(Array.from({ length: 24 }, (_, id) => (id % 3 === 0 ? askRead(id) : askOrder(id))));
  await pause(afterMs);
  const atMs = await killWorker(gateway);
  let isOver = false;
  const over = gateway.ends().finally(() => {
    isOver = true;
  });
  // What the dead worker had in hand comes back half a minute later. Somebody has to ring for it then, as traffic does.
  for (let id = 100; !isOver; id += 1) {
    await askRead(id);
    await Promise.race([pause(1_500, undefined, { ref: false }), over]);
  }
  return { atMs, ends: await gateway.ends(), log: await gateway.target.log(), orders };
}

/** @returns when it was killed */
async function killWorker({ functionName }: RunningGateway): Promise<number> {
  // Between two turns there is nobody to kill; the next one begins within moments.
  while (running.world.services.lambda.killRunning(functionName) === 0) await pause(20);
  return Number(process.hrtime.bigint()) / 1e6;
}
