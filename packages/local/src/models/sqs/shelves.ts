import { Heap } from "../../heap";
import type { Message } from "./message";

/** The visible messages of a queue, in the order in which they are given out. */
export interface Shelf {
  put(message: Message): void;
  /** Takes up to `max` off the shelf; they are in the receiver's hands then. */
  take(max: number): Message[];
  /** Told when a message that was taken is deleted or comes back. */
  release(message: Message): void;
  clear(): void;
}

interface Placed {
  readonly message: Message;
  readonly lease: number;
}

/** A heap's entry outlives what it says; only one of the message's present lease counts. */
const isCurrent = ({ message, lease }: Placed): boolean => message.state === "visible" && message.lease === lease;

const placedHeap = (): Heap<Placed> => new Heap((a, b) => a.message.rank < b.message.rank);

/** A standard queue: the oldest first, as far as any order is promised. */
export class StandardShelf implements Shelf {
  private readonly placed = placedHeap();

  put(message: Message): void {
    this.placed.push({ message, lease: message.lease });
  }

  take(max: number): Message[] {
    return takeCurrent(this.placed, max);
  }

  release(): void {
    // A standard queue's messages do not wait for each other.
  }

  clear(): void {
    this.placed.clear();
  }
}

interface Group {
  readonly placed: Heap<Placed>;
  inFlight: number;
  /** The group's one entry among the ready ones that still counts. */
  ready: ReadyGroup | undefined;
}

interface ReadyGroup {
  readonly id: string;
  readonly group: Group;
  readonly rank: number;
}

/**
 * A FIFO queue: in order within each group, and nothing of a group while some of it is in flight. One receive takes as
 * many of one group as it may before it goes on to the next.
 */
export class FifoShelf implements Shelf {
  private readonly groups = new Map<string, Group>();
  private readonly ready = new Heap<ReadyGroup>((a, b) => a.rank < b.rank);

  put(message: Message): void {
    const id = groupOf(message);
    const group = this.groups.get(id) ?? { placed: placedHeap(), inFlight: 0, ready: undefined };
    this.groups.set(id, group);
    group.placed.push({ message, lease: message.lease });
    this.offer(id, group);
  }

  take(max: number): Message[] {
    const taken: Message[] = [];
    while (taken.length < max) {
      const next = this.ready.pop();
      if (next === undefined) break;
      const { group } = next;
      if (group.ready !== next) continue;
      group.ready = undefined;
      const messages = takeCurrent(group.placed, max - taken.length);
      group.inFlight += messages.length;
      taken.push(...messages);
      this.offer(next.id, group);
    }
    return taken;
  }

  release(message: Message): void {
    const id = groupOf(message);
    const group = this.groups.get(id);
    if (group === undefined) return;
    group.inFlight--;
    this.offer(id, group);
  }

  clear(): void {
    this.groups.clear();
    this.ready.clear();
  }

  /** Makes the group the next to be had by the rank of its first message, if nothing of it is in flight. */
  private offer(id: string, group: Group): void {
    if (group.inFlight > 0) return;
    const first = peekCurrent(group.placed);
    if (first === undefined) {
      group.ready = undefined;
      this.groups.delete(id);
    } else if (group.ready?.rank !== first.rank) {
      group.ready = { id, group, rank: first.rank };
      this.ready.push(group.ready);
    }
  }
}

const groupOf = (message: Message): string => message.groupId ?? "";

function peekCurrent(placed: Heap<Placed>): Message | undefined {
  for (let first = placed.peek(); first !== undefined; first = placed.peek()) {
    if (isCurrent(first)) return first.message;
    placed.pop();
  }
  return undefined;
}

function takeCurrent(placed: Heap<Placed>, max: number): Message[] {
  const taken: Message[] = [];
  while (taken.length < max) {
    const message = peekCurrent(placed);
    if (message === undefined) break;
    placed.pop();
    taken.push(message);
  }
  return taken;
}
