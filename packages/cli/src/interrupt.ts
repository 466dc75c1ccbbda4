import { setTimeout as sleep, setImmediate as turnOfTheLoop } from "node:timers/promises";

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

/** How long work may go on without hearing a signal. */
const DEAF_MS = 50;

/**
 * Runs long work that pauses now and then, and listens meanwhile: by itself, a loop hears nothing until it is through.
 *
 * @throws Interrupted at the pause after the signal came
 */
export async function listening<Result>(
  steps: Iterator<unknown, Result, undefined>,
  interrupt: AbortSignal,
): Promise<Result> {
  for (let heardAt = performance.now(); ; ) {
    const step = steps.next();
    if (step.done) return step.value;
    if (interrupt.aborted) throw new Interrupted("interrupted");
    if (performance.now() - heardAt < DEAF_MS) continue;
    await turnOfTheLoop();
    heardAt = performance.now();
  }
}

/** What a shell says of a program that a signal ended: 128 and the signal's number. */
export const exitCodeOf = ({ reason }: AbortSignal): 129 | 130 | 143 =>
  reason === "SIGTERM" ? 143 : reason === "SIGHUP" ? 129 : 130;

/** Resolves when the signal comes. */
export const interrupted = (interrupt: AbortSignal): Promise<void> =>
  interrupt.aborted
    ? Promise.resolve()
    : new Promise((resolve) => interrupt.addEventListener("abort", () => resolve(), { once: true }));
