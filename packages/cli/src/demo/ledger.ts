import type { ExecutionEnd } from "@sluice/local";
import type { RequestHistory } from "./measure";
import { wallAheadMs } from "./now";

/** An execution, as StartExecution answered. */
interface StartedExecution {
  readonly tier: string;
  readonly startedAtMs: number;
}

/** Which requests of one gateway were started, and how they ended: from Step Functions' answers, not the worker's. */
export class Ledger {
  private readonly started = new Map<string, StartedExecution>();
  private readonly ends = new Map<string, ExecutionEnd>();
  private readonly aheadMs = wallAheadMs();

  /** @param planned how many requests there will be */
  constructor(private readonly planned: number) {}

  noteStart(arn: string, tier: string, startDate: Date): void {
    this.started.set(arn, { tier, startedAtMs: startDate.getTime() - this.aheadMs });
  }

  /** May come before the start's own answer. */
  noteEnd(end: ExecutionEnd): void {
    this.ends.set(end.arn, end);
  }

  get startedCount(): number {
    return this.started.size;
  }

  get endedCount(): number {
    return this.ends.size;
  }

  /** Every request was started and has ended. */
  get isComplete(): boolean {
    return this.started.size === this.planned && this.ends.size >= this.planned;
  }

  /** Executions that were started and have not ended. */
  waiting(): string[] {
    return [...this.started.keys()].filter((arn) => !this.ends.has(arn));
  }

  histories(): RequestHistory[] {
    return [...this.started].map(([id, { tier, startedAtMs }]) => {
      const end = this.ends.get(id);
      if (end === undefined) return { id, tier, startedAtMs, end: "waiting" };
      if (end.status === "SUCCEEDED") return { id, tier, startedAtMs, end: "succeeded" };
      return { id, tier, startedAtMs, end: "failed", error: end.error ?? end.status };
    });
  }
}
