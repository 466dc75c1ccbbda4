/** What an option takes from a run's allowance. */
export interface Cost {
  /** Steps that come before one that the plain order has first. */
  readonly orders: number;
  /** Steps that take long instead of no time. */
  readonly lates: number;
  readonly crashes: number;
}

/** How much of each a run may have; `Number.POSITIVE_INFINITY` for no bound. */
export type Allowance = Cost;

export const FREE: Cost = { orders: 0, lates: 0, crashes: 0 };
export const OUT_OF_ORDER: Cost = { ...FREE, orders: 1 };
export const LATE: Cost = { ...FREE, lates: 1 };
export const CRASH: Cost = { ...FREE, crashes: 1 };

/** A place where a run could go on in more than one way. */
export interface Fork {
  readonly options: readonly Cost[];
  readonly taken: number;
  /** What was left of the allowance before it. */
  readonly left: Allowance;
}

/**
 * The choices of one run: the first ones as given, the plain option at every fork after them. Every fork is recorded, so
 * that the run can be repeated, and the next one take another way.
 */
export class Course {
  readonly forks: Fork[] = [];
  /** False: nothing is chosen any more, everything goes the plain way, and nothing is recorded. */
  isOpen = true;

  constructor(
    private readonly given: readonly number[],
    public left: Allowance,
  ) {}

  /** Whether all given choices are made: what is ahead has not been seen by the run that gave them. */
  get isBeyondGiven(): boolean {
    return this.forks.length >= this.given.length;
  }

  /**
   * @param options what each would cost; the first one is the plain one and costs nothing
   * @returns the index of the one to take
   * @throws RangeError when the given choice is none of them
   */
  choose(options: readonly Cost[]): number {
    if (!this.isOpen || !options.some((cost, index) => index > 0 && canPay(cost, this.left))) return 0;
    const taken = this.given[this.forks.length] ?? 0;
    const cost = options[taken];
    if (cost === undefined || !canPay(cost, this.left)) throw notAnOption(this.forks.length, taken, options);
    this.forks.push({ options, taken, left: this.left });
    this.left = {
      orders: this.left.orders - cost.orders,
      lates: this.left.lates - cost.lates,
      crashes: this.left.crashes - cost.crashes,
    };
    return taken;
  }
}

/** Whether an allowance covers a cost, or another allowance. */
export const canPay = (cost: Cost, left: Allowance): boolean =>
  cost.orders <= left.orders && cost.lates <= left.lates && cost.crashes <= left.crashes;

const notAnOption = (fork: number, taken: number, options: readonly Cost[]): RangeError =>
  new RangeError(
    `fork ${fork} has ${options.length} options, and option ${taken} is none that is left: the choices were made by ` +
      "another scope or by another version of the worker. Give the scope with which they were printed.",
  );

/** The choices of the next run in depth-first order; undefined when every fork has been taken every way. */
export function nextGiven(forks: readonly Fork[]): number[] | undefined {
  for (let at = forks.length - 1; at >= 0; at--) {
    const fork = forks[at];
    if (fork === undefined) continue;
    const next = fork.options.findIndex((cost, index) => index > fork.taken && canPay(cost, fork.left));
    if (next > 0) return [...forks.slice(0, at).map(({ taken }) => taken), next];
  }
  return undefined;
}

/** `17:2,40:1`: at fork 17 option 2, at fork 40 option 1, the plain one everywhere else. `plain` when there is none. */
export function renderChoices(forks: readonly Pick<Fork, "taken">[]): string {
  const parts = forks.flatMap(({ taken }, at) => (taken > 0 ? [`${at}:${taken}`] : []));
  return parts.length > 0 ? parts.join(",") : "plain";
}

/** @throws RangeError when the text is no list of choices, with an example of one */
export function parseChoices(text: string): number[] {
  if (text === "plain") return [];
  const given: number[] = [];
  for (const part of text.split(",")) {
    const [, at, option] = /^\s*(\d+):(\d+)\s*$/.exec(part) ?? [];
    if (at === undefined || option === undefined || Number(at) < given.length)
      throw new RangeError(
        `"${part}" is no choice. Write FORK:OPTION, as a failure prints them, forks rising: 17:2,40:1, or plain.`,
      );
    while (given.length < Number(at)) given.push(0);
    given.push(Number(option));
  }
  return given;
}
