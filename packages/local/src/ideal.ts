import { type Micros, us } from "@sluice/dsl";

/** A request as it comes in. */
export interface IdealArrival {
  readonly atUs: Micros;
  readonly tier: string;
}

/**
 * What nobody can beat: the waits behind a perfect spacer. It starts one request per interval, always one of the highest
 * tier that waits, the oldest of it; it knows of an arrival at once, and calls take no time.
 *
 * @param arrivals in any order; those of one tier at one instant keep theirs
 * @param intervalUs between two starts, T of the plan
 * @param tiers highest first
 * @param untilUs where the observation ends: what has not started before has no wait. Left out: everything starts
 * @returns by tier, the waits in the order of the starts
 * @throws RangeError when an arrival's tier is none of the tiers
 */
export function idealWaits(
  arrivals: readonly IdealArrival[],
  intervalUs: Micros,
  tiers: readonly string[],
  untilUs: Micros = us(Number.POSITIVE_INFINITY),
): ReadonlyMap<string, Micros[]> {
  const coming = [...arrivals].sort((a, b) => a.atUs - b.atUs);
  const waiting = tiers.map(() => new Line());
  const rank = new Map(tiers.map((tier, index) => [tier, index]));
  const waits = tiers.map((): Micros[] => []);
  let come = 0;
  let startUs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const next = coming[come];
    if (waiting.every(({ isEmpty }) => isEmpty)) {
      if (next === undefined) break;
      startUs = Math.max(startUs, next.atUs);
    }
    if (startUs >= untilUs) break;
    for (let arrival = next; arrival !== undefined && arrival.atUs <= startUs; arrival = coming[come]) {
      waiting[rankOf(arrival, rank)]?.join(arrival.atUs);
      come += 1;
    }
    const tier = waiting.findIndex(({ isEmpty }) => !isEmpty);
    const arrivedUs = waiting[tier]?.leave() ?? startUs;
    waits[tier]?.push(us(startUs - arrivedUs));
    startUs += intervalUs;
  }
  return new Map(tiers.map((tier, index) => [tier, waits[index] ?? []]));
}

function rankOf({ tier }: IdealArrival, rank: ReadonlyMap<string, number>): number {
  const found = rank.get(tier);
  if (found === undefined) throw new RangeError(`${tier} is none of the tiers ${[...rank.keys()].join(", ")}`);
  return found;
}

/** First in, first out; leaving does not move the others. */
class Line {
  private readonly members: number[] = [];
  private left = 0;

  get isEmpty(): boolean {
    return this.left === this.members.length;
  }

  join(member: number): void {
    this.members.push(member);
  }

  leave(): number | undefined {
    const member = this.members[this.left];
    this.left += 1;
    return member;
  }
}

/**
 * The nearest-rank percentile: the smallest of the values that at least `percent` of them do not exceed.
 *
 * @param percent above 0, up to 100
 * @returns undefined when there are no values
 */
export function percentile<T extends number>(values: readonly T[], percent: number): T | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1];
}
