import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { sentenceFor, ToolFailure } from "../src/failures";

/** What a piece of work throws. */
async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Writes where there is never room. */
const TO_A_FULL_DISK = (): void => writeFileSync("/dev/full", "x");

test("a full disk is told in one sentence with what to do", async () => {
  expect(sentenceFor(await thrownBy(TO_A_FULL_DISK))).toMatch(/^There is no space left on the disk.* Free some/);
});

test("a port in use is told with its number", async () => {
  const listen = (port: number) =>
    new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
      const server = createServer();
      server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
    });
  const first = await listen(0);
  const address = first.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const error = await thrownBy(() => listen(port));
  await new Promise((resolve) => first.close(resolve));
  expect(sentenceFor(error)).toContain(`Port ${port} is in use`);
});

test("a failure that has its own sentence keeps it", () => {
  expect(sentenceFor(new ToolFailure("There is no file x."))).toBe("There is no file x.");
});

test("a bug of ours has no sentence: it is told as a bug", () => {
  expect(sentenceFor(new TypeError("x is not a function"))).toBeUndefined();
  expect(sentenceFor("a thrown text")).toBeUndefined();
});
