import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, type GatewayNames, readLoad, renderFrame, streamsOf } from "@sluice/dsl";
import { readDrawing } from "./source";

const NAMES: GatewayNames = { gateway: "shop", tiers: ["HIGH", "BATCH"], operations: ["order", "price"] };

/** The rule finds exactly the drawn range; what else is found has other names. */
function expectFinding(
  name: string,
  drawn: string,
  says: { readonly hint?: string; readonly why?: string } = {},
): Finding {
  const { text, start, end } = readDrawing(drawn);
  const { findings, load } = readLoad(text, "loads/test.yaml", NAMES);
  const [finding, ...more] = findings.filter((one) => one.name === name);
  expect(more).toEqual([]);
  expect(finding && text.slice(...finding.range)).toBe(text.slice(start, end));
  expect(finding?.range).toEqual([start, end]);
  expect(load).toBeUndefined();
  expect(finding?.hint).toContain(says.hint ?? "");
  expect(finding?.why).toContain(says.why ?? "");
  expect(finding && renderFrame(finding, text)).not.toMatch(/undefined|NaN|\[object/);
  return finding as Finding;
}

/** Nothing is wrong, and this is what it says. */
function valid(text: string) {
  const { load, findings } = readLoad(text, "loads/test.yaml", NAMES);
  expect(findings.map((finding) => renderFrame(finding, text))).toEqual([]);
  if (load === undefined) throw new Error("unreachable: nothing was found");
  return load;
}

test("one line is a load: Poisson arrivals for the default tier, a target as the gateway file says", () => {
  const load = valid("arrivals: 5/s\n");
  expect(streamsOf(load)).toEqual([{ rate: { calls: 5, windowUs: 1_000_000, text: "5/s" } }]);
  expect(load).toMatchObject({ version: 1, start: "2026-01-05", zone: "UTC", target: {} });
});

test("everything of the language is read, units and times parsed", () => {
  const load = valid(`version: 1
description: All of it
for: 7d
start: 2026-03-27 06:00
zone: Europe/London
arrivals:
  - { tier: HIGH, operation: price, rate: 2/s, spacing: even, from: 1h, until: Fri 18:00, days: Mon-Fri }
  - { tier: HIGH, rate: { "06:00": 1/m, "09:00": 5/s } }
  - { tier: BATCH, gusts: { requests: 200, every: 10m } }
  - { tier: BATCH, backlog: 1000000, at: Mon 06:00, within: 10m, request: { item: x } }
  - { recorded: starts.csv }
target:
  latency: { median: 250ms, p99: 3s }
  failures: { throttled: 1%, retryAfter: 30s, error: 0.5%, status: 503, hang: 0.1%, reset: 0.1%, refused: 0.1% }
  outages: [{ from: Tue 09:00, until: Tue 09:20 }, { from: 2h, until: 3h, failure: hang }]
`);
  const [even, daily, gusts, backlog] = streamsOf(load);
  expect(even).toMatchObject({
    from: { kind: "after", afterUs: 3_600_000_000 },
    until: { kind: "clock", day: 4, minute: 18 * 60 },
    days: [0, 1, 2, 3, 4],
  });
  expect(daily?.rate).toMatchObject({ "09:00": { calls: 5 } });
  expect(gusts?.gusts).toEqual({ requests: 200, every: 600_000_000, within: 1_000_000 });
  expect(backlog).toMatchObject({ backlog: 1_000_000, at: { kind: "clock", day: 0, minute: 360 } });
  expect(load.target.outages?.[0]).toMatchObject({ failure: "refused" });
  expect(load.target.failures).toMatchObject({ throttled: 0.01, retryAfter: 30_000_000 });
});

test.each([
  ["when-they-come", "arrivals:\n  - { ~~~tier~~~: HIGH }", "Add for example rate: 2/s"],
  ["when-they-come", "arrivals:\n  - { rate: 2/s, ~~~backlog~~~: 10 }", "Make two items"],
  ["without-effect", "arrivals:\n  - { rate: 2/s, ~~~at~~~: 2h }", "Remove at, or add backlog."],
  ["without-effect", "arrivals:\n  - { backlog: 10, ~~~spacing~~~: even }", "Remove spacing, or add rate."],
  [
    "without-effect",
    "arrivals: 1/s\ntarget: { failures: { error: 1%, ~~~retryAfter~~~: 5s } }",
    "Remove retryAfter, or add throttled.",
  ],
  [
    "without-effect",
    "arrivals: 1/s\ntarget: { failures: { hang: 1%, ~~~status~~~: 503 } }",
    "Remove status, or add error.",
  ],
  ["ends-before-it-begins", "arrivals:\n  - { rate: 2/s, from: 2h, until: ~~~1h~~~ }", "Write an until after 2h."],
  ["ends-before-it-begins", "arrivals: 1/s\ntarget: { outages: [{ from: 2h, until: ~~~2h~~~ }] }", "after 2h"],
  ["ends-before-it-begins", "arrivals: [{ gusts: { requests: 5, every: 10s, within: ~~~1m~~~ } }]", "below every"],
  ["latency-form", "arrivals: 1/s\ntarget: { ~~~latency~~~: { median: 1s } }", "median: 250ms, p99: 3s"],
  ["latency-form", "arrivals: 1/s\ntarget: { ~~~latency~~~: { median: 1s, max: 2s } }", "median: 250ms"],
  ["latency-form", "arrivals: 1/s\ntarget: { latency: { min: 2s, max: ~~~1s~~~ } }", "at least 2s"],
  ["more-than-all", "arrivals: 1/s\ntarget: { ~~~failures~~~: { error: 60%, hang: 50% } }", "write an outage"],
  ["unknown-zone", "arrivals: 1/s\nzone: ~~~Europe/Lodon~~~", "Did you mean Europe/London?"],
  ["no-such-date", "arrivals: 1/s\nstart: ~~~2026-02-30~~~", "2026-01-05"],
  ["unknown-tier", "arrivals: [{ tier: ~~~HIHG~~~, rate: 1/s }]", "Did you mean HIGH?"],
  ["unknown-operation", "arrivals: [{ operation: ~~~prise~~~, rate: 1/s }]", "Did you mean price?"],
  ["bare-number", "arrivals: ~~~5~~~", "Write 5/s or 5/h"],
  ["bare-number", "arrivals: 5/s\nfor: ~~~7~~~", "Write 7ms or 7s"],
  ["bad-unit", "arrivals: ~~~5 per second~~~", "Write 5/s."],
  ["unknown-key", "arrivals: [{ ~~~teir~~~: HIGH, rate: 1/s }]", "Did you mean tier?"],
  ["wrong-type", "arrivals: [{ backlog: 10, at: ~~~Monday 06:00~~~ }]", "Mon 06:00"],
  ["wrong-type", 'arrivals: [{ rate: { ~~~"9"~~~: 5/s } }]', "06:00"],
  ["missing-key", "~~~target~~~: { latency: 1s }", "Add arrivals: 5/s."],
])("%s is found where it stands: %s", (name, drawn, hint) => {
  expectFinding(name, drawn, { hint });
});

test("findings speak of a load, not of a gateway", () => {
  for (const text of ["", "- 1", "arrival: 5/s", "arrivals: 5"]) {
    const { findings } = readLoad(text, "loads/test.yaml");
    expect(findings.length).toBeGreaterThan(0);
    for (const { message, hint } of findings) expect(`${message} ${hint}`).not.toMatch(/gateway|limit|interval/);
  }
});

test("all findings come at once, in the order of the file", () => {
  const { findings } = readLoad(
    "arrivals:\n  - { tier: HIHG, rate: 5 }\n  - { backlog: 1 , from: 2h }\nzone: X/Y\ntarget: { latency: fast }\n",
    "loads/test.yaml",
    NAMES,
  );
  expect(findings.map(({ name }) => name)).toEqual([
    "unknown-tier",
    "bare-number",
    "without-effect",
    "unknown-zone",
    "wrong-type",
  ]);
});

test("without a gateway any tier and operation will do", () => {
  expect(readLoad("arrivals: [{ tier: GOLD, operation: any, rate: 1/s }]", "x.yaml").findings).toEqual([]);
});

const LOADS = join(__dirname, "..", "..", "..", "loads");

test.each(readdirSync(LOADS).filter((name) => name.endsWith(".yaml")))("loads/%s has no finding", (name) => {
  const text = readFileSync(join(LOADS, name), "utf8");
  expect(readLoad(text, name, { ...NAMES, tiers: ["HIGH", "NORMAL", "BATCH"] }).findings).toEqual([]);
});
