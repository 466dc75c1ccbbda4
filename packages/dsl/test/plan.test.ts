import {
  doorbellOf,
  type GatewayPlan,
  type GatewaySpec,
  gatewayJsonSchema,
  intervalUs,
  parseGateway,
  planGateway,
  type Rate,
  resolveSpec,
  us,
} from "@sluice/dsl";
import fc from "fast-check";
import { wholeFile } from "./source";

function specOf(snippet: string, without: readonly string[] = []): GatewaySpec {
  const { spec, findings } = resolveSpec(parseGateway(wholeFile(snippet, without), "test.yaml"));
  if (!spec) throw new Error(findings.map(({ message }) => message).join("\n"));
  return spec;
}

const planOf = (snippet: string, without: readonly string[] = []): GatewayPlan => planGateway(specOf(snippet, without));

const MINUTE = 60_000_000;
const rate: fc.Arbitrary<Rate> = fc.record({
  calls: fc.integer({ min: 1, max: 100_000 }),
  windowUs: fc.integer({ min: 1_000, max: 30 * 86_400_000_000 }).map(us),
  text: fc.constant("any"),
});
const jitter = fc.integer({ min: 5_000, max: 60_000_000 }).map(us);

test("N intervals are never shorter than window and jitter, so no window holds N + 1 calls", () => {
  fc.assert(
    fc.property(rate, jitter, (limit, jitterUs) => {
      const interval = intervalUs(limit, jitterUs);
      // N + 1 starts span N intervals; shifted towards each other by the jitter they must still span the window.
      expect(limit.calls * interval - jitterUs).toBeGreaterThanOrEqual(limit.windowUs);
      expect(Number.isInteger(interval)).toBe(true);
    }),
  );
});

test("the interval is not longer than it must be: one microsecond less, and the window could break", () => {
  fc.assert(
    fc.property(rate, jitter, (limit, jitterUs) => {
      expect(limit.calls * (intervalUs(limit, jitterUs) - 1)).toBeLessThan(limit.windowUs + jitterUs);
    }),
  );
});

/** Any specification that lint would let through, made from one that it did. */
const anySpec: fc.Arbitrary<GatewaySpec> = fc
  .record({
    rateLimit: fc.option(rate, { nil: undefined }),
    jitter: fc.option(jitter, { nil: undefined }),
    concurrency: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    response: fc.integer({ min: 1_000, max: 7 * MINUTE }).map(us),
    tiers: fc.array(fc.integer({ min: 1_000, max: 13 * 1_440 * MINUTE }).map(us), { minLength: 1, maxLength: 10 }),
  })
  .map(({ response, tiers, ...limits }) => {
    const base = specOf("description: any");
    const named = tiers.map((timeout, rank) => ({ name: `T${rank}`, timeout }));
    return { ...base, ...limits, tiers: named, timeouts: { ...base.timeouts, response } };
  });

test("every plan stays within what AWS allows", () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      const plan = planGateway(spec);
      expect(plan.worker.functionTimeoutUs).toBeLessThanOrEqual(900_000_000);
      expect(doorbellOf(plan).bellVisibilityUs).toBeGreaterThanOrEqual(plan.worker.functionTimeoutUs);
      expect(doorbellOf(plan).bellVisibilityUs).toBeLessThanOrEqual(12 * 60 * MINUTE);
      expect(doorbellOf(plan).bellRetentionUs).toBeGreaterThanOrEqual(2 * plan.worker.functionTimeoutUs);
      expect(doorbellOf(plan).bellRetentionUs).toBeLessThanOrEqual(14 * 1_440 * MINUTE);
      expect(plan.queues.tierVisibilityUs).toBeLessThanOrEqual(12 * 60 * MINUTE);
      for (const { retentionUs, timeoutUs } of plan.tiers) {
        expect(retentionUs).toBeLessThanOrEqual(14 * 1_440 * MINUTE);
        expect(retentionUs).toBeGreaterThanOrEqual(Math.max(timeoutUs, MINUTE));
      }
    }),
  );
});

test("a call that starts at a turn's last moment ends within the function's time", () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      const plan = planGateway(spec);
      const { timeouts, worker } = plan;
      const { turn } = doorbellOf(plan);
      expect(turn.lengthUs + timeouts.responseUs).toBeLessThan(worker.functionTimeoutUs);
      expect(turn.lengthUs).toBeGreaterThanOrEqual(timeouts.responseUs);
    }),
  );
});

test("every duration of a plan is a whole number of microseconds above zero", () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      const durations: [string, number][] = [];
      const collect = (value: unknown, name: string): void => {
        if (typeof value === "number" && name.endsWith("Us")) durations.push([name, value]);
        if (typeof value === "object" && value !== null)
          for (const [key, item] of Object.entries(value)) collect(item, key);
      };
      collect(planGateway(spec), "");
      expect(durations.length).toBeGreaterThan(10);
      expect(durations.filter(([, value]) => !Number.isSafeInteger(value) || value <= 0)).toEqual([]);
    }),
  );
});

test("lateness is a quarter of the jitter at most, from 1 to 25 ms", () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      const { jitterUs, latenessUs } = planGateway(spec).limit;
      expect(latenessUs).toBeGreaterThanOrEqual(1_000);
      expect(latenessUs).toBeLessThanOrEqual(Math.max(1_000, Math.min(jitterUs / 4, 25_000)));
    }),
  );
});

test("a plan is plain JSON, and comes back from its text as it was", () => {
  fc.assert(
    fc.property(anySpec, (spec) => {
      const plan = planGateway(spec);
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    }),
    { numRuns: 20 },
  );
});

test("a file that says little gets the defaults", () => {
  expect(planOf("description: little")).toMatchObject({
    planVersion: 2,
    name: "test",
    limit: { jitterUs: 20_000, latenessUs: 5_000, intervalUs: 204_000 },
    tiers: [
      { name: "HIGH", timeoutUs: 2 * MINUTE, share: 0, retentionUs: 62 * MINUTE },
      { name: "NORMAL", timeoutUs: 60 * MINUTE, share: 0.05 },
      { name: "BATCH", timeoutUs: 1_440 * MINUTE, share: 0.05 },
    ],
    defaultTier: "NORMAL",
    timeouts: { connectUs: 2_000_000, responseUs: 10_000_000 },
    outcomes: { throttled: { pauseUs: 30_000_000, maxPauseUs: 15 * MINUTE } },
    retries: {
      throttled: { attempts: 10, backoffSeconds: 5, maxSeconds: 300 },
      unavailable: { attempts: 5, backoffSeconds: 2, maxSeconds: 60 },
      unknown: { attempts: 3, backoffSeconds: 5, maxSeconds: 60 },
    },
    // 40 × 10 s; 400 + 10 + 30 s; 10 + 30 s
    dispatch: {
      kind: "doorbell",
      turn: { lengthUs: 400_000_000, bellHoldUs: 10_000_000, bellRenewUs: 3_000_000 },
      bellVisibilityUs: 440_000_000,
      bellRetentionUs: 20_400_000_000, // 100,000 × 204 ms
    },
    worker: { memoryMb: 512, functionTimeoutUs: 440_000_000 },
    queues: { tierVisibilityUs: 40_000_000 },
    secrets: [],
  });
});

test("calls overlap as much as the response timeout needs: 10 s / 204 ms is 50 open calls, rounded up", () => {
  expect(planOf("description: x").openCalls).toBe(50);
});

test("no more than 200 calls are open, however slow the target and fast the limit", () => {
  expect(planOf("rateLimit: 100/s").openCalls).toBe(200);
});

test("concurrency is the number of open calls; alone it leaves the rate to what one worker can do", () => {
  expect(planOf("concurrency: 4").openCalls).toBe(4);
  const alone = planOf("concurrency: 4", ["rateLimit"]);
  expect(alone.limit).toEqual({ rate: undefined, jitterUs: 20_000, latenessUs: 5_000, intervalUs: 6_667 });
});

test.each([
  ["rateLimit: 50/s", [], 2_040_000_000], // 100,000 × 20.4 ms
  ["rateLimit: 150/s", [], 880_000_000], // 2 × 440 s; 100,000 × 6.8 ms is less
  ["rateLimit: 1/m", [], 14 * 1_440 * MINUTE],
  ["concurrency: 4", ["rateLimit"], 14 * 1_440 * MINUTE],
])(
  "%s: a bell is kept while 100,000 calls start, for two turns at least and 14 days at most",
  (file, without, kept) => {
    expect(doorbellOf(planOf(file, without)).bellRetentionUs).toBe(kept);
  },
);

test("from 50 calls a second the worker gets more memory", () => {
  expect(planOf("rateLimit: 49/s").worker.memoryMb).toBe(512);
  expect(planOf("rateLimit: 52/s").worker.memoryMb).toBe(1_024);
});

test("the default tier is NORMAL, else the middle one, else the only one", () => {
  const tiers = (...names: string[]) =>
    planOf(`tiers: [${names.map((name) => `{ name: ${name}, timeout: 1m }`)}]`).defaultTier;
  expect([tiers("A", "NORMAL"), tiers("A", "B", "C"), tiers("A", "B"), tiers("A")]).toEqual(["NORMAL", "B", "B", "A"]);
});

test("a second call does no harm to GET, HEAD, PUT and DELETE, nor where an idempotency key is sent", () => {
  const methods = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH"].map(
    (method) => `${method}: { method: ${method}, path: /x }`,
  );
  const { operations } = planOf(
    `operations: { ${methods.join(", ")}, keyed: { method: POST, path: /x, idempotency: { header: Idempotency-Key } } }`,
  );
  expect(operations.filter(({ repeatable }) => repeatable).map(({ name }) => name)).toEqual([
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "keyed",
  ]);
});

test("expressions lose their braces, urls their last slash", () => {
  const plan = planOf(
    "endpoint: { adapter: http, url: https://x.org/v1/ }\noperations: { a: { path: /x, answer: '{% $body %}' } }\noutcomes: { rejected: { status: [400], when: '{% $body.x %}' } }",
  );
  expect(plan.endpoint.url).toBe("https://x.org/v1");
  expect(plan.operations[0]?.answer).toBe("$body");
  expect(plan.outcomes.rejected).toEqual({ status: [400], when: "$body.x" });
});

test("the secrets are the names in headers and auth, each once", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: references to secrets look like templates
  const secret = (name: string) => "${secret:NAME}".replace("NAME", name);
  const auth = `auth: { type: basic, username: "${secret("b#user")}", password: "${secret("b#password")}" }`;
  const plan = planOf(
    `endpoint: { adapter: http, url: https://x.org, headers: { X-A: "${secret("c")}" }, ${auth} }\noperations: { a: { path: /x, headers: { X-B: "${secret("a/b")}" } } }`,
  );
  expect(plan.secrets).toEqual(["a/b", "b", "c"]);
});

test("a response timeout that leaves no turn is our own fault by then, and thrown", () => {
  const spec = specOf("description: x");
  expect(() => planGateway({ ...spec, timeouts: { ...spec.timeouts, response: us(900_000_000) } })).toThrow(RangeError);
});

test("the defaults that the schema only shows are those that the plan fills in", () => {
  const tiers = (share: string) =>
    `tiers: [{ name: HIGH, timeout: 2m }, { name: BATCH, timeout: 1h${share} }]\noperations: { read: { path: /read } }`;
  const properties = (schema: object) => (schema as { properties: Record<string, { default?: unknown }> }).properties;
  const { tiers: list, worker } = properties(gatewayJsonSchema()) as Record<
    string,
    { items: object; default?: unknown }
  >;
  const share = properties(list?.items ?? {}).share?.default;
  const { memory, dispatch } = properties(worker ?? {});
  const written = `worker: { memory: ${memory?.default}, dispatch: ${dispatch?.default} }\n${tiers(`, share: ${share}`)}`;
  expect(planOf(written)).toEqual(planOf(tiers("")));
});
