import { type Synthesized, synthesize } from "./gateway-world";
import { runScenario } from "./scenario";

/** Limits of unlike kinds, each met by every fifth seed. */
const GATEWAYS: readonly (readonly [rateLimit: string, more: string])[] = [
  ["10/s", ""],
  ["2/s", "concurrency: 1\n"],
  ["5/10s", "tiers: [{ name: A, timeout: 20m }, { name: B, timeout: 1h, share: 30% }]\n"],
  ["30/s", "concurrency: 3\ntimeouts: { response: 3s }\n"],
  ["1/20s", "tiers: [{ name: ONLY, timeout: 2h }]\n"],
];

/** `SWARM_SEEDS=1-500 npx jest swarm` looks further. */
const [first = 1, last = 25] = (process.env.SWARM_SEEDS ?? "1-25").split("-").map(Number);

let gateways: Synthesized[];
beforeAll(async () => {
  gateways = await Promise.all(GATEWAYS.map(([rateLimit, more]) => synthesize(rateLimit, more)));
});

test("whatever goes wrong, no window is broken, nothing is lost or done twice, and every end is true", async () => {
  for (let seed = first; seed <= last; seed++) {
    const gateway = gateways[seed % gateways.length];
    if (gateway === undefined) throw new Error("there is no gateway to run");
    const { broken, story } = await runScenario(gateway, seed);
    expect({ story, broken }).toEqual({ story, broken: [] });
  }
}, 600_000);
