import { runSeed } from "../src";

/** `SWARM_SEEDS=1-500 npx jest swarm` looks further. */
const [first = 1, last = 25] = (process.env.SWARM_SEEDS ?? "1-25").split("-").map(Number);

test("whatever goes wrong, no window is broken, nothing is lost or done twice, and every end is true", async () => {
  for (let seed = first; seed <= last; seed++) {
    const { violations, story } = await runSeed(seed);
    expect({ story, violations }).toEqual({ story, violations: [] });
  }
}, 600_000);
