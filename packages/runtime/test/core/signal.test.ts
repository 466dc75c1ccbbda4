import { type Micros, us } from "@sluice/dsl";
import type { Clock } from "../../src/core/ports";
import { createAlarm, createSignal } from "../../src/core/signal";

/** A clock whose sleepers wake when the test says so. */
function sleepers(): { clock: Clock; asked: Micros[]; wake: (instant: Micros) => Promise<void> } {
  const waiting = new Map<Micros, () => void>();
  const asked: Micros[] = [];
  return {
    asked,
    clock: {
      now: () => us(0),
      wallMs: () => 0,
      sleepUntil: (instant) => {
        asked.push(instant);
        return new Promise((resolve) => waiting.set(instant, resolve));
      },
    },
    wake: async (instant) => {
      waiting.get(instant)?.();
      await Promise.resolve();
    },
  };
}

test("a notice that comes while nobody waits is not lost", async () => {
  const signal = createSignal();
  signal.notify();
  await signal.next();
});

test("one instant has one timer, however often it is asked for", async () => {
  const { clock, asked, wake } = sleepers();
  const alarm = createAlarm(clock, createSignal());
  for (let step = 1; step <= 50; step++) {
    alarm(us(1_000_000));
    alarm(us(step));
    await wake(us(step));
  }
  expect(asked.filter((instant) => instant === 1_000_000)).toHaveLength(1);
});

test("a later wish waits for the earlier alarm", () => {
  const { clock, asked } = sleepers();
  const alarm = createAlarm(clock, createSignal());
  alarm(us(10));
  alarm(us(20));
  expect(asked).toEqual([10]);
});
