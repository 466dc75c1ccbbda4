import { type Micros, ms, us } from "@sluice/dsl";
import { missingFor, type Provision } from "../../src/core/connecting";

const at = (instants: readonly number[]): Micros[] => instants.map((instant) => ms(instant));

/** Ten a second, a second of lead, and a connection that takes 600 ms; times in ms. */
const missing = (changes: { starts: number; nextStart?: number; readyUntil?: number[]; readyFrom?: number[] }) => {
  const { starts, nextStart = 0, readyUntil = [], readyFrom = [] } = changes;
  const provision: Provision = {
    now: us(0),
    nextStart: ms(nextStart),
    intervalUs: ms(100),
    starts,
    readyUntil: at(readyUntil),
    readyFrom: at(readyFrom),
    takesUs: ms(600),
    leadUs: ms(1_000),
  };
  const { startsAt, nextAt } = missingFor(provision);
  return { startsAt: startsAt.map((startAt) => startAt / 1_000), nextAt: nextAt && nextAt / 1_000 };
};

test("nothing is begun for nobody", () => {
  expect(missing({ starts: 0 })).toEqual({ startsAt: [], nextAt: undefined });
});

test("with nothing there, connections are begun for the starts that the first one allows within the lead", () => {
  expect(missing({ starts: 3 })).toEqual({ startsAt: [600, 700, 800], nextAt: undefined });
  expect(missing({ starts: 20 })).toEqual({ startsAt: [600, 700, 800, 900, 1_000], nextAt: 100 });
});

test("before its lead, none is begun", () => {
  expect(missing({ starts: 1, nextStart: 1_500 })).toEqual({ startsAt: [], nextAt: 500 });
});

test("what stands or is under way serves a start each", () => {
  expect(missing({ starts: 3, readyUntil: [4_000], readyFrom: [250] })).toEqual({ startsAt: [600], nextAt: undefined });
  expect(missing({ starts: 2, readyUntil: [4_000, 4_000] })).toEqual({ startsAt: [], nextAt: undefined });
});

test("a connection that will be too old at its start serves none, and the one that gets too old first is used first", () => {
  expect(missing({ starts: 1, nextStart: 700, readyUntil: [700] }).startsAt).toEqual([700]);
  expect(missing({ starts: 2, nextStart: 50, readyUntil: [400, 100] })).toEqual({ startsAt: [], nextAt: undefined });
  expect(missing({ starts: 2, nextStart: 50, readyUntil: [100, 100] }).startsAt).toEqual([600]);
});
