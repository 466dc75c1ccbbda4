import type { Micros } from "@sluice/dsl";
import { us } from "@sluice/dsl";
import { build, type Histogram } from "hdr-histogram-js";

/** Lengths of one step, in seconds: each a multiple of the one before. */
const STEPS = [1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400, 864_000];

/** More steps than this are not kept: they are put together to longer ones. */
const MAX_STEPS = 600;

/** How a request ended, or why it has not. */
export const ENDS = ["succeeded", "throttled", "unavailable", "unknown", "rejected", "expired", "other"] as const;
export type End = (typeof ENDS)[number];

/** Waits with a relative error of at most 1 %. */
const roughWaits = (): Histogram =>
  build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 2, useWebAssembly: false });

/** What happened in one step of time. */
export class Step {
  calls = 0;
  mostInWindow: number;
  readonly asked: number[];
  /** The most requests that waited at an instant, by tier; and how many did at the end. */
  readonly mostWaiting: number[];
  readonly waiting: number[];
  readonly waits: (Histogram | undefined)[];
  readonly ends: Record<End, number> = {
    ...{ succeeded: 0, throttled: 0, unavailable: 0, unknown: 0, rejected: 0, expired: 0, other: 0 },
  };

  constructor(tiers: number, waiting: readonly number[], mostInWindow: number) {
    this.mostInWindow = mostInWindow;
    this.asked = new Array(tiers).fill(0);
    this.mostWaiting = [...waiting];
    this.waiting = [...waiting];
    this.waits = new Array(tiers).fill(undefined);
  }

  recordWait(tier: number, waitUs: number): void {
    const waits = this.waits[tier] ?? roughWaits();
    this.waits[tier] = waits;
    waits.recordValue(waitUs);
  }

  /** Takes in the step that follows. */
  append(next: Step): void {
    this.calls += next.calls;
    this.mostInWindow = Math.max(this.mostInWindow, next.mostInWindow);
    for (const end of ENDS) this.ends[end] += next.ends[end];
    for (const [tier, asked] of next.asked.entries()) {
      this.asked[tier] = (this.asked[tier] ?? 0) + asked;
      this.mostWaiting[tier] = Math.max(this.mostWaiting[tier] ?? 0, next.mostWaiting[tier] ?? 0);
      this.waiting[tier] = next.waiting[tier] ?? 0;
      const [own, others] = [this.waits[tier], next.waits[tier]];
      if (own && others) own.add(others);
      else if (others) this.waits[tier] = others;
    }
  }
}

/** What happens over time, in at most {@link MAX_STEPS} steps of one length, however long that time gets. */
export class Timeline {
  private steps: Step[] = [];
  private rung = 0;
  private readonly waiting: number[];

  /** @param inWindow how many calls the window held that ends at an instant, asked before later calls are known */
  constructor(
    private readonly tiers: number,
    private readonly inWindow: (instant: Micros) => number = () => 0,
  ) {
    this.waiting = new Array(tiers).fill(0);
  }

  get stepUs(): Micros {
    return us((STEPS[this.rung] ?? 1) * 1_000_000);
  }

  /** The step that an instant lies in; never one before the last. */
  at(instant: Micros): Step {
    let index = Math.floor(instant / this.stepUs);
    while (index >= MAX_STEPS && this.rung < STEPS.length - 1) {
      this.putTogether();
      index = Math.floor(instant / this.stepUs);
    }
    for (;;) {
      const step = this.steps[index];
      if (step !== undefined) return step;
      this.steps.push(new Step(this.tiers, this.waiting, this.inWindow(us(this.steps.length * this.stepUs))));
    }
  }

  /** Notes that more, or fewer, requests of a tier wait. */
  changeWaiting(tier: number, by: number, instant: Micros): void {
    // The step first: it begins with as many as there were.
    const step = this.at(instant);
    const now = (this.waiting[tier] ?? 0) + by;
    this.waiting[tier] = now;
    step.waiting[tier] = now;
    if (now > (step.mostWaiting[tier] ?? 0)) step.mostWaiting[tier] = now;
  }

  /** All steps up to an instant. */
  until(instant: Micros): readonly Step[] {
    this.at(us(Math.max(0, instant - 1)));
    return this.steps;
  }

  private putTogether(): void {
    const factor = (STEPS[this.rung + 1] ?? 1) / (STEPS[this.rung] ?? 1);
    const steps: Step[] = [];
    for (const [index, step] of this.steps.entries()) {
      const last = steps.at(-1);
      if (index % factor === 0 || last === undefined) steps.push(step);
      else last.append(step);
    }
    this.steps = steps;
    this.rung += 1;
  }
}
