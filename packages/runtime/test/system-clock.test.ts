import { ms, us } from "@sluice/dsl";
import { systemClock } from "../src/system-clock";

test("nobody is woken before the instant", async () => {
  const sleeps = Array.from({ length: 40 }, async (_, index) => {
    const instant = us(systemClock.now() + ms(index * 0.37));
    await systemClock.sleepUntil(instant);
    return systemClock.now() - instant;
  });
  expect(Math.min(...(await Promise.all(sleeps)))).toBeGreaterThanOrEqual(0);
});

test("an instant that has passed is waited for no more", async () => {
  await systemClock.sleepUntil(us(systemClock.now() - ms(5)));
});

test("the clock counts whole microseconds", () => {
  expect(Number.isInteger(systemClock.now())).toBe(true);
});
