import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark of the limit and the waits runs, and no window holds a call too many", () => {
  const script = join(__dirname, "..", "limit-and-waits.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--size", "small", "--format", "json"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { results } = JSON.parse(stdout);
  expect(results).toEqual([
    expect.objectContaining({ limit: 10, mostInWindow: 10, overLimit: 0, highP99Ms: expect.any(Number) }),
  ]);
});
