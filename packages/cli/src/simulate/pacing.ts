import { showWhole, us } from "@sluice/dsl";
import { type Io, printLine, type progressOn } from "../io";
import { showTime } from "../print/simulation-figures";
import type { Progress } from "./run";

/** Real milliseconds between two lines of progress. */
const EVERY_MS = 200;
/** How long a run is watched before its end is guessed, and from what guess on it is worth a word. */
const WATCHED_MS = 5_000;
const LONG_MS = 10 * 60_000;

/** Shows how far a run is, and says once when it will take long. What it says depends on this machine, and goes nowhere else. */
export function pacerOf(screen: ReturnType<typeof progressOn>, io: Io, prefix: string): (far: Progress) => void {
  const begun = Date.now();
  let shownAt = 0;
  let isWarned = false;
  return (far) => {
    const now = Date.now();
    if (now - shownAt < EVERY_MS) return;
    shownAt = now;
    const guess = ((now - begun) * (far.untilUs - far.nowUs)) / Math.max(1, far.nowUs);
    const isKnown = now - begun > 1_000 && far.untilUs < ENDLESS;
    const left = isKnown ? `, about ${showTime(us(guess * 1_000))} left here` : "";
    screen.show(
      `${prefix}${showTime(far.nowUs)}${far.untilUs < ENDLESS ? ` of ${showTime(far.untilUs)}` : ""} simulated: ${showWhole(far.calls)} calls, ${showWhole(far.open)} requests open${left}`,
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

/** The end of a run that really ends when a backlog is worked off. */
const ENDLESS = 60 * 86_400_000_000;
