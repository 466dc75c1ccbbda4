import { createHash } from "node:crypto";

/** A step that has happened, as those that it caused remember it. */
export interface Cause {
  readonly digest: string;
  /** Steps in its longest chain of causes. */
  readonly depth: number;
}

export const BEGINNING: Cause = { digest: "", depth: 0 };

/** What happened to one thing: a queue, a worker, an execution, an item of the gate. */
interface Past extends Cause {
  /** What a worker has heard since, at this instant, without doing anything about it yet. */
  readonly heard: readonly Cause[];
}

const NOTHING: Past = { ...BEGINNING, heard: [] };

/** A step, as far as what comes after it depends on it. */
export interface Noted {
  /** What it was: its name and its instant. */
  readonly what: string;
  readonly cause: Cause;
  /** Everything that it asked for or chose, in order; empty: nothing. */
  readonly done: readonly string[];
  /** What it touched, by names that mean the same thing in every run. */
  readonly things: ReadonlySet<string>;
  /** The worker that heard an answer or a timer. */
  readonly hearer: string | undefined;
}

/**
 * Which step came before which, as far as it matters: a step comes after those that touched one of its things, and after
 * the one that caused it. Two runs in which all of that is the same differ only in the order of steps that have nothing
 * to do with each other, and have come to the same state.
 *
 * Of several answers that a worker hears at one instant and does nothing about before the last, the order is left out:
 * they are waited for together.
 */
export class History {
  private readonly pasts = new Map<string, Past>();

  note({ what, cause, done, things, hearer }: Noted): Cause {
    const own = { digest: digestOf([what, cause.digest]), depth: cause.depth };
    if (hearer !== undefined && done.length === 0 && things.size === 1) {
      const past = this.pasts.get(hearer) ?? NOTHING;
      this.pasts.set(hearer, { ...past, heard: [...past.heard, own] });
      return own;
    }
    const names = [...things].sort();
    const before = names.map((name) => this.pasts.get(name) ?? NOTHING);
    const together = [own, ...before.flatMap(({ heard }) => heard)];
    const digest = digestOf([
      ...together.map((step) => step.digest).sort(),
      ...names,
      ...before.map((past) => past.digest),
      ...done,
    ]);
    const past = { digest, depth: 1 + Math.max(...[...together, ...before].map(({ depth }) => depth)) };
    for (const name of names) this.pasts.set(name, { ...past, heard: [] });
    return past;
  }

  /** The same in two runs exactly when each thing has the same past in both. */
  digest(): string {
    const pasts = [...this.pasts].map(([name, { digest, heard }]) =>
      [name, digest, ...heard.map((step) => step.digest).sort()].join(" "),
    );
    return digestOf(pasts.sort());
  }
}

/** 96 bits: among a hundred million states, two are taken for one with a chance of one in 10^13. */
export const digestOf = (parts: readonly string[]): string =>
  createHash("sha1").update(parts.join("\0")).digest("base64").slice(0, 16);

/** Sixteen hexadecimal digits of the same. */
export const hexOf = (parts: readonly string[]): string =>
  createHash("sha1").update(parts.join("\0")).digest("hex").slice(0, 16);
