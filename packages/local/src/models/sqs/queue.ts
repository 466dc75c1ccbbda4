import { createHash } from "node:crypto";
import { type Micros, us } from "@sluice/dsl";
import type { Policy } from "../../authorization";
import type { Timer } from "../../clock";
import { Heap } from "../../heap";
import { type FaultName, strikes, upTo, type World } from "../../world";
import {
  handleExpired,
  invalidHandle,
  invalidValue,
  notAvailableForChange,
  overLimit,
  purgeInProgress,
} from "./errors";
import type { SqsLimits } from "./limits";
import type { Content, Message } from "./message";
import { RecentIds } from "./recent-ids";
import type { QueueSettings } from "./settings";
import { FifoShelf, type Shelf, StandardShelf } from "./shelves";

/** A message as one receive hands it out. */
export interface Handed {
  readonly message: Message;
  readonly receiptHandle: string;
  /** Which receive of the message this is, from 1. */
  readonly receives: number;
}

/** How a receive wants its messages. */
export interface Wanted {
  readonly max: number;
  readonly visibilityUs: Micros;
}

interface Waiter extends Wanted {
  readonly give: (handed: Handed[]) => void;
}

/** A message that nobody sees until `at`: in flight or delayed. */
interface Hidden {
  readonly message: Message;
  readonly lease: number;
  readonly at: Micros;
}

/** The twenty-digit sequence numbers of FIFO queues begin with it; the other fifteen digits count. */
const SEQUENCE_NUMBERS_BEGIN = "18850";

/**
 * One queue, standard or FIFO. Nothing in it scans: what is hidden lies in a heap by the instant at which it shows
 * again, and is looked at whenever somebody calls or a long poll waits for it.
 */
export class Queue {
  policy: Policy | undefined;
  readonly createdAtMs: number;
  private readonly shelf: Shelf;
  private readonly hidden = new Heap<Hidden>((a, b) => a.at < b.at);
  /** Everything that is not gone, the oldest first. */
  private readonly messages = new Map<string, Message>();
  private readonly waiters = new Set<Waiter>();
  private readonly sentIds: RecentIds<Message>;
  private readonly counts = { delayed: 0, visible: 0, inFlight: 0, gone: 0 };
  private nextRank = 0;
  private nextExpiryAt = us(0);
  private purgedAt: Micros | undefined;
  private wake: { readonly at: Micros; readonly timer: Timer } | undefined;

  constructor(
    readonly name: string,
    readonly arn: string,
    readonly settings: QueueSettings,
    private readonly world: World,
    private readonly limits: SqsLimits,
  ) {
    this.createdAtMs = world.clock.wallMs();
    this.shelf = settings.isFifo ? new FifoShelf() : new StandardShelf();
    this.sentIds = new RecentIds(limits.deduplicationUs);
  }

  /** How many messages can be seen, are in flight, and are delayed. */
  size(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    this.catchUp();
    const { visible, inFlight, delayed } = this.counts;
    return { visible, inFlight, delayed };
  }

  /** What somebody has received and neither deleted nor lost; a look that AWS does not offer. */
  inFlight(): Message[] {
    this.catchUp();
    return [...this.messages.values()].filter((message) => message.state === "inFlight");
  }

  /**
   * Adds messages. Long polls are answered when all of them are there.
   *
   * @returns one message for each; the one sent before where FIFO deduplication drops the new one
   */
  send(contents: readonly { readonly content: Content; readonly delayUs: Micros }[]): Message[] {
    this.catchUp();
    const sent = contents.map(({ content, delayUs }) => this.sendOne(content, delayUs));
    this.serve();
    return sent;
  }

  /**
   * @param waitUs 0 is a short poll
   * @throws ServiceError OverLimit from a short poll while too many messages are in flight; a long poll waits
   */
  receive(wanted: Wanted, waitUs: Micros): Promise<Handed[]> {
    const { clock, faults } = this.world;
    this.catchUp();
    if (waitUs > 0) {
      return new Promise((resolve) => {
        const timer = clock.at(us(clock.now() + waitUs), () => {
          this.waiters.delete(waiter);
          resolve([]);
        });
        const { max, visibilityUs } = wanted;
        const waiter: Waiter = {
          max,
          visibilityUs,
          give: (handed) => {
            timer.cancel();
            resolve(handed);
          },
        };
        this.waiters.add(waiter);
        this.serve();
      });
    }
    if (this.room() <= 0) throw overLimit(this.limits.maxInFlight);
    if (!this.settings.isFifo && this.strikes("shortPollMiss", faults.shortPollMiss)) return Promise.resolve([]);
    return Promise.resolve(this.hand(wanted));
  }

  /** @throws ServiceError when the handle is none of this queue, or (FIFO) has expired */
  delete(receiptHandle: string): void {
    this.catchUp();
    const { message, receive } = this.find(receiptHandle);
    if (message === undefined) return;
    if (this.settings.isFifo && !isHeld(message, receive)) throw handleExpired(receiptHandle);
    this.remove(message, receive);
    this.serve();
  }

  /**
   * Counts anew, from now. A handle of an earlier receive works on a standard queue, as it was seen to on AWS.
   *
   * @throws ServiceError when the message is gone, the handle no handle, or 12 hours from the receive would be passed
   */
  changeVisibility(receiptHandle: string, visibilitySeconds: number): void {
    this.catchUp();
    const { message, receive } = this.find(receiptHandle);
    if (message === undefined || (this.settings.isFifo && !isHeld(message, receive)))
      throw notAvailableForChange(receiptHandle);
    const { maxVisibilitySeconds } = this.limits;
    const until = us(this.world.clock.now() + visibilitySeconds * 1_000_000);
    if (until > message.lastReceivedAt + maxVisibilitySeconds * 1_000_000)
      throw invalidValue(
        visibilitySeconds,
        "VisibilityTimeout",
        `Total VisibilityTimeout for the message is beyond the limit [${maxVisibilitySeconds} seconds]`,
      );
    this.hide(message, "inFlight", until);
    this.serve();
  }

  /** @throws ServiceError PurgeQueueInProgress within 60 s of the last one */
  purge(): void {
    const now = this.world.clock.now();
    if (this.purgedAt !== undefined && now < this.purgedAt + this.limits.purgeEveryUs) throw purgeInProgress(this.name);
    this.purgedAt = now;
    for (const message of this.messages.values()) this.setState(message, "gone");
    this.messages.clear();
    this.shelf.clear();
    this.hidden.clear();
  }

  private sendOne(content: Content, delayUs: Micros): Message {
    const { clock, random } = this.world;
    const now = clock.now();
    const id = this.deduplicationKey(content);
    const before = id === undefined ? undefined : this.sentIds.get(id, now);
    if (before !== undefined) return before;
    const rank = this.nextRank++;
    const { body, attributes, senderId, traceHeader, groupId } = content;
    const message: Message = {
      body,
      attributes,
      senderId,
      traceHeader,
      groupId,
      id: random.uuid(),
      sentAtMs: clock.wallMs(),
      expiresAt: us(now + this.settings.retentionUs),
      sequenceNumber: this.settings.isFifo ? SEQUENCE_NUMBERS_BEGIN + String(rank).padStart(15, "0") : undefined,
      deduplicationId: this.deduplicationId(content),
      rank,
      lease: 0,
      state: "delayed",
      receives: 0,
      firstReceivedAtMs: 0,
      lastReceivedAt: now,
      hasReturned: false,
    };
    this.counts.delayed++;
    this.messages.set(message.id, message);
    if (id !== undefined) this.sentIds.set(id, message, now);
    if (delayUs > 0) this.hide(message, "delayed", us(now + delayUs));
    else this.show(message);
    return message;
  }

  private deduplicationId({ body, deduplicationId }: Content): string | undefined {
    if (deduplicationId !== undefined || !this.settings.hasContentBasedDeduplication) return deduplicationId;
    return createHash("sha256").update(body).digest("hex");
  }

  private deduplicationKey(content: Content): string | undefined {
    if (!this.settings.isFifo) return undefined;
    const id = this.deduplicationId(content);
    return this.settings.deduplicatesByGroup ? `${content.groupId} ${id}` : id;
  }

  /** Gives what there is to the long polls, the longest waiting first, and wakes again when more comes to light. */
  private serve(): void {
    this.showDue();
    for (const waiter of this.waiters) {
      const handed = this.hand(waiter);
      if (handed.length === 0) break;
      this.waiters.delete(waiter);
      waiter.give(handed);
      this.showDue();
    }
    this.setWake();
  }

  private setWake(): void {
    const at = this.waiters.size > 0 ? this.nextHidden()?.at : undefined;
    if (at === this.wake?.at) return;
    this.wake?.timer.cancel();
    this.wake = undefined;
    if (at === undefined) return;
    const timer = this.world.clock.at(at, () => {
      this.wake = undefined;
      this.catchUp();
      this.serve();
    });
    this.wake = { at, timer };
  }

  /** Messages that may still go into flight. */
  private room(): number {
    return this.settings.isFifo ? Number.POSITIVE_INFINITY : this.limits.maxInFlight - this.counts.inFlight;
  }

  private hand({ max, visibilityUs }: Wanted): Handed[] {
    const { clock, faults } = this.world;
    const now = clock.now();
    return this.shelf.take(Math.min(max, this.room())).map((message) => {
      message.receives++;
      if (message.receives === 1) message.firstReceivedAtMs = clock.wallMs();
      message.lastReceivedAt = now;
      const isCopied = !this.settings.isFifo && this.strikes("duplicate", faults.duplicate);
      this.hide(message, "inFlight", us(now + (isCopied ? upTo(this.world, faults.copyWithinUs) : visibilityUs)));
      return { message, receiptHandle: this.handleOf(message), receives: message.receives };
    });
  }

  private remove(message: Message, receive: number): void {
    const { clock, faults } = this.world;
    if (this.strikes("lostDelete", faults.lostDelete)) return;
    const isStandard = !this.settings.isFifo;
    if (isStandard && receive < message.receives && this.strikes("staleHandleKeeps", faults.staleHandleKeeps)) return;
    if (isStandard && !message.hasReturned && this.strikes("duplicateAfterDelete", faults.duplicateAfterDelete)) {
      message.hasReturned = true;
      this.hide(message, "inFlight", us(clock.now() + upTo(this.world, faults.copyWithinUs)));
    } else if (isStandard && this.strikes("lateDelete", faults.lateDelete)) {
      clock.at(us(clock.now() + upTo(this.world, faults.lateDeleteWithinUs)), () => {
        this.forget(message);
        this.serve();
      });
    } else {
      this.forget(message);
    }
  }

  private strikes(fault: FaultName, probability: number): boolean {
    return strikes(this.world, fault, this.name, probability);
  }

  private forget(message: Message): void {
    if (message.state === "gone") return;
    const wasInFlight = message.state === "inFlight";
    this.setState(message, "gone");
    this.messages.delete(message.id);
    if (wasInFlight) this.shelf.release(message);
  }

  private hide(message: Message, state: "inFlight" | "delayed", at: Micros): void {
    this.setState(message, state);
    this.hidden.push({ message, lease: message.lease, at });
  }

  private show(message: Message): void {
    const wasInFlight = message.state === "inFlight";
    if (!this.settings.isFifo && message.receives >= this.limits.receivesUntilBack) message.rank = this.nextRank++;
    this.setState(message, "visible");
    this.shelf.put(message);
    if (wasInFlight) this.shelf.release(message);
  }

  private setState(message: Message, state: Message["state"]): void {
    this.counts[message.state]--;
    this.counts[state]++;
    message.state = state;
    message.lease++;
  }

  private catchUp(): void {
    this.expire();
    this.showDue();
  }

  private showDue(): void {
    const now = this.world.clock.now();
    for (let next = this.nextHidden(); next !== undefined && next.at <= now; next = this.nextHidden()) {
      this.hidden.pop();
      this.show(next.message);
    }
  }

  /** The next message to show, what is no longer true of the heap left out. */
  private nextHidden(): Hidden | undefined {
    for (let next = this.hidden.peek(); next !== undefined; next = this.hidden.peek()) {
      if (next.lease === next.message.lease) return next;
      this.hidden.pop();
    }
    return undefined;
  }

  /** Retention is one for the whole queue, so that the oldest expires first and the next look is known. */
  private expire(): void {
    const now = this.world.clock.now();
    if (now < this.nextExpiryAt) return;
    for (const message of this.messages.values()) {
      if (message.expiresAt > now) {
        this.nextExpiryAt = message.expiresAt;
        return;
      }
      this.forget(message);
    }
    this.nextExpiryAt = us(now + this.settings.retentionUs);
  }

  private handleOf(message: Message): string {
    return `${this.name}/${message.id}/${message.receives}`;
  }

  /** The message of a handle (undefined when it is gone) and which of its receives gave the handle out. */
  private find(receiptHandle: string): { readonly message: Message | undefined; readonly receive: number } {
    const parts = receiptHandle.split("/");
    const [name, id, receive] = parts;
    if (name !== this.name || id === undefined || !/^\d+$/.test(receive ?? "") || parts.length > 3)
      throw invalidHandle(receiptHandle);
    return { message: this.messages.get(id), receive: Number(receive) };
  }
}

/** Whether the receive is the message's last one and its visibility has not ended. */
const isHeld = (message: Message, receive: number): boolean =>
  message.state === "inFlight" && message.receives === receive;
