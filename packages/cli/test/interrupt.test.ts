import { Interrupted, listening } from "../src/interrupt";

/** Work that would keep the loop busy for ten seconds, in steps. */
function* longWork(): Generator<undefined, string> {
  for (const until = performance.now() + 10_000; performance.now() < until; ) yield;
  return "not interrupted";
}

test("long work hears what happens meanwhile, and ends between two of its steps", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1);
  await expect(listening(longWork(), controller.signal)).rejects.toThrow(Interrupted);
});

test("work that nobody interrupts gives its result", async () => {
  function* work(): Generator<undefined, string> {
    yield;
    return "done";
  }
  expect(await listening(work(), new AbortController().signal)).toBe("done");
});
