import { showWhole, us } from "@sluice/dsl";
import { type Io, printLine, type progressOn } from "../io";
import { showTime } from "../print/simulation-figures";
import { MOST_IN_SERVICES } from "./feeder";
import type { Progress, Work } from "./run";

/** Real milliseconds between two lines of progress. */
const EVERY_MS = 200;
/** How long a run is watched before its end is guessed, and from what guess on it is worth a word. */
const WATCHED_MS = 5_000;
const LONG_MS = 10 * 60_000;

interface Pacing {
  /** Which of several runs it is. */
  readonly prefix: string;
  readonly expected: Work;
}

/** Shows how far a run is, and says once when it will take long. What it says depends on this machine, and goes nowhere else. */
export function pacerOf(
  screen: ReturnType<typeof progressOn>,
  io: Io,
  { prefix, expected }: Pacing,
): (far: Progress) => void {
  const allSteps = stepsOf(expected);
  const begun = Date.now();
  let shownAt = 0;
  let isWarned = false;
  return (far) => {
    const now = Date.now();
    if (now - shownAt < EVERY_MS) return;
    shownAt = now;
    // By the time alone a backlog, which takes long at an instant, would take years; by what is done alone, requests that
    // expire uncalled would take as long as others.
    const steps = stepsOf(far);
    const byTime = (far.untilUs - far.nowUs) / Math.max(1, far.nowUs);
    const bySteps = Math.max(0, allSteps - steps) / Math.max(1, steps);
    const guess = (now - begun) * Math.min(byTime, bySteps);
    const isKnown = now - begun > 1_000 && far.untilUs < ENDLESS;
    const left = isKnown ? `, about ${showTime(us(guess * 1_000))} left here` : "";
    // What is left comes early: a narrow terminal cuts the end off.
    screen.show(
      `${prefix}${showTime(far.nowUs)}${far.untilUs < ENDLESS ? ` of ${showTime(far.untilUs)}` : ""} simulated${left}: ${showWhole(far.calls)} calls, ${showWhole(far.open)} requests open`,
    );
    if (isWarned || !isKnown || now - begun < WATCHED_MS || guess < LONG_MS) return;
    isWarned = true;
    screen.clear();
    printLine(
      io.stderr,
      `This will take about ${showTime(us(guess * 1_000))} on this machine. Ctrl-C ends it with what is known so far; a shorter --for, or fewer requests, take less.`,
    );
  };
}

/** What takes time: a request that the services are given, and its call. Requests behind them are only counted. */
function stepsOf({ requests, calls }: Work): number {
  // As expected, one for each request: counted with what they repeat, the expected ones would be done too soon.
  const called = Math.min(requests, calls);
  return Math.min(requests, called + MOST_IN_SERVICES) + called;
}

/** The end of a run that really ends when a backlog is worked off. */
const ENDLESS = 60 * 86_400_000_000;
