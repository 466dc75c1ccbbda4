import { setTimeout as sleep } from "node:timers/promises";

/** Ctrl-C ended the work. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Waits. @throws Interrupted when the signal comes first, or came before */
export async function pause(milliseconds: number, interrupt: AbortSignal): Promise<void> {
  if (interrupt.aborted) throw new Interrupted("interrupted");
  await sleep(Math.max(0, milliseconds), undefined, { signal: interrupt }).catch(() => {
    throw new Interrupted("interrupted");
  });
}

/** Resolves when the signal comes. */
export const interrupted = (interrupt: AbortSignal): Promise<void> =>
  interrupt.aborted
    ? Promise.resolve()
    : new Promise((resolve) => interrupt.addEventListener("abort", () => resolve(), { once: true }));
