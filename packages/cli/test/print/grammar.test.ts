import { diffPlans, explainPlan, type GatewayPlan, lintGateways, planGateway } from "@sluice/dsl";
import pico from "picocolors";
import { renderExplanation } from "../../src/print/explanation";
import { renderLint } from "../../src/print/lint-pretty";
import { renderPlanMarkdown } from "../../src/print/plan-markdown";
import { renderPlan } from "../../src/print/plan-pretty";
import type { PlanReport } from "../../src/print/plan-report";
import { changed, WEATHER } from "../gateway-text";

const PLAIN = pico.createColors(false);

const ONE_TIER = "tiers: [{ name: ONLY, timeout: 1d }]\ndefaultTier: ONLY\n";
const TWO_TIERS = "tiers:\n  - { name: HIGH, timeout: 2m }\n  - { name: BATCH, timeout: 1h }\n";
const POST = "  order: { method: POST, path: /order }\n";
const limited = (limit: string, text = WEATHER) => changed(text, "rateLimit: 5/s", limit);
const once = (text: string) =>
  `${text}retries: { throttled: { attempts: 1 }, unavailable: { attempts: 2 }, unknown: { attempts: 1 } }\n`;

/** Gateways in which there is one of something, or two, where there are usually more. */
const ODD: Readonly<Record<string, string>> = {
  usual: WEATHER,
  "one call a second": limited("rateLimit: 1/s"),
  "one call a minute": changed(limited("rateLimit: 1/m"), TWO_TIERS, ONE_TIER),
  "one call open": limited("concurrency: 1"),
  "slow calls": changed(limited("concurrency: 1"), "method: GET", "method: GET\n    latency: 1s"),
  "one tier": changed(WEATHER, TWO_TIERS, ONE_TIER),
  "nothing is tried again": once(WEATHER),
  "two operations": changed(WEATHER, "operations:\n", `operations:\n${POST}`),
  "one environment less": changed(WEATHER, "environments:\n  staging: { rateLimit: 1/s }\n", ""),
  "a wish for several limits": limited("rateLimit: [1/m, 1/s]"),
  "a quota of one": limited("rateLimit: 1/d\nquota: { calls: 1/d, resets: 00:00 Europe/London, reserve: { HIGH: 1 } }"),
};

const planOf = (text: string): GatewayPlan | undefined => {
  const [gateway] = lintGateways([{ file: "weather.yaml", text }]).specs;
  return gateway && planGateway(gateway.spec);
};

const reportOf = (
  before: readonly GatewayPlan[],
  after: readonly GatewayPlan[],
  unchangedFiles: number,
): PlanReport => ({
  base: { ref: "main", commit: "0123456789abcdef", isMergeBase: false },
  diff: diffPlans(before, after),
  withoutEffect: [],
  unreadable: [],
  unchangedFiles,
});

function* sentences(): Generator<string> {
  const files = Object.values(ODD).map((text) => ({ file: "weather.yaml", text }));
  for (const file of files)
    yield renderLint([file], lintGateways([file]).findings, { colors: PLAIN, width: 100_000, program: "sluice" });
  const plans = files.flatMap(({ text }) => planOf(text) ?? []);
  for (const plan of plans) yield renderExplanation(explainPlan(plan), PLAIN, 100_000);
  const [usual] = plans;
  for (const plan of plans)
    for (const sides of [
      [[], [plan]],
      [[plan], []],
      [[usual ?? plan], [plan]],
      [[plan], [usual ?? plan]],
    ] as const)
      for (const unchangedFiles of [0, 1, 2]) {
        const report = reportOf(sides[0], sides[1], unchangedFiles);
        yield renderPlan(report, PLAIN, 100_000);
        yield renderPlanMarkdown(report);
      }
}

const NOUNS = "calls|gateways|files|tiers|requests|units|errors|warnings|operations|characters|findings|queues";

test("one of something is told in the singular, and no singular has the verb of many", () => {
  const texts = [...sentences()].join("\n");
  const wrong = [
    ...texts.matchAll(new RegExp(`(?:^|[^\\d.,/])1 (?:open )?(?:${NOUNS})\\b.{0,40}`, "gm")),
    ...texts.matchAll(/.{0,40}\bno \d+ (?:ms|s|min|h|d)\b.*\bhold\b/g),
    ...texts.matchAll(/.{0,40}(?:^|[^\d.,/])1 \w+ (?:are|have|change|keep|reserve)\b/gm),
    ...texts.matchAll(/.{0,40}\b(?:undefined|NaN|null|\[object)\b.{0,40}/g),
  ].map(([found]) => found);
  expect(wrong).toEqual([]);
});

test("the odd gateways are without an error, but those that wish for what is not there yet", () => {
  const wrong = Object.entries(ODD).filter(([, text]) => planOf(text) === undefined);
  expect(wrong.map(([name]) => name)).toEqual(["a wish for several limits", "a quota of one"]);
});
