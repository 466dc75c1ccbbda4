import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of plan runs, and finds what was changed", () => {
  const script = join(__dirname, "..", "plan.mjs");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [script, "--size", "small", "--runs", "1", "--format", "json"],
    {
      encoding: "utf8",
    },
  );
  expect(stderr).toBe("");
  const result = JSON.parse(stdout);
  // Each with its environment, in which nothing changes.
  expect(result).toMatchObject({ gateways: 20, plans: 40, changed: 2, found: 2, foundByCommand: 2 });
  expect(result.pureMs).toBeLessThan(result.maxPureMs);
});
