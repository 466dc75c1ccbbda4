import { type Micros, ms, seconds, us } from "@sluice/dsl";
import type { Sighting } from "../sighting";
import { isDeath, isLostCall } from "../sighting";
import { Attempts } from "./attempts";
import { awsCallUs, LONG_POLL, type Setting } from "./checker";
import { quietOf } from "./obedience";

interface Waiting {
  readonly request: string;
  readonly tier: string;
  readonly sinceUs: Micros;
  /** Handed to a worker that lives; false: visible in its queue. */
  readonly isInHand: boolean;
}

/**
 * Which tiers have work that could start, by what SQS saw: the messages that it handed out, and those that it was never
 * asked for.
 *
 * A tier *presses* when one of its requests has been in the worker's hands for as long as its preparation (two calls to
 * AWS, a handshake, and once more) and its call's way may take, or when its queue has held one for several looks and not
 * been asked with success. A worker that has just died or been replaced, or whose calls to AWS fail, starts again from
 * nothing; so does one whose target asked to be left alone, when that is over. The long polls of a dead worker stay open:
 * what comes in meanwhile is handed to nobody.
 */
export class Reach {
  private readonly waiting = new Map<string, Waiting>();
  private readonly attempts = new Attempts();
  private readonly handedAtUs = new Map<string, Micros>();
  private disturbedAtUs = us(Number.NEGATIVE_INFINITY);
  private diedAtUs = us(Number.NEGATIVE_INFINITY);
  private quietUntilUs = us(Number.NEGATIVE_INFINITY);
  private readonly prepareUs: Micros;
  private readonly pollUs: Micros;
  private readonly looksUs: Micros;

  constructor(private readonly setting: Setting) {
    const { intervalUs, jitterUs } = setting.plan.limit;
    const { handshakeMs } = setting.scenario.target;
    this.pollUs = us(LONG_POLL + awsCallUs(setting));
    this.prepareUs = us(2 * (2 * awsCallUs(setting) + ms(handshakeMs)) + 2 * intervalUs + jitterUs + seconds(1));
    this.looksUs = us(this.prepareUs + K_LOOKS * LONG_POLL);
  }

  /** @returns whether what was seen makes the worker begin from nothing */
  see(sighting: Sighting): boolean {
    const { atUs } = sighting;
    this.attempts.see(sighting);
    switch (sighting.kind) {
      case "delivered":
        this.add(sighting.id, { ...sighting, sinceUs: atUs, isInHand: false });
        return false;
      case "looked":
        this.looked(sighting);
        return false;
      case "givenBack":
        this.change(sighting.id, (one) => ({ ...one, sinceUs: atUs, isInHand: false }));
        return false;
      case "called":
        // What was ready before is so no more when it is over: its connection was closed, or its token has to be asked again.
        this.quietUntilUs = us(Math.max(this.quietUntilUs, quietOf(sighting, this.setting)?.untilUs ?? 0));
        this.forget();
        return false;
      case "published":
      case "unpublished":
      case "answered":
      case "ended":
        this.forget();
        return false;
      default:
        if (!isDisturbance(sighting)) return false;
        if (isDeath(sighting)) this.diedAtUs = atUs;
        this.disturbed(atUs);
        return true;
    }
  }

  /** Whether a request of the tier waits at all, perhaps too short a time to be started. */
  waits(tier: string): boolean {
    for (const one of this.waiting.values()) if (one.tier === tier) return true;
    return false;
  }

  /** Whether a request of the tier could have been started for a while. */
  presses(tier: string, atUs: Micros): boolean {
    const age = (sinceUs: Micros) => atUs - Math.max(sinceUs, this.disturbedAtUs, this.quietUntilUs);
    const isUnasked = age(this.handedAtUs.get(tier) ?? us(Number.NEGATIVE_INFINITY)) >= this.looksUs;
    for (const one of this.waiting.values()) {
      if (one.tier !== tier) continue;
      if (one.isInHand ? age(one.sinceUs) >= this.prepareUs : isUnasked && age(one.sinceUs) >= this.looksUs)
        return true;
    }
    return false;
  }

  private add(id: string, waiting: Waiting): void {
    // A second copy of a publish says nothing new, and what nobody waits for is only cleared away.
    if (!this.waiting.has(id) && this.attempts.waits(id)) this.waiting.set(id, waiting);
  }

  /** What nobody waits for any more, or what has been called. */
  private forget(): void {
    for (const id of this.waiting.keys()) if (!this.attempts.waits(id)) this.waiting.delete(id);
  }

  private change(id: string, how: (one: Waiting) => Waiting): void {
    const one = this.waiting.get(id);
    if (one !== undefined) this.waiting.set(id, how(one));
  }

  private looked({ tier, ids, atUs }: Extract<Sighting, { kind: "looked" }>): void {
    const isToTheDead = atUs <= this.diedAtUs + this.pollUs;
    for (const id of ids) {
      this.change(id, (one) =>
        isToTheDead ? lost(one) : one.isInHand ? one : { ...one, sinceUs: atUs, isInHand: true },
      );
      this.handedAtUs.set(tier, atUs);
    }
  }

  private disturbed(atUs: Micros): void {
    this.disturbedAtUs = atUs;
    for (const [id, one] of this.waiting) {
      if (one.isInHand) this.waiting.set(id, lost(one));
    }
  }
}

/** How often a worker may look at a queue in vain. */
const K_LOOKS = 3;

/** What a dead worker held shows again when its visibility ends, and counts from the next look that brings it. */
const lost = (one: Waiting): Waiting => ({ ...one, sinceUs: us(Number.POSITIVE_INFINITY), isInHand: false });

const LONG_PAUSES: ReadonlySet<string> = new Set(["pause before bytes", "bytes held", "replaced environments"]);

const isDisturbance = (sighting: Sighting): boolean =>
  isDeath(sighting) ||
  isLostCall(sighting) ||
  ["deployed", "paused", "resumed", "way"].includes(sighting.kind) ||
  (sighting.kind === "fault" && LONG_PAUSES.has(sighting.fault));
