import { type Change, us } from "@sluice/dsl";
import { wordsOf } from "../../src/print/plan-words";

const SECOND = 1_000_000;
const hour = us(3_600 * SECOND);
const limit = { rateLimit: "5/s", callsPerSecond: 4.902, intervalUs: us(204_000), jitterUs: us(20_000) };
const names = { added: ["A"], removed: ["B"], changed: ["C"] };

/** One of each kind, so that each is worded; with the part of its words that matters most. */
const EACH: readonly (readonly [Change, string])[] = [
  [
    { kind: "gateway-added", care: "safe", host: "a.example", secrets: ["key"] },
    "First put into Secrets Manager: «key».",
  ],
  [{ kind: "gateway-removed", care: "paused", host: "a.example", tiers: ["HIGH"] }, "until somebody destroys it"],
  [
    {
      kind: "gateway-renamed",
      care: "paused",
      host: "a.example",
      gateway: "b",
      before: "a",
      after: "b",
      bothPerSecond: 9.8,
    },
    "«a.example» gets up to 9.8 calls a second",
  ],
  [
    {
      kind: "stack-renamed",
      care: "paused",
      host: "a.example",
      gateway: "a",
      before: "sluice-a",
      after: "acme-a",
      bothPerSecond: 1,
    },
    "«a.example» would get up to 1 call a second",
  ],
  [
    {
      kind: "environment-renamed",
      care: "paused",
      host: "a.example",
      gateway: "a",
      before: "staging",
      after: "test",
      bothPerSecond: 1,
    },
    "They wait in the queues of staging, and only its own worker calls them.",
  ],
  [
    { kind: "shared-target", care: "takes care", host: "a.example", others: ["b"] },
    "Each of the 2 gateways keeps its own limit",
  ],
  [
    { kind: "dispatch", care: "paused", before: "doorbell", after: "deferral", lastOldTurnUs: hour },
    "each up to the whole limit, for at most 1 h after the deployment.",
  ],
  [
    { kind: "dispatch", care: "paused", before: "deferral", after: "doorbell", lastOldTurnUs: hour },
    "each lower tier gets its share",
  ],
  [
    {
      kind: "slots",
      care: "paused",
      before: { slots: 6, intervalUs: us(3 * SECOND) },
      after: { slots: 4, intervalUs: us(2 * SECOND) },
      lastOldTurnUs: hour,
    },
    "Slots: 6, each with one call every 3 s, to 4, each with one every 2 s.",
  ],
  [{ kind: "tier-max-receives", care: "safe", tier: "LOW", before: 100, after: 10 }, "step back less often"],
  [
    { kind: "limit", care: "safe", before: limit, after: { ...limit, callsPerSecond: 9.804 }, lastOldTurnUs: hour },
    "at most 9.804 calls a second instead of 4.902 (+100 %); check that it allows that. Until the old worker's last turn has ended, at most 1 h after the deployment, the larger of the two limits holds.",
  ],
  [
    {
      kind: "limit",
      care: "takes care",
      before: limit,
      after: { ...limit, callsPerSecond: 2.451 },
      lastOldTurnUs: hour,
    },
    "what passes its tier's timeout ends with Gateway.Expired",
  ],
  [{ kind: "open-calls", care: "safe", before: 4, after: 2 }, "Most calls open at once: 4 to 2."],
  [{ kind: "tier-added", care: "safe", tier: "T", timeoutUs: hour, share: 0.05 }, "5 % of the calls while it has work"],
  [
    {
      kind: "tier-removed",
      care: "paused",
      tier: "T",
      successor: "U",
      timeoutUs: hour,
      givenUpAfterUs: us(hour + 100 * SECOND),
      expired: ["read"],
      unknown: ["order"],
    },
    "1 h 1 min 40 s after it was asked, with Gateway.Expired (read) or Gateway.Unknown (order, since nobody knows whether it was done)",
  ],
  [
    {
      kind: "tier-timeout",
      care: "takes care",
      tier: "T",
      before: us(24 * hour),
      after: hour,
      losesAfterUs: us(2 * hour),
    },
    "what has waited longer is lost without a call",
  ],
  [{ kind: "tier-share", care: "safe", tier: "T", before: 0.05, after: 0.1 }, "5 % to 10 % of the calls"],
  [{ kind: "tier-share", care: "safe", tier: "T", before: 0.05, after: null }, "T is now the highest tier"],
  [{ kind: "tier-share", care: "safe", tier: "T", before: null, after: 0.1 }, "it gets 10 % of the calls"],
  [{ kind: "tier-order", care: "takes care", before: ["A", "B"], after: ["B", "A"] }, "A, B to B, A"],
  [{ kind: "default-tier", care: "takes care", before: "A", after: "B" }, "is now one of B"],
  [{ kind: "connect-timeout", care: "safe", before: us(SECOND), after: us(2 * SECOND) }, "1 s to 2 s"],
  [
    { kind: "response-timeout", care: "takes care", before: us(10 * SECOND), after: us(120 * SECOND), endsFirst: true },
    "it may be given up while its call is open",
  ],
  [
    {
      kind: "url",
      care: "paused",
      before: "https://a.example",
      after: "https://b.example",
      isOtherHost: true,
      idempotent: ["pay"],
    },
    "The new host does not know the keys of pay",
  ],
  [{ kind: "endpoint-headers", care: "takes care", ...names }, "added «A»; removed «B»; another value for «C»"],
  [{ kind: "auth", care: "takes care", before: null, after: "bearer" }, "Authentication: none to bearer."],
  [{ kind: "secrets", care: "takes care", added: ["new"], removed: ["old"] }, "First put into Secrets Manager: «new»."],
  [
    {
      kind: "operation-added",
      care: "safe",
      operation: "o",
      method: "GET",
      path: "/o",
      repeatable: true,
      lastOldTurnUs: us(240 * SECOND),
    },
    "They may use it 4 min after the deployment",
  ],
  [{ kind: "operation-removed", care: "takes care", operation: "o" }, "Gateway.InvalidRequest"],
  [
    { kind: "operation-must-be-named", care: "takes care", operation: "o" },
    'Let callers give "operation": "o" before you deploy',
  ],
  [
    {
      kind: "operation-call",
      care: "takes care",
      operation: "o",
      before: { method: "PUT", path: "/a" },
      after: { method: "POST", path: "/b" },
    },
    "«PUT /a» to «POST /b»",
  ],
  [{ kind: "operation-headers", care: "takes care", operation: "o", ...names }, "Headers of o: added «A»"],
  [
    { kind: "operation-body", care: "takes care", operation: "o", before: null, after: "$request" },
    "now an expression",
  ],
  [
    { kind: "operation-answer", care: "takes care", operation: "o", before: "$body", after: null },
    "no expression any more",
  ],
  [
    {
      kind: "operation-request",
      care: "takes care",
      operation: "o",
      parts: [{ effect: "narrower", path: ["required"], before: ["a"], after: ["a", "b"] }],
    },
    '«required» «["a"]» to «["a","b"]» (fewer fit)',
  ],
  [
    { kind: "operation-repeatable", care: "takes care", operation: "o", before: false, after: true },
    "may now be repeated",
  ],
  [{ kind: "operation-idempotency", care: "paused", operation: "o", before: "A", after: "B" }, "may be done twice"],
  [{ kind: "operation-latency", care: "safe", operation: "o", before: null, after: us(SECOND) }, "none to 1 s"],
  [
    {
      kind: "outcome",
      care: "takes care",
      outcome: "throttled",
      before: null,
      after: { status: [403], when: "$body.busy" },
    },
    "the default to 403 when «$body.busy»",
  ],
  [
    {
      kind: "throttled-pause",
      care: "safe",
      before: { pauseUs: us(SECOND), maxPauseUs: hour },
      after: { pauseUs: us(2 * SECOND), maxPauseUs: hour },
    },
    "1 s, at most 1 h to 2 s, at most 1 h",
  ],
  [
    {
      kind: "retries",
      care: "safe",
      outcome: "unknown",
      before: { attempts: 3, backoffSeconds: 5, maxSeconds: 60 },
      after: { attempts: 1, backoffSeconds: 5, maxSeconds: 60 },
    },
    "3 calls in all, waits from 5 s to 1 min to 1 call in all",
  ],
  [{ kind: "description", care: "safe", before: null, after: "what" }, "The description: none to «what»."],
  [{ kind: "owner", care: "safe", before: "a", after: "b" }, "The owner: «a» to «b»."],
];

test.each(EACH.map(([change, part]) => [change.kind, change, part] as const))("%s", (_, change, part) => {
  const words = Object.values(wordsOf(change, (text) => `«${text}»`)).join(" ");
  expect(words).toContain(part);
  expect(words).not.toMatch(/undefined|null|NaN|\[object/);
  expect(words).toMatch(/\.$/);
  expect(words).not.toMatch(/ {2}|\.\./);
});

test("a change that is deployed paused says what to do", () => {
  const paused = EACH.filter(([{ care }]) => care === "paused");
  expect(paused.length).toBeGreaterThan(0);
  for (const [change] of paused) expect(wordsOf(change, (text) => text).deploy).toMatch(/^Stop/);
});
