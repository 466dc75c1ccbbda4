import { explainPlan, lintGateways, planGateway } from "@sluice/dsl";
import pico from "picocolors";
import { renderExplanation } from "../../src/print/explanation";
import { changed, WEATHER } from "../gateway-text";

const TEN = Array.from({ length: 10 }, (_, rank) => `{ name: TIER-${rank}, timeout: 1h }`).join(", ");
const TWO_TIERS = "  - { name: HIGH, timeout: 2m }\n  - { name: BATCH, timeout: 1h }\n";

const withTiers = (tiers: string) =>
  changed(changed(WEATHER, `tiers:\n${TWO_TIERS}`, `tiers: [${tiers}]\ndefaultTier: ONLY\n`), "ONLY", nameOf(tiers));
const nameOf = (tiers: string) => /name: ([A-Z0-9-]+)/.exec(tiers)?.[1] ?? "";

const FILES = {
  "two tiers": WEATHER,
  "one tier": withTiers("{ name: ONLY, timeout: 1h }"),
  "ten tiers": withTiers(TEN),
  "concurrency alone": changed(WEATHER, "rateLimit: 5/s", "concurrency: 4"),
  "a slow limit": changed(changed(WEATHER, "rateLimit: 5/s", "rateLimit: 1/1m"), "timeout: 2m", "timeout: 1h"),
  "a fast one": changed(WEATHER, "rateLimit: 5/s", "rateLimit: 140/s"),
};

function pageOf(text: string, width: number): string {
  const { specs, findings } = lintGateways([{ file: "weather.yaml", text }]);
  if (specs[0] === undefined) throw new Error(JSON.stringify(findings));
  return renderExplanation(explainPlan(planGateway(specs[0].spec)), pico.createColors(false), width);
}

test.each(Object.entries(FILES))("no line is wider than 60, 80 or 120 characters, and none is cut: %s", (_, text) => {
  for (const width of [60, 80, 120]) {
    const page = pageOf(text, width);
    expect(Math.max(...page.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(page).not.toMatch(/undefined|NaN|Infinity|\[object|[a-z]…/);
    expect(page).not.toMatch(/ \n/);
  }
});

test("the most important sentence stands at the top", () => {
  const [name, first] = pageOf(WEATHER, 120).split("\n");
  expect(name).toBe("weather");
  expect(first).toMatch(
    /^One call starts every 204 ms at the soonest, so no window of 1 s ever holds more than 5 calls/,
  );
});

test("words of the inside are said in plain words", () => {
  expect(pageOf(WEATHER, 120)).not.toMatch(/\bbells?\b|\bsweep\b|\bgate\b/i);
});

test("one tier has nobody to wait behind, and no second column", () => {
  const page = pageOf(FILES["one tier"], 120);
  expect(page).toMatch(/^tier +50 % load +80 % load +95 % load$/m);
  expect(page).not.toContain("endless");
});

test("a limit of one call in its window is told of one call", () => {
  expect(pageOf(FILES["a slow limit"], 120)).toContain("no window of 1 min ever holds more than 1 call;");
});
