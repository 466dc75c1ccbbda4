import { ms, parseDuration, parseRate, seconds, showDuration, showRoughly, us, writeDuration } from "@sluice/dsl";
import fc from "fast-check";
import { parseShare } from "../src/rate";

test.each([
  ["10s", 10_000_000],
  ["250ms", 250_000],
  ["2m", 120_000_000],
  ["24h", 86_400_000_000],
  ["13d", 1_123_200_000_000],
])("%s is %d microseconds", (text, micros) => {
  expect(parseDuration(text)).toBe(micros);
});

test.each(["10", "1.5s", "0s", "10 s", "-1s", "10sec", "s", "", "1e3s", "٣s"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ["5/s", 5, seconds(1)],
  ["30/m", 30, seconds(60)],
  ["100/2h", 100, seconds(7_200)],
  ["600/5m", 600, seconds(300)],
  ["1/250ms", 1, ms(250)],
])("%s is %d calls in a window", (text, calls, windowUs) => {
  expect(parseRate(text)).toEqual({ calls, windowUs, text });
});

test.each(["5", "5/", "/s", "0/s", "5/0s", "5 /s", "5/w", "1.5/s"])("%j is no rate", (text) => {
  expect(parseRate(text)).toBeUndefined();
});

test("a share is a percentage from 0 to 99", () => {
  expect(["5%", "2.5%", "0%", "99%"].map(parseShare)).toEqual([0.05, 0.025, 0, 0.99]);
  expect(["5", "100%", "-1%", "0.001%"].map(parseShare)).toEqual(Array(4).fill(undefined));
});

test("what is written as a duration is read as the same duration", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000_000 }),
      (count) => parseDuration(writeDuration(ms(count))) === ms(count),
    ),
  );
});

test("a duration below a minute is shown in one unit, a longer one in as many as it needs", () => {
  const shown = (values: readonly number[]) => values.map((value) => showDuration(us(value)));
  expect(shown([500, 505_000, 1_500_000])).toEqual(["0.5 ms", "505 ms", "1.5 s"]);
  expect(shown([120e6, 200e6, 303e6, 7_200e6, 3_636e6, 86_400e6])).toEqual([
    "2 min",
    "3 min 20 s",
    "5 min 3 s",
    "2 h",
    "1 h 36 s",
    "1 d",
  ]);
  expect(shown([60_600_000, 90_061_500_000])).toEqual(["1 min 0.6 s", "1 d 1 h 1 min 1.5 s"]);
});

test("no duration is shown as sixty of a smaller unit, or with more than three decimals", () => {
  fc.assert(
    fc.property(fc.integer({ min: 60_000_000, max: 10_000_000_000 }), (duration) => {
      return !/\b(60 (s|min)|24 h)\b|\.\d{4}/.test(showDuration(us(duration)));
    }),
  );
});

test("what is only roughly known is shown with three digits, or in two units", () => {
  expect([303_456, 15_720_000, 505e6, 50_500e6, 505_000e6].map((value) => showRoughly(us(value)))).toEqual([
    "303 ms",
    "15.7 s",
    "8 min 25 s",
    "14 h 2 min",
    "5 d 20 h",
  ]);
});
