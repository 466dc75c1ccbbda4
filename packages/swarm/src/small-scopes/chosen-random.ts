import { Random } from "@sluice/local";
import { FREE, LATE, OUT_OF_ORDER } from "./course";
import type { ScopeClock } from "./scope-clock";

/** A drawn delay of at least this long is one of the path; what is smaller is a pick of one out of a few. */
const SHORTEST_DELAY_US = 1_000;

/**
 * Where a simulation draws, this chooses: which environment gets an invocation, how long the path to the target takes
 * (the shortest or the longest). A delivery is drawn as long as it may be late, and becomes loose.
 */
export class ChosenRandom extends Random {
  constructor(private readonly clock: ScopeClock) {
    super(1);
  }

  override next(): number {
    return 0.5;
  }

  /** Nothing that has a probability happens: what may go wrong in a small scope has a count. */
  override chance(): boolean {
    return false;
  }

  override between(min: number, max: number): number {
    if (max === this.clock.lateUs) {
      this.clock.askedBy({ label: "a delivery", kind: "arrival", thing: undefined });
      return max;
    }
    if (min > 0 || max === 0) return min;
    return max >= SHORTEST_DELAY_US ? this.pathUs(max) : this.environment(max + 1);
  }

  override hex(digits: number): string {
    return this.clock.freshId().slice(0, digits);
  }

  override uuid(): string {
    return `00000000-0000-4000-8000-${this.hex(12)}`;
  }

  private pathUs(longest: number): number {
    if (this.clock.course.choose([FREE, LATE]) === 0) return 0;
    this.clock.tell(`late: the path takes ${longest / 1_000} ms more`);
    return longest;
  }

  private environment(count: number): number {
    const taken = this.clock.course.choose(Array.from({ length: count }, (_, at) => (at === 0 ? FREE : OUT_OF_ORDER)));
    if (taken > 0)
      this.clock.tell(`the next turn goes to environment ${taken + 1} of those that are idle, or to a new one`);
    return taken;
  }
}
