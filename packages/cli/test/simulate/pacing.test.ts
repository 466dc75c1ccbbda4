import { type Micros, us } from "@sluice/dsl";
import type { Io } from "../../src/io";
import { pacerOf } from "../../src/simulate/pacing";
import type { Work } from "../../src/simulate/run";

const DAYS_3 = us(3 * 86_400_000_000);

/** What the terminal showed when so much was done after ten seconds. */
function shownAt(
  far: Work & { readonly nowUs: Micros },
  expected: Work = { requests: 1_000_000, calls: 400_000 },
): { shown: string; said: string } {
  let shown = "";
  let said = "";
  const screen = { show: (text: string) => (shown = text), clear: () => undefined };
  const io = { stderr: { write: (text: string) => (said += text) } } as unknown as Io;
  jest.useFakeTimers({ now: 0 });
  const pace = pacerOf(screen, io, { prefix: "", expected });
  jest.setSystemTime(10_000);
  pace({ ...far, untilUs: DAYS_3, open: Math.max(0, far.requests - far.calls) });
  return { shown, said };
}

afterEach(() => jest.useRealTimers());

test("a backlog that still comes in takes as long as its requests, not as days of such instants", () => {
  // 20,000 of 900,000 steps are done: a call for each of 400,000, which with 100,000 that still wait were given before.
  const { shown, said } = shownAt({ nowUs: us(20_000), requests: 20_000, calls: 0 });
  expect(shown).toMatch(/^20 ms of 3 d simulated, about 7 min 20 s left here: 0 calls, /);
  expect(said).toBe("");
});

test("calls that repeat others are not those that were expected", () => {
  // Half the time is over, with half the requests and three calls for each: the other half takes as long.
  const { shown } = shownAt(
    { nowUs: us(DAYS_3 / 2), requests: 200_000, calls: 600_000 },
    { requests: 400_000, calls: 400_000 },
  );
  expect(shown).toMatch(/, about 10 s left here: /);
});

test("what takes more than ten minutes is told once, with how to end it", () => {
  // 10,000 of 900,000 steps.
  const { said } = shownAt({ nowUs: us(10_000), requests: 10_000, calls: 0 });
  expect(said).toMatch(/^This will take about 14 min 50 s on this machine\. Ctrl-C ends it/);
});

test("where requests expire uncalled, the time that is left tells the end", () => {
  // Half the time is over with a hundredth of the calls: the other half takes as long.
  const { shown } = shownAt({ nowUs: us(DAYS_3 / 2), requests: 1_000_000, calls: 4_000 });
  expect(shown).toMatch(/, about 10 s left here: /);
});
