/** A binary heap: the least element by `isBefore` first. What is equal comes out in no promised order. */
export class Heap<T> {
  private readonly items: T[] = [];

  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items, isBefore } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || !isBefore(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) this.sinkFromTop(last);
    return first;
  }

  clear(): void {
    this.items.length = 0;
  }

  /** A heap of those of its elements that are kept. */
  filter(isKept: (item: T) => boolean): Heap<T> {
    const kept = new Heap<T>(this.isBefore);
    for (const item of this.items) if (isKept(item)) kept.push(item);
    return kept;
  }

  private sinkFromTop(item: T): void {
    const { items, isBefore } = this;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const leftItem = items[left];
      if (leftItem === undefined) break;
      const rightItem = items[left + 1];
      const useRight = rightItem !== undefined && isBefore(rightItem, leftItem);
      const child = useRight ? rightItem : leftItem;
      if (!isBefore(child, item)) break;
      items[at] = child;
      at = useRight ? left + 1 : left;
    }
    items[at] = item;
  }
}
