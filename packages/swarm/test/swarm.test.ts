import { runSeed } from "../src";

/** `SWARM_SEEDS=1-500 npx jest swarm.test` looks further. On a quiet core the seeds below take half a minute. */
const [first = 1, last = 20] = (process.env.SWARM_SEEDS ?? "1-20").split("-").map(Number);

async function expectKept(seed: number): Promise<void> {
  const { violations, story } = await runSeed(seed);
  expect({ story, violations }).toEqual({ story, violations: [] });
}

test("whatever goes wrong, what Sluice promises is kept", async () => {
  for (let seed = first; seed <= last; seed++) await expectKept(seed);
}, 600_000);

// Seeds of failures that were found. Which one a seed was found by holds as long as scenarios are drawn as they are.
test.each([
  [4, "an order whose publish looked failed and was done is called once"],
  [40, "the message of an attempt that nobody waits for claims nothing"],
  [134, "an attempt whose publish looked failed is cleared away"],
  [140, "a stopped order that had been called is unknown when it is redriven"],
  [1037, "a refused order whose refusal could not be told is called again"],
])(
  "seed %i: %s",
  async (seed) => {
    await expectKept(seed);
  },
  120_000,
);

test("a seed gives the same run again", async () => {
  expect(await runSeed(3)).toEqual(await runSeed(3));
}, 120_000);
