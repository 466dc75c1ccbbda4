import { type Micros, us } from "@sluice/dsl";

/**
 * What was sent under a deduplication id within the last `windowUs`, without a scan: two generations, of which the
 * older is dropped whole once everything in it has expired.
 */
export class RecentIds<T> {
  private current = new Map<string, { readonly value: T; readonly until: Micros }>();
  private previous: typeof this.current = new Map();
  private rotateAt = us(0);

  constructor(private readonly windowUs: Micros) {}

  get(id: string, now: Micros): T | undefined {
    const found = this.current.get(id) ?? this.previous.get(id);
    return found !== undefined && now < found.until ? found.value : undefined;
  }

  set(id: string, value: T, now: Micros): void {
    if (now >= this.rotateAt) {
      this.previous = now < this.rotateAt + this.windowUs ? this.current : new Map();
      this.current = new Map();
      this.rotateAt = us(now + this.windowUs);
    }
    this.current.set(id, { value, until: us(now + this.windowUs) });
  }
}
