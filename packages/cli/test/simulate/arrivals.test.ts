import { lintGateways, planGateway, readLoad, streamsOf, us } from "@sluice/dsl";
import { type Arrival, type ArrivalSource, arrivalsOf, expectedArrivals } from "../../src/simulate/arrivals";
import { loadCalendar } from "../../src/simulate/load-calendar";
import { SHOP } from "../simulate-text";

const plan = planGateway(
  (() => {
    const [linted] = lintGateways([{ file: "shop.yaml", text: SHOP }]).specs;
    if (linted === undefined) throw new Error("the gateway does not lint");
    return linted.spec;
  })(),
);

const HOUR = 3_600_000_000;

function sourceOf(text: string, seed = 1): ArrivalSource {
  const { load, findings } = readLoad(text, "load.yaml");
  if (load === undefined) throw new Error(JSON.stringify(findings));
  const calendar = loadCalendar(load);
  return { plan, seed, calendar, streams: streamsOf(load), recordings: new Map(), requests: new Map() };
}

/** The arrivals of a time. */
function within(source: ArrivalSource, hours: number): Arrival[] {
  const found: Arrival[] = [];
  for (const arrival of arrivalsOf(source)) {
    if (arrival.atUs >= hours * HOUR) break;
    found.push(arrival);
  }
  return found;
}

const hoursOf = (arrivals: readonly Arrival[]) => arrivals.map(({ atUs }) => atUs / HOUR);

test("even spacing is even, and Poisson arrivals have the rate on average and the spread of the distribution", () => {
  expect(hoursOf(within(sourceOf("arrivals: [{ rate: 4/h, spacing: even }]"), 1.1))).toEqual([0.25, 0.5, 0.75, 1]);
  const random = within(sourceOf("arrivals: 1/s"), 5);
  // 18,000 with a standard deviation of 134.
  expect(Math.abs(random.length - 18_000)).toBeLessThan(4 * 134);
  const gaps = random.slice(1).map(({ atUs }, index) => (atUs - (random[index]?.atUs ?? 0)) / 1e6);
  // Of exponentially distributed gaps, one in e is longer than the mean.
  expect(gaps.filter((gap) => gap > 1).length / gaps.length).toBeCloseTo(1 / Math.E, 1);
});

test("arrivals come in order, of all streams, and a seed gives the same again", () => {
  const text =
    "arrivals:\n  - { tier: HIGH, rate: 1/m }\n  - { tier: BATCH, gusts: { requests: 20, every: 10m, within: 5s } }\n";
  const once = within(sourceOf(text, 3), 3);
  expect(hoursOf(once)).toEqual([...hoursOf(once)].sort((a, b) => a - b));
  expect(within(sourceOf(text, 3), 3)).toEqual(once);
  expect(within(sourceOf(text, 4), 3)).not.toEqual(once);
  expect(new Set(once.map(({ tier }) => tier))).toEqual(new Set(["HIGH", "BATCH"]));
});

test("a stream that is added changes no arrival of the others", () => {
  const alone = within(sourceOf("arrivals: [{ tier: HIGH, rate: 1/m }]"), 2);
  const beside = within(sourceOf("arrivals: [{ tier: HIGH, rate: 1/m }, { tier: BATCH, rate: 2/m }]"), 2);
  expect(beside.filter(({ tier }) => tier === "HIGH")).toEqual(alone);
});

test("a daily curve follows the clock of its zone, in proportion between its times", () => {
  // Half past five in Kolkata is midnight UTC; the curve begins at noon there, at half past six UTC.
  const text =
    'zone: Asia/Kolkata\nstart: 2026-01-05 05:30\narrivals: [{ spacing: even, rate: { "00:00": 1/100h, "12:00": 1/100h, "13:00": 60/h, "14:00": 1/100h } }]';
  const hours = hoursOf(within(sourceOf(text), 24));
  expect(hours.length).toBeGreaterThan(55);
  expect(hours.length).toBeLessThan(63);
  expect(hours.filter((hour) => hour < 6.5 || hour > 8.5).length).toBeLessThan(2);
});

test("clocks that are changed move a daily time: Monday six o'clock in London is five UTC in summer", () => {
  const calendar = loadCalendar({ start: "2026-03-28", zone: "Europe/London" });
  const monday = calendar.offsetOf({ kind: "clock", day: 0, minute: 360 });
  // Two days and six hours, less the hour of the night to Sunday.
  expect(monday / HOUR).toBe(53);
  expect(calendar.minuteAt(monday)).toBe(360);
  expect(calendar.dayAt(monday)).toBe(0);
});

test("days keep a stream to these days, also at their edges", () => {
  const days = within(sourceOf("arrivals: [{ rate: 1/h, spacing: even, days: Sat }]"), 14 * 24).map(
    ({ atUs }) => Math.floor(atUs / (24 * HOUR)) % 7,
  );
  expect(new Set(days)).toEqual(new Set([5]));
  expect(days.length).toBeGreaterThan(45);
});

test("a backlog is there at its time, all at once or within a time", () => {
  const atOnce = within(sourceOf('arrivals: [{ backlog: 1000, at: "Mon 06:00" }]'), 7);
  expect(atOnce).toHaveLength(1_000);
  expect(hoursOf(atOnce).every((hour) => hour >= 6 && hour < 6.000_01)).toBe(true);
  const spread = hoursOf(within(sourceOf("arrivals: [{ backlog: 4, at: 1h, within: 1h }]"), 3));
  expect(spread).toEqual([1, 1.25, 1.5, 1.75]);
});

test("gusts come within their time, and silence lies between them", () => {
  const gusts = hoursOf(
    within(sourceOf("arrivals: [{ gusts: { requests: 10, every: 1h, within: 36s }, spacing: even }]"), 2.5),
  );
  expect(gusts).toHaveLength(30);
  expect(gusts.every((hour) => hour % 1 < 0.01)).toBe(true);
});

test("a stream lasts from its from to its until", () => {
  const hours = hoursOf(within(sourceOf("arrivals: [{ rate: 60/h, from: 1h, until: 2h }]"), 5));
  expect(Math.min(...hours)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...hours)).toBeLessThan(2);
});

test("operations take turns where the load names none", () => {
  const operations = within(sourceOf("arrivals: [{ backlog: 4 }]"), 1).map(({ operation }) => operation);
  expect(operations).toEqual(["order", "price", "order", "price"]);
});

test.each([
  "arrivals: 1/s",
  "arrivals: [{ backlog: 500, at: 1h }, { rate: 30/m, from: 1h }]",
  'arrivals: [{ rate: { "00:00": 1/m, "01:00": 1/s, "02:00": 1/m } }]',
  "arrivals: [{ gusts: { requests: 50, every: 3m, within: 1s } }]",
])("how many come is known beforehand: %s", (text) => {
  const source = sourceOf(text);
  const expected = expectedArrivals(source, us(2 * HOUR));
  expect(Math.abs(within(source, 2).length / expected - 1)).toBeLessThan(0.12);
});
