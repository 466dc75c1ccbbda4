import { type Micros, us } from "@sluice/dsl";
import { type Timer, VirtualClock } from "@sluice/local";
import { Course, FREE, LATE, OUT_OF_ORDER } from "./course";
import { BEGINNING, type Cause, digestOf, History, hexOf } from "./history";

/** What kind of thing a step is, which decides with what its order is a choice. */
export type StepKind =
  /** Something that happens at its instant. */
  | "timer"
  /** A request that is asked for, or a delivery: what it touches is known when it has happened. */
  | "arrival"
  /** A call of a worker's reaches AWS. */
  | "call"
  /** A worker hears an answer. */
  | "answer";

/** Something that may happen next. */
interface Step {
  readonly label: string;
  readonly kind: StepKind;
  readonly askedAt: Micros;
  /** Of a timer, its instant; anything else happens at once, or is made late and becomes a timer. */
  due: Micros;
  isLate: boolean;
  /** What it touches for certain; undefined until known: whatever the step touched that asked for it. */
  things: ReadonlySet<string> | undefined;
  /** The worker that waits for it. */
  readonly hearer: string | undefined;
  /** The step that asked for it; {@link order} tells those of one step apart. */
  cause: Cause;
  order: number;
  action: (() => void) | undefined;
}

/** Who asks for a timer: known for as long as the code runs that said so, and no longer. */
export interface Asker {
  readonly label: string;
  readonly kind: StepKind;
  /** Undefined: whatever the step touches that asks. */
  readonly thing: string | undefined;
  readonly hearer?: string;
}

/** One line of a trace. */
export interface Happened {
  readonly atUs: Micros;
  readonly label: string;
  /** What changed by it, as far as it can be seen from outside. */
  readonly detail?: string;
  /** Whether it was chosen before what the plain order has first, or is no step but a fault. */
  readonly isChosen: boolean;
}

/** More than any honest run of a small scope takes. */
const MAX_STEPS = 20_000;

/**
 * A clock on which the order of things is chosen. Timers happen at their instants, those of one instant in any order.
 * Everything else (a call to AWS, its answer, a delivery, the target's answer) takes no time, in any order with all that
 * takes no time at that instant; or it is late, and happens {@link lateUs} after it was asked for.
 */
export class ScopeClock extends VirtualClock {
  happened: Happened[] = [];
  course = new Course([], FREE);
  /** Called when all that a step does is done: the last occasion to say what it touched. */
  afterStep: () => void = () => {};
  private nowAt = us(0);
  private steps: Step[] = [];
  private born: Step[] = [];
  private history = new History();
  private touched = new Set<string>();
  private marks: string[] = [];
  private stepNow: Step | undefined;
  private lineOfStep = 0;
  private idsOfStep = 0;
  private asker: Asker | undefined;
  private bound = new Map<string, string>();

  constructor(readonly lateUs: Micros) {
    super();
  }

  /**
   * Back to instant 0, with nothing that waits, for a run of another course.
   *
   * @param thing what everything touches that is asked for before the run
   */
  begin(course: Course, thing: string): void {
    this.course = course;
    this.happened = [];
    this.afterStep = () => {};
    this.nowAt = us(0);
    this.steps = [];
    this.born = [];
    this.history = new History();
    this.touched = new Set([thing]);
    this.marks = [];
    this.stepNow = undefined;
    this.idsOfStep = 0;
    this.asker = undefined;
    this.bound = new Map();
  }

  override now(): Micros {
    return this.nowAt;
  }

  override wallMs(): number {
    return START_MS + Math.floor(this.nowAt / 1_000);
  }

  override at(instant: Micros, action: () => void): Timer {
    const { asker = { label: "a timer", kind: "timer", thing: undefined } } = this;
    this.asker = undefined;
    return this.add(asker, us(Math.max(instant, this.nowAt)), action);
  }

  /** Something that takes no time unless it is late. */
  soon(asker: Asker, action: () => void): void {
    this.add(asker, this.nowAt, action);
  }

  /** Says who asks for the timer that the code running now is about to set, if it sets one. */
  askedBy(asker: Asker): void {
    this.asker = asker;
    queueMicrotask(() => {
      if (this.asker === asker) this.asker = undefined;
    });
  }

  /** The worker that asks now. @throws Error when none has said that it does */
  takeHearer(): string {
    const hearer = this.asker?.hearer;
    this.asker = undefined;
    if (hearer === undefined) throw new Error("a call to AWS was made by nobody known");
    return hearer;
  }

  /** The step that happens now reads or changes `thing`. */
  touch(thing: string): void {
    this.touched.add(thing);
  }

  /** From now on, what touches `thing` touches `other` as well. */
  bind(thing: string, other: string): void {
    this.bound.set(thing, other);
  }

  /** Something that the step does or chooses which is not seen in what it asks for. */
  mark(what: string): void {
    this.marks.push(what);
  }

  /** What the trace tells of the step that happens now beside its name. */
  detail(text: string): void {
    const line = this.happened[this.lineOfStep];
    if (line === undefined) return;
    this.happened[this.lineOfStep] = { ...line, detail: [line.detail, text].filter(Boolean).join(", ") };
  }

  /** A line of the trace that is no step. */
  tell(label: string): void {
    this.happened.push({ atUs: this.nowAt, label, isChosen: true });
  }

  /** Sixteen hexadecimal digits, different each time; the same in every run that came to this step by the same ways. */
  freshId(): string {
    const { stepNow } = this;
    return hexOf([stepNow?.label ?? "", stepNow?.cause.digest ?? "", `${stepNow?.order}`, String(this.idsOfStep++)]);
  }

  /** The state, as far as what can still happen depends on it. */
  state(): string {
    const late = this.steps.filter((step) => step.isLate).map(({ cause, order }) => `${cause.digest} ${order}`);
    return digestOf([String(this.nowAt), this.history.digest(), ...late.sort()]);
  }

  /** @param limits `while` is asked before every step; the time of a run is not limited here */
  override async run(limits: { readonly while?: () => boolean } = {}): Promise<void> {
    await settle();
    this.adopt(BEGINNING);
    for (let steps = 0; limits.while?.() ?? true; steps++) {
      if (steps > MAX_STEPS) throw new Error(`no rest after ${MAX_STEPS} steps: something repeats itself without end`);
      const step = this.choose();
      if (step === undefined) return;
      await this.take(step);
    }
  }

  private add({ label, kind, thing, hearer }: Asker, due: Micros, action: () => void): Timer {
    const things = thing === undefined ? undefined : new Set([thing]);
    const { nowAt: askedAt } = this;
    const step: Step = { label, kind, askedAt, due, isLate: false, things, hearer, cause: BEGINNING, order: 0, action };
    this.born.push(step);
    return {
      cancel: () => {
        step.action = undefined;
      },
    };
  }

  /** The step to take next: chosen where several may be, after choosing whether the first of them is late. */
  private choose(): Step | undefined {
    for (;;) {
      const { soon, timers } = this.candidates();
      const among = soon.length > 0 ? soon : timers;
      const orders = among.map((_, at) => (at === 0 ? FREE : OUT_OF_ORDER));
      const taken = this.course.choose(soon.length > 0 ? [...orders, LATE] : orders);
      const step = among[taken];
      const [first] = among;
      if (step !== undefined || first === undefined) {
        if (taken > 0) this.tell(`chosen before "${first?.label}":`);
        return step;
      }
      first.isLate = true;
      first.due = us(first.askedAt + this.lateUs);
      this.tell(`late: ${first.label}`);
    }
  }

  /** What may be next, in the plain order: what takes no time, or, when there is no such, the timers of the next instant. */
  private candidates(): { readonly soon: readonly Step[]; readonly timers: readonly Step[] } {
    this.steps = this.steps.filter(({ action }) => action !== undefined);
    const soon = this.steps.filter(({ kind, isLate }) => kind !== "timer" && !isLate).sort(inOrder);
    const alone = soon.find((step) => this.isAlone(step));
    if (soon.length > 0) return { soon: alone === undefined ? soon : [alone], timers: [] };
    const next = Math.min(...this.steps.map(({ due }) => due));
    return { soon: [], timers: this.steps.filter(({ due }) => due === next).sort(inOrder) };
  }

  /**
   * Whether the order of a call with everything else that takes no time is no choice: nobody else is about to touch what
   * it touches. A queue is touched by any arrival.
   */
  private isAlone({ kind, things }: Step): boolean {
    if (kind !== "call") return false;
    const [thing = ""] = things ?? [];
    const others = this.steps.filter((other) => other.kind !== "timer" && !other.isLate);
    const touching = others.filter((other) => other.things?.has(thing));
    return touching.length === 1 && !(thing.startsWith("queue ") && others.some((other) => other.kind === "arrival"));
  }

  private async take(step: Step): Promise<void> {
    const { action, label, cause, order, hearer, things } = step;
    step.action = undefined;
    if (step.kind === "timer" || step.isLate) this.nowAt = us(Math.max(this.nowAt, step.due));
    this.lineOfStep = this.happened.push({ atUs: this.nowAt, label, isChosen: false }) - 1;
    this.touched = new Set(things);
    this.marks = [];
    this.stepNow = step;
    this.idsOfStep = 0;
    action?.();
    await settle();
    this.afterStep();
    for (const [thing, other] of this.bound) if (this.touched.has(thing)) this.touched.add(other);
    const what = `${label} ${order} ${this.nowAt}`;
    const done = [...this.marks, ...this.born.map((asked) => `${asked.label} ${asked.due}`)];
    this.adopt(this.history.note({ what, cause, done, things: this.touched, hearer }));
  }

  /** Gives what the last step asked for its cause. */
  private adopt(cause: Cause): void {
    this.born.forEach((step, order) => {
      step.cause = cause;
      step.order = order;
      step.things ??= new Set(this.touched);
    });
    this.steps.push(...this.born);
    this.born = [];
  }
}

/** 2026-01-01T00:00:00Z, as the virtual clock. */
const START_MS = 1_767_225_600_000;

/** An order that does not depend on the order of steps that have nothing to do with each other. */
function inOrder(a: Step, b: Step): number {
  return (
    a.askedAt - b.askedAt ||
    a.cause.depth - b.cause.depth ||
    compare(a.label, b.label) ||
    compare(a.cause.digest, b.cause.digest) ||
    a.order - b.order
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One turn of the event loop: every promise chain that needs no I/O has run to its end by then. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
