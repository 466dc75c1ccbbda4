import { spawnSync } from "node:child_process";
import { join } from "node:path";

const script = join(__dirname, "..", "random-scenarios.mjs");
const run = (...words: string[]) =>
  spawnSync(process.execPath, [script, "--size", "small", ...words], { encoding: "utf8" });

test("random scenarios are counted, with what struck them by kind, the same on one processor and on two", () => {
  const { stdout, stderr, status } = run("--jobs", "2", "--format", "json");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const counts = JSON.parse(stdout);
  expect(counts).toMatchObject({ from: 1, runs: 2, failed: 0, failures: [] });
  expect(Object.keys(counts.faults).length).toBeGreaterThan(2);
  expect(Object.keys(counts.runsWithFault).sort()).toEqual(Object.keys(counts.faults).sort());
  const table = run().stdout;
  expect(table).toMatch(/│ fault +│ struck +│ in scenarios │/);
  expect(table).toMatch(/Seeds 1 to 2: 2 scenarios, .* faults struck; no violation\.\n$/);
  expect(table).toContain(`, ${counts.requests} requests, ${counts.calls} calls, `);
}, 120_000);
