import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of the simulator runs, tells where the time goes, and gives one hash for one seed", () => {
  const script = join(__dirname, "..", "simulator.mjs");
  const run = () => {
    const { stdout, stderr } = spawnSync(process.execPath, [script, "--size", "small", "--format", "json"], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  };
  const [first, again] = [run(), run()];
  expect(first.flights).toEqual([
    expect.objectContaining({ inFlight: 50, requests: 100, perSecond: expect.any(Number) }),
  ]);
  expect(first.parts.map(({ part }: { part: string }) => part)).toEqual(
    expect.arrayContaining(["worker core", "SQS", "Step Functions", "JSONata"]),
  );
  expect([again.flights[0].hash, again.steady.hash]).toEqual([first.flights[0].hash, first.steady.hash]);
});
