import { us } from "@sluice/dsl";
import { limitText, scaleLimit } from "../../src/demo/scale";

const limit = (calls: number, windowSeconds: number) => ({ calls, windowUs: us(windowSeconds * 1_000_000) });

test("600 calls in 5 minutes become 20 in 10 seconds: the same rate in a window that fills", () => {
  expect(scaleLimit(limit(600, 300))).toEqual(limit(20, 10));
});

test("50 calls in 30 seconds become 10 in 6 seconds, because 50 cannot be divided by 3", () => {
  expect(scaleLimit(limit(50, 30))).toEqual(limit(10, 6));
});

test("a window that is short already stays as it is", () => {
  expect(scaleLimit(limit(3, 1))).toEqual(limit(3, 1));
});

test("a limit that cannot be divided into whole calls stays as it is", () => {
  expect(scaleLimit(limit(1, 60))).toEqual(limit(1, 60));
});

test("a limit is written as in a gateway file, in the largest unit that leaves a whole number", () => {
  expect([limit(20, 10), limit(3, 1), limit(600, 300), limit(1, 0.334)].map(limitText)).toEqual([
    "20/10s",
    "3/s",
    "600/5m",
    "1/334ms",
  ]);
});
