import { ms, parseDuration, parseRate, seconds, showDuration, us, writeDuration } from "@sluice/dsl";
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

test("durations are shown in the largest unit that they fill", () => {
  expect(
    [505_000, 1_500_000, 120_000_000, 303_000_000, 7_200_000_000, 86_400_000_000, 500].map((value) =>
      showDuration(us(value)),
    ),
  ).toEqual(["505 ms", "1.5 s", "2 min", "5.05 min", "2 h", "1 d", "0.5 ms"]);
});
