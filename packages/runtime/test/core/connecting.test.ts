import { type Micros, ms, us } from "@sluice/dsl";
import fc from "fast-check";
import { missingFor, type Provision } from "../../src/core/connecting";

const at = (instants: readonly number[]): Micros[] => instants.map((instant) => ms(instant));

/** Ten a second, a second of lead, and a connection that takes 600 ms; times in ms. */
const missing = (changes: {
  starts: number;
  nextStart?: number;
  freePlaces?: number;
  takenUntil?: number[];
  readyUntil?: number[];
  readyFrom?: number[];
}) => {
  const { starts, nextStart = 0, freePlaces = 20, takenUntil = [], readyUntil = [], readyFrom = [] } = changes;
  const provision: Provision = {
    now: us(0),
    nextStart: ms(nextStart),
    intervalUs: ms(100),
    starts,
    freePlaces,
    takenUntil: at(takenUntil),
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

test("a place that is taken is expected to come free before a connection is begun for it", () => {
  const places = { freePlaces: 1, takenUntil: [1_200, 9_000] };
  expect(missing({ starts: 1, ...places })).toEqual({ startsAt: [600], nextAt: undefined });
  expect(missing({ starts: 3, ...places })).toEqual({ startsAt: [600], nextAt: 200 });
  expect(missing({ starts: 3, ...places, readyUntil: [300, 4_000] })).toEqual({ startsAt: [], nextAt: 8_000 });
});

/** Lead times are products of 1.5 and 0.99: no round numbers. */
const provisions: fc.Arbitrary<Provision> = fc
  .record({
    now: fc.double({ min: 0, max: 1e12, noNaN: true }),
    next: fc.double({ min: -1e7, max: 1e7, noNaN: true }),
    interval: fc.integer({ min: 1_000, max: 5_000_000 }),
    starts: fc.integer({ min: 0, max: 200 }),
    freePlaces: fc.integer({ min: 0, max: 200 }),
    taken: fc.array(fc.double({ min: -1e7, max: 1e7, noNaN: true }), { maxLength: 20 }),
    until: fc.array(fc.double({ min: 0, max: 4e6, noNaN: true }), { maxLength: 20 }),
    from: fc.array(fc.double({ min: -3e6, max: 3e6, noNaN: true }), { maxLength: 20 }),
    takes: fc.double({ min: 0, max: 3e6, noNaN: true }),
    spare: fc.double({ min: 0, max: 1.5e6, noNaN: true }),
  })
  .map(({ now, next, interval, starts, freePlaces, taken, until, from, takes, spare }) => ({
    now: us(now),
    nextStart: us(now + next),
    intervalUs: us(interval),
    starts,
    freePlaces,
    takenUntil: taken.toSorted((a, b) => a - b).map((left) => us(now + left)),
    readyUntil: until.map((left) => us(now + left)),
    readyFrom: from.toSorted((a, b) => a - b).map((wait) => us(now + wait)),
    takesUs: us(takes),
    leadUs: us(takes + spare),
  }));

test("never more is there than can start, and the next is begun in time", () => {
  fc.assert(
    fc.property(provisions, (provision) => {
      const { startsAt, nextAt } = missingFor(provision);
      const { now, nextStart, starts, freePlaces, takenUntil, readyUntil, readyFrom, leadUs } = provision;
      expect(startsAt.length).toBeLessThanOrEqual(Math.max(0, starts - readyFrom.length));
      const placeAt = freePlaces > 0 ? now : (takenUntil[0] ?? now);
      if (starts > 0 && readyUntil.length + readyFrom.length === 0) {
        expect(startsAt.length > 0).toBe(Math.max(now, nextStart, placeAt) - leadUs <= now);
      }
      // An instant that has passed wakes nobody.
      if (nextAt !== undefined) expect(nextAt).toBeGreaterThan(now);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
