import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunOutcome, runScenario, runSeed } from "../src";

/** `SWARM_SEEDS=1-500 npx jest swarm.test` looks further. On a quiet core the seeds below take half a minute. */
const [first = 1, last = 10] = (process.env.SWARM_SEEDS ?? "1-10").split("-").map(Number);

async function expectKept(run: Promise<RunOutcome>): Promise<void> {
  const { violations, story } = await run;
  expect({ story, violations }).toEqual({ story, violations: [] });
}

test("whatever goes wrong, what Sluice promises is kept", async () => {
  for (let seed = first; seed <= last; seed++) await expectKept(runSeed(seed));
}, 600_000);

// Failures that were found, as the seed had drawn them then: what a seed draws changes with what there is to be drawn.
test.each([
  [4, "an order whose publish looked failed and was done is called once"],
  [40, "the message of an attempt that nobody waits for claims nothing"],
  [134, "an attempt whose publish looked failed is cleared away"],
  [140, "a stopped order that had been called is unknown when it is redriven"],
  [308, "a renewal that lands late does not hide what was given back"],
  [994, "a request that is ready a second before its start is not passed over"],
  [7075, "a tier whose connections were lost takes those of a lower one"],
  [1037, "a refused order whose refusal could not be told is called again"],
  [33, "in deferral, a request whose deadline passes while its slot waits is not called"],
])(
  "seed %i: %s",
  async (seed) => {
    const file = join(__dirname, "found", `seed-${seed}.json`);
    await expectKept(runScenario(JSON.parse(readFileSync(file, "utf8"))));
  },
  120_000,
);

test("a seed gives the same run again", async () => {
  expect(await runSeed(3)).toEqual(await runSeed(3));
}, 120_000);
