import { type GatewayPlan, lintGateways, planGateway, renderFrame } from "@sluice/dsl";
import { readSamples } from "./samples";

const { findings, specs } = lintGateways(readSamples());
const plans = new Map(specs.map(({ spec }): [string, GatewayPlan] => [spec.name, planGateway(spec)]));

test("the sample gateways lint clean, without a warning", () => {
  const texts = new Map(readSamples().map(({ file, text }) => [file, text]));
  expect(findings.map((finding) => renderFrame(finding, texts.get(finding.file) ?? ""))).toEqual([]);
});

test("each sample links the page of its limit, with a date", () => {
  for (const { text } of readSamples()) {
    expect(text).toMatch(/^# https:\/\/\S+$/m);
    expect(text).toMatch(/^# Noted 20\d\d-\d\d-\d\d\.$/m);
  }
});

test("every sample has the tiers HIGH, NORMAL and BATCH", () => {
  expect([...plans.values()].map(({ tiers }) => tiers.map(({ name }) => name))).toEqual(
    Array(3).fill(["HIGH", "NORMAL", "BATCH"]),
  );
});

test("Companies House: 600 in 5 minutes are one call in (300 s + 3 s) / 600 = 505 ms", () => {
  expect(plans.get("companies-house")?.limit).toMatchObject({
    intervalUs: 505_000,
    jitterUs: 3_000_000,
    latenessUs: 25_000,
  });
  expect(plans.get("companies-house")?.secrets).toEqual(["companies-house"]);
});

test("NCBI: 3 a second are one call in (1 s + 20 ms) / 3 = 340 ms", () => {
  expect(plans.get("ncbi-eutils")?.limit.intervalUs).toBe(340_000);
});

test("NVD: 403 means throttled, and pauses for 30 s", () => {
  expect(plans.get("nvd")?.limit.intervalUs).toBe(606_000);
  expect(plans.get("nvd")?.outcomes.throttled).toMatchObject({ status: [403, 429], pauseUs: 30_000_000 });
});
