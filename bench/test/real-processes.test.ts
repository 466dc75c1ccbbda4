import { spawnSync } from "node:child_process";
import { join } from "node:path";

test("the benchmark on real processes runs, and its target refuses nothing", () => {
  const script = join(__dirname, "..", "real-processes.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [script, "--size", "small", "--format", "json"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { results } = JSON.parse(stdout);
  expect(results).toEqual([
    expect.objectContaining({ limit: 10, overLimit: 0, refused: 0, lost: 0, failed: 0, highP99Ms: expect.any(Number) }),
  ]);
});
